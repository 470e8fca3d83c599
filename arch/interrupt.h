/*
 * What the host does with interrupts, whether they came in root mode through
 * its IDT or were acknowledged by a VM exit: count, serve, end.
 */
#pragma once

#include "lib/types.h"

/*
 * Above all vectors a BIOS programs into the PICs (08h-0Fh, 70h-77h), so that
 * an acknowledged vector alone tells whose it is.
 */
#define VECTOR_LAPIC_TIMER 0xe0
#define VECTOR_WAKE 0xe1
#define VECTOR_SPURIOUS 0xff

/* Interrupts off. Vectors 20h-FFh in root mode, any vector from a VM exit. */
void interrupt_dispatch(u8 vector);

/* Runs on the NMI stack; counts, and notes that one came. */
void interrupt_nmi(void);
