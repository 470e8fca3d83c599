/*
 * The checks on the control fields, without event injection (SDM volume 3,
 * "Checks on VMX Controls"). Pure. Of the newest controls (HLAT, PASID
 * translation, IPI virtualization, FRED) only this is checked, whether the
 * processor allows them, because the kernel sets none of them.
 */
/* build: pure */
#include "vmm/vmx/check/vmcs_check_rules.h"
#include "vmm/vmx/check/vmcs_check_tables.h"
#include "vmm/vmx/vmx_controls.h"

#define LOW_12 (PAGE_SIZE - 1)
#define VTPR_OFFSET 0x80
#define MSR_ENTRY_BYTES 16

static u64 allowed(const struct vmcs_state *s, enum vmx_control_word word,
		   u32 field)
{
	return vmx_controls_bad((u32)get(s, field),
				vmx_caps_allowed(s->env->caps, word));
}

static u64 pinbased(const struct vmcs_state *s, u32 field)
{
	return allowed(s, VMX_WORD_PINBASED, field);
}

static u64 procbased(const struct vmcs_state *s, u32 field)
{
	return allowed(s, VMX_WORD_PROCBASED, field);
}

static u64 procbased2(const struct vmcs_state *s, u32 field)
{
	return allowed(s, VMX_WORD_PROCBASED2, field);
}

static u64 procbased3(const struct vmcs_state *s, u32 field)
{
	return get(s, field) &
	       ~vmx_caps_may_be_1(s->env->caps, VMX_WORD_PROCBASED3);
}

static u64 exit_controls(const struct vmcs_state *s, u32 field)
{
	return allowed(s, VMX_WORD_EXIT, field);
}

static u64 exit_controls2(const struct vmcs_state *s, u32 field)
{
	return get(s, field) & ~vmx_caps_may_be_1(s->env->caps, VMX_WORD_EXIT2);
}

static u64 entry_controls(const struct vmcs_state *s, u32 field)
{
	return allowed(s, VMX_WORD_ENTRY, field);
}

static u64 cr3_targets(const struct vmcs_state *s, u32 field)
{
	return whole_if(get(s, field) >
			vmx_caps_cr3_target_count(s->env->caps));
}

/*
 * Bits of an address that must be 0; bits 63:32 too, if VMX_BASIC limits these
 * addresses to 4 GiB.
 */
static u64 bad_address(const struct vmcs_state *s, u64 address, u64 low)
{
	u64 bad = vmcs_bits_not_physical(s, address) | (address & low);

	return vmx_caps_32bit_addresses(s->env->caps)
		       ? bad | (address & ~(u64)UINT32_MAX)
		       : bad;
}

static u64 page(const struct vmcs_state *s, u32 field)
{
	return bad_address(s, get(s, field), LOW_12);
}

static u64 tpr_threshold(const struct vmcs_state *s, u32 field)
{
	return has(s, VMX_WORD_PROCBASED2,
		   PROCBASED2_VIRTUAL_INTERRUPT_DELIVERY)
		       ? 0
		       : get(s, field) & ~0xfull;
}

static u64 tpr_shadow(const struct vmcs_state *s, u32 field)
{
	u64 apic = get(s, VMCS_VIRTUAL_APIC_ADDRESS);
	u64 vtpr;

	if ((s->control[VMX_WORD_PROCBASED2] &
	     (PROCBASED2_VIRTUALIZE_APIC_ACCESSES |
	      PROCBASED2_VIRTUAL_INTERRUPT_DELIVERY)) != 0 ||
	    bad_address(s, apic, LOW_12) != 0) {
		return 0;
	}
	vtpr = s->env->read_memory(s->env->ctx, apic + VTPR_OFFSET);
	return whole_if((get(s, field) & 0xf) > (vtpr >> 4 & 0xf));
}

static u64 virtual_nmis(const struct vmcs_state *s, u32 field)
{
	(void)field;
	return has(s, VMX_WORD_PINBASED, PINBASED_NMI_EXITING)
		       ? 0
		       : PINBASED_VIRTUAL_NMIS;
}

static u64 nmi_window(const struct vmcs_state *s, u32 field)
{
	(void)field;
	return has(s, VMX_WORD_PINBASED, PINBASED_VIRTUAL_NMIS)
		       ? 0
		       : PROCBASED_NMI_WINDOW_EXITING;
}

