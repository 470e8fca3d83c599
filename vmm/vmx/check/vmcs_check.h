/*
 * The checks that VM entry makes on a VMCS (SDM volume 3, "Checks on VMX
 * Controls and Host-State Area" and "Checking and Loading Guest State"), made
 * by software: to name the check that fails, and to fail where an emulator
 * would not. Pure: the caller gives the fields, the memory and the properties
 * of the processor.
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
	u64 bits; /* the bits at fault, or VMCS_CHECK_WHOLE */
};

/*
 * Makes all checks. Calls found (which may be NULL) for each check that does
 * not hold, once for each field, and returns how often.
 */
u32 vmcs_check_run(const struct vmcs_check_env *env,
		   void (*found)(void *ctx, const struct vmcs_finding *finding),
		   void *ctx);

/*
 * Writes "CS limit: GUEST_CS_LIMIT = 0000fffe, bits 1: FFFFh in virtual-8086
 * mode". Always terminated; returns the length of the whole text.
 */
size_t vmcs_finding_format(const struct vmcs_finding *finding, char *buf,
			   size_t size);

/*
 * What the processor reports for checks of this group: "error 7", "invalid
 * guest state" and so on.
 */
const char *vmcs_check_group_text(enum vmcs_check_group group);
