/*
 * The command bios. The call itself is a job for the core it is to run on; the
 * boot core parses, waits and prints.
 */
#include "monitor/engine_choice.h"
#include "monitor/cmd_bios.h"

#include "arch/console.h"
#include "arch/cpu.h"
#include "arch/smp.h"
#include "guest/bios_area.h"
#include "guest/bios_pool.h"
#include "lib/error.h"
#include "lib/fmt.h"
#include "lib/string.h"
#include "monitor/cmd_memory.h"
#include "monitor/reg_args.h"
#include "monitor/settings.h"
#include "vmm/vmx.h"

#define DEFAULT_EFLAGS 0x202u
#define MAX_TRANSFERS 8
#define MAX_TRANSFER_BYTES 4096
#define BUFFER_BYTES (2 * MAX_TRANSFER_BYTES)
#define MAX_REPEAT 100000000u

/* Guest memory to write before the call, or to read after it. */
struct transfer {
	u32 address;
	u32 bytes;
	u32 at; /* in the job's buffer */
};

struct bios_job {
	u32 core;
	u8 vector;
	const struct engine *engine;
	enum guest_view view;
	u64 repeat;
	u64 timeout_ms;
	struct bios_regs regs;
	struct transfer put[MAX_TRANSFERS];
	struct transfer get[MAX_TRANSFERS];
	u32 puts, gets, buffer_used;

	/* What came of it. */
	int err;
	struct guest16 *guest;
	enum vcpu_end end;
	u64 exits;
	u64 ticks; /* of the last call */
	u64 calls;
	u8 buffer[BUFFER_BYTES];
};

static struct bios_job job;

static int parse_core_and_view(struct args *args)
{
	enum options_view wanted = settings()->view;
	u64 core = 0;
	unsigned view;
	int found = args_dec(args, "cpu", MAX_CPUS - 1, &core);

	if (found < 0) {
		return found;
	}
	if (core >= smp_count()) {
		return args_fail(args, ERR_NOT_FOUND,
				 "no core %lu; cpu=; 'cpus' lists what there is",
				 core);
	}
	job.core = (u32)core;
	found = args_choice(args, "view", "machine|private", &view);
	if (found == 1) {
		wanted =
			view == 0 ? OPTIONS_VIEW_MACHINE : OPTIONS_VIEW_PRIVATE;
	}
	if (wanted == OPTIONS_VIEW_DEFAULT) {
		wanted =
			core == 0 ? OPTIONS_VIEW_MACHINE : OPTIONS_VIEW_PRIVATE;
	}
	job.view = wanted == OPTIONS_VIEW_MACHINE ? GUEST_VIEW_MACHINE
						  : GUEST_VIEW_PRIVATE;
	return found < 0 ? found : 0;
}

static int parse_puts(struct args *args)
{
	int found;

	for (job.puts = 0;; job.puts++) {
		u8 *room = job.buffer + job.buffer_used;
		u64 address;
		size_t count;
		u8 scratch[1];
		bool full = job.puts == MAX_TRANSFERS;

		found = args_put(args, "put", job.puts, GUEST_LINEAR_END - 1,
				 &address, full ? scratch : room,
				 full ? 0 : BUFFER_BYTES - job.buffer_used,
				 &count);
		if (found != 1) {
			return found;
		}
		job.put[job.puts] = (struct transfer){ (u32)address, (u32)count,
						       job.buffer_used };
		job.buffer_used += (u32)count;
	}
}

static int parse_gets(struct args *args)
{
	int found;

	for (job.gets = 0; job.gets < MAX_TRANSFERS; job.gets++) {
		u64 address, length;

		found = args_get(args, "get", job.gets, GUEST_LINEAR_END - 1,
				 &address, BUFFER_BYTES - job.buffer_used,
				 &length);
		if (found != 1) {
			return found;
		}
		job.get[job.gets] =
			(struct transfer){ (u32)address, (u32)length,
					   job.buffer_used };
		job.buffer_used += (u32)length;
	}
	return 0;
}

static int parse_numbers(struct args *args)
{
	u64 vector;
	int err = args_positional_hex(args, 0, "interrupt", 0xff, &vector);

	if (err != 0) {
		return err;
	}
	job.vector = (u8)vector;
	job.repeat = 1;
	job.timeout_ms = settings()->timeout_ms;
	err = args_dec(args, "repeat", MAX_REPEAT, &job.repeat);
	if (err >= 0) {
		err = args_dec(args, "timeout", UINT32_MAX, &job.timeout_ms);
	}
	return err < 0 ? err : 0;
}

static int parse_engine(struct args *args)
{
	enum options_engine wanted = settings()->engine;
	unsigned index;
	int found =
		args_choice(args, "engine", "auto|v86|v86-ept|real", &index);

	if (found < 0) {
		return found;
	}
	if (found == 1) {
		wanted = (enum options_engine)index;
	}
	job.engine = engine_choice(wanted, job.core);
	if (job.engine == NULL && vmx_core(job.core)->state == VMX_ON) {
		return args_fail(args, ERR_UNSUPPORTED,
				 "this processor cannot run that engine; core "
				 "%u; 'cpus' lists what it can",
				 job.core);
	}
	return 0;
}

