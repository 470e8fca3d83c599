/*
 * The command hostile: runs programs that are made to do harm, one after the
 * other, on one core, and tells whether they did.
 */
#include "arch/clock.h"
#include "arch/console/console.h"
#include "arch/mem/pages.h"
#include "arch/smp.h"
#include "guest/bios/bios_pool.h"
#include "guest/memory/bios_area.h"
#include "lib/error.h"
#include "lib/fmt.h"
#include "lib/parse.h"
#include "lib/str.h"
#include "monitor/command.h"
#include "monitor/guest_job.h"
#include "proof/hostile/hostile.h"
#include "vmm/vmx/vmx.h"

#define DEFAULT_COUNT 1000
#define MAX_COUNT 100000000u
#define MAX_TIMEOUT_US 10000000u
#define SLICE 1000u	/* between two looks at the host */
#define PROGRESS 10000u /* between two lines */
#define KIND_ALL 0

static struct report report;

/* The options of the command line. */
struct wanted {
	u32 core;
	const struct hostile_kind *kind; /* NULL: all */
	u64 seed, index, count;
	u64 timeout_us; /* 0: the kind's own */
	bool calls;	/* BIOS calls on another core at the same time */
	u32 expected_end;
	bool has_code; /* code= is given, in place of the program's code */
	u8 code[HOSTILE_BYTES_MAX];
	size_t code_bytes;
};

static const char kind_names[] = "all|v86|v86-ept|real|run64-guest|run64-ept";
static const char end_names[] = "ok|timeout|fault|shutdown|refused";

static int read_numbers(struct wanted *wanted, struct args *args)
{
	int err = args_dec(args, "seed", UINT64_MAX, &wanted->seed);

	if (err >= 0) {
		err = args_dec(args, "index", UINT64_MAX - MAX_COUNT,
			       &wanted->index);
	}
	if (err >= 0) {
		err = args_dec(args, "count", MAX_COUNT, &wanted->count);
	}
	return err < 0 ? err
		       : args_dec(args, "timeout_us", MAX_TIMEOUT_US,
				  &wanted->timeout_us);
}

static int read_code(struct wanted *wanted, struct args *args)
{
	const char *text = args_value(args, "program");

	wanted->has_code = text != NULL;
	if (text != NULL &&
	    parse_hex_bytes(text, wanted->code, sizeof(wanted->code),
			    &wanted->code_bytes) != 0) {
		return args_fail(args, ERR_INVALID,
				 "not a program; program=; give 1 to %u bytes "
				 "in hex",
				 HOSTILE_BYTES_MAX);
	}
	return 0;
}

static int read_core(struct wanted *wanted, struct args *args)
{
	if (args_value(args, "cpu") == NULL) {
		wanted->core = smp_count() - 1;
		return 0;
	}
	return guest_job_read_core(args, &wanted->core);
}

static int read_wanted(struct wanted *wanted, struct args *args)
{
	unsigned calls = 0, kind = KIND_ALL, end = HOSTILE_ANY_END;
	int err = read_numbers(wanted, args);

	if (err >= 0) {
		err = read_code(wanted, args);
	}
	if (err >= 0) {
		err = read_core(wanted, args);
	}
	if (err >= 0) {
		err = args_choice(args, "engine", kind_names, &kind);
	}
	if (err >= 0) {
		err = args_choice(args, "expect", end_names, &end);
	}
	if (err >= 0) {
		err = args_choice(args, "calls", "off|on", &calls);
	}
	wanted->calls = calls == 1;
	wanted->kind = kind == KIND_ALL ? NULL : &hostile_kinds[kind - 1];
	wanted->expected_end = end;
	return err < 0 ? err : 0;
}

static int check_wanted(const struct wanted *wanted)
{
	const struct vmx_core *core = vmx_core(wanted->core);
	int err = guest_job_check_core(wanted->core);

	if (err == 0 && wanted->kind != NULL &&
	    !hostile_kind_available(wanted->kind, &core->caps)) {
		return command_error(ERR_UNSUPPORTED,
				     "this processor cannot run that engine; "
				     "core %u; 'cpus' lists what it can",
				     wanted->core);
	}
	if (err == 0 && wanted->calls && smp_count() == 1) {
		return command_error(ERR_UNSUPPORTED,
				     "calls=on wants another core; hostile; "
				     "leave it out");
	}
	return err;
}

