/*
 * Accesses to a field of a vcpu's VMCS, which must be the calling core's
 * current one. The accessors of vmm/vcpu_state.h and its neighbours use them.
 * Only for fields that every processor has.
 */
#pragma once

#include "lib/build.h"
#include "vmm/vcpu.h"
#include "vmm/vmx/vmcs.h"

/* For a debug build: panics if the VMCS of another vcpu is current. */
void vcpu_field_check(const struct vcpu *vcpu);

/* The same, and the access. Not inline, because debug builds are big. */
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
