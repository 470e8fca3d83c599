/*
 * Makes the guest exit on what is watched: on ports by unconditional I/O
 * exiting, on INT n in virtual-8086 mode by the redirection map, on INT n in
 * real mode by an IDTR limit of 0, which makes it raise #GP. The return of an
 * INT is found by an execution breakpoint at its return address. On the guest's
 * core, its VMCS current, interrupts off.
 */
#include "guest/code16/watch16_arm.h"

#include "arch/cpu.h"
#include "arch/x86.h"
#include "guest/code16/engine.h"
#include "guest/memory/v86_tables.h"
#include "guest/watch/watch.h"
#include "vmm/vcpu_setup.h"
#include "vmm/vcpu_state.h"

#define REAL_IVT_LIMIT 0x3ffu
#define DR7_GLOBAL(n) (2u << 2 * (n)) /* length 1, execution */
/*
 * Machine checks must be intercepted, too: they would go through the guest's
 * IVT as INT 12h. For NMIs the bit has no effect.
 */
#define EVERY_EXCEPTION UINT32_MAX
static_assert(EVERY_EXCEPTION >> VECTOR_MC & 1,
	      "the machine's, not the guest's");

static void write_dr(unsigned n, u32 linear)
{
	switch (n) {
	case 0:
		write_dr0(linear);
		break;
	case 1:
		write_dr1(linear);
		break;
	case 2:
		write_dr2(linear);
		break;
	default:
		write_dr3(linear);
		break;
	}
}

int watch16_from_register(void)
{
	for (int i = WATCH_BREAKPOINTS - 1; i >= 0; i--) {
		if (watch_config.has_from && !watch_config.breakpoint[i].used) {
			return i;
		}
	}
	return -1;
}

/*
 * Writes DR0-3 themselves: they are not in the VMCS, and the host uses none of
 * them.
 */
void watch16_arm_breakpoints(struct guest16 *guest, bool live)
{
	const struct guest_watch *w = &guest->watch;
	int from = watch16_from_register();
	u32 linear[1 + WATCH_BREAKPOINTS] = { 0 };
	u32 dr7 = 0;

	if (live && w->depth != 0) {
		const struct watch_frame *top = &w->frame[w->depth - 1];

		linear[0] = far_to_linear(top->cs, top->ip);
		dr7 |= DR7_GLOBAL(0);
	}
	for (int i = 0; i < WATCH_BREAKPOINTS && live; i++) {
		const struct watch_breakpoint *b = &watch_config.breakpoint[i];
		struct far_ptr at = i == from ? watch_config.from : b->at;

		if (i == from || b->used) {
			linear[i + 1] = far_to_linear(at.segment, at.offset);
			dr7 |= DR7_GLOBAL(i + 1);
		}
	}
	for (unsigned i = 0; i < ARRAY_SIZE(linear); i++) {
		write_dr(i, linear[i]);
	}
	vcpu_set_dr7(&guest->vcpu, DR7_RESET | dr7);
}

/*
 * Only INT n and the BIOS's interrupts read the IVT by IDTR, so that a limit of
 * 0 disturbs nothing else.
 */
static void trap_real_mode_ints(struct guest16 *guest, bool on)
{
	struct vcpu *vcpu = &guest->vcpu;
	struct vcpu_table ivt = vcpu_idtr(vcpu);
	u64 owned = vcpu_owned_cr0(vcpu);

	vcpu_intercept_exceptions(vcpu, on ? EVERY_EXCEPTION
					   : guest->watch.exceptions);
	if (ivt.base == 0 && (ivt.limit == 0 || ivt.limit == REAL_IVT_LIMIT)) {
		ivt.limit = on ? 0 : REAL_IVT_LIMIT;
		vcpu_set_idtr(vcpu, ivt);
	}
	/*
	 * Makes a write of CR0.PE exit: in protected mode the guest has an IDT.
	 */
	vcpu_own_cr0(vcpu,
		     guest->watch.armed ? owned | CR0_PE : owned & ~CR0_PE);
}

static void force_tf(struct guest16 *guest, bool on)
{
	struct guest_watch *w = &guest->watch;
	u64 rflags = vcpu_rflags(&guest->vcpu) & ~w->forced_flags;

	w->forced_flags = on ? RFLAGS_TF : 0;
	vcpu_set_rflags(&guest->vcpu, rflags | w->forced_flags);
}

void watch16_arm(struct guest16 *guest)
{
	struct guest_watch *w = &guest->watch;
	bool live = w->armed && !w->suspended;
	bool ports = (live && watch_kind_wanted(&guest->vcpu, TRACE_IO)) ||
		     guest->board.io_bitmaps == NULL;
	bool by_tf = live && w->stepping && !w->by_mtf;
	/*
	 * Stepping by TF needs INT n to exit: the processor clears TF in INT n.
	 */
	bool ints =
		live && (watch_kind_wanted(&guest->vcpu, TRACE_INT) || by_tf);

	watch16_arm_breakpoints(guest, live);
	w->ints = ints;
	if (guest->engine->uses_v86) {
		v86_tables_trap_ints(guest->memory.system, ints);
	} else {
		trap_real_mode_ints(guest, ints);
	}
	vcpu_intercept(&guest->vcpu, VCPU_INTERCEPT_PORTS, ports);
	vcpu_intercept(&guest->vcpu, VCPU_INTERCEPT_STEPS,
		       live && w->stepping && w->try_mtf);
	force_tf(guest, by_tf);
}

/*
 * The guest has set IDTR by LIDT, as code does on its way back from protected
 * mode.
 */
void watch16_keep_armed(struct guest16 *guest)
{
	if (!guest->engine->uses_v86 && guest->watch.ints &&
	    vcpu_idtr(&guest->vcpu).limit != 0) {
		trap_real_mode_ints(guest, true);
	}
}
