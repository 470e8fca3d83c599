/*
 * The VMX capability MSRs of a core (SDM volume 3, "VMX Capability Reporting
 * Facility"): read once, and then asked for.
 */
#pragma once

#include "arch/msr.h"
#include "lib/types.h"
#include "vmm/vmx/vmx_cap_bits.h"

#define VMX_CAPS_MSR_COUNT (MSR_IA32_VMX_LAST - MSR_IA32_VMX_FIRST + 1)

struct vmx_caps {
	u64 msr[VMX_CAPS_MSR_COUNT]; /* 0 if the register does not exist */
	u32 present;		     /* bit n: MSR 480h + n exists */
};

/*
 * Reads the registers that exist, and no others: VMX_BASIC, the control MSRs
 * and the secondary controls say which of the later ones exist. rdmsr returns
 * false if the read faults; the register then counts as absent. ERR_UNSUPPORTED
 * if one of 480h-48Ah, which every VMX processor has, cannot be read.
 */
int vmx_caps_read(struct vmx_caps *out, bool (*rdmsr)(u32 msr, u64 *value));

/* Whether the register exists; false for msr outside 480h-493h. */
bool vmx_caps_present(const struct vmx_caps *caps, u32 msr);
/* The register's value; 0 if it does not exist. */
u64 vmx_caps_msr(const struct vmx_caps *caps, u32 msr);
/* "VMX_BASIC" for 480h and so on; "?" outside 480h-493h. */
const char *vmx_caps_msr_name(u32 msr);

/* VMX_BASIC. */
u32 vmx_caps_revision(const struct vmx_caps *caps); /* bit 31 clear */
u32 vmx_caps_region_bytes(const struct vmx_caps *caps);
u32 vmx_caps_memory_type(const struct vmx_caps *caps); /* MEMORY_TYPE_* */
/* Whether the regions, and all that they point to, must lie below 4 GiB. */
bool vmx_caps_32bit_addresses(const struct vmx_caps *caps);
/* Whether any exception may be injected with or without an error code. */
bool vmx_caps_any_error_code(const struct vmx_caps *caps);

/* VMX_MISC. */
/* The preemption timer counts down once every 2^this ticks of the TSC. */
u32 vmx_caps_preemption_timer_shift(const struct vmx_caps *caps);
/* Whether this value of the activity-state field (0-3) is supported. */
bool vmx_caps_has_activity(const struct vmx_caps *caps, u32 state);
u32 vmx_caps_cr3_target_count(const struct vmx_caps *caps);
/* The most entries an MSR load or store list should have. */
u32 vmx_caps_msr_list_max(const struct vmx_caps *caps);
/* Whether a software event may be injected with instruction length 0. */
bool vmx_caps_has_injection_length_0(const struct vmx_caps *caps);

/* VMCS_ENUM: the highest index (bits 9:1) of any field encoding. */
u32 vmx_caps_highest_field_index(const struct vmx_caps *caps);

/*
 * The capability value of a control word as VM entry judges it: the TRUE MSR
 * where there is one. Low half: must be 1; high half: may be 1. Only for the
 * 32-bit words; 0 where the word does not exist.
 */
u64 vmx_caps_allowed(const struct vmx_caps *caps, enum vmx_control_word word);
/* The MSR with that value. */
u32 vmx_caps_allowed_msr(const struct vmx_caps *caps,
			 enum vmx_control_word word);
/* Bits of the word that must be, or may be, 1; for words of either width. */
u64 vmx_caps_must_be_1(const struct vmx_caps *caps, enum vmx_control_word word);
u64 vmx_caps_may_be_1(const struct vmx_caps *caps, enum vmx_control_word word);
/* Whether all these bits may be 1. */
bool vmx_caps_may(const struct vmx_caps *caps, enum vmx_control_word word,
		  u64 bits);

/* The same for features that are asked for most often. */
bool vmx_caps_has_ept(const struct vmx_caps *caps);
bool vmx_caps_has_unrestricted_guest(const struct vmx_caps *caps);
/*
 * VPIDs, and INVVPID for one VPID: TLB entries may be kept and can be dropped.
 */
bool vmx_caps_has_vpid(const struct vmx_caps *caps);
/*
 * The preemption timer, and saving it on VM exit; one without the other counts
 * as absent.
 */
bool vmx_caps_has_preemption_timer(const struct vmx_caps *caps);
bool vmx_caps_has_mtf(const struct vmx_caps *caps);
/* IA32_EFER is loaded on entry, and saved and loaded on exit. */
bool vmx_caps_has_efer_switch(const struct vmx_caps *caps);

/* EPT_VPID_CAP; all are false if there is no such register. */
bool vmx_caps_ept_walk_4(const struct vmx_caps *caps);
/*
 * EPT as the guests here use it: four levels, and INVEPT for one EPT pointer.
 */
bool vmx_caps_can_use_ept(const struct vmx_caps *caps);
/* type is the operand of INVEPT: 1 or 2. */
bool vmx_caps_has_invept_type(const struct vmx_caps *caps, u64 type);
/* type is the operand of INVVPID: 0 to 3. */
bool vmx_caps_has_invvpid_type(const struct vmx_caps *caps, u64 type);

/*
 * Bits of a control register that VMX operation does not allow: set and must be
 * 0, or clear and must be 1. 0: all are right.
 */
u64 vmx_caps_bad_cr0(const struct vmx_caps *caps, u64 cr0);
u64 vmx_caps_bad_cr4(const struct vmx_caps *caps, u64 cr4);
/* For a guest: an unrestricted one may clear PE and PG. */
u64 vmx_caps_bad_guest_cr0(const struct vmx_caps *caps, u64 cr0,
			   bool unrestricted);
/* The nearest value VMX operation allows. */
u64 vmx_caps_fix_cr0(const struct vmx_caps *caps, u64 cr0);
u64 vmx_caps_fix_cr4(const struct vmx_caps *caps, u64 cr4);

/*
 * Emits a line for each MSR in which two cores differ: "48bh
 * VMX_PROCBASED_CTLS2: A, then B" (16 hex digits each) or "... there, then
 * absent". Returns the number of these MSRs. emit may be NULL.
 */
u32 vmx_caps_compare(const struct vmx_caps *a, const struct vmx_caps *b,
		     void (*emit)(void *ctx, const char *line), void *ctx);
