/*
 * The command run64. The core that runs a guest also makes it and frees it; the
 * boot core parses, waits and prints. With cpu=all every core runs the program
 * at the same time, each in a guest of its own.
 */
#include "arch/console/console.h"
#include "arch/cpu.h"
#include "arch/mem/pages.h"
#include "arch/mem/paging.h"
#include "arch/percpu.h"
#include "arch/smp.h"
#include "guest/code64/guest64.h"
#include "lib/error.h"
#include "lib/str.h"
#include "lib/string.h"
#include "monitor/command.h"
#include "monitor/dump.h"
#include "monitor/guest_job.h"
#include "monitor/line/regs64.h"
#include "monitor/modules.h"
#include "monitor/settings.h"
#include "vmm/vmx/vmx.h"

#define PROGRAM_SHOWN 80u
#define STACK_SHOWN 64u
#define PAGES_FOR(bytes) (((bytes) + PAGE_SIZE - 1) / PAGE_SIZE)

enum paging { PAGING_AUTO, PAGING_EPT, PAGING_GUEST };

/* The program and its options, the same for all cores. */
static struct {
	const char *name;
	const u8 *program;
	size_t bytes;
	u64 start;
	enum guest64_pages pages;
	enum paging paging;
	u64 timeout_ms;
	bool all_exits;
	struct args *args;
} wanted;

/* A core's run, and its result. */
struct run64_job {
	u32 core;
	bool under_ept;
	int err;
	struct guest64 *guest;
	enum vcpu_end end;
	u64 exits;
	u64 ticks;
	struct guest64_regs regs;
	u8 stack[STACK_SHOWN];
};

static int find_program(struct args *args)
{
	const struct bootinfo_module *module;

	wanted.name = args_positional(args, 0);
	module = modules_find(wanted.name);
	if (module == NULL) {
		return args_fail(args, ERR_NOT_FOUND,
				 "no module '%.32s'; run64; 'modules' lists "
				 "what there is",
				 wanted.name);
	}
	wanted.bytes = module->end - module->start;
	if (wanted.bytes == 0 || wanted.bytes > GUEST64_PROGRAM_MAX ||
	    !phys_is_mapped(module->start, wanted.bytes)) {
		return args_fail(args, ERR_RANGE,
				 "%lu bytes cannot be a program; module "
				 "'%.32s'; 1 to %u will do",
				 wanted.bytes, wanted.name,
				 GUEST64_PROGRAM_MAX);
	}
	wanted.program = phys_to_virt(module->start);
	return args_hex(args, "start", wanted.bytes - 1, &wanted.start);
}

static int parse_choices(struct args *args)
{
	unsigned choice = 0;
	int found = args_choice(args, "pages", "2m|4k", &choice);

	wanted.pages = choice == 0 ? GUEST64_PAGES_2M : GUEST64_PAGES_4K;
	if (found >= 0) {
		choice = 0;
		found = args_choice(args, "paging", "auto|ept|guest", &choice);
		wanted.paging = (enum paging)choice;
	}
	if (found >= 0) {
		choice = 0;
		found = args_choice(args, "exits", "end|all", &choice);
		wanted.all_exits = choice == 1;
	}
	return found;
}

static int parse(struct args *args)
{
	int err;

	memset(&wanted, 0, sizeof(wanted));
	wanted.args = args;
	wanted.timeout_ms = settings()->timeout_ms;
	err = find_program(args);
	if (err >= 0) {
		err = parse_choices(args);
	}
	if (err >= 0) {
		err = args_dec(args, "timeout", UINT32_MAX, &wanted.timeout_ms);
	}
	return err < 0 ? err : 0;
}

/* Parses cpu=: the first core, and how many. */
static int parse_cores(struct args *args, u32 *first, u32 *count)
{
	const char *value = args_value(args, "cpu");

	*first = 0;
	*count = smp_count();
	if (value != NULL && str_equal(value, "all")) {
		return 0;
	}
	*count = 1;
	return guest_job_read_core(args, first);
}

static int prepare(struct run64_job *job, u32 core)
{
	const struct vmx_core *vmx = vmx_core(core);
	bool has_ept;

	job->core = core;
	if (vmx->state != VMX_ON) {
		return command_error(ERR_UNSUPPORTED,
				     "VMX is off; core %u: %s; %s", core,
				     vmx->why, vmx->remedy);
	}
	has_ept = guest64_can_use_ept(&vmx->caps);
	if (wanted.paging == PAGING_EPT && !has_ept) {
		return command_error(ERR_UNSUPPORTED,
				     "no EPT; core %u; try paging=guest", core);
	}
	job->under_ept = has_ept && wanted.paging != PAGING_GUEST;
	return 0;
}

static void show_exit(struct guest64 *guest, u32 exit_reason)
{
	struct guest64_regs regs;

	console_printf("exit: cpu=%u number=%lu reason=%u (%s)\n",
		       this_cpu_index(), guest->vcpu.exits + 1,
		       exit_reason & EXIT_REASON_BASIC,
		       exit_reason_name(exit_reason));
	guest64_get_regs(guest, &regs);
	regs64_print(&regs);
}

/*
 * Runs the guest, on the job's core. The guest stays loaded until it has been
 * reported.
 */
