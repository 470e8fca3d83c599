/*
 * Faults that the host raises in a guest of the engine real. On the guest's
 * core, its VMCS current, interrupts off.
 */
#include "guest/code16/real_raise.h"

#include "guest/code16/engine.h"
#include "guest/code16/guest16.h"
#include "guest/code16/guest16_exits.h"
#include "vmm/vcpu_events.h"
#include "vmm/vcpu_state.h"

enum exit_action real_raise(struct vcpu *vcpu, u8 vector, u32 error_code)
{
	struct guest16 *guest = vcpu->guest;
	struct vcpu_table ivt = vcpu_idtr(vcpu);

	if (!guest->engine->injects && !guest16_in_protected_mode(guest) &&
	    !guest16_has_handler(guest, ivt.base, ivt.limit, vector)) {
		return guest16_fault(guest, vector);
	}
	return vcpu_raise(vcpu, vector, error_code);
}
