/*
 * A check of VM entry as a row of a table, and the VMCS and the processor that
 * it is made for. The checker is vmm/vmx/check/vmcs_check.h.
 */
#pragma once

#include "vmm/vmx/vmcs_fields.h"
#include "vmm/vmx/vmx_caps.h"

/* What the processor does if a check of the group does not hold. */
enum vmcs_check_group {
	VMCS_CHECK_CONTROLS,	/* VMfail with error 7 */
	VMCS_CHECK_HOST,	/* VMfail with error 8 */
	VMCS_CHECK_GUEST,	/* exit reason 33 */
	VMCS_CHECK_PDPTE,	/* the same with qualification 2 */
	VMCS_CHECK_NMI,		/* 3 */
	VMCS_CHECK_LINK,	/* 4 */
	VMCS_CHECK_MSR_LOADING, /* exit reason 34 */
	VMCS_CHECK_GROUPS,
};

/* The VMCS that is checked, and the processor for which it is checked. */
struct vmcs_check_env {
	void *ctx;
	/* Only called for fields that vmcs_field_present() allows. */
	u64 (*read)(void *ctx, enum vmcs_field field);
	/*
	 * Reads the quadword at a physical address, 8-byte aligned; 0 if there
	 * is no memory.
	 */
	u64 (*read_memory)(void *ctx, u64 phys);
	const struct vmx_caps *caps;
	u64 vmcs_phys;	      /* of the VMCS itself */
	u64 efer;	      /* the bits of IA32_EFER that exist */
	u64 perf_global_ctrl; /* and those of IA32_PERF_GLOBAL_CTRL */
	u8 physical_bits;
	u8 linear_bits;
	bool ia32e; /* the processor, outside guests, is in IA-32e mode */
	bool rtm;   /* it has RTM, restricted transactional memory */
	bool sgx;
};

struct vmcs_state;

struct vmcs_check {
	const char *name;   /* a few words, unique */
	const char *demand; /* what must hold, one clause */
	/* The bits of the field that break the rule; 0: it holds. */
	u64 (*broken)(const struct vmcs_state *state, u32 field);
	u32 when; /* made only if this control is set; 0: always */
	u16 field;
	u8 fields; /* how many fields, two encodings apart, have this check */
	u8 word;   /* the word of `when`: enum vmx_control_word */
	u8 group;
};

/* For rules whose failure is not due to single bits. */
#define VMCS_CHECK_WHOLE UINT64_MAX
