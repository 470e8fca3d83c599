/*
 * Reads the state that the checker's rules use, and has the rules that several
 * tables use. Pure; on any core, interrupts on or off.
 */
/* build: pure */
#include "vmm/vmx/check/vmcs_check_rules.h"

#include "arch/msr.h"
#include "arch/x86.h"

static void read_controls(struct vmcs_state *s)
{
	static const struct {
		u8 word;
		u16 field;
	} words[] = {
		{ VMX_WORD_PINBASED, VMCS_PINBASED_CONTROLS },
		{ VMX_WORD_PROCBASED, VMCS_PROCBASED_CONTROLS },
		{ VMX_WORD_EXIT, VMCS_VM_EXIT_CONTROLS },
		{ VMX_WORD_ENTRY, VMCS_VM_ENTRY_CONTROLS },
		{ VMX_WORD_PROCBASED2, VMCS_SECONDARY_PROCBASED_CONTROLS },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		enum vmx_control_word word = words[i].word;

		if (word != VMX_WORD_PROCBASED2 ||
		    has(s, VMX_WORD_PROCBASED,
			PROCBASED_ACTIVATE_SECONDARY_CONTROLS)) {
			s->control[word] =
				(u32)(get(s, words[i].field) &
				      vmx_caps_may_be_1(s->env->caps, word));
		}
	}
}

void vmcs_state_read(struct vmcs_state *s, const struct vmcs_check_env *env)
{
	u64 injection;

	*s = (struct vmcs_state){ .env = env };
	read_controls(s);
	injection = get(s, VMCS_VM_ENTRY_INTERRUPTION_INFO);
	if (injection & INTERRUPTION_INFO_VALID) {
		s->injection = (u32)injection;
	}
	s->cr0 = get(s, VMCS_GUEST_CR0);
	s->cr4 = get(s, VMCS_GUEST_CR4);
	s->rflags = get(s, VMCS_GUEST_RFLAGS);
	s->activity = get(s, VMCS_GUEST_ACTIVITY_STATE);
	s->interruptibility = get(s, VMCS_GUEST_INTERRUPTIBILITY_STATE);
	s->cs_rights = (u32)get(s, VMCS_GUEST_CS_ACCESS_RIGHTS);
	s->ss_rights = (u32)get(s, VMCS_GUEST_SS_ACCESS_RIGHTS);
	s->ia32e = has(s, VMX_WORD_ENTRY, VMENTRY_IA32E_MODE_GUEST);
	s->v86 = (s->rflags & RFLAGS_VM) != 0;
	s->unrestricted =
		has(s, VMX_WORD_PROCBASED2, PROCBASED2_UNRESTRICTED_GUEST);
}

u64 vmcs_bits_not_physical(const struct vmcs_state *s, u64 address)
{
	return address & ~(BIT(s->env->physical_bits) - 1);
}

bool vmcs_canonical(const struct vmcs_state *s, u64 address)
{
	u64 upper = address >> (s->env->linear_bits - 1);

	return upper == 0 || upper == UINT64_MAX >> (s->env->linear_bits - 1);
}

u64 vmcs_rule_physical(const struct vmcs_state *s, u32 field)
{
	return vmcs_bits_not_physical(s, get(s, field));
}

u64 vmcs_rule_canonical(const struct vmcs_state *s, u32 field)
{
	return whole_if(!vmcs_canonical(s, get(s, field)));
}

u64 vmcs_rule_low_32(const struct vmcs_state *s, u32 field)
{
	return get(s, field) & ~(u64)UINT32_MAX;
}

u64 vmcs_rule_low_16(const struct vmcs_state *s, u32 field)
{
	return get(s, field) & ~(u64)UINT16_MAX;
}

u64 vmcs_rule_pat(const struct vmcs_state *s, u32 field)
{
	const u64 types =
		MEMORY_TYPES | BIT(7); /* UC-, which only the PAT has, is 7 */
	u64 value = get(s, field);
	u64 bad = 0;

	for (u32 shift = 0; shift < 64; shift += 8) {
		u64 type = value >> shift & 0xff;

		if (type > 7 || !(types >> type & 1)) {
			bad |= type << shift;
		}
	}
	return bad;
}

u64 vmcs_rule_perf_global_ctrl(const struct vmcs_state *s, u32 field)
{
	return get(s, field) & ~s->env->perf_global_ctrl;
}

u64 vmcs_rule_efer_reserved(const struct vmcs_state *s, u32 field)
{
	return get(s, field) & ~s->env->efer;
}

#define S_CET_RESERVED 0x3c0ull
#define S_CET_SUPPRESS BIT(10)
#define S_CET_TRACKER BIT(11)

u64 vmcs_rule_s_cet(const struct vmcs_state *s, u32 field)
{
	const u64 both = S_CET_SUPPRESS | S_CET_TRACKER;
	u64 value = get(s, field);

	if (!vmcs_canonical(s, value)) {
		return VMCS_CHECK_WHOLE;
	}
	return (value & S_CET_RESERVED) | ((value & both) == both ? both : 0);
}

u64 vmcs_rule_ssp(const struct vmcs_state *s, u32 field)
{
	u64 value = get(s, field);

	return vmcs_canonical(s, value) ? value & 3 : VMCS_CHECK_WHOLE;
}
