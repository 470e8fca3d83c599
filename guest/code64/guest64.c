/*
 * The registers of a 64-bit guest, in and out. On the guest's core, interrupts
 * off.
 */
#include "guest/code64/guest64.h"

#include "arch/cpu.h"
#include "arch/msr.h"
#include "arch/x86.h"
#include "lib/string.h"
#include "vmm/vcpu_state.h"

void guest64_get_gprs(const struct guest64 *guest, u64 out[GPR_COUNT])
{
	memcpy(out, guest->vcpu.regs.by_number, sizeof(guest->vcpu.regs));
	out[GPR_RSP] = vcpu_rsp(&guest->vcpu);
}

void guest64_set_gprs(struct guest64 *guest, const u64 in[GPR_COUNT])
{
	memcpy(guest->vcpu.regs.by_number, in, sizeof(guest->vcpu.regs));
	vcpu_set_rsp(&guest->vcpu, in[GPR_RSP]);
}

void guest64_get_regs(struct guest64 *guest, struct guest64_regs *regs)
{
	const struct vcpu *vcpu = &guest->vcpu;

	guest64_get_gprs(guest, regs->gpr);
	regs->rip = vcpu_rip(vcpu);
	regs->rflags = vcpu_rflags(vcpu);
	regs->cr0 = vcpu_shown_cr0(vcpu);
	regs->cr4 = vcpu_shown_cr4(vcpu);
	regs->cr3 = guest->memory.has_ept ? vcpu_cr3(vcpu) : guest->walk.cr3;
	regs->cr2 = read_cr2();
	regs->efer = rdmsr(MSR_IA32_EFER);
	regs->fs_base = vcpu_segment_base(vcpu, SEGMENT_FS);
	regs->gs_base = vcpu_segment_base(vcpu, SEGMENT_GS);
	regs->cs = (u16)vcpu_selector(vcpu, SEGMENT_CS);
	regs->ss = (u16)vcpu_selector(vcpu, SEGMENT_SS);
	regs->ds = (u16)vcpu_selector(vcpu, SEGMENT_DS);
	regs->es = (u16)vcpu_selector(vcpu, SEGMENT_ES);
	regs->fs = (u16)vcpu_selector(vcpu, SEGMENT_FS);
	regs->gs = (u16)vcpu_selector(vcpu, SEGMENT_GS);
}

void guest64_set_regs(struct guest64 *guest, const struct guest64_regs *regs)
{
	guest64_set_gprs(guest, regs->gpr);
	vcpu_set_rflags(&guest->vcpu, regs->rflags | RFLAGS_FIXED_1);
}
