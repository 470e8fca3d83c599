/*
 * The command bios. The core that is to make the call gets it as a job; the
 * boot core parses, waits and prints.
 */
#include "monitor/cmd/bios.h"

#include "arch/cpu.h"
#include "arch/smp.h"
#include "guest/bios/call_list.h"
#include "lib/error.h"
#include "lib/fmt.h"
#include "monitor/command.h"
#include "monitor/guest_job.h"

#define MAX_REPEAT 100000000u

struct bios_job {
	struct guest_job
		job; /* first: the job's function casts it to this struct */
	u8 vector;
	u64 repeat;
	u64 bulk;  /* calls in each stay in the guest; 0: without bulk= */
	u64 calls; /* calls made; ticks: of the last, or its share */
};

/* Refuses registers that a list of calls cannot set. */
static int check_bulk(const struct bios_job *bios)
{
	const struct bios_regs *r = &bios->job.regs;

	if (bios->bulk != 0 && bios->job.board == &board_pc) {
		return command_error(
			ERR_UNSUPPORTED,
			"no calls in bulk on board pc; bulk=; give repeat=");
	}

	if (bios->bulk != 0 && (r->fs | r->gs | r->ss | r->esp) != 0) {
		return command_error(
			ERR_UNSUPPORTED,
			"bulk calls have the default stack, FS=GS=0; bulk=; leave these out");
	}
	return 0;
}

static int parse(struct bios_job *bios, struct args *args)
{
	const struct bios_regs regs = { .eflags = GUEST_JOB_EFLAGS };
	u64 vector;
	u32 core;
	int err = args_positional_hex(args, 0, "interrupt", 0xff, &vector);

	bios->vector = (u8)vector;
	bios->repeat = 1;
	bios->bulk = 0;
	bios->calls = 0;
	if (err == 0) {
		err = args_dec(args, "repeat", MAX_REPEAT, &bios->repeat);
	}
	if (err >= 0) {
		err = args_dec(args, "bulk", CALL_LIST_MAX, &bios->bulk);
	}
	if (err >= 0) {
		err = guest_job_read_core(args, &core);
	}
	if (err >= 0) {
		err = guest_job_read(&bios->job, args, core, &regs);
	}
	return err == 0 ? check_bulk(bios) : err;
}

static void make_call(struct bios_job *bios)
{
	struct guest_job *job = &bios->job;
	u64 start = rdtsc();

	job->end = bios_call(job->guest, bios->vector, &job->regs,
			     (u32)job->timeout_ms);
	job->ticks = rdtsc() - start;
	bios->calls++;
}

static void add_call(struct call_list *list, u8 vector,
		     const struct bios_regs *regs)
{
	struct listed_call *call = call_list_add(list, vector);

	call->eax = regs->eax;
	call->ecx = regs->ecx;
	call->edx = regs->edx;
	call->ebx = regs->ebx;
	call->ebp = regs->ebp;
	call->esi = regs->esi;
	call->edi = regs->edi;
	call->ds = (u16)regs->ds;
	call->es = (u16)regs->es;
	call->flags = (u16)regs->eflags;
}

/* The registers after the last call, as a single call would return them. */
static void take_regs(const struct call_list *list, struct bios_regs *regs)
{
	const struct listed_call *call = call_list_at(list, list->made - 1);

	*regs = (struct bios_regs){ .eax = call->eax,
				    .ecx = call->ecx,
				    .edx = call->edx,
				    .ebx = call->ebx,
				    .esp = BIOS_STACK_TOP,
				    .ebp = call->ebp,
				    .esi = call->esi,
				    .edi = call->edi,
				    .ds = call->ds,
				    .es = call->es,
				    .ss = BIOS_STACK_SEGMENT,
				    .fs = list->at_end.fs,
				    .gs = list->at_end.gs,
				    .eflags = call->flags };
}

/* Makes the list, on the boot core or the guest's own. */
static void make_list(void *argument)
{
	struct bios_job *bios = argument;
	struct guest_job *job = argument;
	struct call_list list;
	u64 start;

	job->err = call_list_begin(&list, job->guest);
	if (job->err != 0) {
		return;
	}
	for (u64 i = 0; i < bios->bulk; i++) {
		add_call(&list, bios->vector, &job->regs);
	}
	start = rdtsc();
	job->end = bios_call_list(&list, CALL_LIST_TO_THE_END,
				  (u32)job->timeout_ms);
	job->ticks = (rdtsc() - start) / bios->bulk;
	bios->calls += list.made;
	if (job->end == VCPU_END_DONE) {
		take_regs(&list, &job->regs);
	} else {
		job->regs = list.at_end;
	}
}

static void make_calls(struct bios_job *bios)
{
	if (bios->bulk == 0) {
		make_call(bios);
	} else if (bios->job.guest->board.kind->on_boot_core) {
		smp_call_boot_core(make_list, bios);
	} else {
		make_list(bios);
	}
}

/* Makes the calls, on their core. */
static void call(void *argument)
{
	struct bios_job *bios = argument;
	struct guest_job *job = argument;
	struct bios_regs first = job->regs;

	if (guest_job_find(job, false) != 0 || guest_job_put(job) != 0) {
		return;
	}
	for (u64 turn = 0; turn < bios->repeat; turn++) {
		job->regs = first;
		make_calls(bios);
		job->exits = job->guest->vcpu.exits;
		if (job->err != 0 || job->end != VCPU_END_DONE) {
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
	if (bios->repeat != 1 || bios->bulk != 0) {
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
	.usage = "NN [REG=HEX ...] [cpu=N] [repeat=N] [bulk=N] " GUEST_JOB_USAGE,
	.summary = "call BIOS interrupt NN (hex)",
	.details =
		"REG is any of eax ax ah al ... es fs gs ss eflags; "
		"put= writes guest memory\n"
		"before the call, get= shows LEN (decimal) bytes of "
		"it after. Registers not\n"
		"given are 0; SS:SP is then 2000:FFFE. timeout=MS bounds the call.\n"
		"bulk=N makes N calls in one stay in the guest; ticks are then "
		"each call's share.",
	.example = "bios 13 ah=08 dl=80",
	.keys = GUEST_JOB_KEYS " repeat bulk",
	.min_words = 1,
	.max_words = 1,
	.run = cmd_bios_call,
};