static int parse(struct args *args)
{
	int err;

	memset(&job, 0, sizeof(job));
	job.regs.eflags = DEFAULT_EFLAGS;
	err = parse_numbers(args);
	if (err == 0) {
		err = parse_core_and_view(args);
	}
	if (err == 0) {
		err = parse_engine(args);
	}
	if (err == 0) {
		err = reg_args_read(args, &job.regs);
	}
	if (err == 0) {
		err = parse_puts(args);
	}
	return err == 0 ? parse_gets(args) : err;
}

static int move_memory(bool to_guest)
{
	const struct transfer *list = to_guest ? job.put : job.get;
	u32 count = to_guest ? job.puts : job.gets;
	int err = 0;

	for (u32 i = 0; i < count && err == 0; i++) {
		u8 *buffer = job.buffer + list[i].at;

		err = to_guest ? guest_memory_write(&job.guest->memory,
						    list[i].address, buffer,
						    list[i].bytes)
			       : guest_memory_read(&job.guest->memory,
						   list[i].address, buffer,
						   list[i].bytes);
	}
	return err;
}

/* On the core of the call. */
static void call(void *unused)
{
	struct bios_regs first = job.regs;

	(void)unused;
	job.err = bios_pool_get(job.engine, job.view, settings()->vme,
				&job.guest);
	if (job.err == 0) {
		job.err = move_memory(true);
	}
	for (u64 i = 0; i < job.repeat && job.err == 0; i++) {
		u64 start = rdtsc();

		job.regs = first;
		job.end = bios_call(job.guest, job.vector, &job.regs,
				    (u32)job.timeout_ms);
		job.ticks = rdtsc() - start;
		job.exits = job.guest->vcpu.exits;
		job.calls++;
		if (job.end != VCPU_END_DONE) {
			break;
		}
	}
	if (job.err == 0) {
		job.err = move_memory(false);
	}
}

static void report(void *unused)
{
	(void)unused;
	vcpu_report(&job.guest->vcpu);
}

static void run_on_core(void (*function)(void *))
{
	smp_start(job.core, function, NULL);
	smp_wait(job.core);
}

static void print_result(void)
{
	char calls[32] = "";

	if (job.repeat != 1) {
		fmt_snprintf(calls, sizeof(calls), " calls=%lu", job.calls);
	}
	console_printf(
		"bios: int=%02x cpu=%u engine=%s view=%s result=%s exits=%lu ticks=%lu%s\n",
		job.vector, job.core, job.engine->name,
		job.view == GUEST_VIEW_MACHINE ? "machine" : "private",
		vcpu_end_name(job.end), job.exits, job.ticks, calls);
	reg_args_print(&job.regs);
	for (u32 i = 0; i < job.gets; i++) {
		cmd_memory_dump(job.get[i].address, job.buffer + job.get[i].at,
				job.get[i].bytes, false);
	}
}

static int run_bios(struct args *args)
{
	int err = parse(args);

	if (err != 0) {
		return err;
	}
	if (!bios_area_present()) {
		return command_error(
			ERR_UNSUPPORTED,
			"no BIOS to call; %s; boot by BIOS or with a compatibility module",
			bios_area_why_not());
	}
	if (vmx_core(job.core)->state != VMX_ON) {
		return command_error(ERR_UNSUPPORTED,
				     "VMX is off; core %u: %s; %s", job.core,
				     vmx_core(job.core)->why,
				     vmx_core(job.core)->remedy);
	}
	run_on_core(call);
	if (job.err != 0) {
		return command_error(job.err, "%s; guest of core %u; see 'log'",
				     error_text(job.err), job.core);
	}
	print_result();
	if (job.end == VCPU_END_DONE) {
		return 0;
	}
	run_on_core(report);
	return command_error(
		ERR_FAULT,
		"the call ended with %s; INT %02xh on core %u; see the report above",
		vcpu_end_name(job.end), job.vector, job.core);
}

const struct command cmd_bios_commands[] = {
	{
		.name = "bios",
		.usage =
			"NN [REG=HEX ...] [cpu=N] [engine=auto|v86|v86-ept|real] "
			"[view=machine|private] [repeat=N] "
			"[put=HEXADDR:HEXBYTES] [get=HEXADDR,LEN] "
			"[timeout=MS]",
		.summary = "call BIOS interrupt NN (hex)",
		.details =
			"REG is any of eax ax ah al ... es fs gs ss eflags; "
			"put= writes guest memory\n"
			"before the call, get= shows LEN (decimal) bytes of "
			"it after. Registers not\n"
			"given are 0; SS:SP is then 2000:FFFE. timeout=MS bounds the call.",
		.example = "bios 13 ah=08 dl=80",
		.keys = REG_ARGS_KEYS
		" cpu engine view repeat put* get* timeout",
		.min_words = 1,
		.max_words = 1,
		.run = run_bios,
	},
	{ 0 },
};
