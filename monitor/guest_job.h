/*
 * Guest code that a command runs: its options (engine, board, registers, memory
 * to write and read, time limit), the run on its core, and the output of the
 * result. The command supplies the function that runs. On the boot core, except
 * the run itself.
 */
#pragma once

#include "guest/code16/guest16.h"
#include "monitor/line/args.h"
#include "monitor/line/reg_args.h"

/* For struct command's keys and usage. */
#define GUEST_JOB_KEYS REG_ARGS_KEYS " cpu engine board view put* get* timeout"
#define GUEST_JOB_USAGE                                                        \
	"[engine=auto|v86|v86-ept|real] [board=machine|private|isolated|pc] "  \
	"[put=HEXADDR:HEXBYTES] [get=HEXADDR,LEN] [timeout=MS]"

#define GUEST_JOB_EFLAGS 0x202u /* for a job's registers: interrupts on */
#define GUEST_JOB_TRANSFERS 8	/* puts, and gets, on a line */
#define GUEST_JOB_BUFFER_BYTES 8192u

/* Guest memory to write before the run, or to read after it. */
struct guest_job_transfer {
	u32 address;
	u32 bytes;
	u32 at; /* in the job's buffer */
};

struct guest_job {
	u32 core;
	const struct engine *engine; /* NULL: the core has no VMX */
	const struct board_kind *board;
	u64 timeout_ms;
	struct bios_regs regs; /* at the start, and then at the end */
	struct guest_job_transfer put[GUEST_JOB_TRANSFERS];
	struct guest_job_transfer get[GUEST_JOB_TRANSFERS];
	u32 puts, gets, buffer_used;

	/*
	 * The result. If err is not 0 there was no run, and the others are not
	 * set.
	 */
	int err;
	struct guest16 *guest;
	enum vcpu_end end;
	u64 exits;
	u64 ticks;
	u8 buffer[GUEST_JOB_BUFFER_BYTES];
};

/* Reads cpu=, 0 if it is not given. 0 or the parser's error. */
int guest_job_read_core(struct args *args, u32 *core);

/*
 * Makes a job for that core from all other options. regs: the values of
 * registers that are not given. 0 or the parser's error.
 */
int guest_job_read(struct guest_job *job, struct args *args, u32 core,
		   const struct bios_regs *regs);

/*
 * 0, or ERR_UNSUPPORTED with its words set: there is no BIOS, or no VMX on the
 * job's core.
 */
int guest_job_check(const struct guest_job *job);
int guest_job_check_core(u32 index);

/*
 * Makes each job's core call function(job), all at the same time, and waits for
 * all. The boot core's own job is started last.
 */
void guest_job_run(struct guest_job *const *jobs, u32 count,
		   void (*function)(void *job));

/*
 * For that function: the guest to run it in, kept for calls or new for a
 * program. Returns job->err.
 */
int guest_job_find(struct guest_job *job, bool for_program);

/*
 * For that function: writes memory as put= says, and reads it as get= says.
 * Return job->err.
 */
int guest_job_put(struct guest_job *job);
int guest_job_get(struct guest_job *job);

/*
 * Prints `FIRST cpu=... result=... exits=... ticks=...LAST`, the registers, the
 * memory and, if the run did not end well, the guest's report. Returns 0;
 * job->err with its words set if there was no run; or ERR_FAULT without words.
 */
int guest_job_print(struct guest_job *job, const char *first, const char *last);

/*
 * Prints the report of the last run of a guest that core asked for, on the core
 * that ran it, which for the board `machine` is the boot core.
 */
void guest_job_report(struct guest16 *guest, u32 core);
