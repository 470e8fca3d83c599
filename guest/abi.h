/*
 * The constants that a 16-bit program may rely on (docs/programs.md). Assembly
 * in guest/programs/ and C in the kernel include this file, so it has no C
 * types.
 */
#pragma once

/* The image's default address; the first byte is the first instruction. */
#define PROGRAM_SEGMENT 0x1000
#define PROGRAM_OFFSET 0x0000

/* SP with DS = ES = SS = the image's segment; the return address is below. */
#define PROGRAM_STACK_TOP 0xfffe

/*
 * The return address on that stack. The code there is three of the sixteen
 * bytes that the BIOS data area leaves to programs. A program that ends by a
 * far return must not write to them.
 */
#define PROGRAM_RETURN_SEGMENT 0x0040
#define PROGRAM_RETURN_OFFSET 0x00f0

/* Below are the IVT, the BIOS's data and data of DOS and other BIOSes. */
#define PROGRAM_LOWEST 0x600

/* The UART whose output is printed as `guest: TEXT`, if it is COM1. */
#define PROGRAM_CONSOLE_PORT 0x3f8
