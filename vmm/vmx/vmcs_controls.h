/*
 * Fills a new VMCS: control words, by the capabilities of the calling core, and
 * the fields that are the same for every guest.
 */
#pragma once

#include "lib/types.h"
#include "vmm/vmx/vmcs_fields.h"
#include "vmm/vmx/vmx_caps.h"

struct vmcs_controls {
	enum vmx_control_word word;
	enum vmcs_field field;
	u32 required;
	u32 advisory; /* left out where the core lacks part of a feature */
};

/*
 * Writes the word. False where a required bit cannot be had: the log then says
 * which, and that guests of `who` need it.
 */
bool vmcs_controls_write(const char *who, const struct vmcs_controls *wanted);

/*
 * Turns off what no guest of ours uses (lists of MSRs, CR3 targets, a TSC
 * offset, page faults by error code, SYSENTER), and describes a processor that
 * is active, with no event pending and DR7 as after a reset.
 */
void vmcs_controls_write_defaults(void);
