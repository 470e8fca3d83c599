/* The good VMCSs of the entry checker's tests. Pure; knows no VMCS itself. */
/* build: pure */
#include "proof/selftest/entry_images.h"

#include "arch/msr.h"
#include "arch/x86.h"
#include "vmm/vmx/exit_reasons.h"
#include "vmm/guest_rights.h"
#include "vmm/vmx/vmx_cap_bits.h"
#include "vmm/vmx/vmx_controls.h"

#define EPTP_WB_4_LEVELS (MEMORY_TYPE_WB | 3u << 3)
#define SELECTOR_LDT 0x10
#define SELECTOR_TSS 0x18
#define SELECTOR_CODE 0x20
#define SELECTOR_DATA 0x28

#define PDPTE_BAD 3 /* present, and a reserved bit */

struct image {
	enum entry_kind kind;
	const struct vmx_caps *caps;
	u64 page;
	void (*write)(void *ctx, enum vmcs_field field, u64 value);
	void *ctx;
};

const char *entry_kind_name(enum entry_kind kind)
{
	static const char *const names[ENTRY_KINDS] = {
		[ENTRY_V86] = "V86",
		[ENTRY_REAL] = "real",
		[ENTRY_PROTECTED] = "protected",
		[ENTRY_LONG] = "64-bit",
	};

	return names[kind];
}

bool entry_kind_possible(enum entry_kind kind, const struct vmx_caps *caps)
{
	return kind == ENTRY_REAL   ? vmx_caps_has_unrestricted_guest(caps)
	       : kind == ENTRY_LONG ? vmx_caps_may(caps, VMX_WORD_ENTRY,
						   VMENTRY_IA32E_MODE_GUEST)
				    : true;
}

void entry_image_fill_page(u64 page[PAGE_SIZE / 8])
{
	for (size_t i = 0; i < PAGE_SIZE / 8; i++) {
		page[i] = 0;
	}
	page[ENTRY_PAGE_PDPTES / 8] = PDPTE_BAD;
	page[ENTRY_PAGE_MSRS / 8] = MSR_IA32_FS_BASE;
}

static void put(const struct image *image, u32 field, u64 value)
{
	image->write(image->ctx, (enum vmcs_field)field, value);
}

static void put_control(const struct image *image, enum vmx_control_word word,
			enum vmcs_field field, u32 wanted)
{
	u32 value, missing, also;

	vmx_controls_compute(0, wanted, vmx_caps_allowed(image->caps, word),
			     &value, &missing, &also);
	put(image, field, value);
}

static u32 secondary(const struct image *image)
{
	u32 bits = 0;

	if (image->kind == ENTRY_REAL) {
		bits = PROCBASED2_ENABLE_EPT | PROCBASED2_UNRESTRICTED_GUEST |
		       PROCBASED2_ENABLE_VPID;
	} else if (image->kind == ENTRY_LONG && vmx_caps_has_ept(image->caps)) {
		bits = PROCBASED2_ENABLE_EPT | PROCBASED2_ENABLE_VPID;
	}
	return bits;
}

static void put_controls(const struct image *image)
{
	u32 second = secondary(image);

	put_control(image, VMX_WORD_PINBASED, VMCS_PINBASED_CONTROLS,
		    PINBASED_EXTERNAL_INTERRUPT_EXITING | PINBASED_NMI_EXITING |
			    PINBASED_PREEMPTION_TIMER);
	put_control(image, VMX_WORD_PROCBASED, VMCS_PROCBASED_CONTROLS,
		    PROCBASED_INTERRUPT_WINDOW_EXITING | PROCBASED_HLT_EXITING |
			    PROCBASED_UNCONDITIONAL_IO_EXITING |
			    (second != 0 ? PROCBASED_ACTIVATE_SECONDARY_CONTROLS
					 : 0));
	if (vmx_caps_may(image->caps, VMX_WORD_PROCBASED,
			 PROCBASED_ACTIVATE_SECONDARY_CONTROLS)) {
		put_control(image, VMX_WORD_PROCBASED2,
			    VMCS_SECONDARY_PROCBASED_CONTROLS, second);
	}
	put_control(image, VMX_WORD_EXIT, VMCS_VM_EXIT_CONTROLS,
		    VMEXIT_HOST_ADDRESS_SPACE_SIZE |
			    VMEXIT_ACKNOWLEDGE_INTERRUPT | VMEXIT_SAVE_EFER |
			    VMEXIT_LOAD_EFER);
	put_control(image, VMX_WORD_ENTRY, VMCS_VM_ENTRY_CONTROLS,
		    VMENTRY_LOAD_DEBUG_CONTROLS | VMENTRY_LOAD_EFER |
			    (image->kind == ENTRY_LONG
				     ? VMENTRY_IA32E_MODE_GUEST
				     : 0));
	put(image, VMCS_EXCEPTION_BITMAP, UINT32_MAX);
	if (vmcs_field_present(VMCS_EPT_POINTER, image->caps)) {
		put(image, VMCS_EPT_POINTER, image->page | EPTP_WB_4_LEVELS);
	}
	if (vmcs_field_present(VMCS_VIRTUAL_PROCESSOR_IDENTIFIER,
			       image->caps)) {
		put(image, VMCS_VIRTUAL_PROCESSOR_IDENTIFIER, 1);
	}
	if (vmcs_field_present(VMCS_PREEMPTION_TIMER_VALUE, image->caps)) {
		put(image, VMCS_PREEMPTION_TIMER_VALUE, 0);
	}
}