static void run(void *argument)
{
	struct run64_job *job = argument;
	struct guest64 *guest = pages_get(PAGES_FOR(sizeof(*guest)));
	u64 begin;

	job->err = guest == NULL ? ERR_NO_MEMORY
				 : guest64_init(guest, &board_bare,
						wanted.pages, job->under_ept,
						GUEST64_RAM_END, wanted.program,
						wanted.bytes, wanted.start);
	if (job->err != 0) {
		if (guest != NULL) {
			pages_put(guest, PAGES_FOR(sizeof(*guest)));
		}
		return;
	}
	job->guest = guest;
	guest64_get_regs(guest, &job->regs);
	regs64_read(wanted.args, &job->regs);
	guest64_set_regs(guest, &job->regs);
	guest->watch = wanted.all_exits ? show_exit : NULL;
	begin = rdtsc();
	job->end = guest64_run(guest, wanted.timeout_ms * 1000);
	job->ticks = rdtsc() - begin;
	job->exits = guest->vcpu.exits;
	guest64_get_regs(guest, &job->regs);
	memcpy(job->stack,
	       guest64_memory_at(&guest->memory,
				 GUEST64_STACK_TOP - STACK_SHOWN),
	       STACK_SHOWN);
}

static void report(void *argument)
{
	const struct run64_job *job = argument;

	vcpu_report(&job->guest->vcpu);
}

static void give_up(void *argument)
{
	const struct run64_job *job = argument;

	guest64_free(job->guest);
	pages_put(job->guest, PAGES_FOR(sizeof(*job->guest)));
}

static void on_its_core(struct run64_job *job, void (*function)(void *job))
{
	smp_start(job->core, function, job);
	smp_wait(job->core);
}

/*
 * Prints the result and frees the guest; returns 0 or an error with its words
 * set.
 */
static int finish(struct run64_job *job)
{
	if (job->err != 0) {
		return command_error(job->err,
				     "%s; guest of core %u; see 'log'",
				     error_text(job->err), job->core);
	}
	console_printf("run64: module=%s cpu=%u paging=%s pages=%s result=%s "
		       "exits=%lu ticks=%lu\n",
		       wanted.name, job->core, job->under_ept ? "ept" : "guest",
		       wanted.pages == GUEST64_PAGES_2M ? "2m" : "4k",
		       vcpu_end_name(job->end), job->exits, job->ticks);
	regs64_print(&job->regs);
	console_printf("stack: the last %u bytes\n", STACK_SHOWN);
	dump_bytes(GUEST64_STACK_TOP - STACK_SHOWN, job->stack, STACK_SHOWN,
		   false);
	if (job->end != VCPU_END_DONE) {
		on_its_core(job, report);
	}
	on_its_core(job, give_up);
	if (job->end == VCPU_END_DONE) {
		return 0;
	}
	return command_error(
		ERR_FAULT,
		"the program ended with %s; %s on core %u; see the report above",
		vcpu_end_name(job->end), wanted.name, job->core);
}

/* The boot core's own run comes last, because smp_start() waits for it. */
static int run_all(struct run64_job *jobs, u32 first, u32 count)
{
	int err = 0;

	for (u32 i = 0; i < count && err == 0; i++) {
		err = prepare(&jobs[i], first + i);
	}
	if (err != 0) {
		return err;
	}
	console_printf("program: %s, %lu bytes at %08x, start %lx\n",
		       wanted.name, wanted.bytes, GUEST64_PROGRAM,
		       wanted.start);
	dump_bytes(GUEST64_PROGRAM, wanted.program,
		   MIN(wanted.bytes, (size_t)PROGRAM_SHOWN), false);
	for (u32 i = count; i-- > 0;) {
		smp_start(jobs[i].core, run, &jobs[i]);
	}
	for (u32 i = 0; i < count; i++) {
		smp_wait(jobs[i].core);
	}
	for (u32 i = 0; i < count; i++) {
		int one = finish(&jobs[i]);

		err = err != 0 ? err : one;
	}
	return err;
}

static int run_run64(struct args *args)
{
	struct guest64_regs unused;
	struct run64_job *jobs;
	u32 first, count;
	int err = parse(args);

	if (err == 0) {
		err = parse_cores(args, &first, &count);
	}
	if (err == 0) {
		err = regs64_read(args, &unused);
	}
	if (err != 0) {
		return err;
	}
	jobs = pages_get(PAGES_FOR(count * sizeof(*jobs)));
	if (jobs == NULL) {
		return ERR_NO_MEMORY;
	}
	err = run_all(jobs, first, count);
	pages_put(jobs, PAGES_FOR(count * sizeof(*jobs)));
	return err;
}

COMMAND(GUESTS, 40, run64) = {
	.name = "run64",
	.usage = "MODULE [start=HEX] [pages=2m|4k] [cpu=N|all] "
		 "[paging=auto|ept|guest]\n"
		 "      [timeout=MS] [exits=end|all] [REG=HEX ...]",
	.summary = "run a 64-bit program in a machine of its own",
	.details = "The module is put at 10000h and entered there (start= "
		   "is an offset) in 64-bit\n"
		   "mode. It ends by HLT. RAM is 1000h-FFFFFh; what it "
		   "reads and writes elsewhere,\n"
		   "and its ports, are shown. exits=all shows the "
		   "registers at each of its VM exits.\n"
		   "REG is any of rax ... r15 and rflags.",
	.example = "run64 hello64 pages=4k",
	.word = modules_name_nth,
	.keys = REGS64_KEYS " start pages cpu paging timeout exits",
	.min_words = 1,
	.max_words = 1,
	.run = run_run64,
};
