/* What guest/watch/watch.c, guest/watch/watch_step.c and guest/watch/watch64.c share. */
#pragma once

#include "guest/code16/guest16.h"
#include "guest/watch/watch.h"

/* Debug register 0 waits for INT n's return; 1-3 are breakpoints. */
#define WATCH_RETURN_REGISTER 0u
#define WATCH_FIRST_BREAKPOINT 1u

/* Whether the filters let it through; the core is the calling one. */
bool watch_vector_wanted(u8 vector);
bool watch_port_wanted(u16 port);
bool watch_core_wanted(void);

/* Makes the VMCS what the state of the watch asks for. */
void watch_apply(struct guest16 *guest);
/* Again, where the guest itself has undone it. */
void watch_keep_armed(struct guest16 *guest);
/* The breakpoint whose hit only begins single steps, or -1. */
int watch_from_register(void);
/* At the address of the innermost open INT's return. */
void watch_return_hit(struct guest16 *guest);
/* Single steps begin at this instruction. */
void watch_step_on(struct guest16 *guest, u32 steps);
/* Events carry the registers as they are. */
void watch_add_regs(struct guest16 *guest, struct trace_event *event,
		    const struct bios_regs *regs);
