/* A guest's controls in the VMCS, made from what is to exit. */
#include "vmm/vcpu_setup.h"

#include "arch/panic.h"
#include "arch/x86.h"
#include "lib/error.h"
#include "vmm/vcpu_state.h"
#include "vmm/vmx/mitigations.h"
#include "vmm/vmx/vmcs_controls.h"
#include "vmm/vmx/vmx.h"
#include "vmm/vmx/vmx_cap_bits.h"

/* One for all: translations are told apart by their EPT pointers as well. */
#define VPID_OF_GUESTS 1

static const struct {
	u32 intercept;
	enum vmx_control_word word;
	u32 bits;
} exits[] = {
	{ VCPU_INTERCEPT_CR3_LOADS, VMX_WORD_PROCBASED,
	  PROCBASED_CR3_LOAD_EXITING },
	{ VCPU_INTERCEPT_CR3_STORES, VMX_WORD_PROCBASED,
	  PROCBASED_CR3_STORE_EXITING },
	{ VCPU_INTERCEPT_CR8, VMX_WORD_PROCBASED,
	  PROCBASED_CR8_LOAD_EXITING | PROCBASED_CR8_STORE_EXITING },
	{ VCPU_INTERCEPT_DEBUG_REGISTERS, VMX_WORD_PROCBASED,
	  PROCBASED_MOV_DR_EXITING },
	{ VCPU_INTERCEPT_INVLPG, VMX_WORD_PROCBASED, PROCBASED_INVLPG_EXITING },
	{ VCPU_INTERCEPT_PORTS, VMX_WORD_PROCBASED,
	  PROCBASED_UNCONDITIONAL_IO_EXITING },
	{ VCPU_INTERCEPT_DESCRIPTOR_TABLES, VMX_WORD_PROCBASED2,
	  PROCBASED2_DESCRIPTOR_TABLE_EXITING },
	{ VCPU_INTERCEPT_STEPS, VMX_WORD_PROCBASED,
	  PROCBASED_MONITOR_TRAP_FLAG },
};

static u32 bits_of(u32 intercepts, enum vmx_control_word word)
{
	u32 bits = 0;

	for (size_t i = 0; i < ARRAY_SIZE(exits); i++) {
		if (exits[i].word == word &&
		    (exits[i].intercept & intercepts) != 0) {
			bits |= exits[i].bits;
		}
	}
	return bits;
}

bool vcpu_can_intercept(enum vcpu_intercept what)
{
	const struct vmx_caps *caps = &vmx_this_core()->caps;

	return vmx_caps_may(caps, VMX_WORD_PROCBASED,
			    bits_of(what, VMX_WORD_PROCBASED)) &&
	       vmx_caps_may(caps, VMX_WORD_PROCBASED2,
			    bits_of(what, VMX_WORD_PROCBASED2));
}

/* As far as the bits may be as wanted. */
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

/* Unconditional I/O exiting counts only without I/O bitmaps. */
void vcpu_intercept(struct vcpu *vcpu, u32 intercepts, bool on)
{
	u32 first = bits_of(intercepts, VMX_WORD_PROCBASED);
	u32 second = bits_of(intercepts, VMX_WORD_PROCBASED2);
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
			      const struct vcpu_setup *setup)
{
	return (u32)vmx_caps_must_be_1(&vcpu->core->caps, VMX_WORD_PROCBASED2) |
	       (setup->ept_pointer != 0 ? PROCBASED2_ENABLE_EPT : 0) |
	       (setup->unrestricted ? PROCBASED2_UNRESTRICTED_GUEST : 0) |
	       bits_of(setup->intercepts, VMX_WORD_PROCBASED2);
}

static bool write_controls(const struct vcpu *vcpu,
			   const struct vcpu_setup *setup)
{
	bool code64 = vcpu->ops->code64;
	u32 secondary = secondary_required(vcpu, setup);
	const struct vmcs_controls wanted[] = {
		{ VMX_WORD_PINBASED, VMCS_PINBASED_CONTROLS,
		  PINBASED_EXTERNAL_INTERRUPT_EXITING | PINBASED_NMI_EXITING,
		  PINBASED_PREEMPTION_TIMER },
		{ VMX_WORD_PROCBASED, VMCS_PROCBASED_CONTROLS,
		  PROCBASED_HLT_EXITING | PROCBASED_MONITOR_EXITING |
			  PROCBASED_MWAIT_EXITING | PROCBASED_RDPMC_EXITING |
			  bits_of(setup->intercepts, VMX_WORD_PROCBASED) |
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
	bool single = vmx_caps_has_invvpid_type(&vcpu->core->caps,
						INVVPID_SINGLE_CONTEXT);

	if (invvpid(single ? INVVPID_SINGLE_CONTEXT : INVVPID_ALL_CONTEXTS,
		    VPID_OF_GUESTS) != VMX_OK) {
		panic("INVVPID failed");
	}
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
