/*
 * The checks on the event to inject, the guest's non-register state, its PDPTEs
 * and the MSRs to load (SDM volume 3, "VM-Entry Control Fields", "Checks on
 * Guest Non-Register State", "Checks on Guest Page-Directory-Pointer-Table
 * Entries", "Loading MSRs"). Pure.
 */
/* build: pure */
#include "arch/x86.h"
#include "vmm/vmx/check/vmcs_check_rules.h"
#include "vmm/vmx/check/vmcs_check_tables.h"
#include "vmm/guest_rights.h"

#define NESTED_EXCEPTION 0x2000u
#define INJECTION_RESERVED 0x7ffff000u
#define INSTRUCTION_BYTES_MAX 15
#define EXCEPTION_LAST 31

static enum interruption_type type_of(const struct vmcs_state *s)
{
	return interruption_info_type(s->injection);
}

static bool injects(const struct vmcs_state *s, enum interruption_type type)
{
	return s->injection != 0 && type_of(s) == type;
}

static u64 injected_type(const struct vmcs_state *s, u32 field)
{
	(void)field;
	return injects(s, INTERRUPTION_TYPE_RESERVED) ||
			       (injects(s, INTERRUPTION_TYPE_OTHER_EVENT) &&
				!vmx_caps_has_mtf(s->env->caps))
		       ? INTERRUPTION_INFO_TYPE
		       : 0;
}

static u64 injected_vector(const struct vmcs_state *s, u32 field)
{
	u8 vector = interruption_info_vector(s->injection);
	bool bad = false;

	(void)field;
	if (injects(s, INTERRUPTION_TYPE_NMI)) {
		bad = vector != VECTOR_NMI;
	} else if (injects(s, INTERRUPTION_TYPE_HARDWARE_EXCEPTION)) {
		bad = vector > EXCEPTION_LAST;
	} else if (injects(s, INTERRUPTION_TYPE_OTHER_EVENT)) {
		bad = vector != 0;
	}
	return bad ? INTERRUPTION_INFO_VECTOR : 0;
}

/* Whether this exception has an error code. For #CP the processor decides. */
static bool delivers_error_code(u8 vector)
{
	return vector != VECTOR_CP && exception_has_error_code(vector);
}

static u64 injected_error_code(const struct vmcs_state *s, u32 field)
{
	bool told = (s->injection & INTERRUPTION_INFO_ERROR_CODE) != 0;
	bool may = injects(s, INTERRUPTION_TYPE_HARDWARE_EXCEPTION) &&
		   (!s->unrestricted || (s->cr0 & CR0_PE) != 0);
	bool must = may &&
		    delivers_error_code(interruption_info_vector(s->injection));

	(void)field;
	if (may && vmx_caps_any_error_code(s->env->caps)) {
		return 0;
	}
	return told != must ? INTERRUPTION_INFO_ERROR_CODE : 0;
}

static u64 injected_reserved(const struct vmcs_state *s, u32 field)
{
	u32 reserved = INJECTION_RESERVED;

	(void)field;
	if ((vmx_caps_msr(s->env->caps, MSR_IA32_VMX_BASIC) &
	     VMX_BASIC_NESTED_EXCEPTIONS) != 0 &&
	    injects(s, INTERRUPTION_TYPE_HARDWARE_EXCEPTION)) {
		reserved &= ~NESTED_EXCEPTION;
	}
	return s->injection & reserved;
}

static u64 error_code(const struct vmcs_state *s, u32 field)
{
	return (s->injection & INTERRUPTION_INFO_ERROR_CODE) != 0
		       ? get(s, field) & 0xffff0000
		       : 0;
}

static u64 instruction_length(const struct vmcs_state *s, u32 field)
{
	u64 length = get(s, field);

	if (!injects(s, INTERRUPTION_TYPE_SOFTWARE_INTERRUPT) &&
	    !injects(s, INTERRUPTION_TYPE_PRIVILEGED_SOFTWARE_EXCEPTION) &&
	    !injects(s, INTERRUPTION_TYPE_SOFTWARE_EXCEPTION)) {
		return 0;
	}
	return whole_if(length > INSTRUCTION_BYTES_MAX ||
			(length == 0 &&
			 !vmx_caps_has_injection_length_0(s->env->caps)));
}

static u64 activity(const struct vmcs_state *s, u32 field)
{
	(void)field;
	return whole_if(s->activity > ACTIVITY_WAIT_FOR_SIPI ||
			!vmx_caps_has_activity(s->env->caps, (u32)s->activity));
}

static u64 activity_hlt(const struct vmcs_state *s, u32 field)
{
	(void)field;
	return whole_if(s->activity == ACTIVITY_HLT &&
			(s->ss_rights & RIGHTS_DPL) != 0);
}

