/*
 * The checks on the host-state area (SDM volume 3, "Checks on Host-State Area",
 * with those related to address-space size). Pure.
 */
/* build: pure */
#include "arch/x86.h"
#include "vmm/vmx/check/vmcs_check_rules.h"
#include "vmm/vmx/check/vmcs_check_tables.h"

#define SELECTOR_TI_RPL 0x7ull

static bool host_64(const struct vmcs_state *s)
{
	return has(s, VMX_WORD_EXIT, VMEXIT_HOST_ADDRESS_SPACE_SIZE);
}

static u64 cr0(const struct vmcs_state *s, u32 field)
{
	return vmx_caps_bad_cr0(s->env->caps, get(s, field));
}

static u64 cr4(const struct vmcs_state *s, u32 field)
{
	return vmx_caps_bad_cr4(s->env->caps, get(s, field));
}

static u64 cet(const struct vmcs_state *s, u32 field)
{
	return (get(s, field) & CR4_CET) != 0 &&
			       (get(s, VMCS_HOST_CR0) & CR0_WP) == 0
		       ? CR4_CET
		       : 0;
}

static u64 efer_mode(const struct vmcs_state *s, u32 field)
{
	u64 want = host_64(s) ? EFER_LMA | EFER_LME : 0;

	return (get(s, field) ^ want) & (EFER_LMA | EFER_LME);
}

static u64 selector(const struct vmcs_state *s, u32 field)
{
	return get(s, field) & SELECTOR_TI_RPL;
}

static u64 not_null(const struct vmcs_state *s, u32 field)
{
	return whole_if(get(s, field) == 0);
}

static u64 ss_32(const struct vmcs_state *s, u32 field)
{
	return host_64(s) ? 0 : not_null(s, field);
}

/* VM exit must return to the mode in which the processor is now. */
static u64 mode_now(const struct vmcs_state *s, u32 field)
{
	(void)field;
	return host_64(s) == s->env->ia32e ? 0 : VMEXIT_HOST_ADDRESS_SPACE_SIZE;
}

static u64 mode_guest(const struct vmcs_state *s, u32 field)
{
	(void)field;
	return s->env->ia32e && host_64(s) ? 0 : VMENTRY_IA32E_MODE_GUEST;
}

static u64 cr4_mode(const struct vmcs_state *s, u32 field)
{
	u64 value = get(s, field);

	return host_64(s) ? ~value & CR4_PAE : value & CR4_PCIDE;
}

static u64 rip(const struct vmcs_state *s, u32 field)
{
	return host_64(s) ? vmcs_rule_canonical(s, field)
			  : vmcs_rule_low_32(s, field);
}

#define CANONICAL "canonical"

static const struct vmcs_check checks[] = {
	CHECK(HOST, "host CR0", cr0, HOST_CR0,
	      "the bits that VMX operation fixes"),
	CHECK(HOST, "host CR4", cr4, HOST_CR4,
	      "the bits that VMX operation fixes; VMXE first of all"),
	CHECK(HOST, "host CR4.CET", cet, HOST_CR4, "only with CR0.WP"),
	CHECK(HOST, "host CR3", vmcs_rule_physical, HOST_CR3,
	      "no bit above the physical address width"),
	CHECK_EACH(HOST, "host SYSENTER", vmcs_rule_canonical,
		   HOST_IA32_SYSENTER_ESP, 2, CANONICAL),
	CHECK_WHEN(HOST, EXIT, VMEXIT_LOAD_PERF_GLOBAL_CTRL,
		   "host IA32_PERF_GLOBAL_CTRL", vmcs_rule_perf_global_ctrl,
		   HOST_IA32_PERF_GLOBAL_CTRL, "no reserved bit"),
	CHECK_WHEN(HOST, EXIT, VMEXIT_LOAD_PAT, "host IA32_PAT", vmcs_rule_pat,
		   HOST_IA32_PAT, "each byte a memory type"),
	CHECK_WHEN(HOST, EXIT, VMEXIT_LOAD_EFER, "host IA32_EFER",
		   vmcs_rule_efer_reserved, HOST_IA32_EFER, "no reserved bit"),
	CHECK_WHEN(HOST, EXIT, VMEXIT_LOAD_EFER, "host IA32_EFER.LMA",
		   efer_mode, HOST_IA32_EFER,
		   "LMA and LME as the host address-space size says"),
	CHECK_WHEN(HOST, EXIT, VMEXIT_LOAD_CET_STATE, "host IA32_S_CET",
		   vmcs_rule_s_cet, HOST_IA32_S_CET,
		   "canonical, no reserved bit"),
	CHECK_WHEN(HOST, EXIT, VMEXIT_LOAD_CET_STATE, "host SSP", vmcs_rule_ssp,
		   HOST_SSP, "canonical, bits 1:0 are 0"),
	CHECK_WHEN(HOST, EXIT, VMEXIT_LOAD_CET_STATE, "host SSP table",
		   vmcs_rule_canonical, HOST_INTERRUPT_SSP_TABLE_ADDRESS,
		   CANONICAL),
	CHECK_WHEN(HOST, EXIT, VMEXIT_LOAD_PKRS, "host IA32_PKRS",
		   vmcs_rule_low_32, HOST_IA32_PKRS, "bits 63:32 are 0"),
	CHECK_EACH(HOST, "host selectors", selector, HOST_ES_SELECTOR, 7,
		   "TI and RPL are 0"),
	CHECK(HOST, "host CS", not_null, HOST_CS_SELECTOR, "not 0"),
	CHECK(HOST, "host TR", not_null, HOST_TR_SELECTOR, "not 0"),
	CHECK(HOST, "host SS", ss_32, HOST_SS_SELECTOR,
	      "not 0 for a 32-bit host"),
	CHECK_EACH(HOST, "host bases", vmcs_rule_canonical, HOST_FS_BASE, 5,
		   CANONICAL),
	CHECK(HOST, "host address-space size", mode_now, VM_EXIT_CONTROLS,
	      "that of the processor now"),
	CHECK_WHEN(HOST, ENTRY, VMENTRY_IA32E_MODE_GUEST, "64-bit guest",
		   mode_guest, VM_ENTRY_CONTROLS, "only of a 64-bit host"),
	CHECK(HOST, "host CR4 and mode", cr4_mode, HOST_CR4,
	      "PAE for a 64-bit host, no PCIDE for a 32-bit one"),
	CHECK(HOST, "host RIP", rip, HOST_RIP,
	      "canonical; below 4 GiB for a 32-bit host"),
};

const struct vmcs_check_table vmcs_checks_host = { checks, ARRAY_SIZE(checks) };
