/*
 * Commands about physical memory: peek, poke, memmap. They reach it through the
 * direct map and refuse what is not mapped there. Run on the boot core, through
 * command.c.
 */
#include "arch/console/console.h"
#include "arch/machine.h"
#include "arch/mem/pages.h"
#include "arch/mem/paging.h"
#include "arch/smp.h"
#include "lib/error.h"
#include "lib/fmt.h"
#include "lib/parse.h"
#include "lib/str.h"
#include "lib/string.h"
#include "monitor/command.h"
#include "monitor/dump.h"
#include "vmm/vcpu.h"
#include "vmm/vmx/vmx.h"

#define PEEK_MAX 0x10000
#define POKE_MAX 256

/*
 * Reads aligned words where possible, else bytes: the registers of a local APIC
 * or I/O APIC answer to 32-bit accesses only.
 */
static void read_physical(u64 address, u8 *bytes, size_t n)
{
	while (n != 0) {
		const volatile void *source = phys_to_virt(address);
		size_t step = address % 4 == 0 && n >= 4 ? 4 : 1;

		if (step == 4) {
			u32 value = *(const volatile u32 *)source;

			memcpy(bytes, &value, 4);
		} else {
			*bytes = *(const volatile u8 *)source;
		}
		address += step;
		bytes += step;
		n -= step;
	}
}

static void write_physical(u64 address, const u8 *bytes, size_t n)
{
	while (n != 0) {
		volatile void *target = phys_to_virt(address);
		size_t step = address % 4 == 0 && n >= 4 ? 4 : 1;

		if (step == 4) {
			u32 value;

			memcpy(&value, bytes, 4);
			*(volatile u32 *)target = value;
		} else {
			*(volatile u8 *)target = *bytes;
		}
		address += step;
		bytes += step;
		n -= step;
	}
}

static int check_mapped(u64 address, u64 n)
{
	if (address + n < address || !phys_is_mapped(address, n)) {
		return command_error(ERR_RANGE,
				     "not all of %llx-%llx is mapped; physical "
				     "memory; stay below 4 GiB or in RAM as "
				     "'memmap' shows it",
				     (unsigned long long)address,
				     (unsigned long long)(address + n - 1));
	}
	return 0;
}

/*
 * On the core whose VMCS it is: VMCLEAR makes the processor write its copy back
 * to memory.
 */
static void flush_vmcs(void *argument)
{
	struct vcpu *vcpu = vmx_this_core()->last;

	(void)argument;
	if (vcpu != NULL && vcpu->cpu == this_cpu()) {
		vcpu_unload(vcpu);
	}
}

/*
 * The address of a core's VMXON region, or of its last guest's VMCS, which
 * options name.
 */
static int vmx_region(struct args *args, bool vmcs, u64 *address)
{
	const struct vmx_core *core;
	const void *region;
	u64 index = 0;
	u32 head[2];
	int err = args_dec(args, "cpu", smp_count() - 1, &index);

	if (err < 0) {
		return err;
	}
	core = vmx_core((u32)index);
	if (vmcs) {
		smp_start((u32)index, flush_vmcs, NULL);
		smp_wait((u32)index);
		region = core->last != NULL ? core->last->vmcs : NULL;
	} else {
		region = core->vmxon_region;
	}
	if (region == NULL) {
		return command_error(ERR_NOT_FOUND,
				     "no %s; core %lu; 'cpus' tells whether "
				     "VMX is on, 'bios 11' runs a guest",
				     vmcs ? "VMCS" : "VMXON region", index);
	}
	*address = virt_to_phys(region);
	memcpy(head, region, sizeof(head));
	if (vmcs) {
		console_printf("vmcs: cpu=%lu address=%lx revision=%x shadow=%u "
			       "abort=%x; then the processor's own format, as "
			       "VMCLEAR left it\n",
			       index, *address, head[0] & 0x7fffffffu,
			       head[0] >> 31, head[1]);
	} else {
		console_printf("vmxon: cpu=%lu address=%lx revision=%x; then "
			       "the processor's own format\n",
			       index, *address, head[0]);
	}
	return 0;
}

static int peek_address(struct args *args, u64 *address)
{
	const char *word = args_positional(args, 0);

	if (str_equal(word, "vmcs") || str_equal(word, "vmxon")) {
		return vmx_region(args, str_equal(word, "vmcs"), address);
	}
	if (args_value(args, "cpu") != NULL) {
		return args_fail(args, ERR_INVALID,
				 "cpu= goes with vmxon and vmcs; command peek; "
				 "other memory is the same for all cores");
	}
	return args_positional_hex(args, 0, "address", UINT64_MAX, address);
}