static u64 activity_blocked(const struct vmcs_state *s, u32 field)
{
	(void)field;
	return whole_if(s->activity != ACTIVITY_ACTIVE &&
			(s->interruptibility & (INTERRUPTIBILITY_STI |
						INTERRUPTIBILITY_MOV_SS)) != 0);
}

static bool wakes_hlt(const struct vmcs_state *s)
{
	u8 vector = interruption_info_vector(s->injection);

	return injects(s, INTERRUPTION_TYPE_EXTERNAL_INTERRUPT) ||
	       injects(s, INTERRUPTION_TYPE_NMI) ||
	       injects(s, INTERRUPTION_TYPE_OTHER_EVENT) ||
	       (injects(s, INTERRUPTION_TYPE_HARDWARE_EXCEPTION) &&
		(vector == VECTOR_DB || vector == VECTOR_MC));
}

static bool wakes_shutdown(const struct vmcs_state *s)
{
	return injects(s, INTERRUPTION_TYPE_NMI) ||
	       (injects(s, INTERRUPTION_TYPE_HARDWARE_EXCEPTION) &&
		interruption_info_vector(s->injection) == VECTOR_MC);
}

static u64 activity_event(const struct vmcs_state *s, u32 field)
{
	bool taken = true;

	(void)field;
	if (s->activity == ACTIVITY_HLT) {
		taken = wakes_hlt(s);
	} else if (s->activity == ACTIVITY_SHUTDOWN) {
		taken = wakes_shutdown(s);
	} else if (s->activity == ACTIVITY_WAIT_FOR_SIPI) {
		taken = false;
	}
	return whole_if(s->injection != 0 && !taken);
}

static u64 blocking_reserved(const struct vmcs_state *s, u32 field)
{
	u64 known = INTERRUPTIBILITY_STI | INTERRUPTIBILITY_MOV_SS |
		    INTERRUPTIBILITY_SMI | INTERRUPTIBILITY_NMI;

	(void)field;
	if (s->env->sgx) {
		known |= INTERRUPTIBILITY_ENCLAVE;
	}
	return s->interruptibility & ~known;
}

static u64 blocking_both(const struct vmcs_state *s, u32 field)
{
	const u64 both = INTERRUPTIBILITY_STI | INTERRUPTIBILITY_MOV_SS;

	(void)field;
	return (s->interruptibility & both) == both ? both : 0;
}

static u64 blocking_sti(const struct vmcs_state *s, u32 field)
{
	(void)field;
	return (s->rflags & RFLAGS_IF) == 0
		       ? s->interruptibility & INTERRUPTIBILITY_STI
		       : 0;
}

static u64 blocking_event(const struct vmcs_state *s, u32 field)
{
	(void)field;
	if (injects(s, INTERRUPTION_TYPE_EXTERNAL_INTERRUPT)) {
		return s->interruptibility &
		       (INTERRUPTIBILITY_STI | INTERRUPTIBILITY_MOV_SS);
	}
	return injects(s, INTERRUPTION_TYPE_NMI)
		       ? s->interruptibility & INTERRUPTIBILITY_MOV_SS
		       : 0;
}

/*
 * Only some processors check this, and report it by a qualification of its own.
 */
static u64 blocking_sti_nmi(const struct vmcs_state *s, u32 field)
{
	(void)field;
	return injects(s, INTERRUPTION_TYPE_NMI)
		       ? s->interruptibility & INTERRUPTIBILITY_STI
		       : 0;
}

static u64 blocking_nmi(const struct vmcs_state *s, u32 field)
{
	(void)field;
	return injects(s, INTERRUPTION_TYPE_NMI) &&
			       has(s, VMX_WORD_PINBASED, PINBASED_VIRTUAL_NMIS)
		       ? s->interruptibility & INTERRUPTIBILITY_NMI
		       : 0;
}

static u64 blocking_smi(const struct vmcs_state *s, u32 field)
{
	(void)field;
	return s->interruptibility & INTERRUPTIBILITY_SMI;
}

static u64 blocking_enclave(const struct vmcs_state *s, u32 field)
{
	const u64 both = INTERRUPTIBILITY_ENCLAVE | INTERRUPTIBILITY_MOV_SS;

	(void)field;
	return (s->interruptibility & both) == both ? both : 0;
}

/* The bits that exist: breakpoints 0-3, "enabled breakpoint", BS and RTM. */
#define PENDING_DEBUG_KNOWN                                                    \
	(0xfull | PENDING_DEBUG_ENABLED_BREAKPOINT | PENDING_DEBUG_BS)

static u64 pending_reserved(const struct vmcs_state *s, u32 field)
{
	u64 known = PENDING_DEBUG_KNOWN;

	if (s->env->rtm) {
		known |= PENDING_DEBUG_RTM;
	}
	return get(s, field) & ~known;
}

