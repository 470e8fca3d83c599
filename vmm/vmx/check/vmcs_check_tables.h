/* The tables of checks, one of each file of tables, for vmcs_check.c. */
#pragma once

#include "vmm/vmx/check/vmcs_check_row.h"

struct vmcs_check_table {
	const struct vmcs_check *checks;
	u32 count;
};

extern const struct vmcs_check_table vmcs_checks_controls, vmcs_checks_host,
	vmcs_checks_guest, vmcs_checks_segments, vmcs_checks_injection,
	vmcs_checks_events;
