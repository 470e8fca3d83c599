/*
 * What a 16-bit program may rely on (docs/programs.md). For the programs in
 * guest/programs/, which are assembled, and for the host; so constants alone.
 */
#pragma once

/* Where the image goes if not told; it is entered at its first byte. */
#define PROGRAM_SEGMENT 0x1000
#define PROGRAM_OFFSET 0x0000

/* SP with DS = ES = SS = the image's segment; the return address is below. */
#define PROGRAM_STACK_TOP 0xfffe

/*
 * That return address: three bytes of the sixteen that the BIOS data area
 * leaves to programs for talking with each other. A program that ends by a far
 * return keeps off them.
 */
#define PROGRAM_RETURN_SEGMENT 0x0040
#define PROGRAM_RETURN_OFFSET 0x00f0

/* Below are the IVT, the BIOS's data and what DOS and BIOSes add to it. */
#define PROGRAM_LOWEST 0x600

/* The UART whose output comes out as `guest: TEXT`, if it is COM1. */
#define PROGRAM_CONSOLE_PORT 0x3f8