/*
 * BS must be set if STI, MOV SS or HLT holds a single step back, and clear
 * otherwise.
 */
static u64 pending_step(const struct vmcs_state *s, u32 field)
{
	bool steps = (s->rflags & RFLAGS_TF) != 0 &&
		     (get(s, VMCS_GUEST_IA32_DEBUGCTL) & DEBUGCTL_BTF) == 0;
	u64 value = get(s, field);

	if ((s->interruptibility &
	     (INTERRUPTIBILITY_STI | INTERRUPTIBILITY_MOV_SS)) == 0 &&
	    s->activity != ACTIVITY_HLT) {
		return 0;
	}
	return (value ^ (steps ? PENDING_DEBUG_BS : 0)) & PENDING_DEBUG_BS;
}

static u64 pending_rtm(const struct vmcs_state *s, u32 field)
{
	u64 value = get(s, field);

	if (!s->env->rtm || (value & PENDING_DEBUG_RTM) == 0) {
		return 0;
	}
	return (value ^
		(PENDING_DEBUG_RTM | PENDING_DEBUG_ENABLED_BREAKPOINT)) |
	       (s->interruptibility & INTERRUPTIBILITY_MOV_SS
			? PENDING_DEBUG_RTM
			: 0);
}

static u64 link_pointer(const struct vmcs_state *s, u32 field)
{
	u64 value = get(s, field);
	u64 bad = (value & (PAGE_SIZE - 1)) | vmcs_bits_not_physical(s, value);

	if (value == UINT64_MAX) {
		return 0;
	}
	return bad != 0 ? bad : whole_if(value == s->env->vmcs_phys);
}

static u64 link_revision(const struct vmcs_state *s, u32 field)
{
	u32 want = vmx_caps_revision(s->env->caps);
	u64 value = get(s, field);

	if (value == UINT64_MAX || link_pointer(s, field) != 0) {
		return 0;
	}
	if (has(s, VMX_WORD_PROCBASED2, PROCBASED2_VMCS_SHADOWING)) {
		want |= 0x80000000u;
	}
	return whole_if((u32)s->env->read_memory(s->env->ctx, value) != want);
}

static bool pae_paging(const struct vmcs_state *s)
{
	return !s->ia32e && (s->cr0 & CR0_PG) != 0 && (s->cr4 & CR4_PAE) != 0;
}

#define PDPTE_RESERVED 0x1e6ull

static u64 bad_pdpte(const struct vmcs_state *s, u64 pdpte)
{
	return (pdpte & PAGING_P) != 0
		       ? (pdpte & PDPTE_RESERVED) |
				 vmcs_bits_not_physical(s, pdpte)
		       : 0;
}

static u64 pdptes(const struct vmcs_state *s, u32 field)
{
	return pae_paging(s) ? bad_pdpte(s, get(s, field)) : 0;
}

/* Without EPT the four PDPTEs are read from memory, at bits 31:5 of CR3. */
static u64 pdptes_in_memory(const struct vmcs_state *s, u32 field)
{
	u64 cr3 = get(s, field) & 0xffffffe0;
	u64 bad = 0;

	if (!pae_paging(s) ||
	    has(s, VMX_WORD_PROCBASED2, PROCBASED2_ENABLE_EPT)) {
		return 0;
	}
	for (u32 i = 0; i < 4; i++) {
		bad |= bad_pdpte(s,
				 s->env->read_memory(s->env->ctx, cr3 + 8 * i));
	}
	return whole_if(bad != 0);
}

/*
 * Checks the entries as far as their MSR numbers tell. Only a WRMSR could check
 * the values.
 */
static u64 msr_entries(const struct vmcs_state *s, u32 field)
{
	u64 count = MIN(get(s, VMCS_VM_ENTRY_MSR_LOAD_COUNT),
			vmx_caps_msr_list_max(s->env->caps));
	u64 address = get(s, field);

	if (count == 0 || (address & 0xf) != 0 ||
	    vmcs_bits_not_physical(s, address) != 0) {
		return 0;
	}
	for (u64 i = 0; i < count; i++) {
		u64 index = s->env->read_memory(s->env->ctx, address + 16 * i);

		if (index == MSR_IA32_FS_BASE || index == MSR_IA32_GS_BASE ||
		    index == MSR_IA32_SMM_MONITOR_CTL || index >> 32 != 0 ||
		    (index >= MSR_IA32_X2APIC_FIRST &&
		     index <= MSR_IA32_X2APIC_LAST)) {
			return VMCS_CHECK_WHOLE;
		}
	}
	return 0;
}

