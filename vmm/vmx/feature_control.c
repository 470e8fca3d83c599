/*
 * Judges a value of IA32_FEATURE_CONTROL. Pure: vmm/vmx/vmx.c reads and writes
 * the register, on each core.
 */
/* build: pure */
#include "vmm/vmx/feature_control.h"

#include "arch/msr.h"

enum feature_control_state feature_control_classify(u64 raw)
{
	if (!(raw & FEATURE_CONTROL_LOCK)) {
		return FEATURE_CONTROL_UNLOCKED;
	}
	if (raw & FEATURE_CONTROL_VMX_OUTSIDE_SMX) {
		return FEATURE_CONTROL_LOCKED_ON;
	}
	if (raw & FEATURE_CONTROL_VMX_IN_SMX) {
		return FEATURE_CONTROL_LOCKED_SMX_ONLY;
	}
	return FEATURE_CONTROL_LOCKED_OFF;
}

u64 feature_control_unlock(u64 raw)
{
	return raw | FEATURE_CONTROL_LOCK | FEATURE_CONTROL_VMX_OUTSIDE_SMX;
}

const char *feature_control_text(enum feature_control_state state)
{
	switch (state) {
	case FEATURE_CONTROL_UNLOCKED:
		return "the firmware left VMX unlocked: it can be turned on";
	case FEATURE_CONTROL_LOCKED_ON:
		return "the firmware turned VMX on and locked it";
	case FEATURE_CONTROL_LOCKED_OFF:
		return "the firmware turned VMX off and locked it";
	case FEATURE_CONTROL_LOCKED_SMX_ONLY:
		return "the firmware allows VMX only inside SMX (measured "
		       "launch) and locked it so";
	}
	return "unknown state of IA32_FEATURE_CONTROL";
}

const char *feature_control_remedy(enum feature_control_state state)
{
	switch (state) {
	case FEATURE_CONTROL_LOCKED_OFF:
		return "enable \"Intel VT-x\" or \"Virtualization Technology\" in "
		       "the firmware setup, then switch the machine off and on";
	case FEATURE_CONTROL_LOCKED_SMX_ONLY:
		return "enable \"Intel VT-x\" and disable \"Trusted Execution\" "
		       "(TXT) in the firmware setup, then switch the machine "
		       "off and on";
	case FEATURE_CONTROL_UNLOCKED:
	case FEATURE_CONTROL_LOCKED_ON:
		break;
	}
	return "";
}
