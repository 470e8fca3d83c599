/*
 * What the machine does that nobody asked for: NMIs, interrupts that mean
 * nothing, machine checks it went on after. Noted in the handlers, on any core,
 * where nothing may be printed; told once, between commands, and counted.
 */
#pragma once

#include "lib/types.h"

/* From the NMI handler: an NMI that none of our cores sent. */
void fault_log_nmi(void);

/* A vector nothing here uses, or one by which an interrupt controller says
 * that the request has gone. */
void fault_log_interrupt(u8 vector);

/* A valid bank of the machine-check architecture, with its MCi registers. */
void fault_log_machine_check(u32 bank, u64 status, u64 address);

/* A #MC that none of this core's banks has raised: another's have. */
void fault_log_machine_check_elsewhere(void);

/*
 * Hands a line for each fault not told yet to emit. One core at a time.
 * Harmless are spurious interrupts, which controllers send by design.
 */
void fault_log_tell(void (*emit)(const char *line, bool harmless));

/* The same into the log: warnings, and details if harmless. Boot core. */
void fault_log_report(void);

struct fault_counts {
	u64 nmis;
	u64 interrupts;
	u64 machine_checks;
};

struct fault_counts fault_log_counts(void);
void fault_log_reset(void);
