/*
 * Registers, memory and the stack by the rules of real mode, for the emulator's
 * files (guest/insn/v86_emulate.h).
 */
#pragma once

#include "guest/insn/v86_machine.h"

u32 *v86_emulate_gpr(struct v86_machine *m, unsigned gpr);

/* Sets the lowest bytes (1, 2 or 4) of *gpr and keeps the others. */
void v86_emulate_set_low(u32 *gpr, unsigned bytes, u32 value);

/* The offset of insn's memory operand in its segment. */
u32 v86_emulate_offset(struct v86_machine *m, const struct v86_insn *insn);

/*
 * Read or write 1 to 8 bytes of a segment, little-endian. They return V86_DONE,
 * V86_EXCEPTION beyond the limit, or V86_REFUSED; only with V86_DONE something
 * is read or written. Call check_write, with the result V86_DONE, before write.
 */
enum v86_result v86_emulate_read(struct v86_machine *m, unsigned segment,
				 u32 offset, unsigned bytes, u64 *value);
enum v86_result v86_emulate_check_write(struct v86_machine *m, unsigned segment,
					u32 offset, unsigned bytes);
void v86_emulate_write(struct v86_machine *m, unsigned segment, u32 offset,
		       unsigned bytes, u64 value);

/*
 * Push or pop count values of `bytes` each, all or none. pop changes no
 * register: v86_emulate_drop() moves SP afterwards.
 */
enum v86_result v86_emulate_push(struct v86_machine *m, unsigned bytes,
				 const u32 *values, unsigned count);
enum v86_result v86_emulate_pop(struct v86_machine *m, unsigned bytes,
				u32 *values, unsigned count);
void v86_emulate_drop(struct v86_machine *m, unsigned bytes);
