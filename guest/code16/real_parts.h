/* Shared by the files that handle the exits of the engine real. */
#pragma once

#include "vmm/vcpu.h"

/* A fault of the instruction at the guest's CS:IP. */
enum exit_action real_raise(struct vcpu *vcpu, u8 vector, u32 error_code);

/* A MOV of CR0, CR3 or CR4, LMSW or CLTS that exits. */
enum exit_action real_cr_access(struct vcpu *vcpu,
				struct cr_qualification access);
