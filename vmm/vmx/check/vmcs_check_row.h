/*
 * One check of VM entry, as a row of a table, and what it is made on: the VMCS
 * and the processor, which the caller describes. The checker itself is
 * vmm/vmx/check/vmcs_check.h.
 */
#pragma once

#include "vmm/vmx/vmcs_fields.h"
#include "vmm/vmx/vmx_caps.h"

/* What the processor does where a check of the group does not hold. */
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

/* The VMCS to judge, and the processor it is judged for. */
struct vmcs_check_env {
	void *ctx;
	/* Only asked for fields that vmcs_field_present() grants. */
	u64 (*read)(void *ctx, enum vmcs_field field);
	/* The quadword at a physical address, 8-byte aligned; 0: no memory. */
	u64 (*read_memory)(void *ctx, u64 phys);
	const struct vmx_caps *caps;
	u64 vmcs_phys;	      /* of the VMCS itself */
	u64 efer;	      /* bits of IA32_EFER that there are */
	u64 perf_global_ctrl; /* and of IA32_PERF_GLOBAL_CTRL */
	u8 physical_bits;
	u8 linear_bits;
	bool ia32e; /* the processor is in IA-32e mode now, outside guests */
	bool rtm;   /* it has restricted transactional memory */
	bool sgx;
};

struct vmcs_state;

struct vmcs_check {
	const char *name;   /* a few words, unique */
	const char *demand; /* what must be, one clause */
	/* The bits of the field that break the rule; 0: it holds. */
	u64 (*broken)(const struct vmcs_state *state, u32 field);
	u32 when; /* only made where this control is set; 0: always */
	u16 field;
	u8 fields; /* so many, two apart: the same for each */
	u8 word;   /* enum vmx_control_word, of when */
	u8 group;
};

/* Where no single bits are to blame. */
#define VMCS_CHECK_WHOLE UINT64_MAX
