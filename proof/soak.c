/*
 * The command soak: makes very many BIOS calls on all cores, and sends very
 * many timer interrupts to the BIOS, to find what is lost, doubled or left
 * behind only rarely. On the boot core.
 */
#include "arch/clock.h"
#include "arch/console/console.h"
#include "arch/console/input.h"
#include "arch/cpu.h"
#include "arch/mem/pages.h"
#include "arch/smp.h"
#include "guest/memory/bios_area.h"
#include "guest/bios/bios_services.h"
#include "guest/board/bios_ticks.h"
#include "guest/board/pic_lines.h"
#include "proof/soak_snippet.h"
#include "lib/fmt.h"
#include "monitor/command.h"
#include "monitor/engine_choice.h"
#include "monitor/report.h"

#define DEFAULT_COUNT 10000
#define MAX_COUNT 100000000
#define ROUND 10000u /* a line of progress after so many */
#define CALL_TIMEOUT_MS 1000
#define VECTOR_EQUIPMENT 0x11
#define VECTOR_TIMER 0x08
#define IVT_TICK (4 * 0x1c)
#define BDA_TIME_BYTES 5 /* BDA_TICKS and the midnight flag */
#define PIT_HZ 1193182u
/* Under KVM no period is shorter than 200 us. */
#define DEFAULT_PERIOD_US 250
#define MIN_PERIOD_US 20
#define MAX_PERIOD_US 50000 /* 65536 counts of the PIT are 54925 us */
#define PERIODS_OFF 64	    /* the TSC's measured rate may be off by so much */
#define SLOW_DOWN_TRIES 5
#define MIN_TIMEOUT_MS 1000
#define SLOWNESS 10u /* a host may be so much slower than asked for */

static struct report report;

struct round {
	const struct board_kind *board;
	u32 calls; /* on each core */
	u32 good;  /* on all cores */
};

static void make_calls(void *argument)
{
	struct round *round = argument;
	struct guest16 *guest;

	if (engine_choice_guest(round->board, &guest) != 0) {
		return;
	}
	for (u32 i = 0; i < round->calls; i++) {
		struct bios_regs regs = { .eflags = 0x202 };

		if (bios_call(guest, VECTOR_EQUIPMENT, &regs,
			      CALL_TIMEOUT_MS) != VCPU_END_DONE ||
		    (u16)regs.eax != bios_area_read16(BDA_EQUIPMENT)) {
			return;
		}
		__atomic_fetch_add(&round->good, 1, __ATOMIC_RELAXED);
		smp_serve_requests();
	}
}

static void progress(const char *what, u32 done, u32 wanted, u64 start_us)
{
	console_printf("soak: %s: %u of %u, %lu ms\n", what, done, wanted,
		       (clock_us() - start_us) / 1000);
}

static void soak_calls(const char *name, const struct board_kind *board,
		       u32 wanted)
{
	struct round round = { .board = board };
	u64 start = clock_us();

	for (u32 done = 0; done < wanted; done += round.calls) {
		round.calls = MIN(wanted - done, ROUND);
		round.good = 0;
		smp_run_on_all(make_calls, &round);
		if (round.good != round.calls * smp_count()) {
			report_fail(
				&report, name,
				"expected %u good calls, got %u; see 'exits'",
				round.calls * smp_count(), round.good);
			return;
		}
		progress(name, done + round.calls, wanted, start);
	}
	report_pass(&report, name, "%u on each of %u cores", wanted,
		    smp_count());
}

/* Sums over the calls of the program in proof/soak_snippet.h. */
struct timer_run {
	struct guest16 *guest;
	u32 period_us;
	u32 pit_counts; /* the same for the PIT */
	u32 counted;	/* by INT 1Ch, since the program was copied */
	u64 in_calls, ticks, tsc;
	enum vcpu_end end;
};

