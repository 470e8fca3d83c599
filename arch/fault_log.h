/*
 * Faults of the machine that are no bugs: NMIs from nobody, interrupts that
 * have no meaning, machine checks after which it went on. The handlers, on any
 * core, note them and print nothing. They are reported once, between commands,
 * and counted.
 */
#pragma once

#include "lib/types.h"

/* For the NMI handler: notes an NMI that none of our cores has sent. */
void fault_log_nmi(void);

/*
 * Notes an interrupt with a vector that nothing uses, or with the vector by
 * which an interrupt controller says that the request has gone.
 */
void fault_log_interrupt(u8 vector);

/*
 * Notes a valid bank of the machine-check architecture, with its MCi registers.
 */
void fault_log_machine_check(u32 bank, u64 status, u64 address);

/* Notes a #MC that no bank of this core explains: another core's bank did. */
void fault_log_machine_check_elsewhere(void);

/*
 * Calls emit with a line for each fault that was not reported yet. One core at
 * a time. Spurious interrupts are harmless: controllers send them by design.
 */
void fault_log_tell(void (*emit)(const char *line, bool harmless));

/*
 * Reports the faults in the log: as warnings, or as details if harmless. Boot
 * core.
 */
void fault_log_report(void);

struct fault_counts {
	u64 nmis;
	u64 interrupts;
	u64 machine_checks;
};

struct fault_counts fault_log_counts(void);
void fault_log_reset(void);
