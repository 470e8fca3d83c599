/*
 * The VMCS of a 16-bit guest: controls and the state that stays from call to
 * call. On the guest's core, its VMCS current, interrupts off.
 */
#include "arch/x86.h"
#include "guest/board/io_policy.h"
#include "guest/code16/engine.h"
#include "guest/memory/v86_tables.h"
#include "lib/error.h"
#include "vmm/guest_cr.h"
#include "vmm/vmx/guest_rights.h"
#include "vmm/vmx/mitigations.h"
#include "vmm/vmx/vmcs.h"
#include "vmm/vmx/vmcs_controls.h"
#include "vmm/vmx/vmx.h"
#include "vmm/vmx/vmx_cap_bits.h"

#define V86_CR0 (CR0_PG | CR0_NE | CR0_ET | CR0_PE)
#define V86_CR4 (CR4_OF_HOST | CR4_PSE)
#define REAL_CR0 (CR0_ET | CR0_NE)
#define REAL_CR4 CR4_OF_HOST
#define REAL_IVT_LIMIT 0x3ff
#define REAL_TSS_LIMIT 0x67
/* What a real-mode program must not change under us: see CR0 exits. */
#define REAL_CR0_OWNED (CR0_NE | CR0_NW | CR0_CD)
#define VPID_OF_GUESTS 1 /* each core runs one at a time, and flushes */

static u32 secondary_required(const struct engine *engine)
{
	u32 bits = (u32)vmx_caps_must_be_1(&vmx_this_core()->caps,
					   VMX_WORD_PROCBASED2);

	if (engine->uses_ept) {
		bits |= PROCBASED2_ENABLE_EPT;
	}
	if (!engine->uses_v86) {
		bits |= PROCBASED2_UNRESTRICTED_GUEST;
	}
	return bits;
}

/*
 * The debug registers are in no VMCS, so that code in real mode would see what
 * another guest left there: MOV DR exits and is acted out, as in
 * virtual-8086 mode, where it faults.
 */
static bool write_controls(const struct guest16 *guest)
{
	const struct engine *engine = guest->engine;
	u32 secondary = secondary_required(engine);
	const struct vmcs_controls wanted[] = {
		{ VMX_WORD_PINBASED, VMCS_PINBASED_CONTROLS,
		  PINBASED_EXTERNAL_INTERRUPT_EXITING | PINBASED_NMI_EXITING,
		  PINBASED_PREEMPTION_TIMER },
		{ VMX_WORD_PROCBASED, VMCS_PROCBASED_CONTROLS,
		  PROCBASED_HLT_EXITING | PROCBASED_MONITOR_EXITING |
			  PROCBASED_MWAIT_EXITING | PROCBASED_RDPMC_EXITING |
			  (engine->uses_v86 ? 0 : PROCBASED_MOV_DR_EXITING) |
			  (guest->memory.view == GUEST_VIEW_ISOLATED
				   ? PROCBASED_UNCONDITIONAL_IO_EXITING
				   : PROCBASED_USE_IO_BITMAPS) |
			  (secondary != 0
				   ? PROCBASED_ACTIVATE_SECONDARY_CONTROLS
				   : 0),
		  0 },
		{ VMX_WORD_EXIT, VMCS_VM_EXIT_CONTROLS,
		  VMEXIT_HOST_ADDRESS_SPACE_SIZE | VMEXIT_ACKNOWLEDGE_INTERRUPT,
		  VMEXIT_SAVE_DEBUG_CONTROLS | VMEXIT_SAVE_PREEMPTION_TIMER |
			  VMEXIT_SAVE_EFER | VMEXIT_LOAD_EFER },
		{ VMX_WORD_ENTRY, VMCS_VM_ENTRY_CONTROLS, 0,
		  VMENTRY_LOAD_DEBUG_CONTROLS | VMENTRY_LOAD_EFER },
	};
	const struct vmcs_controls second = {
		VMX_WORD_PROCBASED2,
		VMCS_SECONDARY_PROCBASED_CONTROLS,
		secondary,
		engine->uses_ept ? PROCBASED2_ENABLE_VPID : 0,
	};
	bool all = true;

	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		all &= vmcs_controls_write(engine->name, &wanted[i]);
	}
	return secondary == 0
		       ? all
		       : all & vmcs_controls_write(engine->name, &second);
}