/* Runs the program. pit_counts 0: the BIOS's own period, 65536. */
static bool run_timer(struct timer_run *run, u32 interrupts, u32 pit_counts,
		      bool halt)
{
	struct bios_regs regs = { .cs = BIOS_BUFFER_SEGMENT,
				  .eflags = 0x202,
				  .ebx = pit_counts,
				  .ecx = interrupts,
				  .edx = halt };

	u64 expected_us = (u64)interrupts * run->period_us;

	run->end = bios_far_call(run->guest, &regs,
				 (u32)(MIN_TIMEOUT_MS +
				       SLOWNESS * expected_us / 1000));
	if (run->end == VCPU_END_INTERRUPTED) {
		return false;
	}
	if (run->end != VCPU_END_DONE) {
		vcpu_report(&run->guest->vcpu);
		return false;
	}
	run->counted = regs.eax;
	run->in_calls += regs.ecx;
	run->tsc += regs.edi;
	/* The count starts again at 0 at midnight. */
	run->ticks += regs.edx < BIOS_TICKS_A_DAY ? regs.edx
						  : regs.edx + BIOS_TICKS_A_DAY;
	return true;
}

/*
 * Restores the BIOS's own period, and waits until no interrupt is left to
 * deliver.
 */
static bool slow_down(struct timer_run *run)
{
	bool done = true;

	/*
	 * The fast timer must not stay on, even after an interruption by a
	 * person.
	 */
	input_hold_interrupt(true);
	for (u32 i = 0; i < SLOW_DOWN_TRIES && done; i++) {
		done = run_timer(run, 0, 0, false);
		if (!pic_lines_pending()) {
			break;
		}
	}
	input_hold_interrupt(false);
	return done && !pic_lines_pending();
}

static bool speed_up(struct timer_run *run, const char *name, u32 wanted)
{
	u64 start = clock_us();

	for (u32 done = 0; done < wanted;) {
		u32 count = MIN(wanted - done, ROUND);

		/* Half of the interrupts go to a guest that waits in HLT. */
		if (!run_timer(run, count - count / 2, run->pit_counts,
			       false) ||
		    !run_timer(run, count / 2, run->pit_counts, true)) {
			return false;
		}
		done += count;
		progress(name, done, wanted, start);
	}
	return true;
}

/* Counts since boot. */
struct counters {
	u64 acknowledged; /* IRQ 0 */
	u64 noted, delivered;
};

static struct counters counters_now(void)
{
	return (struct counters){
		.acknowledged = smp_cpu(0)->interrupt_count[VECTOR_TIMER],
		.noted = pic_lines_noted(),
		.delivered = pic_lines_delivered(),
	};
}

static void judge_timer(const char *name, const struct timer_run *run,
			u32 counted, const struct counters *before)
{
	struct counters now = counters_now();
	u64 irq0 = now.acknowledged - before->acknowledged;
	u64 noted = now.noted - before->noted;
	u64 delivered = now.delivered - before->delivered;
	u64 us = clock_tsc_to_us(run->tsc);
	u64 periods = us * PIT_HZ / 1000000 / run->pit_counts;
	u64 off = MAX(periods, run->in_calls) - MIN(periods, run->in_calls);
	bool in_time = off <= periods / PERIODS_OFF;
	char seen[240];

	fmt_snprintf(seen, sizeof(seen),
		     "%lu noted, %lu delivered, %u counted by INT 1Ch, %lu of "
		     "other lines; "
		     "%lu ticks at 40:6C and %lu periods for %lu counted, each "
		     "after %lu us for the %u asked for%s",
		     noted, delivered, counted, noted - irq0, run->ticks,
		     periods, run->in_calls, us / MAX(run->in_calls, 1),
		     run->period_us,
		     in_time ? "" : "; a slow host wants a longer period_us=");
	report_check(&report, name,
		     counted == irq0 && noted == delivered &&
			     run->ticks == run->in_calls && in_time,
		     "all alike", seen);
}