static u64 without_tpr_shadow(const struct vmcs_state *s, u32 field)
{
	(void)field;
	return has(s, VMX_WORD_PROCBASED, PROCBASED_USE_TPR_SHADOW)
		       ? 0
		       : s->control[VMX_WORD_PROCBASED2] &
				 (PROCBASED2_VIRTUALIZE_X2APIC_MODE |
				  PROCBASED2_APIC_REGISTER_VIRTUALIZATION |
				  PROCBASED2_VIRTUAL_INTERRUPT_DELIVERY);
}

static u64 x2apic_mode(const struct vmcs_state *s, u32 field)
{
	(void)field;
	return s->control[VMX_WORD_PROCBASED2] &
	       PROCBASED2_VIRTUALIZE_APIC_ACCESSES;
}

static u64 virtual_delivery(const struct vmcs_state *s, u32 field)
{
	(void)field;
	return has(s, VMX_WORD_PINBASED, PINBASED_EXTERNAL_INTERRUPT_EXITING)
		       ? 0
		       : PROCBASED2_VIRTUAL_INTERRUPT_DELIVERY;
}

static u64 posted_interrupts(const struct vmcs_state *s, u32 field)
{
	(void)field;
	return has(s, VMX_WORD_PROCBASED2,
		   PROCBASED2_VIRTUAL_INTERRUPT_DELIVERY) &&
			       has(s, VMX_WORD_EXIT,
				   VMEXIT_ACKNOWLEDGE_INTERRUPT)
		       ? 0
		       : PINBASED_PROCESS_POSTED_INTERRUPTS;
}

static u64 notification_vector(const struct vmcs_state *s, u32 field)
{
	return get(s, field) & 0xff00;
}

static u64 posted_descriptor(const struct vmcs_state *s, u32 field)
{
	return bad_address(s, get(s, field), 0x3f);
}

static u64 not_zero(const struct vmcs_state *s, u32 field)
{
	return whole_if(get(s, field) == 0);
}

static bool ept_has(const struct vmcs_state *s, u64 capability)
{
	return (vmx_caps_msr(s->env->caps, MSR_IA32_VMX_EPT_VPID_CAP) &
		capability) != 0;
}

#define EPTP_TYPE 0x7ull
#define EPTP_WALK 0x38ull
#define EPTP_WALK_4 0x18ull
#define EPTP_WALK_5 0x20ull
#define EPTP_ACCESSED_DIRTY 0x40ull
#define EPTP_SHADOW_STACK 0x80ull
#define EPTP_RESERVED 0xf00ull

static u64 eptp_type(const struct vmcs_state *s, u32 field)
{
	u64 type = get(s, field) & EPTP_TYPE;

	return (type == MEMORY_TYPE_UC && ept_has(s, EPT_CAP_UC)) ||
			       (type == MEMORY_TYPE_WB &&
				ept_has(s, EPT_CAP_WB))
		       ? 0
		       : EPTP_TYPE;
}

static u64 eptp_walk(const struct vmcs_state *s, u32 field)
{
	u64 walk = get(s, field) & EPTP_WALK;

	return (walk == EPTP_WALK_4 && ept_has(s, EPT_CAP_WALK_4)) ||
			       (walk == EPTP_WALK_5 &&
				ept_has(s, EPT_CAP_WALK_5))
		       ? 0
		       : EPTP_WALK;
}

static u64 eptp_reserved(const struct vmcs_state *s, u32 field)
{
	u64 reserved = EPTP_RESERVED;

	if (!ept_has(s, EPT_CAP_ACCESSED_DIRTY)) {
		reserved |= EPTP_ACCESSED_DIRTY;
	}
	if (!ept_has(s, EPT_CAP_SUPERVISOR_SHADOW_STACK)) {
		reserved |= EPTP_SHADOW_STACK;
	}
	return bad_address(s, get(s, field), reserved);
}

/* Controls that need EPT, as bits of the word that this field is. */
static u64 needs_ept(const struct vmcs_state *s, u32 field)
{
	(void)field;
	return has(s, VMX_WORD_PROCBASED2, PROCBASED2_ENABLE_EPT)
		       ? 0
		       : s->control[VMX_WORD_PROCBASED2] &
				 (PROCBASED2_UNRESTRICTED_GUEST |
				  PROCBASED2_MODE_BASED_EXECUTE_CONTROL |
				  PROCBASED2_ENABLE_PML |
				  PROCBASED2_SUB_PAGE_WRITE_PERMISSIONS |
				  PROCBASED2_PT_USES_GUEST_PHYSICAL);
}

