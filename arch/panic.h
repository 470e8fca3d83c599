/*
 * The end after a bug of ours: everything that helps to find it goes to the
 * console, the other cores are stopped, and the machine stands still.
 */
#pragma once

#include "arch/trap.h"

/* Any core, any interrupt state. The text is one sentence without newline. */
void panic(const char *fmt, ...)
	__attribute__((noreturn, format(printf, 1, 2)));

/* For a trap nobody expects: names it and shows the registers. */
void panic_trap(const struct trap_frame *frame) __attribute__((noreturn));

/*
 * Called on the panicking core to add what a higher layer knows, and on each
 * core, last, to leave VMX operation. Either may be NULL.
 */
void panic_set_hooks(void (*describe)(void), void (*shut_down)(void));

/* From the NMI handler: does not come back once some core has panicked. */
void panic_check(void);
