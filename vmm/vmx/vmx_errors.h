/*
 * The failures of VMX instructions and of VM entry in words (SDM volume 3,
 * "VM-Instruction Error Numbers" and "VM-Entry Failures During or After
 * Loading Guest State").
 */
#pragma once

#include "lib/types.h"

#define VMX_ERROR_VMCLEAR_ADDRESS 2
#define VMX_ERROR_VMLAUNCH_NOT_CLEAR 4
#define VMX_ERROR_VMRESUME_NOT_LAUNCHED 5
#define VMX_ERROR_ENTRY_CONTROLS 7
#define VMX_ERROR_ENTRY_HOST_STATE 8
#define VMX_ERROR_VMPTRLD_ADDRESS 9
#define VMX_ERROR_VMPTRLD_REVISION 11
#define VMX_ERROR_UNSUPPORTED_FIELD 12
#define VMX_ERROR_READ_ONLY_FIELD 13
#define VMX_ERROR_VMXON_IN_ROOT 15
#define VMX_ERROR_ENTRY_MOV_SS 26
#define VMX_ERROR_INVALIDATION_OPERAND 28
#define VMX_ERROR_LAST 28

/* What VM-instruction error n says; "unknown VM-instruction error" else. */
const char *vmx_error_text(u32 error);
/* What usually causes it and what to do, one sentence; "" if unknown. */
const char *vmx_error_hint(u32 error);

/*
 * A VM-entry failure in words; exit_reason with or without bit 31. The
 * qualification narrows down reasons 33 (guest state) and 34 (MSR loading);
 * always terminated, returns the length wanted.
 */
size_t vmx_entry_failure_format(u32 exit_reason, u64 qualification, char *buf,
				size_t size);
/* What usually causes it and what to do; "" for other exit reasons. */
const char *vmx_entry_failure_hint(u32 exit_reason);
