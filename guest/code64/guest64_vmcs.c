/*
 * The VMCS of a 64-bit guest: controls, the state a program starts with, and
 * the control registers as far as it may change them. On the guest's core, its
 * VMCS current, interrupts off.
 *
 * IA32_EFER is the host's in the guest too, on every processor: there is
 * nothing in it that differs.
 */
#include "arch/cpu.h"
#include "arch/x86.h"
#include "guest/code64/guest64_parts.h"
#include "lib/error.h"
#include "vmm/guest_cr.h"
#include "vmm/vmx/guest_rights.h"
#include "vmm/vmx/mitigations.h"
#include "vmm/vmx/vmcs.h"
#include "vmm/vmx/vmcs_controls.h"
#include "vmm/vmx/vmx.h"
#include "vmm/vmx/vmx_cap_bits.h"

#define START_CR0 (CR0_PG | CR0_WP | CR0_NE | CR0_ET | CR0_MP | CR0_PE)
#define START_CR4 (CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT)
#define START_RFLAGS (RFLAGS_IF | RFLAGS_FIXED_1)
/* What the guest changes without an exit. */
#define CR0_GUEST (CR0_MP | CR0_EM | CR0_TS | CR0_AM)
#define CR4_GUEST (CR4_TSD | CR4_DE | CR4_OSFXSR | CR4_OSXMMEXCPT)
/* What it must have: it stays in 64-bit mode. */
#define CR0_NEEDED (CR0_PG | CR0_PE)
#define CR0_KNOWN                                                              \
	(CR0_PE | CR0_MP | CR0_EM | CR0_TS | CR0_ET | CR0_NE | CR0_WP |        \
	 CR0_AM | CR0_NW | CR0_CD | CR0_PG)
#define FLAT_LIMIT 0xffffffffu
#define RIGHTS_TSS64 (RIGHTS_G | RIGHTS_TSS_BUSY)
#define CPUID_7_EBX_FSGSBASE BIT(0)

u32 guest64_fsgsbase(void)
{
	u32 out[4];

	cpuid(0, 0, out);
	if (out[0] < CPUID_FEATURES_7) {
		return 0;
	}
	cpuid(CPUID_FEATURES_7, 0, out);
	return out[1] & (u32)CPUID_7_EBX_FSGSBASE;
}

/* Where the processor has them, RDFSBASE and its like run without us. */
static u64 cr4_guest(void)
{
	return guest64_fsgsbase() != 0 ? CR4_GUEST | CR4_FSGSBASE : CR4_GUEST;
}

static bool write_controls(bool ept)
{
	u32 paging = PROCBASED_INVLPG_EXITING | PROCBASED_CR3_LOAD_EXITING |
		     PROCBASED_CR3_STORE_EXITING;
	const struct vmcs_controls wanted[] = {
		{ VMX_WORD_PINBASED, VMCS_PINBASED_CONTROLS,
		  PINBASED_EXTERNAL_INTERRUPT_EXITING | PINBASED_NMI_EXITING,
		  PINBASED_PREEMPTION_TIMER },
		{ VMX_WORD_PROCBASED, VMCS_PROCBASED_CONTROLS,
		  PROCBASED_HLT_EXITING | PROCBASED_MWAIT_EXITING |
			  PROCBASED_MONITOR_EXITING | PROCBASED_RDPMC_EXITING |
			  PROCBASED_CR8_LOAD_EXITING |
			  PROCBASED_CR8_STORE_EXITING |
			  PROCBASED_MOV_DR_EXITING |
			  PROCBASED_UNCONDITIONAL_IO_EXITING |
			  (ept ? PROCBASED_ACTIVATE_SECONDARY_CONTROLS
			       : paging),
		  0 },
		{ VMX_WORD_EXIT, VMCS_VM_EXIT_CONTROLS,
		  VMEXIT_HOST_ADDRESS_SPACE_SIZE | VMEXIT_ACKNOWLEDGE_INTERRUPT,
		  VMEXIT_SAVE_DEBUG_CONTROLS | VMEXIT_SAVE_PREEMPTION_TIMER },
		{ VMX_WORD_ENTRY, VMCS_VM_ENTRY_CONTROLS,
		  VMENTRY_IA32E_MODE_GUEST, VMENTRY_LOAD_DEBUG_CONTROLS },
	};
	const struct vmcs_controls second = { VMX_WORD_PROCBASED2,
					      VMCS_SECONDARY_PROCBASED_CONTROLS,
					      PROCBASED2_ENABLE_EPT, 0 };
	bool all = true;

	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		all &= vmcs_controls_write("run64", &wanted[i]);
	}
	return ept ? all & vmcs_controls_write("run64", &second) : all;
}

/*
 * #DB and #AC can hang a core in microcode, and machine checks are the
 * machine's. All else is the guest's, but for page faults where the host owns
 * the tables.
 */
static void write_execution_fields(const struct guest64 *guest)
{
	bool ept = guest->memory.has_ept;

	vmcs_write(VMCS_EXCEPTION_BITMAP, MITIGATION_EXCEPTIONS |
						  BIT(VECTOR_MC) |
						  (ept ? 0 : BIT(VECTOR_PF)));
	vmcs_write(VMCS_CR0_GUEST_HOST_MASK, ~CR0_GUEST);
	vmcs_write(VMCS_CR4_GUEST_HOST_MASK, ~cr4_guest());
	if (ept) {
		vmcs_write(VMCS_EPT_POINTER,
			   ept_pointer(&guest->memory.ept, false));
	}
}

