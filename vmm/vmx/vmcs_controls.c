/*
 * Writes control words into the current VMCS. Called by whoever builds a guest,
 * on its core, interrupts off.
 */
#include "vmm/vmx/vmcs_controls.h"

#include "arch/console/log.h"
#include "arch/x86.h"
#include "vmm/vmx/exit_reasons.h"
#include "vmm/vmx/vmcs.h"
#include "vmm/vmx/vmx.h"
#include "vmm/vmx/vmx_controls.h"

bool vmcs_controls_write(const char *who, const struct vmcs_controls *wanted)
{
	const struct vmx_core *core = vmx_this_core();
	u32 value, missing_required, missing_advisory;
	char names[120];

	if (vmx_controls_compute(wanted->required,
				 wanted->advisory &
					 core->with_partners[wanted->word],
				 vmx_caps_allowed(&core->caps, wanted->word),
				 &value, &missing_required,
				 &missing_advisory) != 0) {
		vmx_controls_format(wanted->word, missing_required, names,
				    sizeof(names));
		log_error("guests of %s: this processor lacks %s", who, names);
		return false;
	}
	vmcs_write(wanted->field, value);
	return true;
}

void vmcs_controls_write_defaults(void)
{
	vmcs_write(VMCS_PAGE_FAULT_ERROR_CODE_MASK, 0);
	vmcs_write(VMCS_PAGE_FAULT_ERROR_CODE_MATCH, 0);
	vmcs_write(VMCS_CR3_TARGET_COUNT, 0);
	vmcs_write(VMCS_VM_EXIT_MSR_STORE_COUNT, 0);
	vmcs_write(VMCS_VM_EXIT_MSR_LOAD_COUNT, 0);
	vmcs_write(VMCS_VM_ENTRY_MSR_LOAD_COUNT, 0);
	vmcs_write(VMCS_VM_ENTRY_INTERRUPTION_INFO, 0);
	vmcs_write(VMCS_TSC_OFFSET, 0);
	vmcs_write(VMCS_GUEST_DR7, DR7_RESET);
	vmcs_write(VMCS_GUEST_IA32_SYSENTER_CS, 0);
	vmcs_write(VMCS_GUEST_IA32_SYSENTER_ESP, 0);
	vmcs_write(VMCS_GUEST_IA32_SYSENTER_EIP, 0);
	vmcs_write(VMCS_GUEST_IA32_DEBUGCTL, 0);
	vmcs_write(VMCS_GUEST_INTERRUPTIBILITY_STATE, 0);
	vmcs_write(VMCS_GUEST_ACTIVITY_STATE, ACTIVITY_ACTIVE);
	vmcs_write(VMCS_GUEST_PENDING_DEBUG_EXCEPTIONS, 0);
	vmcs_write(VMCS_VMCS_LINK_POINTER, UINT64_MAX);
}
