/*
 * What happens after a bug of ours: all that helps to find it is printed, the
 * other cores are stopped, and the machine stands still, restarts or is
 * switched off.
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

/* Functions that a panic needs, of files that use panics themselves. */
struct panic_machine {
	/* Starts the console, if it is not there yet and if it can. */
	void (*start_console)(void);
	/*
	 * Sends an NMI to each other core, whose handlers call panic_check().
	 */
	void (*stop_others)(void);
	/* The core of that number; NULL behind the last one. */
	struct cpu *(*core)(u32 index);
	/* Reports faults that were not reported yet; see fault_log_tell(). */
	void (*tell_faults)(void (*emit)(const char *line, bool harmless));
	/* Ways to end: they need no other core. */
	void (*reboot)(void);
	/*
	 * Returns if the machine cannot be switched off, with a clause that
	 * says why.
	 */
	const char *(*power_off)(void);
};

/*
 * Called before anything can panic. None of the functions is NULL. Boot core.
 */
void panic_set_machine(const struct panic_machine *machine);

/* Sets what the machine does after the report; PANIC_HALT if never set. */
void panic_set_action(enum panic_action wanted);

/*
 * Ends the kernel, on any core, with interrupts on or off. The text is one
 * sentence without a newline.
 */
void panic(const char *fmt, ...)
	__attribute__((noreturn, format(printf, 1, 2)));

/* For an unexpected trap: names it and shows the registers. */
void panic_trap(const struct trap_frame *frame) __attribute__((noreturn));

/*
 * Sets hooks of a higher layer. describe: called on the panicking core, adds
 * what that layer knows to the report. shut_down: called last, on each core, to
 * leave VMX operation. Either may be NULL. What goes wrong in a hook is
 * reported, and the rest of the report follows.
 */
void panic_set_hooks(void (*describe)(void), void (*shut_down)(void));

/*
 * For the NMI handler: does not return if another core has panicked, unless
 * this core is printing a line; it then stops after the line. rip: where the
 * core was, for the report.
 */
void panic_check(u64 rip);
