/*
 * The names of the bits of the VMX control words and capability MSRs, and what
 * the lack of the ones this hypervisor would use costs. Data only.
 */
/* build: pure */
#include "vmm/vmx/vmx_cap_bits.h"

#include "arch/msr.h"

#define REQUIRED "no guest can be run without it"

static const struct vmx_cap_bit pinbased_bits[] = {
	{ PINBASED_EXTERNAL_INTERRUPT_EXITING, "external-interrupt exiting",
	  REQUIRED },
	{ PINBASED_NMI_EXITING, "NMI exiting", REQUIRED },
	{ PINBASED_VIRTUAL_NMIS, "virtual NMIs",
	  "blocking by NMI is cleared by hand after each NMI exit, and there "
	  "are no NMI windows" },
	{ PINBASED_PREEMPTION_TIMER, "activate VMX-preemption timer",
	  "guests are bounded by an NMI watchdog instead" },
	{ PINBASED_PROCESS_POSTED_INTERRUPTS, "process posted interrupts",
	  NULL },
};

static const struct vmx_cap_bit procbased_bits[] = {
	{ PROCBASED_INTERRUPT_WINDOW_EXITING, "interrupt-window exiting",
	  "an interrupt the guest cannot take yet waits for its next exit" },
	{ PROCBASED_USE_TSC_OFFSETTING, "use TSC offsetting", NULL },
	{ PROCBASED_HLT_EXITING, "HLT exiting",
	  "a real-mode guest that halts is only woken by an interrupt" },
	{ PROCBASED_INVLPG_EXITING, "INVLPG exiting", NULL },
	{ PROCBASED_MWAIT_EXITING, "MWAIT exiting", NULL },
	{ PROCBASED_RDPMC_EXITING, "RDPMC exiting", NULL },
	{ PROCBASED_RDTSC_EXITING, "RDTSC exiting", NULL },
	{ PROCBASED_CR3_LOAD_EXITING, "CR3-load exiting", NULL },
	{ PROCBASED_CR3_STORE_EXITING, "CR3-store exiting", NULL },
	{ PROCBASED_ACTIVATE_TERTIARY_CONTROLS, "activate tertiary controls",
	  NULL },
	{ PROCBASED_CR8_LOAD_EXITING, "CR8-load exiting", NULL },
	{ PROCBASED_CR8_STORE_EXITING, "CR8-store exiting", NULL },
	{ PROCBASED_USE_TPR_SHADOW, "use TPR shadow", NULL },
	{ PROCBASED_NMI_WINDOW_EXITING, "NMI-window exiting", NULL },
	{ PROCBASED_MOV_DR_EXITING, "MOV-DR exiting", NULL },
	{ PROCBASED_UNCONDITIONAL_IO_EXITING, "unconditional I/O exiting",
	  NULL },
	{ PROCBASED_USE_IO_BITMAPS, "use I/O bitmaps",
	  "every IN and OUT of a guest exits" },
	{ PROCBASED_MONITOR_TRAP_FLAG, "monitor trap flag",
	  "single-stepping uses the trap flag, which a guest can see" },
	{ PROCBASED_USE_MSR_BITMAPS, "use MSR bitmaps",
	  "every RDMSR and WRMSR of a guest exits" },
	{ PROCBASED_MONITOR_EXITING, "MONITOR exiting", NULL },
	{ PROCBASED_PAUSE_EXITING, "PAUSE exiting", NULL },
	{ PROCBASED_ACTIVATE_SECONDARY_CONTROLS, "activate secondary controls",
	  "there is no EPT, no VPID and no unrestricted guest" },
};

