/*
 * The checks that VM entry makes on a VMCS (SDM volume 3, "Checks on VMX
 * Controls and Host-State Area" and "Checking and Loading Guest State"), made
 * by software: to say which one fails, and to fail where an emulator is lax.
 * Pure: fields, memory and what the processor is come in by the caller.
 */
#pragma once

#include "vmm/vmx/check/vmcs_check_row.h"

u32 vmcs_check_count(void);
/* The i-th check; NULL after the last. */
const struct vmcs_check *vmcs_check_nth(u32 i);

struct vmcs_finding {
	const struct vmcs_check *check;
	enum vmcs_field field;
	u64 value;
	u64 bits; /* of it, or VMCS_CHECK_WHOLE */
};

/*
 * Makes all checks and tells each that does not hold, once for each field, to
 * found (which may be NULL). Returns how often it did.
 */
u32 vmcs_check_run(const struct vmcs_check_env *env,
		   void (*found)(void *ctx, const struct vmcs_finding *finding),
		   void *ctx);

/*
 * "CS limit: GUEST_CS_LIMIT = 0000fffe, bits 1: FFFFh in virtual-8086 mode".
 * Always terminated; returns the length wanted.
 */
size_t vmcs_finding_format(const struct vmcs_finding *finding, char *buf,
			   size_t size);

/* "error 7", "invalid guest state" and so on: what the processor will say. */
const char *vmcs_check_group_text(enum vmcs_check_group group);
