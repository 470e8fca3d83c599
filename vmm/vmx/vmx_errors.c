/*
 * VM-instruction errors and VM-entry failures in words, each with what usually
 * lies behind it. Pure.
 */
/* build: pure */
#include "vmm/vmx/vmx_errors.h"

#include "lib/fmt.h"
#include "lib/str.h"
#include "vmm/vmx/exit_reasons.h"

struct explanation {
	const char *text; /* NULL: no such number */
	const char *hint;
};

static const struct explanation errors[VMX_ERROR_LAST + 1] = {
	[1] = { "VMCALL in VMX root operation",
		"the hypervisor itself ran a VMCALL meant for a guest; find "
		"the code that did" },
	[2] = { "VMCLEAR of an invalid physical address",
		"the address is not 4 KiB aligned or is wider than the "
		"processor's physical address; check the page handed out" },
	[3] = { "VMCLEAR of the VMXON region",
		"the VMCS and the VMXON region are the same page; give each a "
		"page of its own" },
	[4] = { "VMLAUNCH of a VMCS that is not clear",
		"it was launched already; use VMRESUME, or VMCLEAR it first" },
	[5] = { "VMRESUME of a VMCS that was not launched",
		"it is clear, or was cleared since; use VMLAUNCH" },
	[6] = { "VMRESUME after VMXOFF",
		"VMX operation was left and entered again between; VMCLEAR the "
		"VMCS, load it and use VMLAUNCH" },
	[7] = { "VM entry with an invalid control field",
		"a control word breaks its capability MSR or another control "
		"it depends on, or an address is not aligned; compare the "
		"control fields with the output of the vmx command" },
	[8] = { "VM entry with an invalid host-state field",
		"often CR4 was stored before VMXE was set; otherwise a host "
		"selector has RPL or TI set, CS or TR is 0, or a base is not "
		"canonical" },
	[9] = { "VMPTRLD of an invalid physical address",
		"the address is not 4 KiB aligned or is wider than the "
		"processor's physical address; check the page handed out" },
	[10] = { "VMPTRLD of the VMXON region",
		 "the VMCS and the VMXON region are the same page; give each "
		 "a page of its own" },
	[11] = { "VMPTRLD of a VMCS with the wrong revision identifier",
		 "the first word of the region must be VMX_BASIC bits 30:0 of "
		 "this very core, with bit 31 clear" },
	[12] = { "VMREAD or VMWRITE of a field this processor does not have",
		 "the field belongs to a feature that is missing here; ask the "
		 "capability MSRs before using it" },
	[13] = { "VMWRITE to a read-only field",
		 "exit information can be written only where VMX_MISC bit 29 "
		 "is set; drop the write" },
	[15] = { "VMXON in VMX root operation",
		 "VMX is on already on this core; turn it on once, and off "
		 "before turning it on again" },
	[16] = { "VM entry with an invalid executive-VMCS pointer",
		 "only an SMM monitor uses this; clear the entry controls "
		 "about SMM" },
	[17] = { "VM entry with an executive VMCS that was not launched",
		 "only an SMM monitor uses this; clear the entry controls "
		 "about SMM" },
	[18] = { "VM entry with an executive-VMCS pointer that is not the "
		 "VMXON region",
		 "only an SMM monitor uses this, to end the dual-monitor "
		 "treatment; clear the entry controls about SMM" },
	[19] = { "VMCALL with a VMCS that is not clear, to activate the "
		 "dual-monitor treatment",
		 "the hypervisor itself ran a VMCALL meant for a guest; find "
		 "the code that did" },
	[20] = { "VMCALL with invalid VM-exit control fields",
		 "the hypervisor itself ran a VMCALL meant for a guest; find "
		 "the code that did" },
	[22] = { "VMCALL with an incorrect MSEG revision identifier",
		 "the firmware's SMM monitor does not fit the processor; the "
		 "hypervisor should not have run VMCALL" },
	[23] = { "VMXOFF under dual-monitor treatment of SMIs and SMM",
		 "an SMM monitor of the firmware's is active and must be left "
		 "first; VMX stays on on this core" },
	[24] = { "VMCALL with invalid SMM-monitor features",
		 "the firmware's SMM monitor does not fit the processor; the "
		 "hypervisor should not have run VMCALL" },
	[25] = { "VM entry with invalid VM-execution control fields in the "
		 "executive VMCS",
		 "only an SMM monitor returning from SMM sees this; clear the "
		 "entry controls about SMM" },
	[26] = { "VM entry with events blocked by MOV SS",
		 "the instruction before VMLAUNCH or VMRESUME loaded SS; put "
		 "another one between" },
	[28] = { "invalid operand to INVEPT or INVVPID",
		 "the type is not one EPT_VPID_CAP offers, or the descriptor "
		 "has reserved bits set, VPID 0 or a bad EPT pointer" },
};

