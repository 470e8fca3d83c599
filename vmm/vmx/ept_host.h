/*
 * EPT (vmm/vmx/ept.h) in the kernel: tables from the kernel's pages, made for what
 * the calling core can do, and what that core has cached of them.
 */
#pragma once

#include "vmm/vmx/ept.h"

/* Empty tables, and nothing of them cached on this core. As ept_init(). */
int ept_host_init(struct ept *ept);

/*
 * Drops what this core has cached of the tables: after a change that took
 * something away. The core must be in VMX operation.
 */
void ept_host_flush(const struct ept *ept);
