/* What happens when the current VMCS refuses an access. */
#include "vmm/vmx/vmcs.h"

#include "arch/panic.h"
#include "vmm/vmx/vmx_errors.h"

void vmcs_access_failed(const char *what, u32 field, enum vmx_result result)
{
	u64 error = 0;

	if (result == VMX_FAIL_VALID) {
		vmread(VMCS_VM_INSTRUCTION_ERROR, &error);
	}
	panic("%s of field %04x (%s) failed: %s", what, field,
	      vmcs_field_name(field),
	      result == VMX_FAIL_INVALID ? "there is no current VMCS"
					 : vmx_error_text((u32)error));
}
