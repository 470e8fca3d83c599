/*
 * The VMCS field table as data: look-up by encoding and by name, and which
 * fields a given processor has. Pure; it never touches a VMCS.
 */
#include "vmm/vmcs_fields.h"

#include "lib/error.h"
#include "lib/str.h"
#include "lib/string.h"
#include "vmm/vmx_cap_bits.h"

#define FIELD_ROW(name, encoding, group) { encoding, #name, group },

const struct vmcs_field_info vmcs_field_table[] = { VMCS_FIELDS(FIELD_ROW) };
const size_t vmcs_field_count = ARRAY_SIZE(vmcs_field_table);

#define FIELD_NAME_FITS(name, encoding, group)                                 \
	static_assert(sizeof(#name) - 1 <= VMCS_FIELD_NAME_MAX, #name);
VMCS_FIELDS(FIELD_NAME_FITS)

/*
 * Fields that only some processors have: the range from first to last is there
 * if one of the two controls may be 1 (no bits: there is no such alternative).
 * The source is the notes to the tables of SDM volume 3, "Field Encoding in
 * VMCS". In the order of the encodings.
 */
struct condition {
	u32 first;
	u32 last;
	struct {
		enum vmx_control_word word;
		u64 bits;
	} any[2];
};

#define ONE(field) VMCS_##field, VMCS_##field
#define RANGE(from, to) VMCS_##from, VMCS_##to
#define PIN(bit) VMX_WORD_PINBASED, PINBASED_##bit
#define PROC(bit) VMX_WORD_PROCBASED, PROCBASED_##bit
#define PROC2(bit) VMX_WORD_PROCBASED2, PROCBASED2_##bit
#define PROC3(bit) VMX_WORD_PROCBASED3, PROCBASED3_##bit
#define EXIT(bit) VMX_WORD_EXIT, VMEXIT_##bit
#define EXIT2(bit) VMX_WORD_EXIT2, VMEXIT2_##bit
#define ENTRY(bit) VMX_WORD_ENTRY, VMENTRY_##bit
#define VMFUNC(bit) VMX_WORD_VMFUNC, VMFUNC_##bit

static const struct condition conditions[] = {
	{ ONE(VIRTUAL_PROCESSOR_IDENTIFIER), { { PROC2(ENABLE_VPID) } } },
	{ ONE(POSTED_INTERRUPT_NOTIFICATION_VECTOR),
	  { { PIN(PROCESS_POSTED_INTERRUPTS) } } },
	{ ONE(EPTP_INDEX), { { PROC2(EPT_VIOLATION_VE) } } },
	{ ONE(HLAT_PREFIX_SIZE), { { PROC3(ENABLE_HLAT) } } },
	{ ONE(LAST_PID_POINTER_INDEX), { { PROC3(IPI_VIRTUALIZATION) } } },
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
	{ ONE(INJECTED_EVENT_DATA), { { ENTRY(LOAD_FRED) } } },
	{ ONE(GUEST_PHYSICAL_ADDRESS), { { PROC2(ENABLE_EPT) } } },
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
	{ ONE(HOST_IA32_PAT), { { EXIT(LOAD_PAT) } } },
	{ ONE(HOST_IA32_EFER), { { EXIT(LOAD_EFER) } } },
	{ ONE(HOST_IA32_PERF_GLOBAL_CTRL),
	  { { EXIT(LOAD_PERF_GLOBAL_CTRL) } } },
	{ ONE(HOST_IA32_PKRS), { { EXIT(LOAD_PKRS) } } },
	{ RANGE(HOST_IA32_FRED_CONFIG, HOST_IA32_FRED_SSP3),
	  { { EXIT2(LOAD_FRED) } } },
	{ ONE(TPR_THRESHOLD), { { PROC(USE_TPR_SHADOW) } } },
	{ ONE(SECONDARY_PROCBASED_CONTROLS),
	  { { PROC(ACTIVATE_SECONDARY_CONTROLS) } } },
	{ RANGE(PLE_GAP, PLE_WINDOW), { { PROC2(PAUSE_LOOP_EXITING) } } },
	{ ONE(INSTRUCTION_TIMEOUT_CONTROL),
	  { { PROC2(INSTRUCTION_TIMEOUT) } } },
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

const struct vmcs_field_info *vmcs_field_find(u32 encoding)
{
	size_t low = 0;
	size_t high = vmcs_field_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (vmcs_field_table[middle].encoding == encoding) {
			return &vmcs_field_table[middle];
		}
		if (vmcs_field_table[middle].encoding < encoding) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return NULL;
}

const char *vmcs_field_name(u32 encoding)
{
	const struct vmcs_field_info *info = vmcs_field_find(encoding);

	return info ? info->name : "?";
}

static const struct vmcs_field_info *find_name(const char *name)
{
	for (size_t i = 0; i < vmcs_field_count; i++) {
		if (str_equal_nocase(vmcs_field_table[i].name, name)) {
			return &vmcs_field_table[i];
		}
	}
	return NULL;
}

/* As find_name, of NAME_HIGH; NULL unless NAME is a 64-bit field. */
static const struct vmcs_field_info *find_high_name(const char *name)
{
	static const char suffix[] = "_HIGH";
	const struct vmcs_field_info *info;
	char stem[VMCS_FIELD_NAME_MAX + 1];
	size_t length = str_nlen(name, VMCS_FIELD_NAME_MAX + sizeof(suffix));

	if (length < sizeof(suffix) ||
	    length - (sizeof(suffix) - 1) > VMCS_FIELD_NAME_MAX) {
		return NULL;
	}
	length -= sizeof(suffix) - 1;
	if (!str_equal_nocase(name + length, suffix)) {
		return NULL;
	}
	memcpy(stem, name, length);
	stem[length] = '\0';
	info = find_name(stem);
	return info && vmcs_field_width(info->encoding) == VMCS_WIDTH_64 ? info
									 : NULL;
}

static bool parse_unprefixed(const char *name, u32 *encoding)
{
	const struct vmcs_field_info *info = find_name(name);

	if (info) {
		*encoding = info->encoding;
		return true;
	}
	info = find_high_name(name);
	if (info) {
		*encoding = VMCS_HIGH(info->encoding);
		return true;
	}
	return false;
}

int vmcs_field_parse(const char *name, u32 *encoding)
{
	static const char prefix[] = "VMCS_";
	size_t i = 0;

	/* First as it is: one field's own name begins with VMCS_. */
	if (parse_unprefixed(name, encoding)) {
		return 0;
	}
	while (prefix[i] != '\0') {
		char c = name[i];

		if (c >= 'a' && c <= 'z') {
			c = (char)(c - 'a' + 'A');
		}
		if (c != prefix[i]) {
			return ERR_NOT_FOUND;
		}
		i++;
	}
	return parse_unprefixed(name + i, encoding) ? 0 : ERR_NOT_FOUND;
}

static bool condition_met(const struct condition *condition,
			  const struct vmx_caps *caps)
{
	for (size_t i = 0; i < ARRAY_SIZE(condition->any); i++) {
		u64 bits = condition->any[i].bits;

		if (bits && vmx_caps_may(caps, condition->any[i].word, bits)) {
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
	if (!vmcs_field_find(encoding)) {
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