/*
 * Every exception of virtual-8086 mode is the host's business. Code in real
 * mode has its IVT for them; intercepted are faults that would come again for
 * ever if nobody handles them, the two that can hang a core in microcode, and
 * machine checks, which are the machine's.
 */
#define REAL_EXCEPTIONS                                                        \
	(MITIGATION_EXCEPTIONS | BIT(VECTOR_DE) | BIT(VECTOR_BR) |             \
	 BIT(VECTOR_UD) | BIT(VECTOR_NM) | BIT(VECTOR_SS) | BIT(VECTOR_GP) |   \
	 BIT(VECTOR_MC))

static u32 exception_bitmap(const struct engine *engine)
{
	return engine->uses_v86 ? UINT32_MAX : (u32)REAL_EXCEPTIONS;
}

static void write_execution_fields(const struct guest16 *guest)
{
	bool v86 = guest->engine->uses_v86;

	vmcs_write(VMCS_EXCEPTION_BITMAP, exception_bitmap(guest->engine));
	vmcs_write(VMCS_IO_BITMAP_A_ADDRESS, io_policy_bitmap_a());
	vmcs_write(VMCS_IO_BITMAP_B_ADDRESS, io_policy_bitmap_b());
	/* At CPL 3 the shadows are all that SMSW shows: PE is set. */
	vmcs_write(VMCS_CR0_GUEST_HOST_MASK, UINT32_MAX);
	vmcs_write(VMCS_CR4_GUEST_HOST_MASK, UINT32_MAX);
	vmcs_write(VMCS_CR0_READ_SHADOW, v86 ? V86_CR0 : CR0_ET);
	vmcs_write(VMCS_CR4_READ_SHADOW, v86 ? CR4_PSE : 0);
	if (guest->engine->uses_ept) {
		vmcs_write(VMCS_EPT_POINTER,
			   guest_memory_ept_pointer(&guest->memory));
	}
	if (guest->engine->uses_ept &&
	    vmx_caps_has_vpid(&vmx_this_core()->caps)) {
		vmcs_write(VMCS_VIRTUAL_PROCESSOR_IDENTIFIER, VPID_OF_GUESTS);
	}
}

static void write_v86_state(const struct guest16 *guest)
{
	const struct vmx_caps *caps = &vmx_this_core()->caps;
	u32 system = GUEST_SYSTEM_BASE;
	u64 cr4 = V86_CR4 | (guest->vme ? CR4_VME : 0);

	vmcs_write(VMCS_GUEST_CR0, vmx_caps_fix_cr0(caps, V86_CR0));
	vmcs_write(VMCS_GUEST_CR3, guest_memory_cr3(&guest->memory));
	vmcs_write(VMCS_GUEST_CR4, vmx_caps_fix_cr4(caps, cr4));
	vmcs_write(VMCS_GUEST_TR_SELECTOR, V86_SELECTOR_TSS);
	vmcs_write(VMCS_GUEST_TR_BASE, system + V86_TSS_OFFSET);
	vmcs_write(VMCS_GUEST_TR_LIMIT, V86_TSS_BYTES - 1);
	vmcs_write(VMCS_GUEST_LDTR_SELECTOR, V86_SELECTOR_LDT);
	vmcs_write(VMCS_GUEST_LDTR_BASE, system + V86_LDT_OFFSET);
	vmcs_write(VMCS_GUEST_LDTR_LIMIT, V86_LDT_LIMIT);
	vmcs_write(VMCS_GUEST_LDTR_ACCESS_RIGHTS, RIGHTS_LDT);
	vmcs_write(VMCS_GUEST_GDTR_BASE, system + V86_GDT_OFFSET);
	vmcs_write(VMCS_GUEST_GDTR_LIMIT, V86_GDT_LIMIT);
	vmcs_write(VMCS_GUEST_IDTR_BASE, system + V86_IDT_OFFSET);
	vmcs_write(VMCS_GUEST_IDTR_LIMIT, V86_IDT_LIMIT);
}

