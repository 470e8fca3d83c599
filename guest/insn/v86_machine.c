/* The processor that the emulator works on, as it begins. */
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
