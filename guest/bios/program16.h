/*
 * 16-bit programs: flat images that are put into a guest's low memory and run
 * until they return or halt. guest/abi.h has the constants of their contract.
 */
#pragma once

#include "guest/bios/program16_place.h"
#include "guest/code16/engine.h"
#include "guest/code16/guest16.h"
#include "lib/types.h"

/* The registers at a program's entry, except CS:EIP. */
struct bios_regs program16_regs(const struct program16 *program);

/* program16_place_check() for the memory that this machine's BIOS leaves. */
int program16_check(const struct program16 *program,
		    const struct bios_regs *regs,
		    const struct board_kind *board, char *why, size_t size);

/* Writes the image. As guest_memory_write(). */
int program16_load(struct guest16 *guest, const struct program16 *program);

/*
 * Enters the loaded program with regs, by a far call. Returns when the program
 * has returned, has halted with interrupts off (both are VCPU_END_DONE) or
 * could not go on. The boot core runs a guest with the board `machine`,
 * whichever core calls. regs then holds the registers at the end: CS:EIP is 0
 * after a far return, and behind the HLT after a halt. guest->vcpu.why says
 * more.
 */
enum vcpu_end program16_run(struct guest16 *guest,
			    const struct program16 *program,
			    struct bios_regs *regs, u64 timeout_us);
