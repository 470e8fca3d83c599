/* The control registers and the PAT that the kernel runs with. */
#pragma once

/*
 * Sets what the kernel relies on, the same on every core: control registers and
 * the PAT. Whatever else firmware has turned on is off afterwards, breakpoints
 * of its debugger included. On each core once, as soon as it has its exception
 * handlers: a machine check may follow.
 */
void control_registers_set(void);
