/*
 * The control registers of a 64-bit guest, as far as the guest may change them.
 * On the guest's core, its VMCS current, interrupts off.
 */
#include "guest/code64/guest64_cr.h"

#include "arch/cpu.h"
#include "arch/x86.h"
#include "vmm/guest_cr.h"
#include "vmm/vcpu_setup.h"
#include "vmm/vcpu_state.h"

#define START_CR0 (CR0_PG | CR0_WP | CR0_NE | CR0_ET | CR0_MP | CR0_PE)
#define START_CR4 (CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT)
/* Bits that the guest changes without an exit. */
#define CR0_GUEST (CR0_MP | CR0_EM | CR0_TS | CR0_AM)
#define CR4_GUEST (CR4_TSD | CR4_DE | CR4_OSFXSR | CR4_OSXMMEXCPT)
/* Bits that must stay set, because the guest stays in 64-bit mode. */
#define CR0_NEEDED (CR0_PG | CR0_PE)
#define CR0_KNOWN                                                              \
	(CR0_PE | CR0_MP | CR0_EM | CR0_TS | CR0_ET | CR0_NE | CR0_WP |        \
	 CR0_AM | CR0_NW | CR0_CD | CR0_PG)
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

/*
 * The bits of CR4 that the guest owns. If the processor has RDFSBASE and its
 * like, the guest may use them.
 */
static u64 cr4_guest(void)
{
	return guest64_fsgsbase() != 0 ? CR4_GUEST | CR4_FSGSBASE : CR4_GUEST;
}

/*
 * Only the shadow tables must be dropped: without a VPID, VM entry itself
 * empties the TLB.
 */
void guest64_flush(struct guest64 *guest)
{
	if (!guest->memory.has_ept) {
		shadow64_flush(&guest->memory.shadow);
	}
}

/*
 * The bits for caching, and NE, stay as the host needs them. So does WP with
 * shadow page tables, which use write protection to see which pages become
 * dirty.
 */
bool guest64_write_cr0(struct guest64 *guest, u64 value)
{
	struct vcpu *vcpu = &guest->vcpu;
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
	real = vcpu_fix_cr0(vcpu, (real & CR0_KNOWN) | CR0_ET);
	vcpu_set_cr0(vcpu, (struct vcpu_cr){ .real = real, .shown = value });
	guest64_flush(guest);
	return true;
}

bool guest64_write_cr3(struct guest64 *guest, u64 value)
{
	if (value >> guest->walk.physical_bits != 0) {
		return false;
	}
	guest->walk.cr3 = value;
	vcpu_set_cr3(&guest->vcpu,
		     guest->memory.has_ept ? value : guest->memory.shadow.phys);
	guest64_flush(guest);
	return true;
}

/* PGE is accepted and has no effect: shadow tables have no global pages. */
bool guest64_write_cr4(struct guest64 *guest, u64 value)
{
	struct vcpu *vcpu = &guest->vcpu;
	u64 known = cr4_guest() | CR4_PAE | CR4_PGE;

	if (!(value & CR4_PAE) || (value & ~known) != 0) {
		return false;
	}
	vcpu_set_cr4(vcpu,
		     (struct vcpu_cr){
			     .real = vcpu_fix_cr4(vcpu, value | CR4_OF_HOST),
			     .shown = value });
	guest64_flush(guest);
	return true;
}

void guest64_cr_init(struct guest64 *guest)
{
	vcpu_own_cr0(&guest->vcpu, ~CR0_GUEST);
	vcpu_own_cr4(&guest->vcpu, ~cr4_guest());
	guest64_write_cr0(guest, START_CR0);
	guest64_write_cr3(guest, GUEST64_TABLES);
	guest64_write_cr4(guest, START_CR4);
}
