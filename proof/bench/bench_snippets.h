/*
 * 16-bit programs for benchmarks. Like those of guest/bios/snippets.h they are
 * called by bios_far_call(), at any address.
 */
#pragma once

#include "guest/bios/snippets.h"

/*
 * Each does one thing EDI times, with EAX 0 before it, and returns in EAX the
 * ticks of the TSC. The empty one measures the loop itself.
 */
extern const struct snippet bench_snippet_empty;
extern const struct snippet bench_snippet_cpuid;
extern const struct snippet bench_snippet_vmcall;
extern const struct snippet bench_snippet_out; /* byte 0 to port DX */
extern const struct snippet bench_snippet_rdmsr;
extern const struct snippet bench_snippet_int11;
extern const struct snippet bench_snippet_irq0; /* IRQ 0's handler; DS = 0 */

/*
 * BIOS services: INT 10h/0Eh; INT 13h/42h and, of the first sector, INT 13h/02h
 * of drive BP; INT 10h/00h, mode 3.
 */
extern const struct snippet bench_snippet_teletype;
extern const struct snippet bench_snippet_disk_read;   /* packet at DS:0800h */
extern const struct snippet bench_snippet_sector_read; /* to DS:1000h */
extern const struct snippet bench_snippet_mode_set;

/*
 * Reads the TSC again and again, and stores at ES:DI, as dwords, the first ECX
 * differences between two readings that are EBP or more: something interrupted
 * the guest there.
 */
extern const struct snippet bench_snippet_gaps;
/*
 * The same, but stores only differences during which the BIOS has counted a
 * tick, and so not those of other exits. DS = 0.
 */
extern const struct snippet bench_snippet_tick_gaps;

/* Only returns. */
extern const struct snippet bench_snippet_return;
