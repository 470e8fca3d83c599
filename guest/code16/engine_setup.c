/*
 * The VMCS of a 16-bit guest: what exits, and the state that lasts from call to
 * call. On the guest's core, its VMCS current, interrupts off.
 */
#include "arch/mem/paging.h"
#include "arch/x86.h"
#include "guest/code16/engine.h"
#include "guest/code16/guest16.h"
#include "guest/memory/v86_tables.h"
#include "vmm/guest_cr.h"
#include "vmm/vcpu_setup.h"
#include "vmm/vcpu_state.h"
#include "vmm/guest_rights.h"

#define V86_CR0 (CR0_PG | CR0_NE | CR0_ET | CR0_PE)
#define V86_CR4 (CR4_OF_HOST | CR4_PSE)
#define REAL_CR0 (CR0_ET | CR0_NE)
#define REAL_CR4 CR4_OF_HOST
#define REAL_IVT_LIMIT 0x3ff
#define REAL_TSS_LIMIT 0x67
/*
 * Bits of CR0 that the host owns while the engine real runs: a write that
 * changes them exits (guest/code16/real_cr.c).
 */
#define REAL_CR0_OWNED (CR0_NE | CR0_NW | CR0_CD)

/*
 * The debug registers are not in the VMCS: code in real mode would see what
 * another guest has left in them. MOV DR therefore exits and is emulated. In
 * virtual-8086 mode it faults, and is emulated as well.
 */
static u32 intercepts(const struct guest16 *guest)
{
	return (guest->engine->uses_v86 ? 0 : VCPU_INTERCEPT_DEBUG_REGISTERS) |
	       (guest->board.io_bitmaps == NULL ? VCPU_INTERCEPT_PORTS : 0);
}

static int set_up(struct guest16 *guest)
{
	const struct engine *engine = guest->engine;
	const void *bitmaps = guest->board.io_bitmaps;
	struct vcpu_setup setup = {
		.name = engine->name,
		.intercepts = intercepts(guest),
		.exceptions = engine->exceptions,
		.ept_pointer = engine->uses_ept ? guest_memory_ept_pointer(
							  &guest->memory)
						: 0,
		.unrestricted = !engine->uses_v86,
		.vpid = engine->uses_ept,
	};

	if (bitmaps != NULL) {
		setup.io_bitmap_phys[0] = virt_to_phys(bitmaps);
		setup.io_bitmap_phys[1] = virt_to_phys(bitmaps) + PAGE_SIZE;
	}

	return vcpu_setup(&guest->vcpu, &setup);
}

/* SMSW at CPL 3 shows the read shadow, in which PE is set. */
static void write_v86_state(struct guest16 *guest)
{
	const u32 system = GUEST_SYSTEM_BASE;
	const u64 cr4 = V86_CR4 | (guest->vme ? CR4_VME : 0);
	struct vcpu *vcpu = &guest->vcpu;

	vcpu_own_cr0(vcpu, UINT32_MAX);
	vcpu_own_cr4(vcpu, UINT32_MAX);
	vcpu_set_cr0(vcpu,
		     (struct vcpu_cr){ .real = vcpu_fix_cr0(vcpu, V86_CR0),
				       .shown = V86_CR0 });
	vcpu_set_cr3(vcpu, guest_memory_cr3(&guest->memory));
	vcpu_set_cr4(vcpu, (struct vcpu_cr){ .real = vcpu_fix_cr4(vcpu, cr4),
					     .shown = CR4_PSE });
	vcpu_set_segment(vcpu, SEGMENT_TR,
			 (struct vcpu_segment){
				 .selector = V86_SELECTOR_TSS,
				 .base = system + V86_TSS_OFFSET,
				 .limit = V86_TSS_BYTES - 1,
				 .rights = RIGHTS_TSS_BUSY,
			 });
	vcpu_set_segment(vcpu, SEGMENT_LDTR,
			 (struct vcpu_segment){
				 .selector = V86_SELECTOR_LDT,
				 .base = system + V86_LDT_OFFSET,
				 .limit = V86_LDT_LIMIT,
				 .rights = RIGHTS_LDT,
			 });
	vcpu_set_gdtr(vcpu,
		      (struct vcpu_table){ .base = system + V86_GDT_OFFSET,
					   .limit = V86_GDT_LIMIT });
	vcpu_set_idtr(vcpu,
		      (struct vcpu_table){ .base = system + V86_IDT_OFFSET,
					   .limit = V86_IDT_LIMIT });
}

bool engine_watches_real_state(void)
{
	return vcpu_can_intercept(VCPU_INTERCEPT_DESCRIPTOR_TABLES);
}

/*
 * Makes those instructions exit by which code in real mode can change the state
 * of the system: MOV to CR0, CR3 and CR4, LMSW, CLTS, LGDT and LIDT. (To change
 * segment limits and rights, LDTR or TR it must enter protected mode first.) If
 * none of them exits in a call, as in nearly all calls, the VMCS is still as
 * the next call needs it.
 */
static void watch(struct guest16 *guest, bool on)
{
	guest->system_changed = !on || !engine_watches_real_state();
	if (guest->system_changed) {
		guest16_forget_call(guest);
	}
	vcpu_intercept(&guest->vcpu,
		       VCPU_INTERCEPT_CR3_LOADS |
			       VCPU_INTERCEPT_DESCRIPTOR_TABLES,
		       on);
	vcpu_own_cr0(&guest->vcpu, on ? UINT32_MAX : REAL_CR0_OWNED);
	vcpu_own_cr4(&guest->vcpu, on ? UINT32_MAX : ~(u64)REAL_CR4_OF_GUEST);
}

void engine_release_real_state(struct guest16 *guest)
{
	watch(guest, false);
}

void engine_write_real_state(struct guest16 *guest)
{
	struct vcpu *vcpu = &guest->vcpu;

	watch(guest, true);
	vcpu_set_cr0(vcpu,
		     (struct vcpu_cr){ .real = REAL_CR0, .shown = CR0_ET });
	vcpu_set_cr3(vcpu, 0);
	vcpu_set_cr4(vcpu, (struct vcpu_cr){ .real = REAL_CR4, .shown = 0 });
	vcpu_set_segment(vcpu, SEGMENT_TR,
			 (struct vcpu_segment){ .limit = REAL_TSS_LIMIT,
						.rights = RIGHTS_TSS_BUSY });
	vcpu_set_segment(vcpu, SEGMENT_LDTR,
			 (struct vcpu_segment){ .rights = RIGHTS_UNUSABLE });
	vcpu_set_gdtr(vcpu, (struct vcpu_table){ 0 });
	vcpu_set_idtr(vcpu, (struct vcpu_table){ .limit = REAL_IVT_LIMIT });
}

int engine_set_up(struct guest16 *guest)
{
	int err = set_up(guest);

	/*
	 * The state of real mode is written at the first call:
	 * guest16_begin_call().
	 */
	if (err == 0 && guest->engine->uses_v86) {
		write_v86_state(guest);
	}
	return err;
}
