/*
 * The registers of a 64-bit guest on a command line (rax= ... r15=, rflags=)
 * and on the console.
 */
#pragma once

#include "guest/code64/guest64.h"
#include "monitor/line/args.h"

/* For struct command's keys. */
#define REGS64_KEYS                                                            \
	"rax rbx rcx rdx rsi rdi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15 rflags"

/* Sets the registers that the line gives. 0, or the parser's error. */
int regs64_read(struct args *args, struct guest64_regs *regs);

/*
 * Prints lines `regs: ...`, with CR0, CR4 and RFLAGS in binary and by name,
 * too.
 */
void regs64_print(const struct guest64_regs *regs);
