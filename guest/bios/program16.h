/*
 * 16-bit programs: flat images that are put into a guest's low memory and run
 * until they return or halt. guest/abi.h has the constants of their contract.
 */
#pragma once

#include "guest/bios/program16_place.h"
#include "guest/code16/engine.h"
#include "guest/code16/guest16.h"
#include "lib/types.h"

/* How the registers are that a program is entered with, but for CS:EIP. */
struct bios_regs program16_regs(const struct program16 *program);

/* program16_place_check() in what this machine's BIOS leaves to programs. */
int program16_check(const struct program16 *program,
		    const struct bios_regs *regs,
		    const struct board_kind *board, char *why, size_t size);

/* Writes the image. As guest_memory_write(). */
int program16_load(struct guest16 *guest, const struct program16 *program);

/*
 * Enters the loaded program with regs, by a far call, and comes back when it
 * has returned, halted with interrupts off (both are VCPU_END_DONE) or could
 * not go on. A guest with the machine view is run by the boot core, whoever
 * asks. regs then holds the registers at that point: with CS:EIP 0 after a
 * far return, behind the HLT after that; guest->vcpu.why says more.
 */
enum vcpu_end program16_run(struct guest16 *guest,
			    const struct program16 *program,
			    struct bios_regs *regs, u64 timeout_us);