/* Prints the program as a command that runs it again. */
static void tell_program(const struct hostile *h, u64 index,
			 const struct hostile_program *program)
{
	char hex[2 * HOSTILE_BYTES_MAX + 1] = "";

	for (u32 i = 0; i < program->bytes; i++) {
		fmt_snprintf(hex + 2 * i, 3, "%02x", program->code[i]);
	}
	console_printf("hostile engine=%s seed=%lu index=%lu program=%s "
		       "timeout_us=%lu cpu=%u\n",
		       h->kind->name, h->seed, index, hex, h->timeout_us,
		       h->core);
}

/* Reports a failure. first: the first program of the run that failed. */
static void tell_failure(struct hostile *h, const char *name, u64 first)
{
	struct hostile_program program;
	u64 index = first, last = h->first;

	if (h->ends[VCPU_END_INTERRUPTED] != 0) {
		report_fail(&report, name,
			    "expected all, got a ^C at index %lu", last);
		return;
	}
	if (!hostile_find(h, &index, &program)) {
		report_fail(&report, name,
			    "expected no change, got %s; not by one program "
			    "alone; index %lu-%lu",
			    h->what, first, last);
		return;
	}
	tell_program(h, index, &program);
	report_fail(&report, name, "expected no change, got %s; index %lu",
		    h->what, index);
}

static void tell_ends(const struct hostile *h, u64 programs, u64 start_us)
{
	console_printf("hostile: engine=%s cpu=%u seed=%lu programs=%lu ok=%lu "
		       "timeout=%lu fault=%lu refused=%lu shutdown=%lu "
		       "ms=%lu\n",
		       h->kind->name, h->core, h->seed, programs,
		       h->ends[VCPU_END_DONE], h->ends[VCPU_END_TIMEOUT],
		       h->ends[VCPU_END_FAULT], h->ends[VCPU_END_REFUSED],
		       h->ends[VCPU_END_SHUTDOWN],
		       (clock_us() - start_us) / 1000);
}

static bool run_many(struct hostile *h, const struct wanted *wanted,
		     const char *name)
{
	u64 start = clock_us();

	for (u64 done = 0; done < wanted->count;) {
		u64 first = wanted->index + done;
		u64 count = MIN(wanted->count - done, SLICE);

		if (!hostile_run(h, first, count)) {
			tell_failure(h, name, first);
			return false;
		}
		done += count;
		if (done % PROGRESS == 0) {
			console_printf("hostile: engine=%s: %lu of %lu, "
				       "%lu ms\n",
				       h->kind->name, done, wanted->count,
				       (clock_us() - start) / 1000);
		}
	}
	tell_ends(h, wanted->count, start);
	return true;
}

static bool run_given(struct hostile *h, const struct wanted *wanted,
		      const char *name)
{
	struct hostile_program program;
	u64 start = clock_us();
	bool good;

	hostile_kind_make_program(h->kind, &program, h->seed, wanted->index);
	hostile_program_set_code(&program, wanted->code,
				 (u32)wanted->code_bytes);
	good = hostile_run_one(h, &program);
	tell_ends(h, 1, start);
	if (!good) {
		report_fail(&report, name, "expected no change, got %s",
			    h->what);
	}
	return good;
}

static void check_calls(const struct hostile_calls *calls)
{
	char name[40];

	fmt_snprintf(name, sizeof(name), "BIOS calls on core %u meanwhile",
		     calls->core);
	if (calls->wrong != NULL || calls->good == 0) {
		report_fail(&report, name, "expected right calls, got %s",
			    calls->wrong != NULL ? calls->wrong : "none");
	} else if (!hostile_calls_ticks_are_right(calls)) {
		report_fail(&report, name, "expected %lu us of ticks, got %lu",
			    calls->us, calls->ticks);
	} else {
		report_pass(&report, name, "%lu right; %lu ticks in %lu us",
			    calls->good, calls->ticks, calls->us);
	}
}

