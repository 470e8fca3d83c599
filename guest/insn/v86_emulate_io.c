/*
 * IN, OUT, INS and OUTS. What was read from a port must not get lost: INS
 * checks its destination before it reads, and finishes each element before the
 * next.
 */
/* build: pure */
#include "guest/insn/v86_emulate_io.h"

#include "guest/insn/v86_emulate_memory.h"

static u32 low_part(u32 value, unsigned bytes)
{
	u32 low = 0;

	v86_emulate_set_low(&low, bytes, value);
	return low;
}

enum v86_result v86_emulate_io(struct v86_machine *m,
			       const struct v86_insn *insn)
{
	u16 port = insn->has_immediate ? insn->immediate : (u16)m->regs.edx;
	unsigned bytes = insn->operand_bytes;

	if (insn->opcode == V86_INSN_OUT) {
		if (!m->ops->out(m->context, port, bytes,
				 low_part(m->regs.eax, bytes))) {
			return V86_REFUSED;
		}
	} else {
		u32 value = 0;

		if (!m->ops->in(m->context, port, bytes, &value)) {
			return V86_REFUSED;
		}
		v86_emulate_set_low(&m->regs.eax, bytes, value);
	}
	return v86_machine_complete(m, insn);
}

static enum v86_result input(struct v86_machine *m, unsigned segment,
			     u32 offset, unsigned bytes)
{
	enum v86_result result =
		v86_emulate_check_write(m, segment, offset, bytes);
	u32 value = 0;

	if (result != V86_DONE) {
		return result;
	}
	if (!m->ops->in(m->context, (u16)m->regs.edx, bytes, &value)) {
		return V86_REFUSED;
	}
	v86_emulate_write(m, segment, offset, bytes, value);
	return V86_DONE;
}

static enum v86_result output(struct v86_machine *m, unsigned segment,
			      u32 offset, unsigned bytes)
{
	u64 value = 0;
	enum v86_result result =
		v86_emulate_read(m, segment, offset, bytes, &value);

	if (result != V86_DONE) {
		return result;
	}
	return m->ops->out(m->context, (u16)m->regs.edx, bytes, (u32)value)
		       ? V86_DONE
		       : V86_REFUSED;
}

/* Does one element and moves SI or DI past it. */
static enum v86_result element(struct v86_machine *m,
			       const struct v86_insn *insn)
{
	unsigned bytes = insn->operand_bytes;
	unsigned segment = insn->address.segment;
	u32 *index = v86_emulate_gpr(m, insn->address.base);
	u32 offset = v86_emulate_offset(m, insn);
	enum v86_result result = insn->opcode == V86_INSN_INS
					 ? input(m, segment, offset, bytes)
					 : output(m, segment, offset, bytes);

	if (result != V86_DONE) {
		return result;
	}
	v86_emulate_set_low(index, insn->address_bytes,
			    m->regs.eflags & RFLAGS_DF ? *index - bytes
						       : *index + bytes);
	return V86_DONE;
}

enum v86_result v86_emulate_string_io(struct v86_machine *m,
				      const struct v86_insn *insn)
{
	/*
	 * The processor repeats with F2h and with F3h, and traps after each
	 * element.
	 */
	bool repeat = insn->rep || insn->repne;
	u32 budget = m->regs.eflags & RFLAGS_TF ? 1 : V86_REPEAT_MAX;
	u32 left = repeat ? low_part(m->regs.ecx, insn->address_bytes) : 1;

	for (; left != 0 && budget != 0; budget--) {
		enum v86_result result = element(m, insn);

		if (result != V86_DONE) {
			return result;
		}
		left--;
		if (repeat) {
			v86_emulate_set_low(&m->regs.ecx, insn->address_bytes,
					    left);
		}
	}
	if (left == 0) {
		return v86_machine_complete(m, insn);
	}
	m->interrupt_shadow = false;
	return V86_REPEAT;
}
