/*
 * The emulator's instructions for system registers; for
 * guest/insn/v86_emulate.c alone.
 */
#pragma once

#include "guest/insn/v86_machine.h"

/* SGDT, SIDT, LGDT, LIDT, SMSW and LMSW take the operand that insn names. */
enum v86_result v86_emulate_store_table(struct v86_machine *m,
					const struct v86_insn *insn,
					const struct v86_table_register *table);
enum v86_result v86_emulate_load_table(struct v86_machine *m,
				       const struct v86_insn *insn,
				       struct v86_table_register *table);
enum v86_result v86_emulate_smsw(struct v86_machine *m,
				 const struct v86_insn *insn);
enum v86_result v86_emulate_lmsw(struct v86_machine *m,
				 const struct v86_insn *insn);
enum v86_result v86_emulate_clts(struct v86_machine *m,
				 const struct v86_insn *insn);
enum v86_result v86_emulate_mov_cr(struct v86_machine *m,
				   const struct v86_insn *insn);
enum v86_result v86_emulate_mov_dr(struct v86_machine *m,
				   const struct v86_insn *insn);
enum v86_result v86_emulate_msr(struct v86_machine *m,
				const struct v86_insn *insn);
enum v86_result v86_emulate_cpuid(struct v86_machine *m,
				  const struct v86_insn *insn);
