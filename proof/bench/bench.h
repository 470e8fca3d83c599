/*
 * The command bench, and what its files share. All on the boot core, interrupts
 * off. Each benchmark gives samples: the ticks of one operation, or the mean of
 * a loop of them.
 */
#pragma once

#include "guest/bios/bios.h"
#include "guest/code16/engine.h"
#include "lib/types.h"
#include "monitor/command.h"
#include "proof/bench/bench_snippets.h"

#define BENCH_MAX_SAMPLES 64
#define BENCH_TIMEOUT_MS 1000

/*
 * 16-bit code and data go into the segment of the calls' stack, far below it
 * and beside what a list of calls takes there.
 */
#define BENCH_SEGMENT BIOS_STACK_SEGMENT
#define BENCH_CODE 0x0100
#define BENCH_PACKET 0x6000
#define BENCH_DATA 0x7000

struct bench_run {
	const struct engine *engine;
	struct guest16 *guest; /* the pool's, in the view asked for */
	u64 operations;	       /* how many were timed */
	u32 samples;
	const char *unit; /* "ticks" unless set otherwise */
	u64 ticks[BENCH_MAX_SAMPLES];
	char why_not[120]; /* the reason, if there is nothing to measure */
};

struct benchmark {
	const char *name;
	bool without_guest; /* no engine takes part */
	const struct board_kind *board;
	/* Adds samples; or returns bench_skip(). */
	bool (*measure)(struct bench_run *run);
};

/* The benchmarks, in groups that end with an empty entry. */
extern const struct benchmark bench_loops[];
extern const struct benchmark bench_calls[];
extern const struct benchmark bench_services[];
extern const struct benchmark bench_machine[];
extern const struct benchmark bench_vmx[];
extern const struct benchmark bench_screen[];

/*
 * Adds a sample: ticks, or another unit of the run's, for an operation. Samples
 * beyond BENCH_MAX_SAMPLES are lost.
 */
void bench_add(struct bench_run *run, u64 ticks, u64 operations);

/* Notes why there is no result; returns false. */
bool bench_skip(struct bench_run *run, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Measures the ticks of `count` turns of a snippet of
 * proof/bench/bench_snippets.h, timed by the guest, without the loop's own
 * instructions. False if the guest did not come back.
 */
bool bench_time_loop(struct bench_run *run, const struct snippet *snippet,
		     const struct bios_regs *regs, u32 count, u64 *ticks);

/*
 * Puts an INT 13h/42h packet for one sector at BENCH_PACKET; *drive: the drive
 * that the machine was booted from. False if there is none.
 */
bool bench_disk_packet(struct bench_run *run, u8 *drive);

/* Whether there is a drive 80h; skips the benchmark if not. */
#define FIRST_HARD_DISK 0x80
bool bench_has_hard_disk(struct bench_run *run);

/*
 * Whether the screen is in a text mode, as a mode set and the teletype need;
 * else bench_skip().
 */
bool bench_in_text_mode(struct bench_run *run);

/* bench_skip() if a call did not come back as it should. */
bool bench_came_back(struct bench_run *run, const struct guest16 *guest,
		     enum vcpu_end end);
