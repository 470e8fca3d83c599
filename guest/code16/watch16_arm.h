/*
 * Arms a 16-bit guest's VMCS and debug registers for what is to be watched; for
 * the files of the watch. On the guest's core, its VMCS current, interrupts
 * off.
 */
#pragma once

#include "guest/code16/guest16.h"

/* Sets the VMCS's controls as the state of the watch needs them. */
void watch16_arm(struct guest16 *guest);
/* Sets them again if the guest itself has changed them. */
void watch16_keep_armed(struct guest16 *guest);
/*
 * Sets the debug registers: 0 for the return of the innermost open INT, 1-3 for
 * the breakpoints. live: or none of them.
 */
void watch16_arm_breakpoints(struct guest16 *guest, bool live);
/* The breakpoint whose hit only begins single steps, or -1. */
int watch16_from_register(void);
