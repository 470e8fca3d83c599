/*
 * The registers of a guest, by their names and not by where the processor's
 * virtualisation keeps them. What the last exit says is in vmm/vcpu_exit.h,
 * what is delivered to the guest in vmm/vcpu_events.h, and what exits at all in
 * vmm/vcpu_setup.h.
 *
 * Each function is for a loaded vcpu (vcpu_load()), on its core, interrupts
 * off, while the guest does not run. A debug build panics elsewhere.
 */
#pragma once

#include "arch/register_numbers.h"
#include "arch/x86.h"
#include "vmm/vcpu.h"
#include "vmm/vmx/vcpu_field.h"

static inline u64 vcpu_rip(const struct vcpu *vcpu)
{
	return vcpu_field(vcpu, VMCS_GUEST_RIP);
}

static inline void vcpu_set_rip(struct vcpu *vcpu, u64 rip)
{
	vcpu_set_field(vcpu, VMCS_GUEST_RIP, rip);
}

static inline u64 vcpu_rsp(const struct vcpu *vcpu)
{
	return vcpu_field(vcpu, VMCS_GUEST_RSP);
}

static inline void vcpu_set_rsp(struct vcpu *vcpu, u64 rsp)
{
	vcpu_set_field(vcpu, VMCS_GUEST_RSP, rsp);
}

static inline u64 vcpu_rflags(const struct vcpu *vcpu)
{
	return vcpu_field(vcpu, VMCS_GUEST_RFLAGS);
}

static inline void vcpu_set_rflags(struct vcpu *vcpu, u64 rflags)
{
	vcpu_set_field(vcpu, VMCS_GUEST_RFLAGS, rflags);
}

static inline void vcpu_set_dr7(struct vcpu *vcpu, u64 dr7)
{
	vcpu_set_field(vcpu, VMCS_GUEST_DR7, dr7);
}

/* A general register by its number, RSP among them. */
static inline u64 vcpu_gpr(const struct vcpu *vcpu, enum gpr number)
{
	return number == GPR_RSP ? vcpu_rsp(vcpu)
				 : vcpu->regs.by_number[number];
}

static inline void vcpu_set_gpr(struct vcpu *vcpu, enum gpr number, u64 value)
{
	if (number == GPR_RSP) {
		vcpu_set_rsp(vcpu, value);
	} else {
		vcpu->regs.by_number[number] = value;
	}
}

/*
 * The field of this segment, given that of ES: the VMCS has each kind of field
 * for the eight segments in the same order.
 */
static inline enum vmcs_field vcpu_segment_field(enum vmcs_field of_es,
						 enum segment segment)
{
	return of_es + 2 * segment;
}
static_assert(
	VMCS_GUEST_TR_SELECTOR == VMCS_GUEST_ES_SELECTOR + 2 * SEGMENT_TR &&
		VMCS_GUEST_TR_BASE == VMCS_GUEST_ES_BASE + 2 * SEGMENT_TR &&
		VMCS_GUEST_TR_LIMIT == VMCS_GUEST_ES_LIMIT + 2 * SEGMENT_TR &&
		VMCS_GUEST_TR_ACCESS_RIGHTS ==
			VMCS_GUEST_ES_ACCESS_RIGHTS + 2 * SEGMENT_TR,
	"SDM volume 3, Field Encoding in VMCS");

/* Fits in 16 bits: VMREAD clears the upper ones. */
static inline u32 vcpu_selector(const struct vcpu *vcpu, enum segment segment)
{
	return (u32)vcpu_field(vcpu, vcpu_segment_field(VMCS_GUEST_ES_SELECTOR,
							segment));
}

static inline u64 vcpu_segment_base(const struct vcpu *vcpu,
				    enum segment segment)
{
	return vcpu_field(vcpu,
			  vcpu_segment_field(VMCS_GUEST_ES_BASE, segment));
}