static const struct vmx_cap_bit procbased2_bits[] = {
	{ PROCBASED2_VIRTUALIZE_APIC_ACCESSES, "virtualize APIC accesses",
	  NULL },
	{ PROCBASED2_ENABLE_EPT, "enable EPT",
	  "guests live behind 32-bit page tables of the hypervisor's, so "
	  "16-bit code runs in virtual-8086 mode only" },
	{ PROCBASED2_DESCRIPTOR_TABLE_EXITING, "descriptor-table exiting",
	  NULL },
	{ PROCBASED2_ENABLE_RDTSCP, "enable RDTSCP",
	  "RDTSCP is an invalid opcode in a guest" },
	{ PROCBASED2_VIRTUALIZE_X2APIC_MODE, "virtualize x2APIC mode", NULL },
	{ PROCBASED2_ENABLE_VPID, "enable VPID",
	  "every VM entry and VM exit flushes the TLB" },
	{ PROCBASED2_WBINVD_EXITING, "WBINVD exiting", NULL },
	{ PROCBASED2_UNRESTRICTED_GUEST, "unrestricted guest",
	  "16-bit code runs in virtual-8086 mode; INT 15h/87h is emulated" },
	{ PROCBASED2_APIC_REGISTER_VIRTUALIZATION,
	  "APIC-register virtualization", NULL },
	{ PROCBASED2_VIRTUAL_INTERRUPT_DELIVERY, "virtual-interrupt delivery",
	  NULL },
	{ PROCBASED2_PAUSE_LOOP_EXITING, "PAUSE-loop exiting", NULL },
	{ PROCBASED2_RDRAND_EXITING, "RDRAND exiting", NULL },
	{ PROCBASED2_ENABLE_INVPCID, "enable INVPCID", NULL },
	{ PROCBASED2_ENABLE_VM_FUNCTIONS, "enable VM functions", NULL },
	{ PROCBASED2_VMCS_SHADOWING, "VMCS shadowing", NULL },
	{ PROCBASED2_ENABLE_ENCLS_EXITING, "enable ENCLS exiting", NULL },
	{ PROCBASED2_RDSEED_EXITING, "RDSEED exiting", NULL },
	{ PROCBASED2_ENABLE_PML, "enable PML", NULL },
	{ PROCBASED2_EPT_VIOLATION_VE, "EPT-violation #VE", NULL },
	{ PROCBASED2_CONCEAL_VMX_FROM_PT, "conceal VMX from PT", NULL },
	{ PROCBASED2_ENABLE_XSAVES, "enable XSAVES/XRSTORS", NULL },
	{ PROCBASED2_PASID_TRANSLATION, "PASID translation", NULL },
	{ PROCBASED2_MODE_BASED_EXECUTE_CONTROL,
	  "mode-based execute control for EPT", NULL },
	{ PROCBASED2_SUB_PAGE_WRITE_PERMISSIONS,
	  "sub-page write permissions for EPT", NULL },
	{ PROCBASED2_PT_USES_GUEST_PHYSICAL,
	  "Intel PT uses guest physical addresses", NULL },
	{ PROCBASED2_USE_TSC_SCALING, "use TSC scaling", NULL },
	{ PROCBASED2_ENABLE_USER_WAIT_PAUSE, "enable user wait and pause",
	  NULL },
	{ PROCBASED2_ENABLE_PCONFIG, "enable PCONFIG", NULL },
	{ PROCBASED2_ENABLE_ENCLV_EXITING, "enable ENCLV exiting", NULL },
	{ PROCBASED2_BUS_LOCK_DETECTION, "VMM bus-lock detection", NULL },
	{ PROCBASED2_INSTRUCTION_TIMEOUT, "instruction timeout", NULL },
};

static const struct vmx_cap_bit procbased3_bits[] = {
	{ PROCBASED3_LOADIWKEY_EXITING, "LOADIWKEY exiting", NULL },
	{ PROCBASED3_ENABLE_HLAT, "enable HLAT", NULL },
	{ PROCBASED3_EPT_PAGING_WRITE_CONTROL, "EPT paging-write control",
	  NULL },
	{ PROCBASED3_GUEST_PAGING_VERIFICATION, "guest-paging verification",
	  NULL },
	{ PROCBASED3_IPI_VIRTUALIZATION, "IPI virtualization", NULL },
	{ PROCBASED3_SEAM_GUEST_PHYSICAL_WIDTH,
	  "SEAM guest-physical address width", NULL },
	{ PROCBASED3_ENABLE_MSR_LIST, "enable MSR-list instructions", NULL },
	{ PROCBASED3_VIRTUALIZE_SPEC_CTRL, "virtualize IA32_SPEC_CTRL", NULL },
	{ PROCBASED3_APIC_TIMER_VIRTUALIZATION, "APIC-timer virtualization",
	  NULL },
	{ PROCBASED3_ENABLE_PBNDKB, "enable PBNDKB", NULL },
	{ PROCBASED3_PEBS_USES_GUEST_PHYSICAL,
	  "PEBS uses guest physical addresses", NULL },
};

