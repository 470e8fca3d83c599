/* See virtual_pc.h. What is to be done on its core is sent there. */
#include "monitor/virtual_pc.h"

#include "arch/console/console_poll.h"
#include "arch/cpu.h"
#include "arch/mem/pages.h"
#include "arch/smp.h"
#include "lib/error.h"
#include "monitor/pc_screen.h"

#define PC_PAGES ((sizeof(struct pc_guest) + PAGE_SIZE - 1) / PAGE_SIZE)

static struct pc_guest *pc;
static u32 core_of_pc;

struct making {
	const struct pc_guest_config *config;
	int err;
};

struct running {
	u64 timeout_us;
	const char *until;
	struct virtual_pc_run *run;
};

static void on_its_core(void (*function)(void *argument), void *argument)
{
	smp_start(core_of_pc, function, argument);
	smp_wait(core_of_pc);
}

static void make(void *argument)
{
	struct making *making = argument;

	pc = pages_get(PC_PAGES);
	making->err =
		pc == NULL ? ERR_NO_MEMORY : pc_guest_init(pc, making->config);
	if (making->err != 0 && pc != NULL) {
		pages_put(pc, PC_PAGES);
		pc = NULL;
	}
}

int virtual_pc_make(u32 core, const struct pc_guest_config *config)
{
	struct making making = { .config = config };

	virtual_pc_stop();
	core_of_pc = core;
	on_its_core(make, &making);
	return making.err;
}

struct pc_guest *virtual_pc(void)
{
	return pc;
}

static bool was_reset(const struct virtual_pc_run *run)
{
	return run->end == VCPU_END_SHUTDOWN ||
	       (run->end == VCPU_END_DONE && pc->board.pc.end == PC_RESET);
}

/* A triple fault pulls the reset line, too. */
static void run(void *argument)
{
	const struct running *running = argument;
	u64 begin = rdtsc();

	running->run->end =
		pc_guest_run(pc, running->timeout_us, running->until);
	running->run->ticks = rdtsc() - begin;
	running->run->exits = pc->guest.vcpu.exits;
	if (was_reset(running->run)) {
		pc_guest_reset(pc);
		running->run->end = VCPU_END_SHUTDOWN;
	}
}

/* Its screen is drawn by this core, if it is not the PC's own. */
static void run_and_draw(struct running *running)
{
	pc_screen_begin(&pc->board.pc.vga);
	pc->on_look =
		core_of_pc == this_cpu_index() ? pc_screen_draw_between : NULL;
	smp_start(core_of_pc, run, running);
	while (!smp_is_idle(core_of_pc)) {
		console_poll();
		smp_serve_requests();
		pc_screen_draw();
		cpu_pause();
	}
	smp_wait(core_of_pc);
	pc_screen_end();
}

void virtual_pc_run(u64 timeout_ms, const char *until,
		    struct virtual_pc_run *result)
{
	struct running running = { .timeout_us = timeout_ms * 1000,
				   .until = until,
				   .run = result };

	run_and_draw(&running);
}

static void report(void *argument)
{
	struct vcpu *vcpu = argument;

	vcpu_load(vcpu);
	vcpu_report(vcpu);
}

void virtual_pc_report(void)
{
	on_its_core(report, &pc->guest.vcpu);
}

static void stop(void *argument)
{
	(void)argument;
	pc_guest_free(pc);
	pages_put(pc, PC_PAGES);
}

void virtual_pc_stop(void)
{
	if (pc != NULL) {
		on_its_core(stop, NULL);
		pc = NULL;
	}
}

const char *virtual_pc_result(const struct virtual_pc_run *result)
{
	switch (result->end) {
	case VCPU_END_DONE:
		return "poweroff";
	case VCPU_END_SHUTDOWN:
		return "reset";
	case VCPU_END_INTERRUPTED:
		return "stopped";
	case VCPU_END_TIMEOUT:
		return "timeout";
	default:
		return "fault";
	}
}
