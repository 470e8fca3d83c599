/*
 * The VMCS of a 64-bit guest before its first run: what exits, and the state of
 * the processor. On the guest's core, its VMCS current, interrupts off.
 *
 * IA32_EFER is not switched on any processor: the guest has the host's value,
 * which suits it.
 */
#include "guest/code64/guest64_setup.h"

#include "arch/x86.h"
#include "guest/code64/guest64_cr.h"
#include "vmm/guest_rights.h"
#include "vmm/vcpu_setup.h"
#include "vmm/vcpu_state.h"

#define START_RFLAGS (RFLAGS_IF | RFLAGS_FIXED_1)
/*
 * Without EPT the host must see all that changes the guest's paging, because
 * the processor uses the shadow tables.
 */
#define SHADOW_PAGING                                                          \
	(VCPU_INTERCEPT_INVLPG | VCPU_INTERCEPT_CR3_LOADS |                    \
	 VCPU_INTERCEPT_CR3_STORES)
#define FLAT_LIMIT 0xffffffffu
#define RIGHTS_TSS64 (RIGHTS_G | RIGHTS_TSS_BUSY)

/* All exceptions go to the guest, but page faults exit without EPT. */
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
	guest64_cr_init(guest);
	write_segments(vcpu);
	vcpu_set_rsp(vcpu, GUEST64_STACK_TOP);
	vcpu_set_rflags(vcpu, START_RFLAGS);
	return 0;
}
