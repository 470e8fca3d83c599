/*
 * Access to the current VMCS of the calling core. If a field cannot be accessed
 * that is a bug of ours, and panics: callers first ask vmcs_field_present()
 * about fields that a processor may lack.
 */
#pragma once

#include "lib/build.h"
#include "vmm/vmx/vmcs_fields.h"
#include "vmm/vmx/vmx_insn.h"

void vmcs_access_failed(const char *what, u32 field, enum vmx_result result)
	__attribute__((noreturn, cold));

/*
 * A function of its own, once in each file, so that an access stays three
 * instructions.
 */
static __attribute__((noinline, noreturn, cold, unused)) void
vmcs_read_failed(enum vmcs_field field)
{
	u64 value;

	vmcs_access_failed("VMREAD", field, vmread(field, &value));
}

static __attribute__((noinline, noreturn, cold, unused)) void
vmcs_write_failed(enum vmcs_field field, u64 value)
{
	vmcs_access_failed("VMWRITE", field, vmwrite(field, value));
}

static inline u64 vmcs_read(enum vmcs_field field)
{
	u64 value;

	if (unlikely(vmread_fails(field, &value))) {
		vmcs_read_failed(field);
	}
	return value;
}

static inline void vmcs_write(enum vmcs_field field, u64 value)
{
	if (unlikely(vmwrite_fails(field, value))) {
		vmcs_write_failed(field, value);
	}
}

/*
 * Accesses for the fastest paths: to fields that every processor has, of a VMCS
 * that is surely current, as after an exit. VMREAD and VMWRITE fail for no
 * other reason (SDM volume 3, VMX Instruction Reference), so that only debug
 * builds check.
 */
static inline u64 vmcs_get(enum vmcs_field field)
{
	return build_is_debug ? vmcs_read(field) : vmread_sure(field);
}

static inline void vmcs_set(enum vmcs_field field, u64 value)
{
	if (build_is_debug) {
		vmcs_write(field, value);
	} else {
		vmwrite_sure(field, value);
	}
}
