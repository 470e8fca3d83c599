/*
 * The data that an application processor reads before it can run C. Shared by
 * arch/smp_start.c and arch/smp_boot.S.
 */
#pragma once

#include "lib/types.h"

enum smp_slot_state { SMP_SLOT_WAITING, SMP_SLOT_CLAIMED, SMP_SLOT_ABANDONED };

struct smp_boot_slot {
	u32 apic_id;
	u32 state; /* enum smp_slot_state, changed by compare-and-exchange */
	u64 stack_top;
	u64 cpu; /* struct cpu * */
};

/* The cores that may start, smp_boot_slot_count of them. */
extern struct smp_boot_slot smp_boot_slots[];
extern u32 smp_boot_slot_count;
