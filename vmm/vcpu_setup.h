/*
 * Chooses what exits from a guest. These always exit: external interrupts,
 * NMIs, the end of the time limit, HLT, MONITOR, MWAIT, RDPMC, machine checks,
 * which the host handles, and #DB and #AC, which can hang a core
 * (vmm/vmx/mitigations.h). As in vmm/vcpu_state.h the vcpu must be loaded, on
 * its core.
 */
#pragma once

#include "lib/types.h"
#include "vmm/vcpu.h"
#include "vmm/vmx/vcpu_field.h"

/* Exits that can be chosen. */
enum vcpu_intercept {
	VCPU_INTERCEPT_CR3_LOADS = 1,
	VCPU_INTERCEPT_CR3_STORES = 2,
	VCPU_INTERCEPT_CR8 = 4,
	VCPU_INTERCEPT_DEBUG_REGISTERS = 8,
	VCPU_INTERCEPT_INVLPG = 16,
	/* accesses to all ports; else those in the I/O bitmaps */
	VCPU_INTERCEPT_PORTS = 32,
	/* LGDT, LIDT, LLDT, LTR, SGDT, SIDT, SLDT, STR */
	VCPU_INTERCEPT_DESCRIPTOR_TABLES = 64,
	/* an exit after each instruction: the monitor trap flag */
	VCPU_INTERCEPT_STEPS = 128,
};

struct vcpu_setup {
	const char *name;  /* the kind of guest, for messages */
	u32 intercepts;	   /* VCPU_INTERCEPT_* */
	u32 exceptions;	   /* bit n: vector n exits, besides #DB, #AC and #MC */
	u64 ept_pointer;   /* 0: no EPT */
	bool unrestricted; /* real mode, and protected mode without paging */
	bool vpid;	   /* under EPT: TLB entries may outlive exits */
	u64 io_bitmap_phys[2]; /* of ports 0-7fff, and of all above */
};

/*
 * For a vcpu whose guest has not run. What no guest of ours makes use of is
 * off; there is no event, the processor is active, DR7 is as after a reset, and
 * for guests of 16-bit code IA32_EFER is 0 where the processor switches it. The
 * registers are the caller's to set. ERR_UNSUPPORTED where the processor lacks
 * something (logged by name).
 */
int vcpu_setup(struct vcpu *vcpu, const struct vcpu_setup *setup);

/* Turns exits on or off, as far as the processor leaves the choice. */
void vcpu_intercept(struct vcpu *vcpu, u32 intercepts, bool on);
/* Whether the calling core's processor has these exits. */
bool vcpu_can_intercept(enum vcpu_intercept what);

/* Which exceptions exit: bit n for vector n. */
static inline u32 vcpu_intercepted_exceptions(const struct vcpu *vcpu)
{
	return (u32)vcpu_field(vcpu, VMCS_EXCEPTION_BITMAP);
}

/* Makes these exceptions exit, and those that always do. */
void vcpu_intercept_exceptions(struct vcpu *vcpu, u32 vectors);

/*
 * fix: the nearest value that the processor allows in a guest that is not
 * unrestricted. The third function: whether it allows this value.
 */
u64 vcpu_fix_cr0(const struct vcpu *vcpu, u64 cr0);
u64 vcpu_fix_cr4(const struct vcpu *vcpu, u64 cr4);
bool vcpu_may_have_cr4(const struct vcpu *vcpu, u64 cr4);
