/*
 * Runs two jobs at once: one core runs a guest that waits for a flag, another
 * sends it NMIs and then sets the flag. The boot core does one of the two and
 * drives both.
 */
#include "monitor/engine_choice.h"
#include "monitor/nmi_run.h"

#include "arch/clock.h"
#include "arch/console/console_poll.h"
#include "arch/console/input.h"
#include "arch/nmi_watchdog.h"
#include "arch/smp.h"
#include "guest/bios/bios_pool.h"
#include "guest/bios/snippets.h"
#include "guest/far_ptr.h"
#include "lib/error.h"
#include "lib/fmt.h"
#include "lib/str.h"
#include "lib/string.h"
#include "monitor/settings.h"
#include "vmm/exit_stats.h"

#define PROGRAM_SEGMENT 0x1000
#define FLAG_OFFSET 0x100
#define ACKNOWLEDGE_US 1000000
#define GUEST_TIMEOUT_MS 60000

struct work {
	struct nmi_run *run;
	struct cpu *target;
	u64 count;
	volatile u8 *flag; /* in the guest's memory, once that is known */
	u64 exits_before; /* exits by exceptions or NMIs before the first NMI */
};

static void set_problem(struct nmi_run *run, const char *text)
{
	if (run->problem[0] == '\0') {
		str_copy(run->problem, sizeof(run->problem), text);
	}
}

static void run_guest(void *argument)
{
	struct work *work = argument;
	struct bios_regs regs = { .eip = 0,
				  .cs = PROGRAM_SEGMENT,
				  .ds = PROGRAM_SEGMENT,
				  .ebx = FLAG_OFFSET,
				  .eflags = 0x202 };
	struct bios_regs once = regs;
	u32 linear = far_to_linear(PROGRAM_SEGMENT, 0);
	struct guest16 *guest;
	u8 *flag;

	if (engine_choice_guest(&board_private, &guest) != 0 ||
	    guest_memory_write(&guest->memory, linear, snippet_wait.code,
			       snippet_wait.bytes) != 0) {
		set_problem(work->run, "the guest could not be made");
		return;
	}
	flag = guest_memory_at(&guest->memory, linear + FLAG_OFFSET);
	/*
	 * The first run does not wait: it makes the guest's pages, so that
	 * later runs need none.
	 */
	flag[0] = 1;
	bios_far_call(guest, &once, GUEST_TIMEOUT_MS);
	flag[0] = 0;
	flag[1] = 0;
	__atomic_store_n(&work->flag, flag, __ATOMIC_RELEASE);
	if (bios_far_call(guest, &regs, GUEST_TIMEOUT_MS) != VCPU_END_DONE) {
		set_problem(work->run, guest->vcpu.why);
	}
}

/* Waits until the target has taken the NMI; false after a second. */
static bool wait_acknowledged(const struct cpu *target, u64 before)
{
	u64 first = rdtsc();
	u64 patience = clock_us_to_tsc(ACKNOWLEDGE_US);

	while (target->nmi_count == before) {
		if (clock_has_passed(first, patience)) {
			return false;
		}
		cpu_pause();
	}
	return true;
}

static void send_all(struct work *work)
{
	u64 first = work->target->nmi_count;

	for (u64 i = 0; i < work->count && !input_interrupted(); i++) {
		u64 before = work->target->nmi_count;

		console_poll();
		smp_send_nmi(work->target);
		work->run->sent++;
		if (!wait_acknowledged(work->target, before)) {
			set_problem(work->run,
				    "an NMI was not taken within a second");
			break;
		}
	}
	work->run->counted = work->target->nmi_count - first;
}

static bool wait_for_guest(struct work *work)
{
	u64 first = rdtsc();
	u64 patience = clock_us_to_tsc(ACKNOWLEDGE_US);

	while (work->flag == NULL || work->flag[1] == 0) {
		if (clock_has_passed(first, patience) ||
		    work->run->problem[0] != '\0') {
			set_problem(work->run, "the guest did not start");
			return false;
		}
		cpu_pause();
	}
	return true;
}

static u64 nmi_exits(const struct work *work)
{
	return exit_stats_count(work->target->index,
				EXIT_REASON_EXCEPTION_OR_NMI);
}

static void send_to_guest(void *argument)
{
	struct work *work = argument;

	if (wait_for_guest(work)) {
		work->exits_before = nmi_exits(work);
		send_all(work);
	}
	if (work->flag != NULL) {
		work->flag[0] = 1;
	}
}

void nmi_run_in_guest(struct nmi_run *run, u32 index, u64 count)
{
	struct work work = { run, smp_cpu(index), count, NULL, 0 };

	memset(run, 0, sizeof(*run));
	nmi_watchdog_silence(true);
	if (index != 0) {
		smp_start(index, run_guest, &work);
		send_to_guest(&work);
		smp_wait(index);
	} else if (smp_count() > 1) {
		smp_start(1, send_to_guest, &work);
		run_guest(&work);
		smp_wait(1);
	} else {
		set_problem(run, "there is no other core to send NMIs");
	}
	nmi_watchdog_silence(false);
	run->by_exit = nmi_exits(&work) - work.exits_before;
}

void nmi_run_in_root(struct nmi_run *run, u32 index, u64 count)
{
	struct work work = { run, smp_cpu(index), count, NULL, 0 };

	memset(run, 0, sizeof(*run));
	nmi_watchdog_silence(true);
	send_all(&work);
	nmi_watchdog_silence(false);
}