/* Called with the program in place. */
static void soak_timer(const char *name, struct timer_run *run, u32 wanted)
{
	struct counters before;
	u32 counted;
	bool good = slow_down(run);
	enum vcpu_end end = run->end;

	counted = run->counted;
	before = counters_now();
	run->in_calls = run->ticks = run->tsc = 0;
	if (good) {
		good = speed_up(run, name, wanted);
		end = run->end; /* kept, because the next runs change it */
	}
	if (slow_down(run) && good) {
		judge_timer(name, run, run->counted - counted, &before);
	} else {
		report_fail(&report, name,
			    "expected the guest back, got %s after %lu%s",
			    vcpu_end_name(end), run->in_calls,
			    pic_lines_pending() ? ", one pending" : "");
	}
}

/* Copies the program; at the end it restores the BIOS's vector and clock. */
static void soak_interrupts(u32 wanted, u32 period_us)
{
	static const char name[] = "timer interrupts";
	struct timer_run run = {
		.period_us = period_us,
		.pit_counts = (u32)((u64)period_us * PIT_HZ / 1000000),
	};
	u64 start = clock_us();
	u8 time[BDA_TIME_BYTES], vector[4];
	struct guest_memory *memory;
	u32 ticks;

	if (engine_choice_guest(&board_machine, &run.guest) != 0 ||
	    !bios_services_have_buffer(run.guest)) {
		report_skip(&report, name, "no guest, or no memory for it");
		return;
	}
	memory = &run.guest->memory;
	guest_memory_read(memory, IVT_TICK, vector, sizeof(vector));
	guest_memory_read(memory, BDA_TICKS, time, sizeof(time));
	guest_memory_write(memory, BIOS_BUFFER_SEGMENT << 4, soak_snippet.code,
			   soak_snippet.bytes);
	soak_timer(name, &run, wanted);
	guest_memory_write(memory, IVT_TICK, vector, sizeof(vector));
	guest_memory_write(memory, BDA_TICKS, time, sizeof(time));
	guest_memory_read(memory, BDA_TICKS, &ticks, sizeof(ticks));
	ticks = (ticks + (u32)((clock_us() - start) / BIOS_TICK_US)) %
		BIOS_TICKS_A_DAY;
	guest_memory_write(memory, BDA_TICKS, &ticks, sizeof(ticks));
}

static int run_soak(struct args *args)
{
	u64 calls = DEFAULT_COUNT, interrupts = DEFAULT_COUNT, free;
	u64 period_us = DEFAULT_PERIOD_US;
	int err = args_dec(args, "calls", MAX_COUNT, &calls);

	if (err >= 0) {
		err = args_dec(args, "interrupts", MAX_COUNT, &interrupts);
	}
	if (err >= 0) {
		err = args_dec(args, "period_us", MAX_PERIOD_US, &period_us);
	}
	if (err < 0) {
		return err;
	}
	if (period_us < MIN_PERIOD_US) {
		return command_error(ERR_RANGE,
				     "a timer cannot be so fast; "
				     "period_us=%lu; from %u on",
				     period_us, MIN_PERIOD_US);
	}
	report_begin(&report, command_emit_line, NULL);
	bios_pool_empty();
	free = pages_free_count();
	if (calls != 0) {
		soak_calls("calls in private views", &board_private,
			   (u32)calls);
		soak_calls("calls in the machine view", &board_machine,
			   (u32)calls);
	}
	if (interrupts != 0) {
		soak_interrupts((u32)interrupts, (u32)period_us);
	}
	bios_pool_empty();
	report_check_u64(&report, "free pages", free, pages_free_count());
	return command_close_report(&report, "soak");
}

COMMAND(TESTS, 20, soak) = {
	.name = "soak",
	.usage = "[calls=N] [interrupts=N] [period_us=N]",
	.summary = "very many BIOS calls and timer interrupts",
	.details = "calls=N on each core in either view; 10000 of "
		   "both unless told.\n"
		   "The timer interrupts every period_us=, 250 unless "
		   "told: as fast as every host allows.",
	.example = "soak calls=1000",
	.keys = "calls interrupts period_us",
	.run = run_soak,
};
