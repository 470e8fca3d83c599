/*
 * EPT (vmm/vmx/ept.h) in the kernel: tables in the kernel's pages, by the
 * capabilities of the calling core, and flushes of that core's cached
 * translations.
 */
#pragma once

#include "vmm/vmx/ept.h"

/* Empty tables, and nothing of them cached on this core. As ept_init(). */
int ept_host_init(struct ept *ept);

/*
 * Flushes this core's cached translations of the tables, after a change that
 * removed a mapping or a right. The core must be in VMX operation.
 */
void ept_host_flush(const struct ept *ept);
