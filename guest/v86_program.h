/*
 * Between a running virtual-8086 guest and the emulator: its registers go in,
 * one instruction is emulated, they come out.
 */
#pragma once

#include "guest/guest16.h"

/* Once, when the guest is made. */
void v86_program_init(struct guest16 *guest);

/*
 * Emulates the instruction at the guest's CS:IP. Also for code in real mode
 * that exited on it. EXIT_RESUME, or EXIT_STOP with the end set.
 */
enum exit_action v86_program_step(struct guest16 *guest);
