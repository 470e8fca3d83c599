/*
 * The end after a bug of ours: everything that helps to find it goes to the
 * console, the other cores are stopped, and the machine stands still, starts
 * again or goes off.
 */
#pragma once

#include "arch/trap.h"
#include "lib/types.h"

struct cpu;

enum panic_action {
	PANIC_HALT,
	PANIC_REBOOT,
	PANIC_POWEROFF,
};

/* What a panic needs of those that need panics themselves. */
struct panic_machine {
	/* There is a console when it returns, if there can be one. */
	void (*start_console)(void);
	/* Sends an NMI to each other core; their handlers panic_check(). */
	void (*stop_others)(void);
	/* The core of that number, or NULL behind the last. */
	struct cpu *(*core)(u32 index);
	/* Faults that nobody has been told of yet; see fault_log_tell(). */
	void (*tell_faults)(void (*emit)(const char *line, bool harmless));
	/* The ends of the machine, which need no other core. */
	void (*reboot)(void);
	/* Comes back with a clause that says why the machine is still on. */
	const char *(*power_off)(void);
};

/* Before anything can panic; none of its functions is NULL. Boot core. */
void panic_set_machine(const struct panic_machine *machine);

/* What the machine does after the report: PANIC_HALT if not set. */
void panic_set_action(enum panic_action wanted);

/* Any core, any interrupt state. The text is one sentence without newline. */
void panic(const char *fmt, ...)
	__attribute__((noreturn, format(printf, 1, 2)));

/* For a trap nobody expects: names it and shows the registers. */
void panic_trap(const struct trap_frame *frame) __attribute__((noreturn));

/*
 * Called on the panicking core to add what a higher layer knows, and on each
 * core, last, to leave VMX operation. Either may be NULL. What goes wrong in
 * them is reported, and the rest of the report goes on.
 */
void panic_set_hooks(void (*describe)(void), void (*shut_down)(void));

/*
 * From the NMI handler: does not come back once some other core has panicked,
 * unless this one is in the middle of a line. It then stops after the line.
 * rip, where the core was, is for the report.
 */
void panic_check(u64 rip);
