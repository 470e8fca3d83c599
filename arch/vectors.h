/* The vectors of the interrupts that the host itself uses. */
#pragma once

/*
 * All are above the vectors that a BIOS programs into the PICs (08h-0Fh,
 * 70h-77h), so that an acknowledged vector tells whose interrupt it is.
 */
#define VECTOR_LAPIC_TIMER 0xe0
#define VECTOR_WAKE 0xe1
#define VECTOR_CONSOLE 0xe2 /* the console's UARTs and keyboard */
#define VECTOR_SPURIOUS 0xff
