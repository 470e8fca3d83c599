/* Parses, starts and reports jobs. Jobs on several cores share nothing. */
#include "monitor/guest_job.h"

#include "arch/console/console.h"
#include "arch/percpu.h"
#include "arch/smp.h"
#include "guest/memory/bios_area.h"
#include "guest/bios/bios_pool.h"
#include "guest/code16/engine.h"
#include "guest/system/whole.h"
#include "guest/watch/watch.h"
#include "lib/error.h"
#include "lib/string.h"
#include "monitor/command.h"
#include "monitor/dump.h"
#include "monitor/engine_choice.h"
#include "monitor/pc_pool.h"
#include "monitor/pc_roms.h"
#include "monitor/settings.h"
#include "vmm/vmx/vmx.h"

int guest_job_read_core(struct args *args, u32 *core)
{
	u64 wanted = 0;
	int found = args_dec(args, "cpu", MAX_CPUS - 1, &wanted);

	*core = 0;
	if (found < 0) {
		return found;
	}
	if (wanted >= smp_count()) {
		return args_fail(args, ERR_NOT_FOUND,
				 "no core %lu; cpu=; 'cpus' lists what there is",
				 wanted);
	}
	*core = (u32)wanted;
	return 0;
}

/* `view` is the option's old name. */
static int read_board(struct guest_job *job, struct args *args)
{
	enum options_board wanted = settings()->board;
	unsigned board = (unsigned)wanted;
	int found = args_choice(args, "board", OPTIONS_BOARDS, &board);

	if (found == 0) {
		found = args_choice(args, "view", OPTIONS_BOARDS, &board);
	}
	if (found < 0) {
		return found;
	}
	if (board == OPTIONS_BOARD_DEFAULT) {
		job->board = !bios_area_present() ? &board_pc
			     : job->core == 0	  ? &board_machine
						  : &board_private;
	} else {
		job->board = boards[board];
	}
	return 0;
}

static int read_engine(struct guest_job *job, struct args *args)
{
	enum options_engine wanted;
	int err = engine_choice_read(args, &wanted);

	if (err < 0) {
		return err;
	}
	if (job->board == &board_pc) {
		job->engine = &engine_whole;
		return 0;
	}
	job->engine = engine_choice(wanted, job->core);
	if (job->engine == NULL && vmx_core(job->core)->state == VMX_ON) {
		return args_fail(args, ERR_UNSUPPORTED,
				 "this processor cannot run that engine; core "
				 "%u; 'cpus' lists what it can",
				 job->core);
	}
	return 0;
}

static int read_puts(struct guest_job *job, struct args *args)
{
	int found;

	for (job->puts = 0;; job->puts++) {
		u8 *room = job->buffer + job->buffer_used;
		u64 address;
		size_t count;
		u8 scratch[1];
		bool full = job->puts == GUEST_JOB_TRANSFERS;

		found = args_put(args, "put", job->puts, GUEST_LINEAR_END - 1,
				 &address, full ? scratch : room,
				 full ? 0
				      : GUEST_JOB_BUFFER_BYTES -
						 job->buffer_used,
				 &count);
		if (found != 1) {
			return found;
		}
		job->put[job->puts] =
			(struct guest_job_transfer){ (u32)address, (u32)count,
						     job->buffer_used };
		job->buffer_used += (u32)count;
	}
}

static int read_gets(struct guest_job *job, struct args *args)
{
	for (job->gets = 0; job->gets < GUEST_JOB_TRANSFERS; job->gets++) {
		u64 address, length;
		int found = args_get(args, "get", job->gets,
				     GUEST_LINEAR_END - 1, &address,
				     GUEST_JOB_BUFFER_BYTES - job->buffer_used,
				     &length);

		if (found != 1) {
			return found;
		}
		job->get[job->gets] =
			(struct guest_job_transfer){ (u32)address, (u32)length,
						     job->buffer_used };
		job->buffer_used += (u32)length;
	}
	return 0;
}

int guest_job_read(struct guest_job *job, struct args *args, u32 core,
		   const struct bios_regs *regs)
{
	int err;

	memset(job, 0, sizeof(*job));
	job->core = core;
	job->regs = *regs;
	job->timeout_ms = settings()->timeout_ms;
	err = args_dec(args, "timeout", UINT32_MAX, &job->timeout_ms);
	if (err >= 0) {
		err = read_board(job, args);
	}
	if (err == 0) {
		err = read_engine(job, args);
	}
	if (err == 0) {
		err = reg_args_read(args, &job->regs);
	}
	if (err == 0) {
		err = read_puts(job, args);
	}
	return err == 0 ? read_gets(job, args) : err;
}