static void run_kind(const struct wanted *wanted,
		     const struct hostile_kind *kind)
{
	static struct hostile h;
	struct hostile_calls calls = { .core = wanted->core == 0
						       ? smp_count() - 1
						       : 0 };
	char name[40];

	h = (struct hostile){ .core = wanted->core,
			      .kind = kind,
			      .seed = wanted->seed,
			      .timeout_us = wanted->timeout_us != 0
						    ? wanted->timeout_us
						    : kind->timeout_us,
			      .expected_end = wanted->expected_end,
			      .calls = wanted->calls ? &calls : NULL };
	fmt_snprintf(name, sizeof(name), "hostile programs, engine %s",
		     kind->name);
	if (hostile_begin(&h) != 0) {
		report_fail(&report, name, "expected a guest, got: %s",
			    error_text(h.err));
	} else if (wanted->has_code ? run_given(&h, wanted, name)
				    : run_many(&h, wanted, name)) {
		report_pass(&report, name,
			    "%u sums and registers unchanged, "
			    "BIOS calls right",
			    h.memory.count + h.registers.count + 1);
	}
	if (wanted->calls) {
		check_calls(&calls);
	}
	hostile_end(&h);
}

static void take_registers(void *check)
{
	host_check_registers(check);
}

/* Prints the checksums, for a comparison before and after. */
static int show_sums(u32 core)
{
	static struct host_check check;

	host_check_memory(&check, true);
	for (u32 i = 0; i < 2; i++) {
		for (u32 n = 0; n < check.count; n++) {
			console_printf("sum: %s: %lx\n", check.item[n].name,
				       check.item[n].value);
		}
		if (i == 0) {
			smp_start(core, take_registers, &check);
			smp_wait(core);
		}
	}
	return 0;
}

static int run_hostile(struct args *args)
{
	struct wanted wanted = { .count = DEFAULT_COUNT, .seed = 1 };
	const struct vmx_core *core;
	int err = read_wanted(&wanted, args);
	u64 free;

	if (err == 0) {
		err = check_wanted(&wanted);
	}
	if (err != 0) {
		return err;
	}
	if (args_positionals(args) != 0) {
		return str_equal(args_positional(args, 0), "sums")
			       ? show_sums(wanted.core)
			       : args_fail(args, ERR_INVALID,
					   "not a word of this command; "
					   "hostile; 'sums' is one");
	}
	core = vmx_core(wanted.core);
	report_begin(&report, command_emit_line, NULL);
	bios_pool_empty();
	free = pages_free_count();
	for (u32 i = 0; i < HOSTILE_KINDS; i++) {
		const struct hostile_kind *kind = &hostile_kinds[i];

		if (hostile_kind_available(kind, &core->caps) &&
		    (wanted.kind == NULL || wanted.kind == kind)) {
			run_kind(&wanted, kind);
		}
	}
	bios_pool_empty();
	report_check_u64(&report, "free pages", free, pages_free_count());
	return command_close_report(&report, "hostile");
}

COMMAND(TESTS, 40, hostile) = {
	.name = "hostile",
	.usage = "[cpu=N] "
		 "[engine=all|v86|v86-ept|real|run64-guest|run64-ept]\n"
		 "        [seed=N] [index=N] [count=N] [program=HEXBYTES] "
		 "[timeout_us=N]\n"
		 "        [calls=off|on] "
		 "[expect=ok|timeout|fault|shutdown|refused] [sums]",
	.summary = "many programs that try to do harm, checked",
	.details = "Runs count= (1000) random programs of at most 64 bytes "
		   "in each engine, on the\n"
		   "last core, where they reach nothing of the machine's, "
		   "each for 100 or 300 us at\n"
		   "most, and looks whether the host, another guest and the "
		   "next BIOS calls are as\n"
		   "before. The program that did harm is made as short as "
		   "it can be, and shown as a\n"
		   "command that does it again. expect= finds one that ends "
		   "otherwise. calls=on has\n"
		   "another core make BIOS calls meanwhile. sums only shows "
		   "what is compared.",
	.example = "hostile engine=real count=10000 seed=2",
	.keys = "cpu engine seed index count program timeout_us calls "
		"expect",
	.max_words = 1,
	.run = run_hostile,
};