static int run_peek(struct args *args)
{
	u64 address = 0;
	u64 length = 0;
	int err = peek_address(args, &address);

	if (err < 0) {
		return err;
	}
	err = args_positional_hex(args, 1, "length", PEEK_MAX, &length);
	if (err < 0) {
		return err;
	}
	if (length == 0) {
		return command_error(ERR_RANGE,
				     "nothing to show; length 0; give 1 to %x",
				     PEEK_MAX);
	}
	err = check_mapped(address, length);
	if (err < 0) {
		return err;
	}
	while (length != 0) {
		u8 row[DUMP_ROW_BYTES];
		size_t n = (size_t)MIN(length, (u64)DUMP_ROW_BYTES);

		read_physical(address, row, n);
		dump_bytes(address, row, n, true);
		address += n;
		length -= n;
	}
	return 0;
}

/* The bytes of all words behind the address, joined. */
static int poke_bytes(struct args *args, u8 *bytes, size_t *count)
{
	const char *word;

	*count = 0;
	for (unsigned i = 1; (word = args_positional(args, i)) != NULL; i++) {
		size_t n = 0;
		int err = parse_hex_bytes(word, bytes + *count,
					  POKE_MAX - *count, &n);

		if (err == ERR_RANGE) {
			return command_error(err,
					     "more than %d bytes; poke; write "
					     "the rest by another poke",
					     POKE_MAX);
		}
		if (err < 0) {
			return command_error(err,
					     "'%.24s' are not bytes; poke; give "
					     "pairs of hex digits",
					     word);
		}
		*count += n;
	}
	return 0;
}

static bool touches_kernel(u64 address, u64 n)
{
	const struct memmap *map = machine_memmap();

	for (u32 i = 0; i < map->count; i++) {
		const struct memmap_region *region = &map->region[i];

		if (region->type == MEMMAP_KERNEL && address < region->end &&
		    region->base < address + n) {
			return true;
		}
	}
	return false;
}

static int run_poke(struct args *args)
{
	u8 bytes[POKE_MAX];
	size_t count = 0;
	u64 address = 0;
	int err = args_positional_hex(args, 0, "address", UINT64_MAX, &address);

	if (err < 0) {
		return err;
	}
	err = poke_bytes(args, bytes, &count);
	if (err < 0) {
		return err;
	}
	err = check_mapped(address, count);
	if (err < 0) {
		return err;
	}
	if (touches_kernel(address, count)) {
		return command_error(ERR_INVALID,
				     "that is Biosphere itself; %llx; choose "
				     "memory that 'memmap' does not call kernel",
				     (unsigned long long)address);
	}
	pages_keep(address, count);
	write_physical(address, bytes, count);
	return 0;
}

static int run_memmap(struct args *args)
{
	const struct memmap *map = machine_memmap();
	u64 total[MEMMAP_TYPES] = { 0 };

	(void)args;
	for (u32 i = 0; i < map->count; i++) {
		const struct memmap_region *region = &map->region[i];
		u64 bytes = region->end - region->base;

		console_printf("memmap: %016llx-%016llx %12llu bytes, %s\n",
			       (unsigned long long)region->base,
			       (unsigned long long)(region->end - 1),
			       (unsigned long long)bytes,
			       memmap_type_name(region->type));
		total[region->type] += bytes;
	}
	for (unsigned type = 0; type < MEMMAP_TYPES; type++) {
		if (total[type] != 0) {
			console_printf("total: %llu KiB, %s\n",
				       (unsigned long long)(total[type] / KIB),
				       memmap_type_name(
					       (enum memmap_type)type));
		}
	}
	console_printf("pages: %lu free of %lu, below %lx; RAM from there on "
		       "is the guests'\n",
		       pages_free_count(), pages_total_count(), pages_end());
	return 0;
}

COMMAND(MACHINE, 10, peek) = {
	.name = "peek",
	.usage = "ADDR|vmxon|vmcs LEN [cpu=N]",
	.summary = "show physical memory",
	.details = "ADDR and LEN are hex. 16 bytes a line, in hex and "
		   "as ASCII.\n"
		   "vmxon is a core's VMXON region, vmcs the VMCS of "
		   "its last guest.\n"
		   "Read in aligned 32-bit words where that is "
		   "possible, so device registers can be read too.",
	.example = "peek 410 4",
	.keys = "cpu",
	.min_words = 2,
	.max_words = 2,
	.run = run_peek,
};

COMMAND(MACHINE, 20, poke) = {
	.name = "poke",
	.usage = "ADDR BYTES",
	.summary = "write physical memory",
	.details = "ADDR is hex, BYTES are pairs of hex digits, "
		   "with or without blanks between.\n"
		   "Nothing protects what the BIOS or a guest keeps "
		   "there; only Biosphere's own image is refused.",
	.example = "poke 7c00 b8 01 02 cd 13",
	.min_words = 2,
	.max_words = ARGS_WORDS_MAX - 1,
	.run = run_poke,
};

COMMAND(MACHINE, 30, memmap) = {
	.name = "memmap",
	.usage = "",
	.summary = "what each range of physical memory is",
	.details = "First and last address in hex; then the sum of "
		   "each kind.",
	.example = "memmap",
	.run = run_memmap,
};
