/*
 * The interrupts of the console's sources: through the I/O APIC, as
 * VECTOR_CONSOLE, or through a line of the PIC that is kept for the host.
 */
#pragma once

/*
 * From now on the sources have console_poll() called by interrupts on this
 * core; those in a hurry of which no interrupt is known are to be polled, and
 * console_poll_is_needed() then holds. Boot core, once, after the interrupt
 * controllers.
 */
void console_interrupts_start(void);
