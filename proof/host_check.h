/*
 * What no guest may change: checksums and values of the host's memory and
 * registers, taken before guests run and compared afterwards. What the host
 * itself changes is not among them.
 */
#pragma once

#include "lib/types.h"

#define HOST_CHECK_ITEMS 40

/* The items. Each has a name, which is the same before and after. */
struct host_check {
	u32 count;
	struct {
		const char *name;
		u64 value;
	} item[HOST_CHECK_ITEMS];
};

/*
 * The memory of the machine: the kernel's code and constants, its page tables,
 * the descriptor tables and TSS of all cores, low memory and the BIOS's ROM,
 * the modules and ACPI tables, the I/O APICs and the PICs' masks. On the boot
 * core, no guest running anywhere; no machine view in between, or without low
 * memory.
 */
void host_check_memory(struct host_check *check, bool with_low_memory);

/*
 * The calling core's control, debug, descriptor-table and system registers, and
 * its local APIC. To be called after the core's first guest has run.
 */
void host_check_registers(struct host_check *check);

/* The name of the first item that differs, or NULL. */
const char *host_check_difference(const struct host_check *before,
				  const struct host_check *after);