static const struct explanation *find_error(u32 error)
{
	if (error > VMX_ERROR_LAST || !errors[error].text) {
		return NULL;
	}
	return &errors[error];
}

const char *vmx_error_text(u32 error)
{
	const struct explanation *found = find_error(error);

	return found ? found->text : "unknown VM-instruction error";
}

const char *vmx_error_hint(u32 error)
{
	const struct explanation *found = find_error(error);

	return found ? found->hint : "";
}

static int format_guest_state(u64 qualification, char *buf, size_t size)
{
	static const char what[] = "VM entry failed: invalid guest state";

	switch (qualification) {
	case 0:
		return fmt_snprintf(buf, size, "%s", what);
	case 2:
		return fmt_snprintf(buf, size,
				    "%s: a PDPTE has reserved bits set", what);
	case 3:
		return fmt_snprintf(
			buf, size,
			"%s: an NMI is injected while STI blocks events", what);
	case 4:
		return fmt_snprintf(buf, size, "%s: VMCS link pointer", what);
	default:
		return fmt_snprintf(buf, size, "%s (qualification %llx)", what,
				    (unsigned long long)qualification);
	}
}

size_t vmx_entry_failure_format(u32 exit_reason, u64 qualification, char *buf,
				size_t size)
{
	switch (exit_reason & EXIT_REASON_BASIC) {
	case EXIT_REASON_ENTRY_FAILURE_GUEST_STATE:
		return (size_t)format_guest_state(qualification, buf, size);
	case EXIT_REASON_ENTRY_FAILURE_MSR_LOADING:
		return (size_t)fmt_snprintf(
			buf, size,
			"VM entry failed: entry %llu of the MSR-load list",
			(unsigned long long)qualification);
	case EXIT_REASON_ENTRY_FAILURE_MACHINE_CHECK:
		return str_copy(buf, size,
				"VM entry failed: machine-check event");
	default:
		return (size_t)fmt_snprintf(buf, size,
					    "VM entry failed: reason %u",
					    exit_reason & EXIT_REASON_BASIC);
	}
}

const char *vmx_entry_failure_hint(u32 exit_reason)
{
	switch (exit_reason & EXIT_REASON_BASIC) {
	case EXIT_REASON_ENTRY_FAILURE_GUEST_STATE:
		return "for virtual-8086 mode every segment needs base = "
		       "selector * 16, limit FFFFh and rights F3h; else look "
		       "at CR0 and CR4 fixed bits, RFLAGS bit 1, TR and the "
		       "activity and interruptibility states";
	case EXIT_REASON_ENTRY_FAILURE_MSR_LOADING:
		return "that entry names an MSR that cannot be loaded so, or "
		       "a value WRMSR would refuse; entries count from 1";
	case EXIT_REASON_ENTRY_FAILURE_MACHINE_CHECK:
		return "the hardware reported a fault; read the machine-check "
		       "banks";
	default:
		return "";
	}
}
