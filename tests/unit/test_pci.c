/*
 * Buses, bridges and base address registers, on configuration spaces made up
 * here: registers that can be written keep what a device would keep.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "arch/pci/pci_bar.h"
#include "arch/pci/pci_scan.h"
#include "lib/error.h"

#define MAX_FAKES 16

/* A function; the bits that can be written of each register are in mask. */
struct fake {
	struct pci_function at;
	u32 reg[PCI_CONFIG_BYTES / 4];
	u32 mask[PCI_CONFIG_BYTES / 4];
	bool asked_while_on; /* a BAR was written while it decodes */
};

static struct fake fakes[MAX_FAKES];
static u32 fake_count;
static u32 reads;

static struct fake *find(struct pci_function at)
{
	for (u32 i = 0; i < fake_count; i++) {
		if (memcmp(&fakes[i].at, &at, sizeof(at)) == 0) {
			return &fakes[i];
		}
	}
	return NULL;
}

static u32 read(void *context, struct pci_function at, u32 from, u8 bytes)
{
	const struct fake *fake = find(at);
	u32 value;

	assert_ptr_equal(context, &fakes);
	assert_true(from + bytes <= PCI_CONFIG_BYTES && from % bytes == 0);
	assert_true(at.device < PCI_DEVICES && at.function < PCI_FUNCTIONS);
	reads++;
	value = fake == NULL ? UINT32_MAX : fake->reg[from / 4];
	value >>= 8 * (from % 4);
	return bytes == 4 ? value : value & ((1u << 8 * bytes) - 1);
}

static void write(void *context, struct pci_function at, u32 to, u8 bytes,
		  u32 value)
{
	struct fake *fake = find(at);
	u32 i = to / 4;
	u32 keep;

	assert_ptr_equal(context, &fakes);
	assert_non_null(fake);
	if (bytes < 4) {
		keep = ((1u << 8 * bytes) - 1) << 8 * (to % 4);
		value = (value << 8 * (to % 4) & keep) | (fake->reg[i] & ~keep);
	}
	if (to >= PCI_BAR0 && to < PCI_BAR0 + 24 && (fake->reg[1] & 3)) {
		fake->asked_while_on = true;
	}
	fake->reg[i] =
		(fake->reg[i] & ~fake->mask[i]) | (value & fake->mask[i]);
}

static const struct pci_space space = { read, write, &fakes };

static struct fake *add(u8 bus, u8 device, u8 function, u32 ids, u32 class_code,
			u8 header)
{
	struct fake *fake = &fakes[fake_count++];

	assert_true(fake_count <= MAX_FAKES);
	memset(fake, 0, sizeof(*fake));
	fake->at = (struct pci_function){ .bus = bus,
					  .device = device,
					  .function = function };
	fake->reg[0] = ids;
	fake->reg[1] = 3;
	fake->mask[1] = 0xffff;
	fake->reg[2] = class_code << 8 | 0x11;
	fake->reg[3] = (u32)header << 16;
	return fake;
}

static struct fake *add_bridge(u8 bus, u8 device, u8 secondary)
{
	struct fake *bridge =
		add(bus, device, 0, 0x11118086, 0x060400, PCI_HEADER_BRIDGE);

	bridge->reg[6] = (u32)secondary << 8;
	return bridge;
}

static int setup(void **state)
{
	(void)state;
	fake_count = 0;
	reads = 0;
	return 0;
}

static struct pci_device found[8];

static struct pci_list scan(bool all, u32 max)
{
	struct pci_list list = { .max = max, .device = found };
	const struct pci_buses buses = { .first = 0, .last = 255, .all = all };

	pci_scan(&space, &buses, &list);
	return list;
}

static void test_nothing(void **state)
{
	(void)state;
	assert_int_equal(scan(false, 8).count, 0);
	assert_int_equal(reads, 32);
	assert_int_equal(scan(true, 8).count, 0);
	assert_int_equal(reads, 32 + 256 * 32);
}

/* Functions but of a device with several; behind bridges, one in a circle. */
static void test_tree(void **state)
{
	struct pci_list list;

	(void)state;
	add(0, 0, 0, 0x12378086, 0x060000, 0);
	add(0, 1, 0, 0x70008086, 0x060100, PCI_HEADER_MULTIFUNCTION);
	add(0, 1, 3, 0x71138086, 0x068000, 0);
	add(0, 2, 0, 0x22228086, 0x020000, 0);
	add(0, 2, 1, 0x33338086, 0x020000, 0); /* nobody looks there */
	add_bridge(0, 3, 7);
	add_bridge(7, 0, 0);
	add(7, 31, 0, 0x00041033, 0x0c0330, 0);
	list = scan(false, 8);
	assert_int_equal(list.count, 7);
	assert_int_equal(list.left_out, 0);
	assert_int_equal(found[2].at.function, 3);
	assert_int_equal(found[2].vendor, 0x8086);
	assert_int_equal(found[2].id, 0x7113);
	assert_int_equal(found[6].at.bus, 7);
	assert_int_equal(found[6].at.device, 31);
	assert_int_equal(found[6].class_code, 0x0c0330);
	assert_int_equal(found[4].layout, PCI_HEADER_BRIDGE);
	/* Too little room: the rest is counted. */
	list = scan(false, 3);
	assert_int_equal(list.count, 3);
	assert_int_equal(list.left_out, 4);
}

