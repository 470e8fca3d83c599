/*
 * Register values on a command line: eax=, ax=, ah=, al= and so on, for the
 * sixteen registers of a call.
 */
#pragma once

#include "guest/bios_regs.h"
#include "monitor/line/args.h"

/* For struct command's keys: every register name. */
#define REG_ARGS_KEYS                                                          \
	"eax ebx ecx edx esi edi ebp esp ax bx cx dx si di bp sp "             \
	"ah al bh bl ch cl dh dl cs ds es fs gs ss eflags"

/*
 * Sets the registers that the line gives, those with wide names first. 0, or
 * ERR_INVALID or ERR_RANGE with args->error set.
 */
int reg_args_read(struct args *args, struct bios_regs *regs);

/* Prints two lines `regs: ...`. */
void reg_args_print(const struct bios_regs *regs);
