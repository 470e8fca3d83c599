/*
 * The checks on the guest's registers, without its segments (SDM volume 3,
 * "Checks on Guest Control Registers, Debug Registers, and MSRs", "...
 * Descriptor-Table Registers", "... RIP, RFLAGS, and SSP"). Pure.
 */
/* build: pure */
#include "arch/x86.h"
#include "vmm/vmx/check/vmcs_check_rules.h"
#include "vmm/vmx/check/vmcs_check_tables.h"
#include "vmm/guest_rights.h"

/*
 * The bits of IA32_DEBUGCTL that some processor has; others refuse more bits.
 */
#define DEBUGCTL_BITS 0xffc7ull
#define RFLAGS_RESERVED 0xffffffffffc08028ull
#define BNDCFGS_RESERVED 0xffcull

static u64 cr0(const struct vmcs_state *s, u32 field)
{
	(void)field;
	return vmx_caps_bad_guest_cr0(s->env->caps, s->cr0, s->unrestricted);
}

static u64 paging(const struct vmcs_state *s, u32 field)
{
	(void)field;
	return (s->cr0 & CR0_PG) != 0 && (s->cr0 & CR0_PE) == 0 ? CR0_PG : 0;
}

static u64 cr4(const struct vmcs_state *s, u32 field)
{
	(void)field;
	return vmx_caps_bad_cr4(s->env->caps, s->cr4);
}

static u64 cet(const struct vmcs_state *s, u32 field)
{
	(void)field;
	return (s->cr4 & CR4_CET) != 0 && (s->cr0 & CR0_WP) == 0 ? CR4_CET : 0;
}

static u64 long_cr0(const struct vmcs_state *s, u32 field)
{
	(void)field;
	return ~s->cr0 & CR0_PG;
}

static u64 long_cr4(const struct vmcs_state *s, u32 field)
{
	(void)field;
	return ~s->cr4 & CR4_PAE;
}

static u64 pcide(const struct vmcs_state *s, u32 field)
{
	(void)field;
	return s->ia32e ? 0 : s->cr4 & CR4_PCIDE;
}

static u64 debugctl(const struct vmcs_state *s, u32 field)
{
	return get(s, field) & ~DEBUGCTL_BITS;
}

static u64 efer_lma(const struct vmcs_state *s, u32 field)
{
	return (get(s, field) ^ (s->ia32e ? EFER_LMA : 0)) & EFER_LMA;
}

static u64 efer_lme(const struct vmcs_state *s, u32 field)
{
	u64 value = get(s, field);

	return (s->cr0 & CR0_PG) != 0 && ((value & EFER_LMA) != 0) !=
						 ((value & EFER_LME) != 0)
		       ? EFER_LME
		       : 0;
}

static u64 bndcfgs(const struct vmcs_state *s, u32 field)
{
	u64 value = get(s, field);

	return vmcs_canonical(s, value) ? value & BNDCFGS_RESERVED
					: VMCS_CHECK_WHOLE;
}

static u64 uinv(const struct vmcs_state *s, u32 field)
{
	return get(s, field) & 0xff00;
}

/* Code that is not 64-bit code, compatibility mode included. */
static u64 rip(const struct vmcs_state *s, u32 field)
{
	return s->ia32e && (s->cs_rights & RIGHTS_L) != 0
		       ? 0
		       : vmcs_rule_low_32(s, field);
}

/*
 * RIP may have one bit more than other linear addresses: right behind the last
 * instruction of the lower half it is not canonical, and then the guest gets a
 * #GP.
 */
static u64 rip_64(const struct vmcs_state *s, u32 field)
{
	u64 upper = get(s, field) >> s->env->linear_bits;
	bool is_good = upper == 0 || upper == UINT64_MAX >> s->env->linear_bits;

	return (s->cs_rights & RIGHTS_L) == 0 || is_good ? 0 : VMCS_CHECK_WHOLE;
}

static u64 rflags(const struct vmcs_state *s, u32 field)
{
	(void)field;
	return (s->rflags & RFLAGS_RESERVED) | (~s->rflags & RFLAGS_FIXED_1);
}

static u64 rflags_vm(const struct vmcs_state *s, u32 field)
{
	(void)field;
	return s->ia32e || (s->cr0 & CR0_PE) == 0 ? s->rflags & RFLAGS_VM : 0;
}

static u64 rflags_if(const struct vmcs_state *s, u32 field)
{
	(void)field;
	return s->injection != 0 && interruption_info_type(s->injection) ==
					    INTERRUPTION_TYPE_EXTERNAL_INTERRUPT
		       ? ~s->rflags & RFLAGS_IF
		       : 0;
}

#define CANONICAL "canonical"

