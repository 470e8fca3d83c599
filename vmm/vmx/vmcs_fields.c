/*
 * The table of VMCS fields: finds a field by its encoding, and tells which
 * fields a processor has. Pure; never accesses a VMCS.
 */
/* build: pure */
#include "vmm/vmx/vmcs_fields.h"

#include "lib/error.h"
#include "lib/str.h"
#include "lib/string.h"
#include "vmm/vmx/vmx_caps.h"

#define FIELD_ENCODING(name, encoding) encoding,
#define FIELD_NAME(name, encoding) #name "\0"

const u16 vmcs_field_encodings[] = { VMCS_FIELDS(FIELD_ENCODING) };
const size_t vmcs_field_count = ARRAY_SIZE(vmcs_field_encodings);

/*
 * The names, one behind the other. They are found by walking: a table of
 * pointers would be large.
 */
static const char field_names[] = VMCS_FIELDS(FIELD_NAME);

#define FIELD_NAME_FITS(name, encoding)                                        \
	static_assert(sizeof(#name) - 1 <= VMCS_FIELD_NAME_MAX, #name);
VMCS_FIELDS(FIELD_NAME_FITS)

/*
 * Fields that only some processors have: those from first to last exist if one
 * of the two controls may be 1 (SDM volume 3, "Field Encoding in VMCS", the
 * notes to the tables). In the order of the encodings.
 */
struct condition {
	u16 first;
	u16 last;
	struct {
		u8 word; /* enum vmx_control_word */
		u8 bit;	 /* counted from 1; 0: no such control */
	} any[2];
};

#define ONE(field) VMCS_##field, VMCS_##field
#define RANGE(from, to) VMCS_##from, VMCS_##to
#define CONTROL(word, mask) VMX_WORD_##word, (u8)__builtin_ffsll(mask)
#define PIN(bit) CONTROL(PINBASED, PINBASED_##bit)
#define PROC(bit) CONTROL(PROCBASED, PROCBASED_##bit)
#define PROC2(bit) CONTROL(PROCBASED2, PROCBASED2_##bit)
#define PROC3(bit) CONTROL(PROCBASED3, PROCBASED3_##bit)
#define EXIT(bit) CONTROL(EXIT, VMEXIT_##bit)
#define EXIT2(bit) CONTROL(EXIT2, VMEXIT2_##bit)
#define ENTRY(bit) CONTROL(ENTRY, VMENTRY_##bit)
#define VMFUNC(bit) CONTROL(VMFUNC, VMFUNC_##bit)

static const struct condition conditions[] = {
	{ ONE(VIRTUAL_PROCESSOR_IDENTIFIER), { { PROC2(ENABLE_VPID) } } },
	{ ONE(POSTED_INTERRUPT_NOTIFICATION_VECTOR),
	  { { PIN(PROCESS_POSTED_INTERRUPTS) } } },
	{ ONE(EPTP_INDEX), { { PROC2(EPT_VIOLATION_VE) } } },
	{ ONE(HLAT_PREFIX_SIZE), { { PROC3(ENABLE_HLAT) } } },
	{ ONE(LAST_PID_POINTER_INDEX), { { PROC3(IPI_VIRTUALIZATION) } } },
	{ ONE(VIRTUAL_TIMER_VECTOR), { { PROC3(APIC_TIMER_VIRTUALIZATION) } } },
	{ ONE(GUEST_INTERRUPT_STATUS),
	  { { PROC2(VIRTUAL_INTERRUPT_DELIVERY) } } },
	{ ONE(PML_INDEX), { { PROC2(ENABLE_PML) } } },
	{ ONE(GUEST_UINV), { { ENTRY(LOAD_UINV) }, { EXIT(CLEAR_UINV) } } },
	{ ONE(MSR_BITMAP_ADDRESS), { { PROC(USE_MSR_BITMAPS) } } },
	{ ONE(PML_ADDRESS), { { PROC2(ENABLE_PML) } } },
	{ ONE(VIRTUAL_APIC_ADDRESS), { { PROC(USE_TPR_SHADOW) } } },
	{ ONE(APIC_ACCESS_ADDRESS), { { PROC2(VIRTUALIZE_APIC_ACCESSES) } } },
	{ ONE(POSTED_INTERRUPT_DESCRIPTOR_ADDRESS),
	  { { PIN(PROCESS_POSTED_INTERRUPTS) } } },
	{ ONE(VM_FUNCTION_CONTROLS), { { PROC2(ENABLE_VM_FUNCTIONS) } } },
	{ ONE(EPT_POINTER), { { PROC2(ENABLE_EPT) } } },
	{ RANGE(EOI_EXIT_BITMAP_0, EOI_EXIT_BITMAP_3),
	  { { PROC2(VIRTUAL_INTERRUPT_DELIVERY) } } },
	{ ONE(EPTP_LIST_ADDRESS), { { VMFUNC(EPTP_SWITCHING) } } },
	{ RANGE(VMREAD_BITMAP_ADDRESS, VMWRITE_BITMAP_ADDRESS),
	  { { PROC2(VMCS_SHADOWING) } } },
	{ ONE(VIRTUALIZATION_EXCEPTION_INFO_ADDRESS),
	  { { PROC2(EPT_VIOLATION_VE) } } },
	{ ONE(XSS_EXITING_BITMAP), { { PROC2(ENABLE_XSAVES) } } },
	{ ONE(ENCLS_EXITING_BITMAP), { { PROC2(ENABLE_ENCLS_EXITING) } } },
	{ ONE(SUB_PAGE_PERMISSION_TABLE_POINTER),
	  { { PROC2(SUB_PAGE_WRITE_PERMISSIONS) } } },
	{ ONE(TSC_MULTIPLIER), { { PROC2(USE_TSC_SCALING) } } },
	{ ONE(TERTIARY_PROCBASED_CONTROLS),
	  { { PROC(ACTIVATE_TERTIARY_CONTROLS) } } },
	{ ONE(ENCLV_EXITING_BITMAP), { { PROC2(ENABLE_ENCLV_EXITING) } } },
	{ RANGE(LOW_PASID_DIRECTORY_ADDRESS, HIGH_PASID_DIRECTORY_ADDRESS),
	  { { PROC2(PASID_TRANSLATION) } } },
	{ ONE(SHARED_EPT_POINTER), { { PROC3(SEAM_GUEST_PHYSICAL_WIDTH) } } },
	{ ONE(PCONFIG_EXITING_BITMAP), { { PROC2(ENABLE_PCONFIG) } } },
	{ ONE(HLAT_POINTER), { { PROC3(ENABLE_HLAT) } } },
	{ ONE(PID_POINTER_TABLE_ADDRESS), { { PROC3(IPI_VIRTUALIZATION) } } },
	{ ONE(SECONDARY_VM_EXIT_CONTROLS),
	  { { EXIT(ACTIVATE_SECONDARY_CONTROLS) } } },
	{ RANGE(IA32_SPEC_CTRL_MASK, IA32_SPEC_CTRL_SHADOW),
	  { { PROC3(VIRTUALIZE_SPEC_CTRL) } } },
	{ ONE(GUEST_DEADLINE_SHADOW),
	  { { PROC3(APIC_TIMER_VIRTUALIZATION) } } },
	{ ONE(INJECTED_EVENT_DATA), { { ENTRY(LOAD_FRED) } } },
	{ ONE(GUEST_PHYSICAL_ADDRESS), { { PROC2(ENABLE_EPT) } } },
	{ ONE(MSR_DATA), { { PROC3(ENABLE_MSR_LIST) } } },
	{ ONE(ORIGINAL_EVENT_DATA), { { ENTRY(LOAD_FRED) } } },
	{ ONE(GUEST_IA32_PAT), { { ENTRY(LOAD_PAT) }, { EXIT(SAVE_PAT) } } },
	{ ONE(GUEST_IA32_EFER), { { ENTRY(LOAD_EFER) }, { EXIT(SAVE_EFER) } } },
	{ ONE(GUEST_IA32_PERF_GLOBAL_CTRL),
	  { { ENTRY(LOAD_PERF_GLOBAL_CTRL) },
	    { EXIT(SAVE_PERF_GLOBAL_CTRL) } } },
	{ RANGE(GUEST_PDPTE0, GUEST_PDPTE3), { { PROC2(ENABLE_EPT) } } },
	{ ONE(GUEST_IA32_BNDCFGS),
	  { { ENTRY(LOAD_BNDCFGS) }, { EXIT(CLEAR_BNDCFGS) } } },
	{ ONE(GUEST_IA32_RTIT_CTL),
	  { { ENTRY(LOAD_RTIT_CTL) }, { EXIT(CLEAR_RTIT_CTL) } } },
	{ ONE(GUEST_IA32_LBR_CTL),
	  { { ENTRY(LOAD_LBR_CTL) }, { EXIT(CLEAR_LBR_CTL) } } },
	{ ONE(GUEST_IA32_PKRS), { { ENTRY(LOAD_PKRS) } } },
	{ RANGE(GUEST_IA32_FRED_CONFIG, GUEST_IA32_FRED_SSP3),
	  { { ENTRY(LOAD_FRED) }, { EXIT2(SAVE_FRED) } } },
	{ ONE(GUEST_IA32_SPEC_CTRL), { { ENTRY(LOAD_SPEC_CTRL) } } },
	{ ONE(GUEST_DEADLINE), { { PROC3(APIC_TIMER_VIRTUALIZATION) } } },
	{ ONE(HOST_IA32_PAT), { { EXIT(LOAD_PAT) } } },
	{ ONE(HOST_IA32_EFER), { { EXIT(LOAD_EFER) } } },
	{ ONE(HOST_IA32_PERF_GLOBAL_CTRL),
	  { { EXIT(LOAD_PERF_GLOBAL_CTRL) } } },
	{ ONE(HOST_IA32_PKRS), { { EXIT(LOAD_PKRS) } } },
	{ RANGE(HOST_IA32_FRED_CONFIG, HOST_IA32_FRED_SSP3),
	  { { EXIT2(LOAD_FRED) } } },
	{ ONE(HOST_IA32_SPEC_CTRL), { { EXIT2(LOAD_SPEC_CTRL) } } },
	{ ONE(TPR_THRESHOLD), { { PROC(USE_TPR_SHADOW) } } },
	{ ONE(SECONDARY_PROCBASED_CONTROLS),
	  { { PROC(ACTIVATE_SECONDARY_CONTROLS) } } },
	{ RANGE(PLE_GAP, PLE_WINDOW), { { PROC2(PAUSE_LOOP_EXITING) } } },
	{ ONE(INSTRUCTION_TIMEOUT_CONTROL),
	  { { PROC2(INSTRUCTION_TIMEOUT) } } },
	{ ONE(SEAM_GUEST_KEYID), { { PROC3(SEAM_GUEST_PHYSICAL_WIDTH) } } },
	{ ONE(PREEMPTION_TIMER_VALUE), { { PIN(PREEMPTION_TIMER) } } },
	{ RANGE(GUEST_IA32_S_CET, GUEST_INTERRUPT_SSP_TABLE_ADDRESS),
	  { { ENTRY(LOAD_CET_STATE) } } },
	{ RANGE(HOST_IA32_S_CET, HOST_INTERRUPT_SSP_TABLE_ADDRESS),
	  { { EXIT(LOAD_CET_STATE) } } },
};

u32 vmcs_field_bytes(u32 encoding)
{
	switch (vmcs_field_width(encoding)) {
	case VMCS_WIDTH_16:
		return 2;
	case VMCS_WIDTH_32:
		return 4;
	case VMCS_WIDTH_64:
	case VMCS_WIDTH_NATURAL:
		break;
	}
	return 8;
}

bool vmcs_field_known(u32 encoding)
{
	for (size_t i = 0; i < vmcs_field_count; i++) {
		if (vmcs_field_encodings[i] == encoding) {
			return true;
		}
	}
	return false;
}

const char *vmcs_field_group(u32 encoding)
{
	static const char groups[][8] = {
		[VMCS_TYPE_CONTROL] = "control",
		[VMCS_TYPE_READ_ONLY] = "exit",
		[VMCS_TYPE_GUEST] = "guest",
		[VMCS_TYPE_HOST] = "host",
	};

	return groups[vmcs_field_type(encoding)];
}

static const char *next_name(const char *name)
{
	return name + strlen(name) + 1;
}

const char *vmcs_field_name(u32 encoding)
{
	const char *name = field_names;

	for (size_t i = 0; i < vmcs_field_count; i++) {
		if (vmcs_field_encodings[i] == encoding) {
			return name;
		}
		name = next_name(name);
	}
	return "?";
}

static bool condition_met(const struct condition *condition,
			  const struct vmx_caps *caps)
{
	for (size_t i = 0; i < ARRAY_SIZE(condition->any); i++) {
		enum vmx_control_word word = condition->any[i].word;
		u8 bit = condition->any[i].bit;

		if (bit != 0 && vmx_caps_may(caps, word, BIT(bit - 1))) {
			return true;
		}
	}
	return false;
}

bool vmcs_field_present(u32 encoding, const struct vmx_caps *caps)
{
	if (vmcs_field_width(encoding) == VMCS_WIDTH_64) {
		encoding &= ~1u;
	}
	if (!vmcs_field_known(encoding)) {
		return false;
	}
	if (encoding >= VMCS_CR3_TARGET_VALUE_0 &&
	    encoding <= VMCS_CR3_TARGET_VALUE_3) {
		return (encoding - VMCS_CR3_TARGET_VALUE_0) / 2 <
		       vmx_caps_cr3_target_count(caps);
	}
	for (size_t i = 0; i < ARRAY_SIZE(conditions); i++) {
		if (encoding >= conditions[i].first &&
		    encoding <= conditions[i].last) {
			return condition_met(&conditions[i], caps);
		}
	}
	return true;
}
