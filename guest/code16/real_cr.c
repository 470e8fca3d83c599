/*
 * The control registers of an unrestricted guest: what is done where an access
 * to one exits. On the guest's core, its VMCS current, interrupts off.
 */
#include "guest/code16/real_cr.h"

#include "arch/machine.h"
#include "arch/x86.h"
#include "guest/code16/engine.h"
#include "guest/code16/guest16.h"
#include "guest/code16/real_raise.h"
#include "guest/code16/watch16.h"
#include "guest/memory/pae.h"
#include "guest/watch/watch.h"
#include "vmm/guest_cr.h"
#include "vmm/vcpu_setup.h"
#include "vmm/vcpu_state.h"

/* The bits that the guest may set, with or without an exit. */
#define CR4_KNOWN (REAL_CR4_OF_GUEST | CR4_MCE)

/*
 * Loads the PDPTEs of PAE paging into the VMCS: under EPT, VM entry takes them
 * from there and not from memory.
 */
static enum exit_action load_pdptes(struct vcpu *vcpu, u64 cr3)
{
	struct guest16 *guest = vcpu->guest;
	u64 pdpte[PAE_PDPTES];

	if (guest_memory_read(&guest->memory, pae_address(cr3), pdpte,
			      sizeof(pdpte)) != 0) {
		return vcpu_stop(vcpu, VCPU_END_FAULT,
				 "CR3 is %lx: the page-directory-pointer table "
				 "is where the guest has no memory",
				 cr3);
	}
	if (!pae_are_good(pdpte, machine_physical_bits())) {
		return real_raise(vcpu, VECTOR_GP, 0);
	}
	vcpu_set_pdptes(vcpu, pdpte);
	return EXIT_SKIP_INSTRUCTION;
}

static enum exit_action paging_changes(struct vcpu *vcpu, u64 cr0, u64 cr4)
{
	return pae_is_loaded_by(vcpu_shown_cr0(vcpu), vcpu_shown_cr4(vcpu), cr0,
				cr4)
		       ? load_pdptes(vcpu, vcpu_cr3(vcpu))
		       : EXIT_SKIP_INSTRUCTION;
}

/*
 * Sets CR0 so that the guest reads what it wrote. The bits for caching, and NE,
 * stay as the host needs them.
 */
static void change_cr0(struct vcpu *vcpu, u64 value)
{
	u64 real = (value | CR0_NE | CR0_ET) & ~(CR0_CD | CR0_NW);

	vcpu_set_cr0(vcpu, (struct vcpu_cr){ .real = real & UINT32_MAX,
					     .shown = value });
	watch16_mode_changed(vcpu->guest);
}

static enum exit_action mov_to_cr0(struct vcpu *vcpu, u64 value)
{
	enum exit_action action;

	/* VM entry would fail with such a value; MOV raises #GP for it. */
	if (!guest_cr0_may_be(value)) {
		return real_raise(vcpu, VECTOR_GP, 0);
	}
	action = paging_changes(vcpu, value, vcpu_shown_cr4(vcpu));
	if (action == EXIT_SKIP_INSTRUCTION) {
		change_cr0(vcpu, value);
	}
	return action;
}

static enum exit_action mov_to_cr3(struct vcpu *vcpu, u64 value)
{
	enum exit_action action =
		pae_is_on(vcpu_shown_cr0(vcpu), vcpu_shown_cr4(vcpu))
			? load_pdptes(vcpu, value)
			: EXIT_SKIP_INSTRUCTION;

	if (action == EXIT_SKIP_INSTRUCTION) {
		vcpu_set_cr3(vcpu, value);
	}
	return action;
}

/*
 * A bit that no guest may use is treated as a reserved one, even if the
 * processor has it.
 */
static enum exit_action mov_to_cr4(struct vcpu *vcpu, u64 value)
{
	u64 real = value | CR4_OF_HOST;
	enum exit_action action;

	if ((value & ~CR4_KNOWN) != 0 || !vcpu_may_have_cr4(vcpu, real)) {
		return real_raise(vcpu, VECTOR_GP, 0);
	}
	action = paging_changes(vcpu, vcpu_shown_cr0(vcpu), value);
	if (action == EXIT_SKIP_INSTRUCTION) {
		vcpu_set_cr4(vcpu,
			     (struct vcpu_cr){ .real = real, .shown = value });
	}
	return action;
}

static enum exit_action mov_to_cr(struct vcpu *vcpu, u8 cr, u64 value)
{
	switch (cr) {
	case 0:
		return mov_to_cr0(vcpu, value);
	case 3:
		return mov_to_cr3(vcpu, value);
	case 4:
		return mov_to_cr4(vcpu, value);
	default:
		return vcpu_stop(vcpu, VCPU_END_FAULT,
				 "write of CR%u: not supported", cr);
	}
}

static enum exit_action emulate(struct vcpu *vcpu,
				struct cr_qualification access)
{
	u64 cr0 = vcpu_shown_cr0(vcpu);

	switch (access.type) {
	case CR_ACCESS_MOV_TO_CR:
		return mov_to_cr(vcpu, access.cr,
				 (u32)vcpu_gpr(vcpu, access.reg));
	case CR_ACCESS_MOV_FROM_CR:
		vcpu_set_gpr(vcpu, access.reg, vcpu_cr3(vcpu));
		return EXIT_SKIP_INSTRUCTION;
	case CR_ACCESS_CLTS:
		change_cr0(vcpu, cr0 & ~CR0_TS);
		return EXIT_SKIP_INSTRUCTION;
	case CR_ACCESS_LMSW:
		change_cr0(vcpu, guest_cr0_by_lmsw(cr0, access.lmsw_source));
		return EXIT_SKIP_INSTRUCTION;
	}
	return EXIT_STOP;
}

/*
 * The first access of a call only lets go of the state
 * (engine_release_real_state()): the instruction is executed again, and exits
 * again only if the host owns what it changes.
 */
enum exit_action real_cr_access(struct vcpu *vcpu,
				struct cr_qualification access)
{
	struct guest16 *guest = vcpu->guest;

	if (!guest->system_changed) {
		engine_release_real_state(guest);
		return EXIT_RESUME;
	}
	return emulate(vcpu, access);
}
