/*
 * Page faults that the host gives a 64-bit guest. On the guest's core, its VMCS
 * current, interrupts off.
 */
#pragma once

#include "guest/code64/guest64.h"

/* Raises a page fault of the instruction at RIP. */
enum exit_action guest64_page_fault(struct guest64 *guest, u64 linear,
				    u32 error_code);
/* Gives the guest the page fault that has exited. */
enum exit_action guest64_reflect_page_fault(struct vcpu *vcpu, u64 linear,
					    u32 error_code);

/* PAGE_FAULT_U where the guest is at privilege level 3, else 0. */
u32 guest64_user_access(const struct guest64 *guest);
