/*
 * Steps the host by the trap flag. A VM exit clears TF, so the guest's exits
 * lead through vmx_count_exit, which sets it again. TF is clear at VM entry,
 * because it must not become the guest's.
 */
#include "proof/bench/vmx_count.h"

#include "arch/trap.h"
#include "arch/x86.h"
#include "proof/bench/vmx_opcode.h"
#include "vmm/vmx/vmcs.h"
#include "vmm/vmx/vmx_entry.h"

/* proof/bench/vmx_count_entry.S */
void vmx_count_step_on(void);
void vmx_count_step_off(void);
void vmx_count_exit(void);
extern void (*vmx_count_way_on)(void);

static u32 count;

/* Called before the instruction at RIP. */
static void step(struct trap_frame *frame)
{
	switch (vmx_opcode_kind((const u8 *)frame->rip)) {
	case VMX_OPCODE_NONE:
		return;
	case VMX_OPCODE_ENTRY:
		frame->rflags &= ~RFLAGS_TF;
		break;
	case VMX_OPCODE_OTHER:
		break;
	}
	count++;
}

void vmx_count_through(struct vcpu *vcpu)
{
	vmx_count_way_on = vcpu->way->exit;
	vmcs_write(VMCS_HOST_RIP, (u64)vmx_count_exit);
}

void vmx_count_leave(struct vcpu *vcpu)
{
	vcpu_load(vcpu);
	vmcs_write(VMCS_HOST_RIP, (u64)vcpu->way->exit);
}

void vmx_count_begin(void)
{
	count = 0;
	trap_set_step(step);
	vmx_count_step_on();
}

u32 vmx_count_end(void)
{
	vmx_count_step_off();
	trap_set_step(NULL);
	return count;
}