static u64 processor_trace(const struct vmcs_state *s, u32 field)
{
	(void)field;
	return has(s, VMX_WORD_ENTRY, VMENTRY_LOAD_RTIT_CTL) &&
			       has(s, VMX_WORD_EXIT, VMEXIT_CLEAR_RTIT_CTL)
		       ? 0
		       : PROCBASED2_PT_USES_GUEST_PHYSICAL;
}

static u64 vm_functions(const struct vmcs_state *s, u32 field)
{
	return get(s, field) &
	       ~vmx_caps_may_be_1(s->env->caps, VMX_WORD_VMFUNC);
}

static bool switches_eptp(const struct vmcs_state *s)
{
	return (get(s, VMCS_VM_FUNCTION_CONTROLS) &
		vmx_caps_may_be_1(s->env->caps, VMX_WORD_VMFUNC) &
		VMFUNC_EPTP_SWITCHING) != 0;
}

static u64 eptp_switching(const struct vmcs_state *s, u32 field)
{
	(void)field;
	return switches_eptp(s) && !has(s, VMX_WORD_PROCBASED2,
					PROCBASED2_ENABLE_EPT)
		       ? VMFUNC_EPTP_SWITCHING
		       : 0;
}

static u64 eptp_list(const struct vmcs_state *s, u32 field)
{
	return switches_eptp(s) ? page(s, field) : 0;
}

static u64 save_timer(const struct vmcs_state *s, u32 field)
{
	(void)field;
	return has(s, VMX_WORD_PINBASED, PINBASED_PREEMPTION_TIMER)
		       ? 0
		       : VMEXIT_SAVE_PREEMPTION_TIMER;
}

/*
 * The address of an MSR area: its first and its last byte must be physical
 * addresses.
 */
static u64 msr_area(const struct vmcs_state *s, u32 field)
{
	static const struct {
		u16 address, count;
	} areas[] = {
		{ VMCS_VM_EXIT_MSR_STORE_ADDRESS,
		  VMCS_VM_EXIT_MSR_STORE_COUNT },
		{ VMCS_VM_EXIT_MSR_LOAD_ADDRESS, VMCS_VM_EXIT_MSR_LOAD_COUNT },
		{ VMCS_VM_ENTRY_MSR_LOAD_ADDRESS,
		  VMCS_VM_ENTRY_MSR_LOAD_COUNT },
	};
	u64 address = get(s, field);
	u64 count, bad;
	size_t i = 0;

	while (areas[i].address != field) {
		i++;
	}
	count = get(s, areas[i].count);
	if (count == 0) {
		return 0;
	}
	bad = bad_address(s, address, MSR_ENTRY_BYTES - 1);
	if (bad == 0 &&
	    bad_address(s, address + count * MSR_ENTRY_BYTES - 1, 0) != 0) {
		bad = VMCS_CHECK_WHOLE;
	}
	return bad;
}

static u64 smm(const struct vmcs_state *s, u32 field)
{
	(void)field;
	return s->control[VMX_WORD_ENTRY] &
	       (VMENTRY_ENTRY_TO_SMM | VMENTRY_DEACTIVATE_DUAL_MONITOR);
}

#define ALLOWED "as the capability MSR allows"
#define PAGE_DEMAND "a page in reach: bits 11:0 are 0, none is too high"

