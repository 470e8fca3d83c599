/*
 * An NMI for every core, 18.2 times a second, from the PIT through an I/O APIC.
 * It brings a core out of any guest, also one that spins with interrupts off,
 * where the processor has no VMX preemption timer.
 */
#pragma once

#include "lib/types.h"

/*
 * Finds the I/O APIC input of the PIT in the ACPI tables. Boot core, once.
 * False, and the others do nothing, where there is none.
 */
bool nmi_watchdog_init(void);

/*
 * On while at least one core has started it; any core. It stays on for the run
 * that may follow: its NMIs do no harm in root mode.
 */
void nmi_watchdog_start(void);
void nmi_watchdog_stop(void);

/* Off, unless a core has started it. Boot core, when no run is to follow. */
void nmi_watchdog_rest(void);

/* How many cores have started it and not stopped it. */
u32 nmi_watchdog_users(void);

/* Whether it ever was on: one of its NMIs may still be on the way. */
bool nmi_watchdog_used(void);

/* Keeps it silent all the same, for whoever counts NMIs. Boot core. */
void nmi_watchdog_silence(bool silent);
