/*
 * What the host does with interrupts, whether they came in root mode through
 * its IDT or were acknowledged by a VM exit: count, serve, end.
 */
#pragma once

#include "lib/types.h"

/*
 * Interrupts off. Any vector that is no exception, from the host's IDT or from
 * a VM exit: counts it, tells the PICs' handler of theirs, ends the host's own.
 */
void interrupt_dispatch(u8 vector);

/*
 * Who is told of interrupts of the PICs that come while this core waits for
 * them (boot core only).
 */
void interrupt_set_pic_handler(void (*handler)(u8 vector));

/*
 * Waits in HLT for the next interrupt of any kind, PIC's included, at most us
 * microseconds; without a local APIC, whose timer ends the wait, only takes
 * what is pending. Boot core, interrupts off; they are off again on return.
 */
void interrupt_wait_for_pic(u64 us);

/* Runs on the NMI stack; counts, and notes that one came when at rip. */
void interrupt_nmi(u64 rip);