static const struct vmcs_check injection[] = {
	CHECK(CONTROLS, "injected type", injected_type,
	      VM_ENTRY_INTERRUPTION_INFO,
	      "not 1, and 7 only with the monitor trap flag"),
	CHECK(CONTROLS, "injected vector", injected_vector,
	      VM_ENTRY_INTERRUPTION_INFO,
	      "2 for an NMI, not above 31 for an exception, 0 for type 7"),
	CHECK(CONTROLS, "injected error code flag", injected_error_code,
	      VM_ENTRY_INTERRUPTION_INFO,
	      "set for just the exceptions that have an error code"),
	CHECK(CONTROLS, "injection reserved bits", injected_reserved,
	      VM_ENTRY_INTERRUPTION_INFO, "bits 30:12 are 0"),
	CHECK(CONTROLS, "injected error code", error_code,
	      VM_ENTRY_EXCEPTION_ERROR_CODE, "bits 31:16 are 0"),
	CHECK(CONTROLS, "injected instruction length", instruction_length,
	      VM_ENTRY_INSTRUCTION_LENGTH,
	      "1 to 15 for a software event; 0 where VMX_MISC says so"),
};

static const struct vmcs_check events[] = {
	CHECK(GUEST, "activity state", activity, GUEST_ACTIVITY_STATE,
	      "one that VMX_MISC offers"),
	CHECK(GUEST, "HLT state", activity_hlt, GUEST_ACTIVITY_STATE,
	      "only where the DPL of SS is 0"),
	CHECK(GUEST, "activity and blocking", activity_blocked,
	      GUEST_ACTIVITY_STATE, "active where STI or MOV SS blocks events"),
	CHECK(GUEST, "activity and injection", activity_event,
	      GUEST_ACTIVITY_STATE, "one that the injected event ends"),
	CHECK(GUEST, "interruptibility reserved bits", blocking_reserved,
	      GUEST_INTERRUPTIBILITY_STATE, "no reserved bit"),
	CHECK(GUEST, "blocking by STI and MOV SS", blocking_both,
	      GUEST_INTERRUPTIBILITY_STATE, "not both"),
	CHECK(GUEST, "blocking by STI", blocking_sti,
	      GUEST_INTERRUPTIBILITY_STATE, "only with RFLAGS.IF"),
	CHECK(GUEST, "blocking and injection", blocking_event,
	      GUEST_INTERRUPTIBILITY_STATE,
	      "not of the event that is injected"),
	CHECK(GUEST, "blocking by NMI", blocking_nmi,
	      GUEST_INTERRUPTIBILITY_STATE,
	      "not where a virtual NMI is injected"),
	CHECK(GUEST, "blocking by SMI", blocking_smi,
	      GUEST_INTERRUPTIBILITY_STATE, "only in SMM"),
	CHECK(GUEST, "enclave interruption", blocking_enclave,
	      GUEST_INTERRUPTIBILITY_STATE, "not with blocking by MOV SS"),
	CHECK(GUEST, "pending debug reserved bits", pending_reserved,
	      GUEST_PENDING_DEBUG_EXCEPTIONS, "no reserved bit"),
	CHECK(GUEST, "pending single step", pending_step,
	      GUEST_PENDING_DEBUG_EXCEPTIONS,
	      "BS as RFLAGS.TF and DEBUGCTL.BTF say, while STI, MOV SS or "
	      "HLT holds it back"),
	CHECK(GUEST, "pending RTM debug", pending_rtm,
	      GUEST_PENDING_DEBUG_EXCEPTIONS,
	      "with enabled breakpoint and nothing else"),
	CHECK(NMI, "STI and NMI", blocking_sti_nmi,
	      GUEST_INTERRUPTIBILITY_STATE,
	      "no blocking by STI where an NMI is injected"),
	CHECK(LINK, "link pointer", link_pointer, VMCS_LINK_POINTER,
	      "all ones, or the page of another VMCS"),
	CHECK(LINK, "link pointer's revision", link_revision, VMCS_LINK_POINTER,
	      "of a VMCS with this core's revision"),
	CHECK_EACH_WHEN(PDPTE, PROCBASED2, PROCBASED2_ENABLE_EPT, "PDPTEs",
			pdptes, GUEST_PDPTE0, 4, "no reserved bit"),
	CHECK(PDPTE, "PDPTEs in memory", pdptes_in_memory, GUEST_CR3,
	      "four entries without a reserved bit"),
	CHECK(MSR_LOADING, "MSRs to load", msr_entries,
	      VM_ENTRY_MSR_LOAD_ADDRESS,
	      "no FS or GS base, SMM monitor or x2APIC register"),
};

const struct vmcs_check_table vmcs_checks_injection = { injection,
							ARRAY_SIZE(injection) };
const struct vmcs_check_table vmcs_checks_events = { events,
						     ARRAY_SIZE(events) };
