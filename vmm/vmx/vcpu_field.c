/* The check that a debug build makes at each access to a vcpu's VMCS. */
#include "vmm/vmx/vcpu_field.h"

#include "arch/panic.h"
#include "arch/percpu.h"

void vcpu_field_check(const struct vcpu *vcpu)
{
	if (build_is_debug && this_cpu()->vcpu != vcpu) {
		panic("a vcpu is used that is loaded %s",
		      vcpu->cpu != NULL
			      ? "on another core, or not the last here"
			      : "nowhere");
	}
}

u64 vcpu_field_checked(const struct vcpu *vcpu, enum vmcs_field field)
{
	vcpu_field_check(vcpu);
	return vmcs_read(field);
}

void vcpu_set_field_checked(struct vcpu *vcpu, enum vmcs_field field, u64 value)
{
	vcpu_field_check(vcpu);
	vmcs_write(field, value);
}
