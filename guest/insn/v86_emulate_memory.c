/*
 * Registers, effective addresses, and memory within real mode's limits, for the
 * emulator. All checks come before the first byte is written, so that a fault
 * leaves everything as it was.
 */
/* build: pure hot */
#include "guest/insn/v86_emulate_memory.h"

#include "guest/far_ptr.h"

#define SEGMENT_LIMIT 0xffffu

u32 *v86_emulate_gpr(struct v86_machine *m, unsigned gpr)
{
	return &m->regs.by_number[gpr & 7];
}

void v86_emulate_set_low(u32 *gpr, unsigned bytes, u32 value)
{
	u32 mask = bytes >= 4 ? UINT32_MAX : (1u << 8 * bytes) - 1;

	*gpr = (*gpr & ~mask) | (value & mask);
}

static inline u16 selector(struct v86_machine *m, unsigned segment)
{
	if (m->segments_unread && segment != SEGMENT_CS) {
		m->ops->segments(m->context, &m->regs);
		m->segments_unread = false;
	}
	return (u16)m->regs.by_segment[segment];
}

u32 v86_emulate_offset(struct v86_machine *m, const struct v86_insn *insn)
{
	const struct v86_address *a = &insn->address;
	u32 offset = a->displacement;

	if (a->base != GPR_NONE) {
		offset += *v86_emulate_gpr(m, a->base);
	}
	if (a->index != GPR_NONE) {
		offset += *v86_emulate_gpr(m, a->index) << a->shift;
	}
	return insn->address_bytes == 2 ? offset & SEGMENT_LIMIT : offset;
}

static enum v86_result check_limit(struct v86_machine *m, unsigned segment,
				   u32 offset, unsigned bytes)
{
	if (offset <= SEGMENT_LIMIT + 1 - bytes) {
		return V86_DONE;
	}
	return v86_machine_raise(m,
				 segment == SEGMENT_SS ? VECTOR_SS : VECTOR_GP);
}

static u32 linear_of(struct v86_machine *m, unsigned segment, u32 offset)
{
	return far_to_linear(selector(m, segment), (u16)offset);
}

enum v86_result v86_emulate_read(struct v86_machine *m, unsigned segment,
				 u32 offset, unsigned bytes, u64 *value)
{
	u32 linear = linear_of(m, segment, offset);
	u64 all = 0;

	if (check_limit(m, segment, offset, bytes) != V86_DONE) {
		return V86_EXCEPTION;
	}
	for (unsigned i = 0; i < bytes; i++) {
		u8 byte;

		if (!m->ops->read8(m->context, linear + i, &byte)) {
			return V86_REFUSED;
		}
		all |= (u64)byte << 8 * i;
	}
	*value = all;
	return V86_DONE;
}

enum v86_result v86_emulate_check_write(struct v86_machine *m, unsigned segment,
					u32 offset, unsigned bytes)
{
	u32 linear = linear_of(m, segment, offset);

	if (check_limit(m, segment, offset, bytes) != V86_DONE) {
		return V86_EXCEPTION;
	}
	for (unsigned i = 0; i < bytes; i++) {
		if (!m->ops->writable(m->context, linear + i)) {
			return V86_REFUSED;
		}
	}
	return V86_DONE;
}

void v86_emulate_write(struct v86_machine *m, unsigned segment, u32 offset,
		       unsigned bytes, u64 value)
{
	u32 linear = linear_of(m, segment, offset);

	for (unsigned i = 0; i < bytes; i++) {
		m->ops->write8(m->context, linear + i, (u8)(value >> 8 * i));
	}
}

enum v86_result v86_emulate_push(struct v86_machine *m, unsigned bytes,
				 const u32 *values, unsigned count)
{
	u16 sp = (u16)m->regs.esp;

	for (unsigned i = 0; i < count; i++) {
		enum v86_result result;

		sp = (u16)(sp - bytes);
		result = v86_emulate_check_write(m, SEGMENT_SS, sp, bytes);
		if (result != V86_DONE) {
			return result;
		}
	}
	sp = (u16)m->regs.esp;
	for (unsigned i = 0; i < count; i++) {
		sp = (u16)(sp - bytes);
		v86_emulate_write(m, SEGMENT_SS, sp, bytes, values[i]);
	}
	v86_emulate_set_low(&m->regs.esp, 2, sp);
	return V86_DONE;
}

enum v86_result v86_emulate_pop(struct v86_machine *m, unsigned bytes,
				u32 *values, unsigned count)
{
	u16 sp = (u16)m->regs.esp;

	for (unsigned i = 0; i < count; i++) {
		u64 value = 0;
		enum v86_result result =
			v86_emulate_read(m, SEGMENT_SS, sp, bytes, &value);

		if (result != V86_DONE) {
			return result;
		}
		values[i] = (u32)value;
		sp = (u16)(sp + bytes);
	}
	return V86_DONE;
}

void v86_emulate_drop(struct v86_machine *m, unsigned bytes)
{
	v86_emulate_set_low(&m->regs.esp, 2, m->regs.esp + bytes);
}
