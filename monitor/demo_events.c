/*
 * The demo's interrupts: guests that spend time while the host's timer
 * interrupts them, and NMIs, on every core.
 */
#include "arch/clock.h"
#include "arch/lapic.h"
#include "arch/mem/pages.h"
#include "arch/percpu.h"
#include "arch/smp.h"
#include "arch/x86.h"
#include "guest/bios/bios_pool.h"
#include "guest/far_ptr.h"
#include "guest/bios/snippets.h"
#include "lib/string.h"
#include "monitor/engine_choice.h"
#include "monitor/demo.h"
#include "monitor/nmi_run.h"
#include "monitor/settings.h"
#include "vmm/exit_stats.h"

#define PROGRAM_SEGMENT 0x1000
#define DELAY_US 20000
#define TIMER_PERIOD_US 1000
#define MIN_INTERRUPTS 5
#define DELAY_TIMEOUT_MS 10000
#define NMIS_PER_CORE 1000
#define NO_APIC "there is no local APIC to send them"

struct delay_outcome {
	enum vcpu_end end;
	bool registers_kept;
	u64 interrupts; /* of the host's timer, by VM exits */
};

static struct delay_outcome *outcomes;
static const char delay_name[] = "external-interrupt exiting";
static const char nmi_guest_name[] = "NMI exiting";
static const char nmi_root_name[] = "NMIs in VMX root operation";

/* Known values for all registers that the program does not use. */
static const struct bios_regs start_regs = {
	.eax = 0x01234567,
	.ebx = 0x89abcdef,
	.edx = 0xfedcba98,
	.esi = 0x76543210,
	.edi = 0x0f1e2d3c,
	.ebp = 0x4b5a6978,
	.es = 0x1111,
	.ds = 0x2222,
	.fs = 0x3333,
	.gs = 0x4444,
	.cs = PROGRAM_SEGMENT,
	.eflags = 0x202, /* interrupts on */
};

static bool registers_kept(const struct bios_regs *regs)
{
	return regs->eax == start_regs.eax && regs->ebx == start_regs.ebx &&
	       regs->ecx == 0 && regs->edx == start_regs.edx &&
	       regs->esi == start_regs.esi && regs->edi == start_regs.edi &&
	       regs->ebp == start_regs.ebp && regs->es == start_regs.es &&
	       regs->ds == start_regs.ds && regs->fs == start_regs.fs &&
	       regs->gs == start_regs.gs && regs->ss == BIOS_STACK_SEGMENT &&
	       regs->esp == BIOS_STACK_TOP && (regs->eflags & RFLAGS_IF);
}

/*
 * Runs the delay program on each core, with a timer interrupt every
 * millisecond.
 */
static void delay(void *unused)
{
	u32 core = this_cpu_index();
	struct delay_outcome *outcome = &outcomes[core];
	struct bios_regs regs = start_regs;
	u64 before = exit_stats_count(core, EXIT_REASON_EXTERNAL_INTERRUPT);
	struct guest16 *guest;

	(void)unused;
	regs.ecx = (u32)(clock_us_to_tsc(DELAY_US) / 2);
	outcome->end = VCPU_END_REFUSED;
	if (engine_choice_guest(&board_private, &guest) != 0 ||
	    guest_memory_write(&guest->memory,
			       far_to_linear(PROGRAM_SEGMENT, 0),
			       snippet_delay.code, snippet_delay.bytes) != 0) {
		return;
	}
	lapic_timer_periodic_us(TIMER_PERIOD_US);
	outcome->end = bios_far_call(guest, &regs, DELAY_TIMEOUT_MS);
	lapic_timer_stop();
	outcome->registers_kept = registers_kept(&regs);
	outcome->interrupts =
		exit_stats_count(core, EXIT_REASON_EXTERNAL_INTERRUPT) - before;
}

static void report_delay(struct report *report)
{
	u64 fewest = UINT64_MAX;

	for (u32 i = 0; i < smp_count(); i++) {
		const struct delay_outcome *o = &outcomes[i];

		if (o->end != VCPU_END_DONE || !o->registers_kept ||
		    o->interrupts < MIN_INTERRUPTS) {
			report_fail(report, delay_name,
				    "expected at least %u timer interrupts and "
				    "all registers kept, got on core %u %s, %lu "
				    "interrupts, registers %s",
				    MIN_INTERRUPTS, i, vcpu_end_name(o->end),
				    o->interrupts,
				    o->registers_kept ? "kept" : "changed");
			return;
		}
		fewest = MIN(fewest, o->interrupts);
	}
	report_pass(report, delay_name,
		    "a guest on each of %u cores had at least %lu timer "
		    "interrupts and lost no register",
		    smp_count(), fewest);
}

static void external_interrupts(struct report *report)
{
	size_t bytes = smp_count() * sizeof(struct delay_outcome);
	size_t pages = ALIGN_UP(bytes, PAGE_SIZE) / PAGE_SIZE;

	outcomes = pages_get(pages);
	if (outcomes == NULL) {
		report_fail(report, delay_name,
			    "expected memory for the results, got none");
		return;
	}
	smp_run_on_all(delay, NULL);
	report_delay(report);
	pages_put(outcomes, pages);
}

static bool check_nmis(struct report *report, const char *name, u32 core,
		       const struct nmi_run *run)
{
	if (run->problem[0] == '\0' && run->counted == NMIS_PER_CORE) {
		return true;
	}
	report_fail(report, name, "expected %u, got %lu on core %u; %s",
		    NMIS_PER_CORE, run->counted, core, run->problem);
	return false;
}

static void nmis_in_guests(struct report *report)
{
	struct nmi_run run;
	u64 by_exit = 0;

	if (smp_count() == 1) {
		report_skip(
			report, nmi_guest_name, "%s",
			"the only core cannot send NMIs while its guest runs");
		return;
	}
	for (u32 i = 0; i < smp_count(); i++) {
		nmi_run_in_guest(&run, i, NMIS_PER_CORE);
		if (!check_nmis(report, nmi_guest_name, i, &run)) {
			return;
		}
		by_exit += run.by_exit;
	}
	report_pass(report, nmi_guest_name,
		    "%u to the guest of each of %u cores, one after the other; "
		    "%lu ended a stay in the guest",
		    NMIS_PER_CORE, smp_count(), by_exit);
}

static void nmis_in_root(struct report *report)
{
	struct nmi_run run;

	for (u32 i = 0; i < smp_count(); i++) {
		nmi_run_in_root(&run, i, NMIS_PER_CORE);
		if (!check_nmis(report, nmi_root_name, i, &run)) {
			return;
		}
	}
	report_pass(report, nmi_root_name, "%u counted on each of %u cores",
		    NMIS_PER_CORE, smp_count());
}

void demo_events(struct report *report)
{
	if (!lapic_present()) {
		report_skip(report, delay_name, "%s", NO_APIC);
		report_skip(report, nmi_guest_name, "%s", NO_APIC);
		report_skip(report, nmi_root_name, "%s", NO_APIC);
		return;
	}
	external_interrupts(report);
	nmis_in_guests(report);
	nmis_in_root(report);
}
