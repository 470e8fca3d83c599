/*
 * For the tables of checks: the state that the rules use, the rules that
 * several tables use, and macros for rows. Included by the files with tables
 * alone, because the names are short.
 */
#pragma once

#include "vmm/vmx/check/vmcs_check_row.h"
#include "vmm/vmx/exit_reasons.h"
#include "vmm/vmx/vmx_cap_bits.h"

/*
 * Read once for all rules. The controls include only bits that the processor
 * allows to be 1.
 */
struct vmcs_state {
	const struct vmcs_check_env *env;
	u32 control[VMX_WORD_COUNT]; /* the 32-bit words */
	u32 injection; /* the VM-entry interruption information; 0: none */
	u64 cr0, cr4, rflags;
	u64 activity, interruptibility;
	u32 cs_rights, ss_rights;
	bool ia32e;	   /* the guest is in IA-32e mode */
	bool v86;	   /* RFLAGS.VM */
	bool unrestricted; /* the guest is unrestricted */
};

static inline u64 get(const struct vmcs_state *state, u32 field)
{
	return state->env->read(state->env->ctx, (enum vmcs_field)field);
}

static inline bool has(const struct vmcs_state *state,
		       enum vmx_control_word word, u32 bits)
{
	return (state->control[word] & bits) == bits;
}

static inline u64 whole_if(bool broken)
{
	return broken ? VMCS_CHECK_WHOLE : 0;
}

/* Reads the state out of the VMCS and the processor that env describes. */
void vmcs_state_read(struct vmcs_state *state,
		     const struct vmcs_check_env *env);

/* Rules that several tables use. */

/* Bits beyond the physical-address width must be 0. */
u64 vmcs_rule_physical(const struct vmcs_state *state, u32 field);
/* Bits 63:N must be all 0 or all 1, where N is the linear-address width - 1. */
u64 vmcs_rule_canonical(const struct vmcs_state *state, u32 field);
u64 vmcs_rule_low_32(const struct vmcs_state *state, u32 field);
u64 vmcs_rule_low_16(const struct vmcs_state *state, u32 field);
/* Eight valid memory types. */
u64 vmcs_rule_pat(const struct vmcs_state *state, u32 field);
u64 vmcs_rule_perf_global_ctrl(const struct vmcs_state *state, u32 field);
u64 vmcs_rule_efer_reserved(const struct vmcs_state *state, u32 field);
u64 vmcs_rule_s_cet(const struct vmcs_state *state, u32 field);
u64 vmcs_rule_ssp(const struct vmcs_state *state, u32 field);

u64 vmcs_bits_not_physical(const struct vmcs_state *state, u64 address);
bool vmcs_canonical(const struct vmcs_state *state, u64 address);

/*
 * Rows of the tables: for one field or for each of several, always or when a
 * control is set.
 */
#define CHECK_EACH(group_, name_, rule, first, count, demand_)                 \
	{                                                                      \
		.name = name_, .demand = demand_, .broken = rule,              \
		.field = VMCS_##first, .fields = count,                        \
		.group = VMCS_CHECK_##group_                                   \
	}
#define CHECK(group_, name_, rule, field_, demand_)                            \
	CHECK_EACH(group_, name_, rule, field_, 1, demand_)
#define CHECK_EACH_WHEN(group_, word_, when_, name_, rule, first, count,       \
			demand_)                                               \
	{                                                                      \
		.name = name_, .demand = demand_, .broken = rule,              \
		.word = VMX_WORD_##word_, .when = when_,                       \
		.field = VMCS_##first, .fields = count,                        \
		.group = VMCS_CHECK_##group_                                   \
	}
#define CHECK_WHEN(group_, word_, when_, name_, rule, field_, demand_)         \
	CHECK_EACH_WHEN(group_, word_, when_, name_, rule, field_, 1, demand_)
