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
	u32 advisory; /* left out if the core lacks part of the feature */
};

/*
 * Writes the word. False if the core lacks a required bit: it is then logged,
 * with `who` as the guests that need it.
 */
bool vmcs_controls_write(const char *who, const struct vmcs_controls *wanted);

/*
 * Turns off what no guest here uses (lists of MSRs, CR3 targets, a TSC offset,
 * page faults by error code, SYSENTER), and describes a processor that is
 * active, without a pending event, and with DR7 as after a reset.
 */
void vmcs_controls_write_defaults(void);