/* The controls among those of the watch that may be as wanted here. */
static void set_bits(enum vmx_control_word word, enum vmcs_field field,
		     u32 bits, bool on)
{
	u64 allowed = vmx_caps_allowed(&vmx_this_core()->caps, word);
	u64 value = vmcs_read(field);

	value = on ? value | bits : value & ~(u64)bits;
	vmcs_write(field, (value | (u32)allowed) & allowed >> 32);
}

bool engine_watches_real_state(void)
{
	return vmx_caps_may(&vmx_this_core()->caps, VMX_WORD_PROCBASED2,
			    PROCBASED2_DESCRIPTOR_TABLE_EXITING);
}

/*
 * Code in real mode changes nothing of the system's state but by instructions
 * that the watch makes exit: MOV to CR0, CR3 and CR4, LMSW, CLTS, and those that
 * load the descriptor-table registers. Segment limits and rights, LDTR and TR
 * need protected mode first. A call that does none of it, as nearly all do,
 * leaves the VMCS as the next one wants it.
 */
static void watch(struct guest16 *guest, bool on)
{
	guest->system_changed = !on || !engine_watches_real_state();
	if (guest->system_changed) {
		guest16_forget_call(guest);
	}
	set_bits(VMX_WORD_PROCBASED, VMCS_PROCBASED_CONTROLS,
		 PROCBASED_CR3_LOAD_EXITING, on);
	set_bits(VMX_WORD_PROCBASED2, VMCS_SECONDARY_PROCBASED_CONTROLS,
		 PROCBASED2_DESCRIPTOR_TABLE_EXITING, on);
	vmcs_write(VMCS_CR0_GUEST_HOST_MASK, on ? UINT32_MAX : REAL_CR0_OWNED);
	vmcs_write(VMCS_CR4_GUEST_HOST_MASK,
		   on ? UINT32_MAX : ~(u64)REAL_CR4_OF_GUEST);
}

void engine_release_real_state(struct guest16 *guest)
{
	watch(guest, false);
}

void engine_write_real_state(struct guest16 *guest)
{
	watch(guest, true);
	vmcs_write(VMCS_GUEST_CR0, REAL_CR0);
	vmcs_write(VMCS_CR0_READ_SHADOW, CR0_ET);
	vmcs_write(VMCS_GUEST_CR3, 0);
	vmcs_write(VMCS_GUEST_CR4, REAL_CR4);
	vmcs_write(VMCS_CR4_READ_SHADOW, 0);
	vmcs_write(VMCS_GUEST_TR_SELECTOR, 0);
	vmcs_write(VMCS_GUEST_TR_BASE, 0);
	vmcs_write(VMCS_GUEST_TR_LIMIT, REAL_TSS_LIMIT);
	vmcs_write(VMCS_GUEST_LDTR_SELECTOR, 0);
	vmcs_write(VMCS_GUEST_LDTR_BASE, 0);
	vmcs_write(VMCS_GUEST_LDTR_LIMIT, 0);
	vmcs_write(VMCS_GUEST_LDTR_ACCESS_RIGHTS, RIGHTS_UNUSABLE);
	vmcs_write(VMCS_GUEST_GDTR_BASE, 0);
	vmcs_write(VMCS_GUEST_GDTR_LIMIT, 0);
	vmcs_write(VMCS_GUEST_IDTR_BASE, 0);
	vmcs_write(VMCS_GUEST_IDTR_LIMIT, REAL_IVT_LIMIT);
}

static void write_common_state(void)
{
	const struct vmx_caps *caps = &vmx_this_core()->caps;

	vmcs_write(VMCS_GUEST_TR_ACCESS_RIGHTS, RIGHTS_TSS_BUSY);
	if (vmx_caps_has_efer_switch(caps)) {
		vmcs_write(VMCS_GUEST_IA32_EFER, 0);
	}
}

int engine_write_vmcs(struct guest16 *guest)
{
	if (!write_controls(guest)) {
		return ERR_UNSUPPORTED;
	}
	vmcs_controls_write_defaults();
	write_execution_fields(guest);
	write_common_state();
	if (guest->engine->uses_v86) {
		write_v86_state(guest);
	} else {
		engine_write_real_state(guest);
	}
	return 0;
}