static const struct vmcs_check checks[] = {
	CHECK(GUEST, "guest CR0", cr0, GUEST_CR0,
	      "the bits that VMX operation fixes; PE and PG but for an "
	      "unrestricted guest"),
	CHECK(GUEST, "guest CR0.PG", paging, GUEST_CR0, "only with PE"),
	CHECK(GUEST, "guest CR4", cr4, GUEST_CR4,
	      "the bits that VMX operation fixes; VMXE first of all"),
	CHECK(GUEST, "guest CR4.CET", cet, GUEST_CR4, "only with CR0.WP"),
	CHECK_WHEN(GUEST, ENTRY, VMENTRY_LOAD_DEBUG_CONTROLS,
		   "guest IA32_DEBUGCTL", debugctl, GUEST_IA32_DEBUGCTL,
		   "no reserved bit"),
	CHECK_WHEN(GUEST, ENTRY, VMENTRY_IA32E_MODE_GUEST, "64-bit guest's CR0",
		   long_cr0, GUEST_CR0, "PG is 1"),
	CHECK_WHEN(GUEST, ENTRY, VMENTRY_IA32E_MODE_GUEST, "64-bit guest's CR4",
		   long_cr4, GUEST_CR4, "PAE is 1"),
	CHECK(GUEST, "guest CR4.PCIDE", pcide, GUEST_CR4,
	      "only of a 64-bit guest"),
	CHECK(GUEST, "guest CR3", vmcs_rule_physical, GUEST_CR3,
	      "no bit above the physical address width"),
	CHECK_WHEN(GUEST, ENTRY, VMENTRY_LOAD_DEBUG_CONTROLS, "guest DR7",
		   vmcs_rule_low_32, GUEST_DR7, "bits 63:32 are 0"),
	CHECK_EACH(GUEST, "guest SYSENTER", vmcs_rule_canonical,
		   GUEST_IA32_SYSENTER_ESP, 2, CANONICAL),
	CHECK_WHEN(GUEST, ENTRY, VMENTRY_LOAD_PERF_GLOBAL_CTRL,
		   "guest IA32_PERF_GLOBAL_CTRL", vmcs_rule_perf_global_ctrl,
		   GUEST_IA32_PERF_GLOBAL_CTRL, "no reserved bit"),
	CHECK_WHEN(GUEST, ENTRY, VMENTRY_LOAD_PAT, "guest IA32_PAT",
		   vmcs_rule_pat, GUEST_IA32_PAT, "each byte a memory type"),
	CHECK_WHEN(GUEST, ENTRY, VMENTRY_LOAD_EFER, "guest IA32_EFER",
		   vmcs_rule_efer_reserved, GUEST_IA32_EFER, "no reserved bit"),
	CHECK_WHEN(GUEST, ENTRY, VMENTRY_LOAD_EFER, "guest IA32_EFER.LMA",
		   efer_lma, GUEST_IA32_EFER,
		   "as the control IA-32e mode guest"),
	CHECK_WHEN(GUEST, ENTRY, VMENTRY_LOAD_EFER, "guest IA32_EFER.LME",
		   efer_lme, GUEST_IA32_EFER, "as LMA where CR0.PG is 1"),
	CHECK_WHEN(GUEST, ENTRY, VMENTRY_LOAD_BNDCFGS, "guest IA32_BNDCFGS",
		   bndcfgs, GUEST_IA32_BNDCFGS, "canonical, bits 11:2 are 0"),
	CHECK_WHEN(GUEST, ENTRY, VMENTRY_LOAD_CET_STATE, "guest IA32_S_CET",
		   vmcs_rule_s_cet, GUEST_IA32_S_CET,
		   "canonical, no reserved bit"),
	CHECK_WHEN(GUEST, ENTRY, VMENTRY_LOAD_CET_STATE, "guest SSP",
		   vmcs_rule_ssp, GUEST_SSP, "canonical, bits 1:0 are 0"),
	CHECK_WHEN(GUEST, ENTRY, VMENTRY_LOAD_CET_STATE, "guest SSP table",
		   vmcs_rule_canonical, GUEST_INTERRUPT_SSP_TABLE_ADDRESS,
		   CANONICAL),
	CHECK_WHEN(GUEST, ENTRY, VMENTRY_LOAD_PKRS, "guest IA32_PKRS",
		   vmcs_rule_low_32, GUEST_IA32_PKRS, "bits 63:32 are 0"),
	CHECK_WHEN(GUEST, ENTRY, VMENTRY_LOAD_UINV, "guest UINV", uinv,
		   GUEST_UINV, "not above 255"),
	CHECK_EACH(GUEST, "guest GDTR and IDTR bases", vmcs_rule_canonical,
		   GUEST_GDTR_BASE, 2, CANONICAL),
	CHECK_EACH(GUEST, "guest GDTR and IDTR limits", vmcs_rule_low_16,
		   GUEST_GDTR_LIMIT, 2, "not above FFFFh"),
	CHECK(GUEST, "guest RIP", rip, GUEST_RIP,
	      "bits 63:32 are 0 but in 64-bit code"),
	CHECK_WHEN(GUEST, ENTRY, VMENTRY_IA32E_MODE_GUEST, "64-bit guest's RIP",
		   rip_64, GUEST_RIP, "bits 63:48 are alike"),
	CHECK(GUEST, "guest RFLAGS", rflags, GUEST_RFLAGS,
	      "bit 1 is 1, no reserved bit"),
	CHECK(GUEST, "guest RFLAGS.VM", rflags_vm, GUEST_RFLAGS,
	      "not with a 64-bit guest, nor without CR0.PE"),
	CHECK(GUEST, "guest RFLAGS.IF", rflags_if, GUEST_RFLAGS,
	      "1 where an external interrupt is injected"),
};

const struct vmcs_check_table vmcs_checks_guest = { checks,
						    ARRAY_SIZE(checks) };
