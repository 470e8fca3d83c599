/*
 * What a 64-bit guest starts with: what exits, the state of its processor, and
 * the control registers as far as it may change them. On the guest's core, its
 * VMCS current, interrupts off.
 *
 * IA32_EFER is the host's in the guest too, on every processor: there is
 * nothing in it that differs.
 */
#include "arch/cpu.h"
#include "arch/x86.h"
#include "guest/code64/guest64_parts.h"
#include "vmm/guest_cr.h"
#include "vmm/vcpu_setup.h"
#include "vmm/vcpu_state.h"
#include "vmm/guest_rights.h"

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
/* Without EPT the host owns the tables that the processor uses. */
#define SHADOW_PAGING                                                          \
	(VCPU_INTERCEPT_INVLPG | VCPU_INTERCEPT_CR3_LOADS |                    \
	 VCPU_INTERCEPT_CR3_STORES)
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

/* Exceptions are the guest's, but page faults where the host owns the tables. */
static int set_up(struct guest64 *guest)
{
	bool ept = guest->memory.has_ept;
	const struct vcpu_setup setup = {
		.name = "run64",
		.intercepts = VCPU_INTERCEPT_CR8 |
			      VCPU_INTERCEPT_DEBUG_REGISTERS |
			      VCPU_INTERCEPT_PORTS | (ept ? 0 : SHADOW_PAGING),
		.exceptions = ept ? 0 : (u32)BIT(VECTOR_PF),
		.ept_pointer = ept ? ept_pointer(&guest->memory.ept, false) : 0,
	};

	return vcpu_setup(&guest->vcpu, &setup);
}

static void write_segments(struct vcpu *vcpu)
{
	for (enum segment i = SEGMENT_ES; i <= SEGMENT_GS; i++) {
		bool code = i == SEGMENT_CS;

		vcpu_set_segment(vcpu, i,
				 (struct vcpu_segment){
					 .selector =
						 code ? GUEST64_SELECTOR_CODE
						      : GUEST64_SELECTOR_DATA,
					 .limit = FLAT_LIMIT,
					 .rights = code ? RIGHTS_CODE64
							: RIGHTS_DATA32,
				 });
	}
	vcpu_set_segment(vcpu, SEGMENT_TR,
			 (struct vcpu_segment){
				 .selector = GUEST64_SELECTOR_TSS,
				 .limit = FLAT_LIMIT,
				 .rights = RIGHTS_TSS64,
			 });
	vcpu_set_segment(vcpu, SEGMENT_LDTR,
			 (struct vcpu_segment){ .rights = RIGHTS_UNUSABLE });
	vcpu_set_gdtr(vcpu, (struct vcpu_table){ .base = GUEST64_GDT,
						 .limit = GUEST64_GDT_LIMIT });
	vcpu_set_idtr(vcpu, (struct vcpu_table){ 0 });
}

int guest64_set_up(struct guest64 *guest)
{
	struct vcpu *vcpu = &guest->vcpu;
	int err = set_up(guest);

	if (err != 0) {
		return err;
	}
	vcpu_own_cr0(vcpu, ~CR0_GUEST);
	vcpu_own_cr4(vcpu, ~cr4_guest());
	guest64_write_cr0(guest, START_CR0);
	guest64_write_cr3(guest, GUEST64_TABLES);
	guest64_write_cr4(guest, START_CR4);
	write_segments(vcpu);
	vcpu_set_rsp(vcpu, GUEST64_STACK_TOP);
	vcpu_set_rflags(vcpu, START_RFLAGS);
	return 0;
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

/* Pages are never global in shadow tables, so that PGE makes no difference. */
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
