/*
 * Sends an NMI to every core 18.2 times a second, from the PIT through an I/O
 * APIC. The NMI ends any guest's stay in the processor, even with interrupts
 * off. For processors without the VMX preemption timer.
 */
#pragma once

#include "lib/types.h"

/*
 * Finds the PIT's I/O APIC input in the ACPI tables. Boot core, once. False if
 * there is none: then the other functions do nothing.
 */
bool nmi_watchdog_init(void);

/*
 * It is on while at least one core has started it; any core may. After the last
 * stop it stays on, because a run may follow soon: its NMIs do no harm in root
 * mode.
 */
void nmi_watchdog_start(void);
void nmi_watchdog_stop(void);

/*
 * Turns it off, unless a core has started it. Boot core, when no run will
 * follow soon.
 */
void nmi_watchdog_rest(void);

/* How many cores have started it and not stopped it yet. */
u32 nmi_watchdog_users(void);

/* Whether it was on at any time: one of its NMIs may still be on its way. */
bool nmi_watchdog_used(void);

/* Keeps it off even if it is started, for tests that count NMIs. Boot core. */
void nmi_watchdog_silence(bool silent);
