/*
 * Writes control words into the current VMCS. Called by whoever builds a guest,
 * on its core, interrupts off.
 */
#include "vmm/vmcs_controls.h"

#include "arch/log.h"
#include "vmm/vmcs.h"
#include "vmm/vmx.h"
#include "vmm/vmx_controls.h"

bool vmcs_controls_write(const char *who, const struct vmcs_controls *wanted)
{
	const struct vmx_caps *caps = &vmx_this_core()->caps;
	u32 value, missing_required, missing_advisory;
	char names[120];

	if (vmx_controls_compute(wanted->required, wanted->advisory,
				 vmx_caps_allowed(caps, wanted->word), &value,
				 &missing_required, &missing_advisory) != 0) {
		vmx_controls_format(wanted->word, missing_required, names,
				    sizeof(names));
		log_error("%s: this processor lacks %s", who, names);
		return false;
	}
	vmcs_write(wanted->field, value);
	return true;
}