static const struct vmx_cap_bit exit_bits[] = {
	{ VMEXIT_SAVE_DEBUG_CONTROLS, "save debug controls", NULL },
	{ VMEXIT_HOST_ADDRESS_SPACE_SIZE, "host address-space size", REQUIRED },
	{ VMEXIT_LOAD_PERF_GLOBAL_CTRL, "load IA32_PERF_GLOBAL_CTRL", NULL },
	{ VMEXIT_ACKNOWLEDGE_INTERRUPT, "acknowledge interrupt on exit",
	  REQUIRED },
	{ VMEXIT_SAVE_PAT, "save IA32_PAT", NULL },
	{ VMEXIT_LOAD_PAT, "load IA32_PAT",
	  "host and guests share one page-attribute table" },
	{ VMEXIT_SAVE_EFER, "save IA32_EFER", NULL },
	{ VMEXIT_LOAD_EFER, "load IA32_EFER",
	  "EFER is not the guest's own; LMA alone follows its mode" },
	{ VMEXIT_SAVE_PREEMPTION_TIMER, "save VMX-preemption timer value",
	  "the time a guest has left is worked out from the TSC" },
	{ VMEXIT_CLEAR_BNDCFGS, "clear IA32_BNDCFGS", NULL },
	{ VMEXIT_CONCEAL_VMX_FROM_PT, "conceal VMX from PT", NULL },
	{ VMEXIT_CLEAR_RTIT_CTL, "clear IA32_RTIT_CTL", NULL },
	{ VMEXIT_CLEAR_LBR_CTL, "clear IA32_LBR_CTL", NULL },
	{ VMEXIT_CLEAR_UINV, "clear UINV", NULL },
	{ VMEXIT_LOAD_CET_STATE, "load CET state", NULL },
	{ VMEXIT_LOAD_PKRS, "load PKRS", NULL },
	{ VMEXIT_SAVE_PERF_GLOBAL_CTRL, "save IA32_PERF_GLOBAL_CTRL", NULL },
	{ VMEXIT_ACTIVATE_SECONDARY_CONTROLS, "activate secondary controls",
	  NULL },
};

static const struct vmx_cap_bit exit2_bits[] = {
	{ VMEXIT2_SAVE_FRED, "save FRED", NULL },
	{ VMEXIT2_LOAD_FRED, "load FRED", NULL },
	{ VMEXIT2_LOAD_SPEC_CTRL, "load IA32_SPEC_CTRL", NULL },
	{ VMEXIT2_PREMATURELY_BUSY_SHADOW_STACK,
	  "prematurely busy shadow stack", NULL },
};

static const struct vmx_cap_bit entry_bits[] = {
	{ VMENTRY_LOAD_DEBUG_CONTROLS, "load debug controls", NULL },
	{ VMENTRY_IA32E_MODE_GUEST, "IA-32e mode guest",
	  "64-bit programs cannot be run" },
	{ VMENTRY_ENTRY_TO_SMM, "entry to SMM", NULL },
	{ VMENTRY_DEACTIVATE_DUAL_MONITOR, "deactivate dual-monitor treatment",
	  NULL },
	{ VMENTRY_LOAD_PERF_GLOBAL_CTRL, "load IA32_PERF_GLOBAL_CTRL", NULL },
	{ VMENTRY_LOAD_PAT, "load IA32_PAT", NULL },
	{ VMENTRY_LOAD_EFER, "load IA32_EFER", NULL },
	{ VMENTRY_LOAD_BNDCFGS, "load IA32_BNDCFGS", NULL },
	{ VMENTRY_CONCEAL_VMX_FROM_PT, "conceal VMX from PT", NULL },
	{ VMENTRY_LOAD_RTIT_CTL, "load IA32_RTIT_CTL", NULL },
	{ VMENTRY_LOAD_UINV, "load UINV", NULL },
	{ VMENTRY_LOAD_CET_STATE, "load CET state", NULL },
	{ VMENTRY_LOAD_LBR_CTL, "load guest IA32_LBR_CTL", NULL },
	{ VMENTRY_LOAD_PKRS, "load PKRS", NULL },
	{ VMENTRY_LOAD_FRED, "load FRED", NULL },
	{ VMENTRY_LOAD_SPEC_CTRL, "load IA32_SPEC_CTRL", NULL },
	{ VMENTRY_ALLOW_SEAM_TELEMETRY, "allow SEAM-guest telemetry", NULL },
};

static const struct vmx_cap_bit vmfunc_bits[] = {
	{ VMFUNC_EPTP_SWITCHING, "EPTP switching", NULL },
};

static const struct vmx_cap_bit basic_bits[] = {
	{ VMX_BASIC_32BIT_ADDRESSES, "addresses limited to 32 bits", NULL },
	{ VMX_BASIC_DUAL_MONITOR, "dual-monitor treatment of SMIs and SMM",
	  NULL },
	{ VMX_BASIC_INS_OUTS_INFO, "instruction information on INS and OUTS",
	  "string I/O is decoded from the instruction bytes" },
	{ VMX_BASIC_TRUE_CONTROLS, "TRUE control MSRs",
	  "controls that default to 1 cannot be turned off" },
	{ VMX_BASIC_ANY_ERROR_CODE,
	  "injected exceptions with or without error code", NULL },
	{ VMX_BASIC_NESTED_EXCEPTIONS, "nested-exception support", NULL },
};

