/*
 * The command bench: runs benchmarks and prints a line for each. The benchmarks
 * themselves are in the other bench_*.c.
 */
#include "proof/bench/bench.h"

#include <stdarg.h>

#include "arch/console/console.h"
#include "arch/console/input.h"
#include "arch/percpu.h"
#include "guest/bios/bios_pool.h"
#include "guest/code16/engines.h"
#include "lib/error.h"
#include "lib/fmt.h"
#include "lib/str.h"
#include "lib/string.h"
#include "monitor/engine_choice.h"
#include "monitor/guest_job.h"
#include "monitor/settings.h"
#include "vmm/vmx/vmx.h"

static const struct benchmark *const groups[] = {
	bench_loops, bench_calls,  bench_services, bench_machine,
	bench_vmx,   bench_screen, NULL,
};

void bench_add(struct bench_run *run, u64 ticks, u64 operations)
{
	if (run->samples < BENCH_MAX_SAMPLES) {
		run->ticks[run->samples++] = ticks;
		run->operations += operations;
	}
}

bool bench_skip(struct bench_run *run, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fmt_vsnprintf(run->why_not, sizeof(run->why_not), fmt, args);
	va_end(args);
	return false;
}

bool bench_came_back(struct bench_run *run, const struct guest16 *guest,
		     enum vcpu_end end)
{
	return end == VCPU_END_DONE ||
	       bench_skip(run, "%s: %s", vcpu_end_name(end), guest->vcpu.why);
}

/*
 * Sorts the samples; they are few, so the simplest way is good enough. (A
 * histogram's median would be too coarse.)
 */
static void sort(u64 *values, u32 count)
{
	for (u32 i = 1; i < count; i++) {
		u64 value = values[i];
		u32 j = i;

		while (j > 0 && values[j - 1] > value) {
			values[j] = values[j - 1];
			j--;
		}
		values[j] = value;
	}
}

static void print(const struct benchmark *benchmark, struct bench_run *run)
{
	const char *engine =
		benchmark->without_guest ? "none" : run->engine->name;

	if (run->why_not[0] != '\0') {
		console_printf("bench: name=%s engine=%s skipped=\"%s\"\n",
			       benchmark->name, engine, run->why_not);
		return;
	}
	sort(run->ticks, run->samples);
	console_printf(
		"bench: name=%s engine=%s n=%lu min=%lu median=%lu max=%lu unit=%s\n",
		benchmark->name, engine, run->operations, run->ticks[0],
		run->ticks[run->samples / 2], run->ticks[run->samples - 1],
		run->unit);
}

static void measure(const struct benchmark *benchmark,
		    const struct engine *engine)
{
	static struct bench_run run;
	int err;

	memset(&run, 0, sizeof(run));
	run.engine = engine;
	run.unit = "ticks";
	err = bios_pool_get(engine, benchmark->board, settings()->vme,
			    &run.guest);
	if (err != 0) {
		bench_skip(&run, "no guest: %s", error_text(err));
	} else {
		benchmark->measure(&run);
	}
	if (!input_interrupted()) {
		print(benchmark, &run);
	}
}

/*
 * Runs the benchmarks of that name, or all. Those without a guest run for the
 * first engine only.
 */
static bool measure_by(const struct engine *engine, const char *wanted,
		       bool first)
{
	bool found = false;

	for (size_t g = 0; groups[g] != NULL; g++) {
		for (const struct benchmark *b = groups[g]; b->name != NULL;
		     b++) {
			if (wanted != NULL && !str_equal(wanted, b->name)) {
				continue;
			}
			found = true;
			if ((first || !b->without_guest) &&
			    !input_interrupted()) {
				measure(b, engine);
			}
		}
	}
	return found;
}

/*
 * Runs them with the engine asked for, else with every engine that this
 * processor can run.
 */
static int run_engines(struct args *args, enum options_engine wanted)
{
	const char *name = args_positional(args, 0);
	const struct engine *only = engine_choice(wanted, this_cpu_index());
	bool found = false;
	bool first = true;

	if (only == NULL) {
		return command_error(
			ERR_UNSUPPORTED,
			"this processor cannot run that engine; core 0; 'cpus' lists what it can");
	}
	for (size_t i = 0; engines[i] != NULL; i++) {
		bool available =
			engine_available(engines[i], &vmx_this_core()->caps);

		if (wanted == OPTIONS_ENGINE_AUTO ? available
						  : engines[i] == only) {
			found |= measure_by(engines[i], name, first);
			first = false;
		}
	}
	if (!found) {
		return command_error(
			ERR_NOT_FOUND,
			"no benchmark '%.32s'; bench; 'help bench' names them",
			name);
	}
	return 0;
}

static int run_bench(struct args *args)
{
	enum options_engine wanted;
	int err = engine_choice_read(args, &wanted);

	if (err == 0) {
		err = guest_job_check_core(this_cpu_index());
	}
	return err == 0 ? run_engines(args, wanted) : err;
}

COMMAND(TESTS, 30, bench) = {
	.name = "bench",
	.usage = "[NAME] [engine=auto|v86|v86-ept|real]",
	.summary = "measure what the hypervisor costs, in ticks",
	.details = "NAME is one of cpuid vmcall rdmsr out int11-loop "
		   "host-interrupt\n"
		   "timer-interrupt int11-call int11-call-machine "
		   "teletype disk-read\n"
		   "list-call int11-bulk teletype-bulk disk-read-bulk\n"
		   "sector-read mode-set int11-inside teletype-inside "
		   "disk-read-inside\n"
		   "sector-read-inside mode-set-inside new-guest "
		   "free-guest vmx-cycle\n"
		   "call-vmx exit-vmx launch-vmx new-guest-vmx; all if "
		   "not given. The -inside ones\n"
		   "are calls by code in the guest, timed there; the "
		   "-vmx ones count VMX\n"
		   "instructions. mode-set clears the screen. Engine "
		   "auto is each that the processor\n"
		   "can run. Ticks are the TSC's; n is how many "
		   "operations were timed.",
	.example = "bench int11-call",
	.keys = "engine",
	.max_words = 1,
	.run = run_bench,
};
