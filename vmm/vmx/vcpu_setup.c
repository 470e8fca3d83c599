/* Writes a guest's controls into the VMCS, made from what is to exit. */
#include "vmm/vcpu_setup.h"

#include "arch/panic.h"
#include "arch/x86.h"
#include "lib/error.h"
#include "vmm/vcpu_state.h"
#include "vmm/vmx/mitigations.h"
#include "vmm/vmx/translations.h"
#include "vmm/vmx/vmcs_controls.h"
#include "vmm/vmx/vmx.h"
#include "vmm/vmx/vmx_cap_bits.h"

/* All guests share a VPID: their translations differ by the EPT pointer. */
#define VPID_OF_GUESTS 1

/* The bits in two control words that make something exit. */
struct exit_controls {
	u32 procbased, procbased2;
};

/* The place in the table: the number of the bit VCPU_INTERCEPT_*. */
#define INTERCEPT(what) [__builtin_ctz(VCPU_INTERCEPT_##what)]
static const struct exit_controls exits[] = {
	INTERCEPT(CR3_LOADS) = { PROCBASED_CR3_LOAD_EXITING, 0 },
	INTERCEPT(CR3_STORES) = { PROCBASED_CR3_STORE_EXITING, 0 },
	INTERCEPT(CR8) = { PROCBASED_CR8_LOAD_EXITING |
				   PROCBASED_CR8_STORE_EXITING,
			   0 },
	INTERCEPT(DEBUG_REGISTERS) = { PROCBASED_MOV_DR_EXITING, 0 },
	INTERCEPT(INVLPG) = { PROCBASED_INVLPG_EXITING, 0 },
	INTERCEPT(PORTS) = { PROCBASED_UNCONDITIONAL_IO_EXITING, 0 },
	INTERCEPT(DESCRIPTOR_TABLES) = { 0,
					 PROCBASED2_DESCRIPTOR_TABLE_EXITING },
	INTERCEPT(STEPS) = { PROCBASED_MONITOR_TRAP_FLAG, 0 },
};

static struct exit_controls controls_of(u32 intercepts)
{
	struct exit_controls all = { 0 };

	for (; intercepts != 0; intercepts &= intercepts - 1) {
		const struct exit_controls *one =
			&exits[__builtin_ctz(intercepts)];

		all.procbased |= one->procbased;
		all.procbased2 |= one->procbased2;
	}
	return all;
}

bool vcpu_can_intercept(enum vcpu_intercept what)
{
	const struct vmx_caps *caps = &vmx_this_core()->caps;
	struct exit_controls bits = controls_of(what);

	return vmx_caps_may(caps, VMX_WORD_PROCBASED, bits.procbased) &&
	       vmx_caps_may(caps, VMX_WORD_PROCBASED2, bits.procbased2);
}

/* Changes the bits, as far as the processor allows it. */
static void change(const struct vcpu *vcpu, enum vmx_control_word word,
		   enum vmcs_field field, u32 set, u32 clear)
{
	u64 allowed = vmx_caps_allowed(&vcpu->core->caps, word);
	u64 old = vmcs_read(field);
	u64 new = ((old & ~(u64)clear) | set | (u32)allowed) & allowed >> 32;

	if (new != old) {
		vmcs_write(field, new);
	}
}

/*
 * Turning unconditional I/O exiting on also turns the I/O bitmaps off, because
 * it is ignored with them.
 */
void vcpu_intercept(struct vcpu *vcpu, u32 intercepts, bool on)
{
	struct exit_controls bits = controls_of(intercepts);
	u32 first = bits.procbased;
	u32 second = bits.procbased2;
	u32 bitmaps = intercepts & VCPU_INTERCEPT_PORTS
			      ? PROCBASED_USE_IO_BITMAPS
			      : 0;

	vcpu_field_check(vcpu);
	if (first != 0) {
		change(vcpu, VMX_WORD_PROCBASED, VMCS_PROCBASED_CONTROLS,
		       on ? first : bitmaps, on ? bitmaps : first);
	}
	if (second != 0) {
		change(vcpu, VMX_WORD_PROCBASED2,
		       VMCS_SECONDARY_PROCBASED_CONTROLS, on ? second : 0,
		       on ? 0 : second);
	}
}

void vcpu_intercept_exceptions(struct vcpu *vcpu, u32 vectors)
{
	vcpu_set_field(vcpu, VMCS_EXCEPTION_BITMAP,
		       vectors | MITIGATION_EXCEPTIONS | BIT(VECTOR_MC));
}

