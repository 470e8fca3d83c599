/*
 * The command bios. The call itself is a job for the core it is to run on; the
 * boot core parses, waits and prints.
 */
#include "monitor/cmd/bios.h"

#include "arch/cpu.h"
#include "guest/bios/bios_pool.h"
#include "lib/error.h"
#include "lib/fmt.h"
#include "monitor/command.h"
#include "monitor/guest_job.h"
#include "monitor/settings.h"

#define MAX_REPEAT 100000000u

struct bios_job {
	struct guest_job job; /* first: a job's function gets from it to this */
	u8 vector;
	u64 repeat;
	u64 calls; /* made; ticks are of the last */
};

static int parse(struct bios_job *bios, struct args *args)
{
	const struct bios_regs regs = { .eflags = GUEST_JOB_EFLAGS };
	u64 vector;
	u32 core;
	int err = args_positional_hex(args, 0, "interrupt", 0xff, &vector);

	bios->vector = (u8)vector;
	bios->repeat = 1;
	bios->calls = 0;
	if (err == 0) {
		err = args_dec(args, "repeat", MAX_REPEAT, &bios->repeat);
	}
	if (err >= 0) {
		err = guest_job_read_core(args, &core);
	}
	return err < 0 ? err : guest_job_read(&bios->job, args, core, &regs);
}

/* On the core of the call. */
static void call(void *argument)
{
	struct bios_job *bios = argument;
	struct guest_job *job = argument;
	struct bios_regs first = job->regs;

	job->err = bios_pool_get(job->engine, job->board, settings()->vme,
				 &job->guest);
	if (job->err != 0 || guest_job_put(job) != 0) {
		return;
	}
	while (bios->calls < bios->repeat) {
		u64 start = rdtsc();

		job->regs = first;
		job->end = bios_call(job->guest, bios->vector, &job->regs,
				     (u32)job->timeout_ms);
		job->ticks = rdtsc() - start;
		job->exits = job->guest->vcpu.exits;
		bios->calls++;
		if (job->end != VCPU_END_DONE) {
			break;
		}
	}
	guest_job_get(job);
}

static int print_result(struct bios_job *bios)
{
	char first[16];
	char calls[32] = "";
	int err;

	fmt_snprintf(first, sizeof(first), "bios: int=%02x", bios->vector);
	if (bios->repeat != 1) {
		fmt_snprintf(calls, sizeof(calls), " calls=%lu", bios->calls);
	}
	err = guest_job_print(&bios->job, first, calls);
	if (err != ERR_FAULT) {
		return err;
	}
	return command_error(
		err,
		"the call ended with %s; INT %02xh on core %u; see the report above",
		vcpu_end_name(bios->job.end), bios->vector, bios->job.core);
}

int cmd_bios_call(struct args *args)
{
	static struct bios_job bios;
	struct guest_job *job = &bios.job;
	int err = parse(&bios, args);

	if (err == 0) {
		err = guest_job_check(job);
	}
	if (err != 0) {
		return err;
	}
	guest_job_run(&job, 1, call);
	return print_result(&bios);
}

COMMAND(GUESTS, 20, bios) = {
	.name = "bios",
	.usage = "NN [REG=HEX ...] [cpu=N] [repeat=N] " GUEST_JOB_USAGE,
	.summary = "call BIOS interrupt NN (hex)",
	.details =
		"REG is any of eax ax ah al ... es fs gs ss eflags; "
		"put= writes guest memory\n"
		"before the call, get= shows LEN (decimal) bytes of "
		"it after. Registers not\n"
		"given are 0; SS:SP is then 2000:FFFE. timeout=MS bounds the call.",
	.example = "bios 13 ah=08 dl=80",
	.keys = GUEST_JOB_KEYS " repeat",
	.min_words = 1,
	.max_words = 1,
	.run = cmd_bios_call,
};
