/*
 * The constants that a 64-bit program of run64 may rely on, and the only header
 * of the kernel that guest/programs64/ may include. Assembly includes it too,
 * so it has no C types.
 */
#pragma once

#define ABI64_PROGRAM 0x10000 /* where the image is, and begins to run */
#define ABI64_STACK_TOP 0x10000
#define ABI64_RAM_END 0x100000 /* RAM is from 1000h to here */

/* The UART: its data port takes text, which comes out in lines. */
#define ABI64_UART 0x3f8

/* Memory-mapped I/O is wherever there is no RAM; a read answers this. */
#define ABI64_MMIO 0x100000
#define ABI64_MMIO_ANSWER 0x12

#define ABI64_SELECTOR_CODE 0x08
