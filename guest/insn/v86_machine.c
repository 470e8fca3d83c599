/* The processor that the emulator works on: how it begins, how a step ends. */
/* build: pure */
#include "guest/insn/v86_machine.h"

#include "lib/string.h"

#define IVT_LIMIT 0x3ffu

void v86_machine_init(struct v86_machine *m, const struct v86_machine_ops *ops,
		      void *context)
{
	memset(m, 0, sizeof(*m));
	m->regs.eflags = RFLAGS_FIXED_1;
	m->cr0 = CR0_ET;
	m->dr[6] = DR6_RESET;
	m->dr[7] = DR7_RESET;
	m->idtr.limit = IVT_LIMIT;
	m->gdtr.limit = UINT16_MAX;
	m->ops = ops;
	m->context = context;
}

enum v86_result v86_machine_raise(struct v86_machine *m, u8 vector)
{
	m->vector = vector;
	return V86_EXCEPTION;
}

enum v86_result v86_machine_complete(struct v86_machine *m,
				     const struct v86_insn *insn)
{
	m->regs.eip += insn->length;
	m->regs.eflags &= ~(u32)RFLAGS_RF;
	m->interrupt_shadow = false;
	return V86_DONE;
}
