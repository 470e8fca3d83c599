/* Waits for the cores that have been woken; for arch/smp_start.c alone. */
#pragma once

#include "lib/types.h"

/* How long a core may take to start, and then to take an interrupt. */
#define SMP_PATIENCE_US 200000

/* Whether the core of this slot has started. */
bool smp_enlist_is_online(u32 slot);

/*
 * Waits for the cores of all slots, at most us microseconds; false if some are
 * missing.
 */
bool smp_enlist_wait(u64 us);

/*
 * Gives each core that has started and takes interrupts a number, in the order
 * of the ACPI tables. The others are named in the log and left out.
 */
void smp_enlist(void);