/* RIGHTS_* of vmm/guest_rights.h. */
static inline u32 vcpu_segment_rights(const struct vcpu *vcpu,
				      enum segment segment)
{
	return (u32)vcpu_field(vcpu,
			       vcpu_segment_field(VMCS_GUEST_ES_ACCESS_RIGHTS,
						  segment));
}

static inline void vcpu_set_segment_base(struct vcpu *vcpu,
					 enum segment segment, u64 base)
{
	vcpu_set_field(vcpu, vcpu_segment_field(VMCS_GUEST_ES_BASE, segment),
		       base);
}

/*
 * Loads a segment register as code in real mode does: limit and access rights
 * keep their values.
 */
static inline void vcpu_set_real_segment(struct vcpu *vcpu,
					 enum segment segment, u16 selector)
{
	vcpu_set_field(vcpu,
		       vcpu_segment_field(VMCS_GUEST_ES_SELECTOR, segment),
		       selector);
	vcpu_set_segment_base(vcpu, segment, (u32)selector << 4);
}

struct vcpu_segment {
	u16 selector;
	u32 rights; /* RIGHTS_* */
	u32 limit;  /* in bytes: the last offset, whatever RIGHTS_G is */
	u64 base;
};

static inline struct vcpu_segment vcpu_segment(const struct vcpu *vcpu,
					       enum segment segment)
{
	return (struct vcpu_segment){
		.selector = (u16)vcpu_selector(vcpu, segment),
		.rights = vcpu_segment_rights(vcpu, segment),
		.limit = (u32)vcpu_field(vcpu,
					 vcpu_segment_field(VMCS_GUEST_ES_LIMIT,
							    segment)),
		.base = vcpu_segment_base(vcpu, segment),
	};
}

static inline void vcpu_set_segment(struct vcpu *vcpu, enum segment segment,
				    struct vcpu_segment to)
{
	vcpu_set_field(vcpu,
		       vcpu_segment_field(VMCS_GUEST_ES_SELECTOR, segment),
		       to.selector);
	vcpu_set_segment_base(vcpu, segment, to.base);
	vcpu_set_field(vcpu, vcpu_segment_field(VMCS_GUEST_ES_LIMIT, segment),
		       to.limit);
	vcpu_set_field(vcpu,
		       vcpu_segment_field(VMCS_GUEST_ES_ACCESS_RIGHTS, segment),
		       to.rights);
}

/* GDTR or IDTR; the limit is the last offset. */
struct vcpu_table {
	u64 base;
	u32 limit;
};

static inline struct vcpu_table vcpu_gdtr(const struct vcpu *vcpu)
{
	return (struct vcpu_table){
		.base = vcpu_field(vcpu, VMCS_GUEST_GDTR_BASE),
		.limit = (u32)vcpu_field(vcpu, VMCS_GUEST_GDTR_LIMIT),
	};
}

static inline void vcpu_set_gdtr(struct vcpu *vcpu, struct vcpu_table to)
{
	vcpu_set_field(vcpu, VMCS_GUEST_GDTR_BASE, to.base);
	vcpu_set_field(vcpu, VMCS_GUEST_GDTR_LIMIT, to.limit);
}

static inline struct vcpu_table vcpu_idtr(const struct vcpu *vcpu)
{
	return (struct vcpu_table){
		.base = vcpu_field(vcpu, VMCS_GUEST_IDTR_BASE),
		.limit = (u32)vcpu_field(vcpu, VMCS_GUEST_IDTR_LIMIT),
	};
}

static inline void vcpu_set_idtr(struct vcpu *vcpu, struct vcpu_table to)
{
	vcpu_set_field(vcpu, VMCS_GUEST_IDTR_BASE, to.base);
	vcpu_set_field(vcpu, VMCS_GUEST_IDTR_LIMIT, to.limit);
}

/*
 * CR0 and CR4 have two values: what the processor runs with, and what the guest
 * reads of the bits that the host owns. The guest's writes of owned bits exit.
 */
struct vcpu_cr {
	u64 real;
	u64 shown;
};

static inline u64 vcpu_cr0(const struct vcpu *vcpu)
{
	return vcpu_field(vcpu, VMCS_GUEST_CR0);
}

