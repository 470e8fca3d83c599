/*
 * Watching the INT n of a 16-bit guest, and how they return. On the guest's
 * core, its VMCS current, interrupts off.
 */
#pragma once

#include "guest/code16/guest16.h"
#include "vmm/trace.h"

/*
 * The host is about to emulate the INT n at CS:IP, which the guest's engine
 * makes fault. handled: the host does the service itself, and no handler of the
 * guest's runs.
 */
void watch16_int(struct guest16 *guest, bool handled);
/* The host's own service is done. */
void watch16_int_done(struct guest16 *guest);

/* At the address of the innermost open INT's return. */
void watch16_return_hit(struct guest16 *guest);
/* At the end of a run: the INTs that are still open have not returned. */
void watch16_ints_lost(struct guest16 *guest);

/* Gives an event the registers, and how many INTs are open. */
void watch16_add_regs(struct guest16 *guest, struct trace_event *event,
		      const struct bios_regs *regs);
