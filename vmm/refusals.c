/*
 * Notes refusals during a run and prints them afterwards. The vcpu is loaded.
 */
#include "vmm/refusals.h"

#include "arch/console/console.h"
#include "arch/x86.h"
#include "vmm/vcpu.h"
#include "vmm/vcpu_state.h"
#include "vmm/vmx/exit_reasons.h"

/*
 * The place in `kept` of refusal `number`, counted from 0. The first refusal
 * keeps its place; later ones share the others in turn.
 */
static u32 place_of(u32 number)
{
	return number == 0 ? 0 : 1 + (number - 1) % (REFUSALS_KEPT - 1);
}

static bool is_same(const struct refusal *a, const struct refusal *b)
{
	return a->kind == b->kind && a->what == b->what &&
	       a->value == b->value && a->cs == b->cs && a->rip == b->rip;
}

/*
 * Whether `new` is the #GP that follows from the refused MSR access `last`: it
 * is not noted.
 */
static bool follows(const struct refusal *new, const struct refusal *last)
{
	return new->kind == REFUSAL_EXCEPTION &&new->what == VECTOR_GP &&
	       last->kind != REFUSAL_EXCEPTION && last->cs == new->cs &&
	       last->rip == new->rip;
}

void vcpu_note_refusal(struct vcpu *vcpu, enum refusal_kind kind, u32 what,
		       u64 value)
{
	struct refusals *refusals = &vcpu->refusals;
	struct refusal new = { .kind = kind,
			       .what = what,
			       .value = value,
			       .rip = vcpu_rip(vcpu),
			       .times = 1,
			       .cs = (u16)vcpu_selector(vcpu, SEGMENT_CS) };

	if (refusals->run != tsc_of_halves(vcpu->start_tsc)) {
		refusals->run = tsc_of_halves(vcpu->start_tsc);
		refusals->count = 0;
	}
	if (refusals->count != 0) {
		struct refusal *last =
			&refusals->kept[place_of(refusals->count - 1)];

		if (follows(&new, last)) {
			return;
		}
		if (is_same(&new, last)) {
			last->times++;
			return;
		}
	}
	refusals->kept[place_of(refusals->count)] = new;
	refusals->count++;
}

static void print(const struct refusal *refusal)
{
	if (refusal->kind == REFUSAL_RDMSR) {
		console_printf("report: refused: RDMSR of %08x", refusal->what);
	} else if (refusal->kind == REFUSAL_WRMSR) {
		console_printf("report: refused: WRMSR of %08x, value %lx",
			       refusal->what, refusal->value);
	} else {
		console_printf("report: delivered: %s, %s %lx",
			       exception_name(refusal->what),
			       refusal->what == VECTOR_PF ? "address"
							  : "error code",
			       refusal->value);
	}
	console_printf(" at %04x:%04lx", refusal->cs, refusal->rip);
	if (refusal->times > 1) {
		console_printf(", %u times", refusal->times);
	}
	console_printf("\n");
}

void vcpu_report_refusals(const struct vcpu *vcpu)
{
	const struct refusals *refusals = &vcpu->refusals;
	u32 count = refusals->count;
	u32 next = count > REFUSALS_KEPT ? count - (REFUSALS_KEPT - 1) : 1;

	if (refusals->run != tsc_of_halves(vcpu->start_tsc) || count == 0) {
		return;
	}
	print(&refusals->kept[0]);
	if (next > 1) {
		console_printf("report: and %u more, then\n", next - 1);
	}
	for (; next < count; next++) {
		print(&refusals->kept[place_of(next)]);
	}
}
