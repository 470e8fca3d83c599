/*
 * Access to the current VMCS of the calling core. A field that cannot be
 * accessed is a bug of ours and panics: callers ask vmcs_field_present() first
 * where a processor may lack one.
 */
#pragma once

#include "vmm/vmcs_fields.h"
#include "vmm/vmx_insn.h"

void vmcs_access_failed(const char *what, u32 field, enum vmx_result result)
	__attribute__((noreturn, cold));

static inline u64 vmcs_read(enum vmcs_field field)
{
	u64 value;
	enum vmx_result result = vmread(field, &value);

	if (__builtin_expect(result != VMX_OK, 0)) {
		vmcs_access_failed("VMREAD", field, result);
	}
	return value;
}

static inline void vmcs_write(enum vmcs_field field, u64 value)
{
	enum vmx_result result = vmwrite(field, value);

	if (__builtin_expect(result != VMX_OK, 0)) {
		vmcs_access_failed("VMWRITE", field, result);
	}
}
