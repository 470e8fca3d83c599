/* Control registers of a guest of the engine real. */
#pragma once

#include "vmm/vcpu.h"

/* A MOV of CR0, CR3 or CR4, LMSW or CLTS that exits. */
enum exit_action real_cr_access(struct vcpu *vcpu,
				struct cr_qualification access);