static u32 secondary_required(const struct vcpu *vcpu,
			      const struct vcpu_setup *setup, u32 exits2)
{
	return (u32)vmx_caps_must_be_1(&vcpu->core->caps, VMX_WORD_PROCBASED2) |
	       (setup->ept_pointer != 0 ? PROCBASED2_ENABLE_EPT : 0) |
	       (setup->unrestricted ? PROCBASED2_UNRESTRICTED_GUEST : 0) |
	       exits2;
}

static bool write_controls(const struct vcpu *vcpu,
			   const struct vcpu_setup *setup)
{
	bool code64 = vcpu->ops->code64;
	struct exit_controls bits = controls_of(setup->intercepts);
	u32 secondary = secondary_required(vcpu, setup, bits.procbased2);
	const struct vmcs_controls wanted[] = {
		{ VMX_WORD_PINBASED, VMCS_PINBASED_CONTROLS,
		  PINBASED_EXTERNAL_INTERRUPT_EXITING | PINBASED_NMI_EXITING,
		  PINBASED_PREEMPTION_TIMER },
		{ VMX_WORD_PROCBASED, VMCS_PROCBASED_CONTROLS,
		  PROCBASED_HLT_EXITING | PROCBASED_MONITOR_EXITING |
			  PROCBASED_MWAIT_EXITING | PROCBASED_RDPMC_EXITING |
			  bits.procbased |
			  (setup->intercepts & VCPU_INTERCEPT_PORTS
				   ? 0
				   : PROCBASED_USE_IO_BITMAPS) |
			  (secondary != 0
				   ? PROCBASED_ACTIVATE_SECONDARY_CONTROLS
				   : 0),
		  0 },
		{ VMX_WORD_EXIT, VMCS_VM_EXIT_CONTROLS,
		  VMEXIT_HOST_ADDRESS_SPACE_SIZE | VMEXIT_ACKNOWLEDGE_INTERRUPT,
		  VMEXIT_SAVE_DEBUG_CONTROLS | VMEXIT_SAVE_PREEMPTION_TIMER |
			  (code64 ? 0 : VMEXIT_SAVE_EFER | VMEXIT_LOAD_EFER) },
		{ VMX_WORD_ENTRY, VMCS_VM_ENTRY_CONTROLS,
		  code64 ? VMENTRY_IA32E_MODE_GUEST : 0,
		  VMENTRY_LOAD_DEBUG_CONTROLS |
			  (code64 ? 0 : VMENTRY_LOAD_EFER) },
	};
	const struct vmcs_controls second = {
		VMX_WORD_PROCBASED2,
		VMCS_SECONDARY_PROCBASED_CONTROLS,
		secondary,
		vcpu->vpid ? PROCBASED2_ENABLE_VPID : 0,
	};
	bool all = true;

	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		all &= vmcs_controls_write(setup->name, &wanted[i]);
	}
	return secondary == 0 ? all
			      : all & vmcs_controls_write(setup->name, &second);
}

int vcpu_setup(struct vcpu *vcpu, const struct vcpu_setup *setup)
{
	const struct vmx_caps *caps = &vcpu->core->caps;

	vcpu_field_check(vcpu);
	vcpu->vpid = setup->vpid && vmx_caps_has_vpid(caps);
	if (!write_controls(vcpu, setup)) {
		return ERR_UNSUPPORTED;
	}
	vmcs_controls_write_defaults();
	vcpu_intercept_exceptions(vcpu, setup->exceptions);
	vmcs_write(VMCS_IO_BITMAP_A_ADDRESS, setup->io_bitmap_phys[0]);
	vmcs_write(VMCS_IO_BITMAP_B_ADDRESS, setup->io_bitmap_phys[1]);
	if (setup->ept_pointer != 0) {
		vmcs_write(VMCS_EPT_POINTER, setup->ept_pointer);
	}
	if (vcpu->vpid) {
		vmcs_write(VMCS_VIRTUAL_PROCESSOR_IDENTIFIER, VPID_OF_GUESTS);
		vcpu_forget_translations(vcpu);
	}
	if (!vcpu->ops->code64 && vmx_caps_has_efer_switch(caps)) {
		vmcs_write(VMCS_GUEST_IA32_EFER, 0);
	}
	return 0;
}

void vcpu_forget_translations(struct vcpu *vcpu)
{
	translations_forget_vpid(&vcpu->core->caps, VPID_OF_GUESTS);
}

u64 vcpu_fix_cr0(const struct vcpu *vcpu, u64 cr0)
{
	return vmx_caps_fix_cr0(&vcpu->core->caps, cr0);
}

u64 vcpu_fix_cr4(const struct vcpu *vcpu, u64 cr4)
{
	return vmx_caps_fix_cr4(&vcpu->core->caps, cr4);
}

bool vcpu_may_have_cr4(const struct vcpu *vcpu, u64 cr4)
{
	return vmx_caps_bad_cr4(&vcpu->core->caps, cr4) == 0;
}
