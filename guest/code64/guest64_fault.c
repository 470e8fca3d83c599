/*
 * Page faults that the host gives a 64-bit guest. On the guest's core, its VMCS
 * current, interrupts off.
 */
#include "guest/code64/guest64_fault.h"

#include "arch/cpu.h"
#include "arch/x86.h"
#include "vmm/guest_rights.h"
#include "vmm/vcpu_events.h"
#include "vmm/vcpu_state.h"

enum exit_action guest64_page_fault(struct guest64 *guest, u64 linear,
				    u32 error_code)
{
	write_cr2(linear);
	return vcpu_raise(&guest->vcpu, VECTOR_PF, error_code);
}

enum exit_action guest64_reflect_page_fault(struct vcpu *vcpu, u64 linear,
					    u32 error_code)
{
	write_cr2(linear);
	return vcpu_reflect(vcpu, VECTOR_PF, error_code);
}

/* The privilege level is SS.DPL. */
u32 guest64_user_access(const struct guest64 *guest)
{
	u32 rights = vcpu_segment_rights(&guest->vcpu, SEGMENT_SS);

	return (rights & RIGHTS_DPL) == RIGHTS_DPL ? PAGE_FAULT_U : 0;
}
