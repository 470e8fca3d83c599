/*
 * Between a running virtual-8086 guest and the emulator: its registers go in,
 * one instruction is emulated, they come out.
 */
#pragma once

#include "guest/code16/guest16.h"

/* When the guest is made, before its first run. */
void v86_program_init(struct guest16 *guest);

/*
 * Has the guest's code take a fault of the instruction at its CS:IP, as in real
 * mode; where it has no handler for it that ends the run.
 */
enum exit_action v86_program_raise(struct guest16 *guest, u8 vector);

/*
 * Emulates the instruction at the guest's CS:IP. Also for code in real mode
 * that exited on it. fault is the vector of what the processor said to it, if it
 * is none of ours. EXIT_RESUME, or EXIT_STOP with the end set.
 */
enum exit_action v86_program_step(struct guest16 *guest, u8 fault);
