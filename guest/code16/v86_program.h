/*
 * Connects a virtual-8086 guest and the emulator: the guest's registers are
 * copied to the emulator, one instruction is emulated, and the registers are
 * copied back.
 */
#pragma once

#include "guest/code16/guest16.h"

/* Called when the guest is made, before its first run. */
void v86_program_init(struct guest16 *guest);

/*
 * Delivers a fault of the instruction at CS:IP to the guest, as in real mode.
 * If the guest has no handler for the fault, the run ends.
 */
enum exit_action v86_program_raise(struct guest16 *guest, u8 vector);

/*
 * Emulates the instruction at the guest's CS:IP; also for code in real mode
 * whose instruction exited. fault: the vector that the processor raised for
 * this instruction, delivered if the emulator does not know the instruction.
 * Returns EXIT_RESUME, or EXIT_STOP with vcpu->end set.
 */
enum exit_action v86_program_step(struct guest16 *guest, u8 fault);
