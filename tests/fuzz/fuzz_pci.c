/*
 * The folder arch/pci: any values for the registers of a few functions, and for
 * which of their bits can be written.
 */
#include "arch/pci/pci_bar.h"
#include "arch/pci/pci_scan.h"
#include "tests/fuzz/fuzz.h"

#define FUNCTIONS 12u
#define REGISTERS 16u /* a header */
#define ROOM 6u
#define MOST_BUSES 16u

struct function {
	struct pci_function at;
	u32 reg[REGISTERS];
	u32 mask[REGISTERS];
};

static struct {
	u32 count;
	struct function function[FUNCTIONS];
	u32 reads;
} machine;

static struct function *find(struct pci_function at)
{
	for (u32 i = 0; i < machine.count; i++) {
		if (memcmp(&machine.function[i].at, &at, sizeof(at)) == 0) {
			return &machine.function[i];
		}
	}
	return NULL;
}

static u32 read(void *context, struct pci_function at, u32 from, u8 bytes)
{
	const struct function *function = find(at);
	u32 value = UINT32_MAX;

	CHECK(context == &machine);
	CHECK(from < PCI_CONFIG_BYTES && from % bytes == 0);
	machine.reads++;
	if (function != NULL) {
		CHECK(from / 4 < REGISTERS);
		value = function->reg[from / 4] >> 8 * (from % 4);
	}
	return bytes == 4 ? value : value & ((1u << 8 * bytes) - 1);
}

static void write(void *context, struct pci_function at, u32 to, u8 bytes,
		  u32 value)
{
	struct function *function = find(at);
	u32 *reg = &function->reg[to / 4];
	u32 mask = function->mask[to / 4];

	CHECK(context == &machine && function != NULL);
	CHECK(bytes == 4 || to % 4 == 0);
	if (bytes < 4) {
		mask &= (1u << 8 * bytes) - 1;
	}
	*reg = (*reg & ~mask) | (value & mask);
}

static const struct pci_space space = { read, write, &machine };

static void take_machine(struct fuzz_input *in)
{
	machine.reads = 0;
	machine.count = (u32)fuzz_take(in, 1) % (FUNCTIONS + 1);
	for (u32 i = 0; i < machine.count; i++) {
		struct function *function = &machine.function[i];
		u64 at = fuzz_take(in, 2);

		memset(function, 0, sizeof(*function));
		function->at.bus = (u8)fuzz_take(in, 1);
		function->at.device = at % PCI_DEVICES;
		function->at.function = at >> 8 & (PCI_FUNCTIONS - 1);
		function->reg[0] = (u32)fuzz_take(in, 3);
		function->reg[1] = (u32)fuzz_take(in, 1);
		function->mask[1] = 0xffff;
		function->reg[3] = (u32)fuzz_take(in, 1) << 16;
		for (u32 n = 0; n < PCI_BARS; n++) {
			function->reg[4 + n] = (u32)fuzz_take_number(in);
			function->mask[4 + n] = ~0u << fuzz_take(in, 1) % 32;
		}
	}
}

static void check_bars(const struct pci_device *device)
{
	struct function was = *find(device->at);
	struct pci_bar bar;

	for (u32 n = 0; n <= PCI_BARS; n++) {
		int err = pci_bar_read(&space, device->at, device->layout, n,
				       &bar);
		u64 size;

		CHECK(err == 0 || err == ERR_NOT_FOUND || err == ERR_CORRUPT);
		if (err != 0) {
			continue;
		}
		CHECK(n < PCI_BARS && bar.base != 0);
		CHECK(!bar.is_port || bar.base <= 0xffff);
		CHECK(!bar.is_wide || n + 1 < PCI_BARS);
		size = pci_bar_size(&space, device->at, n, &bar);
		CHECK((size & (size - 1)) == 0);
		/* All is as it was. */
		CHECK(memcmp(&was, find(device->at), sizeof(was)) == 0);
	}
}

static void check_list(const struct pci_list *list,
		       const struct pci_buses *buses)
{
	CHECK(list->count <= ROOM);
	CHECK(list->left_out == 0 || list->count == ROOM);
	CHECK(list->count + list->left_out <= machine.count);
	CHECK(machine.reads <= PCI_BUSES * PCI_DEVICES * (PCI_FUNCTIONS + 4));
	for (u32 i = 0; i < list->count; i++) {
		const struct pci_device *device = &list->device[i];

		CHECK(find(device->at) != NULL);
		CHECK(device->at.bus >= buses->first &&
		      device->at.bus <= buses->last);
		for (u32 j = 0; j < i; j++) {
			CHECK(memcmp(&device->at, &list->device[j].at,
				     sizeof(device->at)) != 0);
		}
		check_bars(device);
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	struct fuzz_input in = { data, bytes };
	struct pci_device found[ROOM];
	struct pci_list list = { .max = ROOM, .device = found };
	struct pci_buses buses = { .first = (u8)fuzz_take(&in, 1) };

	/* A few: each that is looked at for its own sake takes its time. */
	buses.last = (u8)MIN(buses.first + fuzz_take(&in, 1) % MOST_BUSES,
			     PCI_BUSES - 1);
	buses.all = buses.first & 1;
	take_machine(&in);
	pci_scan(&space, &buses, &list);
	check_list(&list, &buses);
	return 0;
}
