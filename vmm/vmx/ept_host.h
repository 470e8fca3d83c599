/*
 * EPT (vmm/vmx/ept.h) with the kernel's pages and the calling core's
 * capabilities, and flushes of that core's cached translations.
 */
#pragma once

#include "vmm/vmx/ept.h"

/* Makes empty tables, of which this core has nothing cached. As ept_init(). */
int ept_host_init(struct ept *ept);

/*
 * Flushes this core's cached translations of the tables, after a change that
 * removed a mapping or a right. The core must be in VMX operation.
 */
void ept_host_flush(const struct ept *ept);
