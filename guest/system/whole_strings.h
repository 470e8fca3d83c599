/*
 * REP STOS and REP MOVS that reach the VGA, many steps at a time. On the guest's
 * core, its VMCS current.
 */
#pragma once

#include "guest/code16/guest16.h"
#include "guest/insn/mmio_execute.h"

/*
 * Does as many steps of the instruction as can be done at once, and brings the
 * registers in *cpu to where they are then; how many, 0 for any other.
 */
u32 whole_strings(struct guest16 *guest, const struct mmio_insn *insn,
		  struct mmio_cpu *cpu);
