/*
 * One field of a vcpu's VMCS, which must be the current one of the calling
 * core: what the accessors of vmm/vcpu_state.h and its neighbours are made of.
 * Only for fields that every processor has.
 */
#pragma once

#include "arch/percpu.h"
#include "lib/build.h"
#include "vmm/vcpu.h"
#include "vmm/vmx/vmcs.h"

/* A bug of ours: it panics. */
void vcpu_not_loaded(const struct vcpu *vcpu) __attribute__((noreturn, cold));

static inline void vcpu_field_check(const struct vcpu *vcpu)
{
	if (build_is_debug && this_cpu()->vcpu != vcpu) {
		vcpu_not_loaded(vcpu);
	}
}

static inline u64 vcpu_field(const struct vcpu *vcpu, enum vmcs_field field)
{
	vcpu_field_check(vcpu);
	return vmcs_get(field);
}

static inline void vcpu_set_field(struct vcpu *vcpu, enum vmcs_field field,
				  u64 value)
{
	vcpu_field_check(vcpu);
	vmcs_set(field, value);
}
