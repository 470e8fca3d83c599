/*
 * One field of a vcpu's VMCS, which must be the current one of the calling
 * core: what the accessors of vmm/vcpu_state.h and its neighbours are made of.
 * Only for fields that every processor has.
 */
#pragma once

#include "lib/build.h"
#include "vmm/vcpu.h"
#include "vmm/vmx/vmcs.h"

/* In a debug build: another vcpu is a bug of ours, and panics. */
void vcpu_field_check(const struct vcpu *vcpu);

/* The same, and then the access; out of line, for debug builds are big. */
u64 vcpu_field_checked(const struct vcpu *vcpu, enum vmcs_field field);
void vcpu_set_field_checked(struct vcpu *vcpu, enum vmcs_field field,
			    u64 value);

static inline u64 vcpu_field(const struct vcpu *vcpu, enum vmcs_field field)
{
	return build_is_debug ? vcpu_field_checked(vcpu, field)
			      : vmcs_get(field);
}

static inline void vcpu_set_field(struct vcpu *vcpu, enum vmcs_field field,
				  u64 value)
{
	if (build_is_debug) {
		vcpu_set_field_checked(vcpu, field, value);
	} else {
		vmcs_set(field, value);
	}
}