static inline u64 vcpu_owned_cr0(const struct vcpu *vcpu)
{
	return vcpu_field(vcpu, VMCS_CR0_GUEST_HOST_MASK);
}

static inline u64 vcpu_shown_cr0(const struct vcpu *vcpu)
{
	u64 owned = vcpu_owned_cr0(vcpu);

	return (vcpu_cr0(vcpu) & ~owned) |
	       (vcpu_field(vcpu, VMCS_CR0_READ_SHADOW) & owned);
}

static inline u64 vcpu_cr4(const struct vcpu *vcpu)
{
	return vcpu_field(vcpu, VMCS_GUEST_CR4);
}

static inline u64 vcpu_shown_cr4(const struct vcpu *vcpu)
{
	u64 owned = vcpu_field(vcpu, VMCS_CR4_GUEST_HOST_MASK);

	return (vcpu_cr4(vcpu) & ~owned) |
	       (vcpu_field(vcpu, VMCS_CR4_READ_SHADOW) & owned);
}

/*
 * Drops the translations that the guest's accesses have left in the TLB. With a
 * VPID neither VM entry nor VMWRITE drops any, while a MOV to a control
 * register by the guest itself would (SDM volume 3, "Operations that Invalidate
 * Cached Mappings"). The functions below that change paging therefore call this
 * one. Without a VPID each VM entry begins without translations; a guest that
 * has never run has left none.
 */
void vcpu_forget_translations(struct vcpu *vcpu) __attribute__((cold));

static inline void vcpu_set_cr0(struct vcpu *vcpu, struct vcpu_cr to)
{
	if (vcpu->has_translations &&
	    ((vcpu_cr0(vcpu) ^ to.real) & (CR0_PG | CR0_WP)) != 0) {
		vcpu_forget_translations(vcpu);
	}
	vcpu_set_field(vcpu, VMCS_GUEST_CR0, to.real);
	vcpu_set_field(vcpu, VMCS_CR0_READ_SHADOW, to.shown);
}

static inline void vcpu_set_cr4(struct vcpu *vcpu, struct vcpu_cr to)
{
	if (vcpu->has_translations && (vcpu_cr0(vcpu) & CR0_PG) != 0 &&
	    vcpu_cr4(vcpu) != to.real) {
		vcpu_forget_translations(vcpu);
	}
	vcpu_set_field(vcpu, VMCS_GUEST_CR4, to.real);
	vcpu_set_field(vcpu, VMCS_CR4_READ_SHADOW, to.shown);
}

static inline void vcpu_own_cr0(struct vcpu *vcpu, u64 bits)
{
	vcpu_set_field(vcpu, VMCS_CR0_GUEST_HOST_MASK, bits);
}

static inline void vcpu_own_cr4(struct vcpu *vcpu, u64 bits)
{
	vcpu_set_field(vcpu, VMCS_CR4_GUEST_HOST_MASK, bits);
}

static inline u64 vcpu_cr3(const struct vcpu *vcpu)
{
	return vcpu_field(vcpu, VMCS_GUEST_CR3);
}

static inline void vcpu_set_cr3(struct vcpu *vcpu, u64 cr3)
{
	if (vcpu->has_translations && (vcpu_cr0(vcpu) & CR0_PG) != 0) {
		vcpu_forget_translations(vcpu);
	}
	vcpu_set_field(vcpu, VMCS_GUEST_CR3, cr3);
}

/*
 * The four page-directory-pointer-table entries of PAE paging. Under EPT the
 * processor takes them from the VMCS and not from memory.
 */
#define VCPU_PDPTES 4

static inline void vcpu_set_pdptes(struct vcpu *vcpu,
				   const u64 pdpte[VCPU_PDPTES])
{
	vcpu_field_check(vcpu);
	for (u32 i = 0; i < VCPU_PDPTES; i++) {
		vmcs_write(VMCS_GUEST_PDPTE0 + 2 * i, pdpte[i]);
	}
}
