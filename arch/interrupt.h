/*
 * What the host does with an interrupt, whether it came through the IDT in root
 * mode or was acknowledged by a VM exit: count it, serve it, end it.
 */
#pragma once

#include "lib/types.h"

/*
 * Handles any vector that is no exception, from the host's IDT or a VM exit:
 * counts it, calls the PICs' handler for theirs, and ends the host's own.
 * Interrupts off.
 */
void interrupt_dispatch(u8 vector);

/*
 * Sets the function that is called with interrupts of the PICs. They come only
 * while this core waits for them, or runs a guest that takes them (boot core
 * only).
 */
void interrupt_set_pic_handler(void (*handler)(u8 vector));

/*
 * Waits in HLT for the next interrupt of any kind, those of the PICs included,
 * at most us microseconds. Without a local APIC, whose timer ends the wait, it
 * only takes what is pending. Boot core, interrupts off; they are off again on
 * return.
 */
void interrupt_wait_for_pic(u64 us);

/*
 * Handles an NMI that came at rip: counts it, and notes it if nobody has
 * announced it. Runs on the NMI stack.
 */
void interrupt_nmi(u64 rip);
