/*
 * Compiled to assembly only: the constants that .S files need from C, which the
 * Makefile collects into asm_offsets.h.
 */
#include "arch/gdt.h"
#include "arch/smp_boot.h"
#include "arch/trap.h"
#include "vmm/vcpu.h"

#define EMIT(name, value)                                                      \
	asm volatile("\n.ascii \"->" #name " %c0\"" : : "i"(value))

void asm_offsets(void);

void asm_offsets(void)
{
	EMIT(SELECTOR_KERNEL_CODE_VALUE, SELECTOR_KERNEL_CODE);
	EMIT(SELECTOR_KERNEL_DATA_VALUE, SELECTOR_KERNEL_DATA);
	EMIT(SMP_SLOT_BYTES, sizeof(struct smp_boot_slot));
	EMIT(SMP_SLOT_APIC_ID, offsetof(struct smp_boot_slot, apic_id));
	EMIT(SMP_SLOT_STACK_TOP, offsetof(struct smp_boot_slot, stack_top));
	EMIT(SMP_SLOT_STATE, offsetof(struct smp_boot_slot, state));
	EMIT(SMP_SLOT_STATE_WAITING, SMP_SLOT_WAITING);
	EMIT(SMP_SLOT_STATE_CLAIMED, SMP_SLOT_CLAIMED);
	EMIT(SMP_SLOT_CPU, offsetof(struct smp_boot_slot, cpu));
	EMIT(VCPU_SPEC_CTRL, offsetof(struct vcpu, spec_ctrl));
	EMIT(VCPU_EXITED, offsetof(struct vcpu, exited));
	EMIT(VCPU_L1D_FLUSH, offsetof(struct vcpu, l1d_flush));
	EMIT(VCPU_RAX, offsetof(struct vcpu_regs, rax));
	EMIT(VCPU_RCX, offsetof(struct vcpu_regs, rcx));
	EMIT(VCPU_RDX, offsetof(struct vcpu_regs, rdx));
	EMIT(VCPU_RBX, offsetof(struct vcpu_regs, rbx));
	EMIT(VCPU_RBP, offsetof(struct vcpu_regs, rbp));
	EMIT(VCPU_RSI, offsetof(struct vcpu_regs, rsi));
	EMIT(VCPU_RDI, offsetof(struct vcpu_regs, rdi));
	EMIT(VCPU_R8, offsetof(struct vcpu_regs, r8));
	EMIT(VCPU_R9, offsetof(struct vcpu_regs, r9));
	EMIT(VCPU_R10, offsetof(struct vcpu_regs, r10));
	EMIT(VCPU_R11, offsetof(struct vcpu_regs, r11));
	EMIT(VCPU_R12, offsetof(struct vcpu_regs, r12));
	EMIT(VCPU_R13, offsetof(struct vcpu_regs, r13));
	EMIT(VCPU_R14, offsetof(struct vcpu_regs, r14));
	EMIT(VCPU_R15, offsetof(struct vcpu_regs, r15));
}