static void write_segments(void)
{
	/* The fields of ES, CS, SS, DS, FS and GS follow each other by twos. */
	for (enum vmcs_field i = 0; i <= 10; i += 2) {
		bool code = i == 2;

		vmcs_write(VMCS_GUEST_ES_SELECTOR + i,
			   code ? GUEST64_SELECTOR_CODE
				: GUEST64_SELECTOR_DATA);
		vmcs_write(VMCS_GUEST_ES_BASE + i, 0);
		vmcs_write(VMCS_GUEST_ES_LIMIT + i, FLAT_LIMIT);
		vmcs_write(VMCS_GUEST_ES_ACCESS_RIGHTS + i,
			   code ? RIGHTS_CODE64 : RIGHTS_DATA32);
	}
	vmcs_write(VMCS_GUEST_TR_SELECTOR, GUEST64_SELECTOR_TSS);
	vmcs_write(VMCS_GUEST_TR_BASE, 0);
	vmcs_write(VMCS_GUEST_TR_LIMIT, FLAT_LIMIT);
	vmcs_write(VMCS_GUEST_TR_ACCESS_RIGHTS, RIGHTS_TSS64);
	vmcs_write(VMCS_GUEST_LDTR_SELECTOR, 0);
	vmcs_write(VMCS_GUEST_LDTR_BASE, 0);
	vmcs_write(VMCS_GUEST_LDTR_LIMIT, 0);
	vmcs_write(VMCS_GUEST_LDTR_ACCESS_RIGHTS, RIGHTS_UNUSABLE);
	vmcs_write(VMCS_GUEST_GDTR_BASE, GUEST64_GDT);
	vmcs_write(VMCS_GUEST_GDTR_LIMIT, GUEST64_GDT_LIMIT);
	vmcs_write(VMCS_GUEST_IDTR_BASE, 0);
	vmcs_write(VMCS_GUEST_IDTR_LIMIT, 0);
}

static void write_state(struct guest64 *guest)
{
	guest64_write_cr0(guest, START_CR0);
	guest64_write_cr3(guest, GUEST64_TABLES);
	guest64_write_cr4(guest, START_CR4);
	write_segments();
	vmcs_write(VMCS_GUEST_RSP, GUEST64_STACK_TOP);
	vmcs_write(VMCS_GUEST_RFLAGS, START_RFLAGS);
}

int guest64_write_vmcs(struct guest64 *guest)
{
	if (!write_controls(guest->memory.has_ept)) {
		return ERR_UNSUPPORTED;
	}
	vmcs_controls_write_defaults();
	write_execution_fields(guest);
	write_state(guest);
	return 0;
}

u64 guest64_shown_cr(enum vmcs_field cr, enum vmcs_field mask,
		     enum vmcs_field shadow)
{
	u64 host = vmcs_read(mask);

	return (vmcs_read(cr) & ~host) | (vmcs_read(shadow) & host);
}

/* Without VPIDs the next VM entry starts with an empty TLB. */
void guest64_flush(struct guest64 *guest)
{
	if (!guest->memory.has_ept) {
		shadow64_flush(&guest->memory.shadow);
	}
}

/*
 * Caching and NE stay as the host needs them. With shadow page tables WP does
 * too, as they tell by it which pages the guest has made dirty.
 */
bool guest64_write_cr0(struct guest64 *guest, u64 value)
{
	const struct vmx_caps *caps = &vmx_this_core()->caps;
	u64 real = (value | CR0_NE) & ~(CR0_CD | CR0_NW);

	if (value >> 32 != 0 || (value & CR0_NEEDED) != CR0_NEEDED ||
	    (value & (CR0_NW | CR0_CD)) == CR0_NW) {
		return false;
	}
	value = (value & CR0_KNOWN) | CR0_ET;
	if (!guest->memory.has_ept) {
		real |= CR0_WP;
	}
	guest->walk.write_protect = (value & CR0_WP) != 0;
	vmcs_write(VMCS_CR0_READ_SHADOW, value);
	vmcs_write(VMCS_GUEST_CR0,
		   vmx_caps_fix_cr0(caps, (real & CR0_KNOWN) | CR0_ET));
	guest64_flush(guest);
	return true;
}

bool guest64_write_cr3(struct guest64 *guest, u64 value)
{
	if (value >> guest->walk.physical_bits != 0) {
		return false;
	}
	guest->walk.cr3 = value;
	vmcs_write(VMCS_GUEST_CR3,
		   guest->memory.has_ept ? value : guest->memory.shadow.phys);
	guest64_flush(guest);
	return true;
}

/* Pages are never global in shadow tables, so that PGE makes no difference. */
bool guest64_write_cr4(struct guest64 *guest, u64 value)
{
	const struct vmx_caps *caps = &vmx_this_core()->caps;
	u64 known = cr4_guest() | CR4_PAE | CR4_PGE;

	if (!(value & CR4_PAE) || (value & ~known) != 0) {
		return false;
	}
	vmcs_write(VMCS_CR4_READ_SHADOW, value);
	vmcs_write(VMCS_GUEST_CR4, vmx_caps_fix_cr4(caps, value | CR4_OF_HOST));
	guest64_flush(guest);
	return true;
}
