/*
 * What no guest may change: sums and values of the host's memory and registers,
 * to be taken before guests run and compared after. Nothing that the host
 * itself changes meanwhile is in them.
 */
#pragma once

#include "lib/types.h"

#define HOST_CHECK_ITEMS 40

/* Each item has a name, which both functions of one kind give alike. */
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
 * The calling core's control, debug, descriptor-table and system registers,
 * and its local APIC. After its first guest's run.
 */
void host_check_registers(struct host_check *check);

/* The name of the first item that differs, or NULL. */
const char *host_check_difference(const struct host_check *before,
				  const struct host_check *after);