/* A second root that no bridge leads to. */
static void test_roots(void **state)
{
	(void)state;
	add(0, 0, 0, 0x12378086, 0x060000, 0);
	add(0x40, 5, 0, 0x00041033, 0x0c0330, 0);
	assert_int_equal(scan(false, 8).count, 1);
	assert_int_equal(scan(true, 8).count, 2);
	assert_int_equal(found[1].at.bus, 0x40);
}

/* Not outside the buses asked for. */
static void test_limits(void **state)
{
	struct pci_list list = { .max = 8, .device = found };
	const struct pci_buses buses = {
		.segment = 0, .first = 16, .last = 31, .all = true
	};

	(void)state;
	add(0, 0, 0, 0x12378086, 0x060000, 0);
	add(16, 0, 0, 0x12378086, 0x060000, 0);
	add_bridge(16, 1, 32);
	add(32, 0, 0, 0x12378086, 0x060000, 0);
	pci_scan(&space, &buses, &list);
	assert_int_equal(list.count, 2);
}

static void check_bar(struct fake *fake, u32 n, int err, u64 base, u64 size)
{
	u32 was[PCI_BARS];
	struct pci_bar bar;

	assert_int_equal(pci_bar_read(&space, fake->at, PCI_HEADER_DEVICE, n,
				      &bar),
			 err);
	if (err != 0) {
		return;
	}
	memcpy(was, &fake->reg[4], sizeof(was));
	assert_int_equal(bar.base, base);
	assert_int_equal(pci_bar_size(&space, fake->at, n, &bar), size);
	assert_memory_equal(was, &fake->reg[4], sizeof(was));
	assert_int_equal(fake->reg[1], 3);
	assert_false(fake->asked_while_on);
}

static void set_bar(struct fake *fake, u32 n, u32 value, u32 mask)
{
	fake->reg[4 + n] = value;
	fake->mask[4 + n] = mask;
}

static void test_bars(void **state)
{
	struct fake *fake = add(0, 0, 0, 0x12378086, 0x0c0330, 0);

	(void)state;
	set_bar(fake, 0, 0xfebf0000, 0xffff0000);
	set_bar(fake, 1, 0xc041, 0xffffffe0);
	set_bar(fake, 2, 0x0000000c, 0xffffc000); /* above 4 GiB */
	set_bar(fake, 3, 0x00000038, 0xffffffff);
	set_bar(fake, 4, 0x0000f001, 0x0000ff00); /* a port of 16 bits */
	check_bar(fake, 0, 0, 0xfebf0000, 0x10000);
	check_bar(fake, 1, 0, 0xc040, 32);
	check_bar(fake, 2, 0, 0x3800000000, 0x4000);
	check_bar(fake, 4, 0, 0xf000, 256);
	check_bar(fake, 5, ERR_NOT_FOUND, 0, 0);
	check_bar(fake, 6, ERR_NOT_FOUND, 0, 0);
	/* 4 GiB and more of it. */
	set_bar(fake, 2, 0x0000000c, 0);
	set_bar(fake, 3, 0x00000040, 0xfffffff0);
	check_bar(fake, 2, 0, 0x4000000000, 0x1000000000);
}

static void test_odd_bars(void **state)
{
	struct fake *fake = add(0, 0, 0, 0x12378086, 0x0c0330, 0);
	struct pci_bar bar;

	(void)state;
	set_bar(fake, 0, 0x00000004, 0xfffff000); /* no address yet */
	check_bar(fake, 0, ERR_NOT_FOUND, 0, 0);
	set_bar(fake, 0, 0xfebf0002, 0xfffff000); /* below 1 MiB, once */
	check_bar(fake, 0, ERR_CORRUPT, 0, 0);
	set_bar(fake, 0, 0x00012341, 0xfffff000); /* a port beyond FFFFh */
	check_bar(fake, 0, ERR_CORRUPT, 0, 0);
	set_bar(fake, 5, 0xfebf0004, 0xfffff000); /* without its upper half */
	check_bar(fake, 5, ERR_CORRUPT, 0, 0);
	set_bar(fake, 0, 0xfebf0000, 0); /* that nothing is behind */
	check_bar(fake, 0, 0, 0xfebf0000, 0xfebf0000 & -0xfebf0000ull);
	/* Bridges have two, cardbus bridges and what is unknown none. */
	set_bar(fake, 1, 0xfebf0000, 0xffff0000);
	set_bar(fake, 2, 0xfebf0000, 0xffff0000);
	for (u8 layout = 0; layout < 4; layout++) {
		for (u32 n = 1; n < 3; n++) {
			bool there = layout == 0 || (layout == 1 && n == 1);

			assert_int_equal(pci_bar_read(&space, fake->at, layout,
						      n, &bar),
					 there ? 0 : ERR_NOT_FOUND);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_nothing, setup),
		cmocka_unit_test_setup(test_tree, setup),
		cmocka_unit_test_setup(test_roots, setup),
		cmocka_unit_test_setup(test_limits, setup),
		cmocka_unit_test_setup(test_bars, setup),
		cmocka_unit_test_setup(test_odd_bars, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
