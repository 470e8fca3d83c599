/* What the files of guest/code16/watch16.h share. */
#pragma once

#include "guest/code16/watch16.h"

/* Debug register 0 waits for INT n's return; 1-3 are breakpoints. */
#define WATCH_RETURN_REGISTER 0u
#define WATCH_FIRST_BREAKPOINT 1u

/* Sets the VMCS's controls as the state of the watch needs them. */
void watch16_apply(struct guest16 *guest);
/* Sets them again if the guest itself has changed them. */
void watch16_keep_armed(struct guest16 *guest);
/* The breakpoint whose hit only begins single steps, or -1. */
int watch16_from_register(void);
/* At the address of the innermost open INT's return. */
void watch16_return_hit(struct guest16 *guest);
/* Single steps begin at this instruction. */
void watch16_step_on(struct guest16 *guest, u32 steps);
/* Events carry the registers as they are. */
void watch16_add_regs(struct guest16 *guest, struct trace_event *event,
		      const struct bios_regs *regs);