static const struct vmx_cap_bit misc_bits[] = {
	{ VMX_MISC_STORES_LMA, "exits store EFER.LMA in IA-32e mode guest",
	  NULL },
	{ VMX_MISC_ACTIVITY_HLT, "activity state HLT",
	  "a guest that halts waits in the hypervisor" },
	{ VMX_MISC_ACTIVITY_SHUTDOWN, "activity state shutdown", NULL },
	{ VMX_MISC_ACTIVITY_WAIT_FOR_SIPI, "activity state wait-for-SIPI",
	  NULL },
	{ VMX_MISC_PT_IN_VMX, "Intel PT in VMX operation", NULL },
	{ VMX_MISC_SMBASE_IN_SMM, "RDMSR of IA32_SMBASE in SMM", NULL },
	{ VMX_MISC_SMI_BLOCKING, "VMXOFF may leave SMIs blocked", NULL },
	{ VMX_MISC_VMWRITE_ANY, "VMWRITE to any supported field", NULL },
	{ VMX_MISC_INJECTION_LENGTH_0,
	  "injection of software events with instruction length 0", NULL },
};

static const struct vmx_cap_bit ept_vpid_bits[] = {
	{ EPT_CAP_EXECUTE_ONLY, "EPT: execute-only pages", NULL },
	{ EPT_CAP_WALK_4, "EPT: page walk of 4 levels", "EPT cannot be used" },
	{ EPT_CAP_WALK_5, "EPT: page walk of 5 levels", NULL },
	{ EPT_CAP_UC, "EPT: structures may be UC", NULL },
	{ EPT_CAP_WB, "EPT: structures may be WB",
	  "EPT structures are walked uncached" },
	{ EPT_CAP_2MB, "EPT: 2-MiB pages",
	  "EPT maps all memory by 4-KiB pages" },
	{ EPT_CAP_1GB, "EPT: 1-GiB pages", NULL },
	{ EPT_CAP_INVEPT, "INVEPT",
	  "a change of EPT structures cannot be made known to the TLB" },
	{ EPT_CAP_ACCESSED_DIRTY, "EPT: accessed and dirty flags", NULL },
	{ EPT_CAP_ADVANCED_EXIT_INFO,
	  "EPT: advanced exit information on violations", NULL },
	{ EPT_CAP_SUPERVISOR_SHADOW_STACK,
	  "EPT: supervisor shadow-stack control", NULL },
	{ EPT_CAP_INVEPT_SINGLE, "INVEPT: single-context", NULL },
	{ EPT_CAP_INVEPT_ALL, "INVEPT: all-context", NULL },
	{ VPID_CAP_INVVPID, "INVVPID", NULL },
	{ VPID_CAP_INVVPID_ADDRESS, "INVVPID: individual-address", NULL },
	{ VPID_CAP_INVVPID_SINGLE, "INVVPID: single-context", NULL },
	{ VPID_CAP_INVVPID_ALL, "INVVPID: all-context", NULL },
	{ VPID_CAP_INVVPID_RETAIN_GLOBALS,
	  "INVVPID: single-context, retaining globals", NULL },
};

struct bit_table {
	const struct vmx_cap_bit *bits;
	size_t count;
};

#define BITS(bits) bits, ARRAY_SIZE(bits)

static const struct bit_table words[VMX_WORD_COUNT] = {
	[VMX_WORD_PINBASED] = { BITS(pinbased_bits) },
	[VMX_WORD_PROCBASED] = { BITS(procbased_bits) },
	[VMX_WORD_PROCBASED2] = { BITS(procbased2_bits) },
	[VMX_WORD_PROCBASED3] = { BITS(procbased3_bits) },
	[VMX_WORD_EXIT] = { BITS(exit_bits) },
	[VMX_WORD_EXIT2] = { BITS(exit2_bits) },
	[VMX_WORD_ENTRY] = { BITS(entry_bits) },
	[VMX_WORD_VMFUNC] = { BITS(vmfunc_bits) },
};

const struct vmx_cap_bit *vmx_cap_bits_word(enum vmx_control_word word,
					    size_t *count)
{
	*count = words[word].count;
	return words[word].bits;
}

const struct vmx_cap_bit *vmx_cap_bits_msr(u32 msr, size_t *count)
{
	switch (msr) {
	case MSR_IA32_VMX_BASIC:
		*count = ARRAY_SIZE(basic_bits);
		return basic_bits;
	case MSR_IA32_VMX_MISC:
		*count = ARRAY_SIZE(misc_bits);
		return misc_bits;
	case MSR_IA32_VMX_EPT_VPID_CAP:
		*count = ARRAY_SIZE(ept_vpid_bits);
		return ept_vpid_bits;
	default:
		*count = 0;
		return NULL;
	}
}