static int vmx_is_off(u32 index)
{
	const struct vmx_core *core = vmx_core(index);

	return command_error(ERR_UNSUPPORTED, "VMX is off; core %u: %s; %s",
			     index, core->why, core->remedy);
}

/* A PC brings its BIOS, and does without the watch. */
static int check_pc(u32 core)
{
	struct pc_guest_config unused;

	if (!vmx_caps_has_unrestricted_guest(&vmx_core(core)->caps)) {
		return command_error(
			ERR_UNSUPPORTED,
			"board pc takes an unrestricted guest; core %u; 'vmx' "
			"shows what is missing",
			core);
	}
	if (watch_wanted()) {
		return command_error(
			ERR_UNSUPPORTED,
			"trace, step and break do not see board pc; board=; "
			"turn them off, or choose another board");
	}
	if (pc_roms_find(NULL, &unused) != 0) {
		return command_error(
			ERR_NOT_FOUND,
			"no BIOS to call; %s, and no modules '" PC_ROMS_BIOS
			"' and '" PC_ROMS_VGA "' for a PC of ours; boot by "
			"BIOS, or from the menu entry of the virtual PC",
			bios_area_present() ? "board=pc" : bios_area_why_not());
	}
	return 0;
}

int guest_job_check(const struct guest_job *job)
{
	if (job->board != &board_pc) {
		return guest_job_check_core(job->core);
	}
	if (vmx_core(job->core)->state != VMX_ON) {
		return vmx_is_off(job->core);
	}
	return check_pc(job->core);
}

int guest_job_find(struct guest_job *job, bool for_program)
{
	bool vme = settings()->vme;

	if (job->board == &board_pc) {
		job->err = pc_pool_get(&job->guest);
	} else if (for_program) {
		job->err = bios_pool_get_for_program(job->engine, job->board,
						     vme, &job->guest);
	} else {
		job->err = bios_pool_get(job->engine, job->board, vme,
					 &job->guest);
	}
	return job->err;
}

int guest_job_check_core(u32 index)
{
	const struct vmx_core *core = vmx_core(index);

	if (!bios_area_present()) {
		return command_error(
			ERR_UNSUPPORTED,
			"no BIOS to call; %s; boot by BIOS or with a compatibility module",
			bios_area_why_not());
	}
	if (core->state != VMX_ON) {
		return vmx_is_off(index);
	}
	return 0;
}

void guest_job_run(struct guest_job *const *jobs, u32 count,
		   void (*function)(void *job))
{
	struct guest_job *own = NULL;

	for (u32 i = 0; i < count; i++) {
		if (jobs[i]->core == this_cpu_index()) {
			own = jobs[i];
		} else {
			smp_start(jobs[i]->core, function, jobs[i]);
		}
	}
	if (own != NULL) {
		function(own);
	}
	for (u32 i = 0; i < count; i++) {
		smp_wait(jobs[i]->core);
	}
}

int guest_job_put(struct guest_job *job)
{
	for (u32 i = 0; i < job->puts && job->err == 0; i++) {
		job->err = guest_memory_write(&job->guest->memory,
					      job->put[i].address,
					      job->buffer + job->put[i].at,
					      job->put[i].bytes);
	}
	return job->err;
}

int guest_job_get(struct guest_job *job)
{
	for (u32 i = 0; i < job->gets && job->err == 0; i++) {
		job->err = guest_memory_read(&job->guest->memory,
					     job->get[i].address,
					     job->buffer + job->get[i].at,
					     job->get[i].bytes);
	}
	return job->err;
}

static void report(void *argument)
{
	struct vcpu *vcpu = argument;

	vcpu_load(vcpu);
	vcpu_report(vcpu);
}

void guest_job_report(struct guest16 *guest, u32 core)
{
	u32 on = guest->board.kind->on_boot_core ? 0 : core;

	smp_start(on, report, &guest->vcpu);
	smp_wait(on);
}

int guest_job_print(struct guest_job *job, const char *first, const char *last)
{
	if (job->err != 0) {
		return command_error(job->err,
				     "%s; guest of core %u; see 'log'",
				     error_text(job->err), job->core);
	}
	console_printf(
		"%s cpu=%u engine=%s view=%s result=%s exits=%lu ticks=%lu%s\n",
		first, job->core, job->engine->name, job->board->name,
		vcpu_end_name(job->end), job->exits, job->ticks, last);
	reg_args_print(&job->regs);
	for (u32 i = 0; i < job->gets; i++) {
		dump_bytes(job->get[i].address, job->buffer + job->get[i].at,
			   job->get[i].bytes, false);
	}
	if (job->end == VCPU_END_DONE) {
		return 0;
	}
	guest_job_report(job->guest, job->core);
	return ERR_FAULT;
}
