/*
 * Guest code that a command runs: what the command line asks for (engine,
 * board, registers, memory before and after, time), the run on its core, and
 * how its result is told. Commands have it parse, run and print; what is run
 * is theirs. On the boot core, but for the run itself.
 */
#pragma once

#include "guest/code16/guest16.h"
#include "monitor/line/args.h"
#include "monitor/line/reg_args.h"

/* For struct command's keys and usage. */
#define GUEST_JOB_KEYS REG_ARGS_KEYS " cpu engine board view put* get* timeout"
#define GUEST_JOB_USAGE                                                        \
	"[engine=auto|v86|v86-ept|real] [board=machine|private|isolated] "     \
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
	struct bios_regs regs; /* to begin with, and then as it ended */
	struct guest_job_transfer put[GUEST_JOB_TRANSFERS];
	struct guest_job_transfer get[GUEST_JOB_TRANSFERS];
	u32 puts, gets, buffer_used;

	/* What came of it; err first, for there may have been no run. */
	int err;
	struct guest16 *guest;
	enum vcpu_end end;
	u64 exits;
	u64 ticks;
	u8 buffer[GUEST_JOB_BUFFER_BYTES];
};

/* The core that cpu= names; 0 without it. 0 or the parser's error. */
int guest_job_read_core(struct args *args, u32 *core);

/*
 * Makes a job for that core of all the other options; regs is what registers
 * that are not given have. 0 or the parser's error.
 */
int guest_job_read(struct guest_job *job, struct args *args, u32 core,
		   const struct bios_regs *regs);

/* 0, or ERR_UNSUPPORTED in words: no BIOS, or no VMX on the job's core. */
int guest_job_check(const struct guest_job *job);
int guest_job_check_core(u32 index);

/*
 * Has each job's core call function(job), all at once, and waits for them all;
 * the boot core's job, if there is one, is started last.
 */
void guest_job_run(struct guest_job *const *jobs, u32 count,
		   void (*function)(void *job));

/* For that function: what put= and get= say. Returns job->err. */
int guest_job_put(struct guest_job *job);
int guest_job_get(struct guest_job *job);

/*
 * Prints `FIRST cpu=... result=... exits=... ticks=...LAST`, the registers, the
 * memory, and the guest's report where it did not end well. Returns 0, or
 * job->err in words if there was no run, or ERR_FAULT without any.
 */
int guest_job_print(struct guest_job *job, const char *first, const char *last);
