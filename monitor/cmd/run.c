/*
 * The command run: runs 16-bit programs from Multiboot2 modules, on one core or
 * several at once. The boot core parses, waits and prints.
 */
#include "arch/cpu.h"
#include "arch/mem/pages.h"
#include "arch/mem/paging.h"
#include "arch/percpu.h"
#include "arch/smp.h"
#include "guest/abi.h"
#include "guest/bios/program16.h"
#include "lib/error.h"
#include "lib/fmt.h"
#include "lib/str.h"
#include "monitor/command.h"
#include "monitor/guest_job.h"
#include "monitor/modules.h"

#define WHY_SIZE 192

struct run_job {
	struct guest_job
		job; /* first: the job's function casts it to this struct */
	const struct program16 *program;
	bool one_of_many; /* several cores run it at once */
};
#define JOB_PAGES ((sizeof(struct run_job) + PAGE_SIZE - 1) / PAGE_SIZE)

/* One command line: the program, and a job for each of the cores. */
struct runs {
	const char *module;
	struct program16 program;
	u32 count;
	u32 core[MAX_CPUS];
	struct guest_job *job[MAX_CPUS];
};

static int find_module(const char *name, struct program16 *program)
{
	const struct bootinfo_module *module = modules_find(name);
	char names[128];

	if (module == NULL) {
		modules_list(names, sizeof(names));
		return command_error(ERR_NOT_FOUND,
				     "no module '%.32s'; run; there are: %s",
				     name, names);
	}
	program->bytes = (size_t)(module->end - module->start);
	program->image = phys_to_virt(module->start);
	if (program->bytes != 0 &&
	    !phys_is_mapped(module->start, program->bytes)) {
		return command_error(
			ERR_RANGE,
			"module '%.32s' is out of reach; %lx; 'memmap' shows "
			"what is mapped",
			name, module->start);
	}
	return 0;
}

static int read_cores(struct runs *runs, struct args *args)
{
	int found =
		args_list(args, "cpu", smp_count(), runs->core, &runs->count);

	if (found == 0) {
		runs->core[0] = 0;
		runs->count = 1;
	}
	return found < 0 ? found : 0;
}

static int read_program(struct runs *runs, struct args *args)
{
	struct far_ptr *at = &runs->program.at;
	int err;

	runs->module = args_positional(args, 0);
	*at = (struct far_ptr){ .segment = PROGRAM_SEGMENT,
				.offset = PROGRAM_OFFSET };
	err = args_far(args, "at", &at->segment, &at->offset);
	if (err >= 0 && args_value(args, "cs") != NULL) {
		err = args_fail(args, ERR_INVALID,
				"CS is the program's own segment; option cs; "
				"give at=SEG:OFF");
	}
	return err < 0 ? err : find_module(runs->module, &runs->program);
}

static int check_job(const struct runs *runs, const struct guest_job *job)
{
	char why[WHY_SIZE];
	int err = guest_job_check(job);

	if (err != 0) {
		return err;
	}
	if (runs->count > 1 && job->board->on_boot_core && job->core != 0) {
		return command_error(
			ERR_INVALID,
			"there is one machine; board=%s on "
			"core %u; leave board= out, or give one core",
			job->board->name, job->core);
	}
	err = program16_check(&runs->program, &job->regs, job->board, why,
			      sizeof(why));
	return err == 0 ? 0 : command_error(err, "%s", why);
}

static int make_job(struct runs *runs, struct args *args, u32 i)
{
	const struct bios_regs regs = program16_regs(&runs->program);
	struct run_job *run = pages_get(JOB_PAGES);
	int err;

	if (run == NULL) {
		return ERR_NO_MEMORY;
	}
	run->program = &runs->program;
	run->one_of_many = runs->count > 1;
	runs->job[i] = &run->job;
	err = guest_job_read(&run->job, args, runs->core[i], &regs);
	return err == 0 ? check_job(runs, &run->job) : err;
}

static void free_jobs(struct runs *runs)
{
	for (u32 i = 0; i < runs->count; i++) {
		if (runs->job[i] != NULL) {
			pages_put(runs->job[i], JOB_PAGES);
			runs->job[i] = NULL;
		}
	}
}

/* Runs the program, on the job's core. */
static void run_program(void *argument)
{
	struct run_job *run = argument;
	struct guest_job *job = argument;
	u64 start;

	if (guest_job_find(job, true) == 0) {
		job->err = program16_load(job->guest, run->program);
	}
	if (job->err != 0 || guest_job_put(job) != 0) {
		return;
	}
	job->guest->board.uart.names_core = run->one_of_many;
	start = rdtsc();
	job->end = program16_run(job->guest, run->program, &job->regs,
				 job->timeout_ms * 1000);
	job->ticks = rdtsc() - start;
	job->exits = job->guest->vcpu.exits;
	guest_job_get(job);
}

/*
 * Prints all results, even if the first ones are errors; returns the first
 * error.
 */
static int print_results(struct runs *runs)
{
	char first[64];
	u32 bad = 0, last_bad = 0;

	fmt_snprintf(first, sizeof(first), "run: module=%.40s", runs->module);
	for (u32 i = 0; i < runs->count; i++) {
		int err = guest_job_print(runs->job[i], first, "");

		if (err != 0 && err != ERR_FAULT) {
			return err;
		}
		if (err == ERR_FAULT) {
			bad++;
			last_bad = i;
		}
	}
	if (bad == 0) {
		return 0;
	}
	if (bad > 1) {
		return command_error(
			ERR_FAULT,
			"the program did not end well on %u of %u cores; "
			"%.32s; see the reports above",
			bad, runs->count, runs->module);
	}
	return command_error(
		ERR_FAULT,
		"the program ended with %s; %.32s on core %u; see the report above",
		vcpu_end_name(runs->job[last_bad]->end), runs->module,
		runs->core[last_bad]);
}

static int run_all(struct runs *runs)
{
	guest_job_run(runs->job, runs->count, run_program);
	return print_results(runs);
}

static int run_run(struct args *args)
{
	static struct runs runs;
	int err = read_program(&runs, args);

	if (err == 0) {
		err = read_cores(&runs, args);
	}
	if (err != 0) {
		return err;
	}
	for (u32 i = 0; i < runs.count && err == 0; i++) {
		err = make_job(&runs, args, i);
	}
	if (err == 0) {
		err = run_all(&runs);
	}
	free_jobs(&runs);
	return err;
}

COMMAND(GUESTS, 30, run) = {
	.name = "run",
	.usage = "MODULE [at=SEG:OFF] [REG=HEX ...] "
		 "[cpu=N|N,N...|all] " GUEST_JOB_USAGE,
	.summary = "run a 16-bit program out of a module",
	.details = "MODULE is a flat image, which 'modules' lists; it is "
		   "put at SEG:OFF (1000:0000)\n"
		   "and called there with DS=ES=SS=SEG, SP=FFFE and what "
		   "REG= says. It ends by a\n"
		   "far return, or by HLT with interrupts off. On several "
		   "cores it runs at once. In\n"
		   "board private, every core's but the boot core's, "
		   "each run has fresh memory.",
	.example = "run hello cpu=all",
	.word = modules_name_nth,
	.keys = GUEST_JOB_KEYS " at",
	.min_words = 1,
	.max_words = 1,
	.run = run_run,
};