static const struct vmcs_check checks[] = {
	CHECK(CONTROLS, "pin-based controls", pinbased, PINBASED_CONTROLS,
	      ALLOWED),
	CHECK(CONTROLS, "processor-based controls", procbased,
	      PROCBASED_CONTROLS, ALLOWED),
	CHECK_WHEN(CONTROLS, PROCBASED, PROCBASED_ACTIVATE_SECONDARY_CONTROLS,
		   "secondary controls", procbased2,
		   SECONDARY_PROCBASED_CONTROLS, ALLOWED),
	CHECK_WHEN(CONTROLS, PROCBASED, PROCBASED_ACTIVATE_TERTIARY_CONTROLS,
		   "tertiary controls", procbased3, TERTIARY_PROCBASED_CONTROLS,
		   ALLOWED),
	CHECK(CONTROLS, "CR3 targets", cr3_targets, CR3_TARGET_COUNT,
	      "no more than VMX_MISC offers"),
	CHECK_EACH_WHEN(CONTROLS, PROCBASED, PROCBASED_USE_IO_BITMAPS,
			"I/O bitmaps", page, IO_BITMAP_A_ADDRESS, 2,
			PAGE_DEMAND),
	CHECK_WHEN(CONTROLS, PROCBASED, PROCBASED_USE_MSR_BITMAPS,
		   "MSR bitmaps", page, MSR_BITMAP_ADDRESS, PAGE_DEMAND),
	CHECK_WHEN(CONTROLS, PROCBASED, PROCBASED_USE_TPR_SHADOW,
		   "virtual-APIC page", page, VIRTUAL_APIC_ADDRESS,
		   PAGE_DEMAND),
	CHECK_WHEN(CONTROLS, PROCBASED, PROCBASED_USE_TPR_SHADOW,
		   "TPR threshold", tpr_threshold, TPR_THRESHOLD,
		   "bits 31:4 are 0 without virtual-interrupt delivery"),
	CHECK_WHEN(CONTROLS, PROCBASED, PROCBASED_USE_TPR_SHADOW,
		   "TPR threshold and VTPR", tpr_shadow, TPR_THRESHOLD,
		   "not above bits 7:4 of VTPR, but where APIC accesses are "
		   "virtualized"),
	CHECK_WHEN(CONTROLS, PINBASED, PINBASED_VIRTUAL_NMIS, "virtual NMIs",
		   virtual_nmis, PINBASED_CONTROLS, "only with NMI exiting"),
	CHECK_WHEN(CONTROLS, PROCBASED, PROCBASED_NMI_WINDOW_EXITING,
		   "NMI-window exiting", nmi_window, PROCBASED_CONTROLS,
		   "only with virtual NMIs"),
	CHECK_WHEN(CONTROLS, PROCBASED2, PROCBASED2_VIRTUALIZE_APIC_ACCESSES,
		   "APIC-access page", page, APIC_ACCESS_ADDRESS, PAGE_DEMAND),
	CHECK_WHEN(CONTROLS, PROCBASED, PROCBASED_ACTIVATE_SECONDARY_CONTROLS,
		   "APIC virtualization", without_tpr_shadow,
		   SECONDARY_PROCBASED_CONTROLS, "only with the TPR shadow"),
	CHECK_WHEN(CONTROLS, PROCBASED2, PROCBASED2_VIRTUALIZE_X2APIC_MODE,
		   "x2APIC mode", x2apic_mode, SECONDARY_PROCBASED_CONTROLS,
		   "APIC accesses are not virtualized too"),
	CHECK_WHEN(CONTROLS, PROCBASED2, PROCBASED2_VIRTUAL_INTERRUPT_DELIVERY,
		   "virtual-interrupt delivery", virtual_delivery,
		   SECONDARY_PROCBASED_CONTROLS,
		   "only with external-interrupt exiting"),
	CHECK_WHEN(CONTROLS, PINBASED, PINBASED_PROCESS_POSTED_INTERRUPTS,
		   "posted interrupts", posted_interrupts, PINBASED_CONTROLS,
		   "only with virtual-interrupt delivery and acknowledging on "
		   "exit"),
	CHECK_WHEN(CONTROLS, PINBASED, PINBASED_PROCESS_POSTED_INTERRUPTS,
		   "notification vector", notification_vector,
		   POSTED_INTERRUPT_NOTIFICATION_VECTOR, "not above 255"),
	CHECK_WHEN(CONTROLS, PINBASED, PINBASED_PROCESS_POSTED_INTERRUPTS,
		   "posted-interrupt descriptor", posted_descriptor,
		   POSTED_INTERRUPT_DESCRIPTOR_ADDRESS,
		   "in reach, bits 5:0 are 0"),
	CHECK_WHEN(CONTROLS, PROCBASED2, PROCBASED2_ENABLE_VPID, "VPID",
		   not_zero, VIRTUAL_PROCESSOR_IDENTIFIER, "not 0"),
	CHECK_WHEN(CONTROLS, PROCBASED2, PROCBASED2_ENABLE_EPT,
		   "EPTP memory type", eptp_type, EPT_POINTER,
		   "one that EPT_VPID_CAP offers"),
	CHECK_WHEN(CONTROLS, PROCBASED2, PROCBASED2_ENABLE_EPT,
		   "EPTP walk length", eptp_walk, EPT_POINTER,
		   "one that EPT_VPID_CAP offers"),
	CHECK_WHEN(CONTROLS, PROCBASED2, PROCBASED2_ENABLE_EPT,
		   "EPTP reserved bits", eptp_reserved, EPT_POINTER,
		   "no reserved bit, no address out of reach"),
	CHECK_WHEN(CONTROLS, PROCBASED, PROCBASED_ACTIVATE_SECONDARY_CONTROLS,
		   "controls that need EPT", needs_ept,
		   SECONDARY_PROCBASED_CONTROLS, "only with EPT"),
	CHECK_WHEN(CONTROLS, PROCBASED2, PROCBASED2_ENABLE_PML, "PML page",
		   page, PML_ADDRESS, PAGE_DEMAND),
	CHECK_WHEN(CONTROLS, PROCBASED2, PROCBASED2_SUB_PAGE_WRITE_PERMISSIONS,
		   "sub-page permission table", page,
		   SUB_PAGE_PERMISSION_TABLE_POINTER, PAGE_DEMAND),
	CHECK_WHEN(CONTROLS, PROCBASED2, PROCBASED2_PT_USES_GUEST_PHYSICAL,
		   "Intel PT in guests", processor_trace,
		   SECONDARY_PROCBASED_CONTROLS,
		   "only where IA32_RTIT_CTL is loaded and cleared"),
	CHECK_WHEN(CONTROLS, PROCBASED2, PROCBASED2_ENABLE_VM_FUNCTIONS,
		   "VM functions", vm_functions, VM_FUNCTION_CONTROLS, ALLOWED),
	CHECK_WHEN(CONTROLS, PROCBASED2, PROCBASED2_ENABLE_VM_FUNCTIONS,
		   "EPTP switching", eptp_switching, VM_FUNCTION_CONTROLS,
		   "only with EPT"),
	CHECK_WHEN(CONTROLS, PROCBASED2, PROCBASED2_ENABLE_VM_FUNCTIONS,
		   "EPTP list", eptp_list, EPTP_LIST_ADDRESS, PAGE_DEMAND),
	CHECK_EACH_WHEN(CONTROLS, PROCBASED2, PROCBASED2_VMCS_SHADOWING,
			"VMCS shadowing bitmaps", page, VMREAD_BITMAP_ADDRESS,
			2, PAGE_DEMAND),
	CHECK_WHEN(CONTROLS, PROCBASED2, PROCBASED2_EPT_VIOLATION_VE,
		   "#VE information", page,
		   VIRTUALIZATION_EXCEPTION_INFO_ADDRESS, PAGE_DEMAND),
	CHECK_WHEN(CONTROLS, PROCBASED2, PROCBASED2_USE_TSC_SCALING,
		   "TSC multiplier", not_zero, TSC_MULTIPLIER, "not 0"),
	CHECK(CONTROLS, "VM-exit controls", exit_controls, VM_EXIT_CONTROLS,
	      ALLOWED),
	CHECK_WHEN(CONTROLS, EXIT, VMEXIT_ACTIVATE_SECONDARY_CONTROLS,
		   "secondary VM-exit controls", exit_controls2,
		   SECONDARY_VM_EXIT_CONTROLS, ALLOWED),
	CHECK_WHEN(CONTROLS, EXIT, VMEXIT_SAVE_PREEMPTION_TIMER,
		   "saving the preemption timer", save_timer, VM_EXIT_CONTROLS,
		   "only where the timer is active"),
	CHECK_EACH(CONTROLS, "MSR areas", msr_area, VM_EXIT_MSR_STORE_ADDRESS,
		   3, "in reach from first to last byte, bits 3:0 are 0"),
	CHECK(CONTROLS, "VM-entry controls", entry_controls, VM_ENTRY_CONTROLS,
	      ALLOWED),
	CHECK(CONTROLS, "SMM controls", smm, VM_ENTRY_CONTROLS,
	      "0: this is no SMM monitor"),
};

const struct vmcs_check_table vmcs_checks_controls = { checks,
						       ARRAY_SIZE(checks) };
