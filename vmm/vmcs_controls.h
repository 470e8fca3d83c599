/* Control words of the current VMCS, made by what the calling core can do. */
#pragma once

#include "lib/types.h"
#include "vmm/vmcs_fields.h"
#include "vmm/vmx_caps.h"

struct vmcs_controls {
	enum vmx_control_word word;
	enum vmcs_field field;
	u32 required;
	u32 advisory; /* just not there where the core has no such thing */
};

/*
 * Writes the word. False where a required bit cannot be had: the log then says
 * which, and that `who` lacks it.
 */
bool vmcs_controls_write(const char *who, const struct vmcs_controls *wanted);