static void put_zeros(const struct image *image)
{
	static const u16 fields[] = {
		VMCS_PAGE_FAULT_ERROR_CODE_MASK,
		VMCS_PAGE_FAULT_ERROR_CODE_MATCH,
		VMCS_CR0_GUEST_HOST_MASK,
		VMCS_CR4_GUEST_HOST_MASK,
		VMCS_CR0_READ_SHADOW,
		VMCS_CR4_READ_SHADOW,
		VMCS_CR3_TARGET_COUNT,
		VMCS_VM_EXIT_MSR_STORE_COUNT,
		VMCS_VM_EXIT_MSR_LOAD_COUNT,
		VMCS_VM_ENTRY_MSR_LOAD_COUNT,
		VMCS_VM_ENTRY_INTERRUPTION_INFO,
		VMCS_VM_ENTRY_EXCEPTION_ERROR_CODE,
		VMCS_VM_ENTRY_INSTRUCTION_LENGTH,
		VMCS_TSC_OFFSET,
		VMCS_GUEST_IA32_SYSENTER_CS,
		VMCS_GUEST_IA32_SYSENTER_ESP,
		VMCS_GUEST_IA32_SYSENTER_EIP,
		VMCS_GUEST_IA32_DEBUGCTL,
		VMCS_GUEST_INTERRUPTIBILITY_STATE,
		VMCS_GUEST_ACTIVITY_STATE,
		VMCS_GUEST_PENDING_DEBUG_EXCEPTIONS,
		VMCS_GUEST_GDTR_BASE,
		VMCS_GUEST_IDTR_BASE,
		VMCS_GUEST_RSP,
		VMCS_GUEST_RIP,
	};

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		put(image, fields[i], 0);
	}
	for (u32 i = 0;
	     i < 4 && vmcs_field_present(VMCS_GUEST_PDPTE0, image->caps); i++) {
		put(image, VMCS_GUEST_PDPTE0 + 2 * i, 0);
	}
}

static void put_segment(const struct image *image, u32 i, u16 selector,
			u32 limit, u32 rights)
{
	put(image, VMCS_GUEST_ES_SELECTOR + 2 * i, selector);
	put(image, VMCS_GUEST_ES_BASE + 2 * i, 0);
	put(image, VMCS_GUEST_ES_LIMIT + 2 * i, limit);
	put(image, VMCS_GUEST_ES_ACCESS_RIGHTS + 2 * i, rights);
}

static void put_segments(const struct image *image)
{
	static const struct {
		u16 selector;
		u32 limit, code, data;
	} rows[ENTRY_KINDS] = {
		[ENTRY_V86] = { 0, 0xffff, RIGHTS_V86, RIGHTS_V86 },
		[ENTRY_REAL] = { 0, 0xffff, RIGHTS_REAL, RIGHTS_REAL },
		[ENTRY_PROTECTED] = { SELECTOR_CODE, UINT32_MAX, RIGHTS_CODE32,
				      RIGHTS_DATA32 },
		[ENTRY_LONG] = { SELECTOR_CODE, UINT32_MAX, RIGHTS_CODE64,
				 RIGHTS_DATA32 },
	};
	bool flat = rows[image->kind].selector != 0;

	for (u32 i = 0; i < 6; i++) {
		bool code = VMCS_GUEST_ES_BASE + 2 * i == VMCS_GUEST_CS_BASE;

		put_segment(image, i,
			    !flat  ? 0
			    : code ? SELECTOR_CODE
				   : SELECTOR_DATA,
			    rows[image->kind].limit,
			    code ? rows[image->kind].code
				 : rows[image->kind].data);
	}
	put_segment(image, 6, SELECTOR_LDT, 0xf, RIGHTS_LDT);
	put_segment(image, 7, SELECTOR_TSS, 0x67, RIGHTS_TSS_BUSY);
	put(image, VMCS_GUEST_GDTR_LIMIT, 0xffff);
	put(image, VMCS_GUEST_IDTR_LIMIT, 0xffff);
}

static void put_registers(const struct image *image)
{
	const struct vmx_caps *caps = image->caps;
	bool is_long = image->kind == ENTRY_LONG;

	put(image, VMCS_GUEST_CR0,
	    image->kind == ENTRY_REAL
		    ? CR0_NE | CR0_ET
		    : vmx_caps_fix_cr0(caps, CR0_PG | CR0_PE | CR0_ET));
	put(image, VMCS_GUEST_CR3, image->page);
	put(image, VMCS_GUEST_CR4,
	    vmx_caps_fix_cr4(caps, is_long ? CR4_PAE : 0));
	put(image, VMCS_GUEST_DR7, DR7_RESET);
	put(image, VMCS_GUEST_RFLAGS,
	    RFLAGS_FIXED_1 | RFLAGS_IF |
		    (image->kind == ENTRY_V86 ? RFLAGS_VM : 0));
	if (vmx_caps_has_efer_switch(caps)) {
		put(image, VMCS_GUEST_IA32_EFER,
		    is_long ? EFER_LMA | EFER_LME : 0);
	}
	put(image, VMCS_VMCS_LINK_POINTER, UINT64_MAX);
}

void entry_image_write(
	enum entry_kind kind, const struct vmx_caps *caps, u64 page,
	void (*write)(void *ctx, enum vmcs_field field, u64 value), void *ctx)
{
	const struct image image = {
		.kind = kind,
		.caps = caps,
		.page = page,
		.write = write,
		.ctx = ctx,
	};

	put_zeros(&image);
	put_controls(&image);
	put_segments(&image);
	put_registers(&image);
}
