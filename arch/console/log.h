/*
 * The log: lines with the time since start and the core in front, for example
 * "[    0.012345 c0] text". The newline is added. All of them, and all that
 * the console prints, stay in a ring of 64 KiB, which is a sink of the
 * console's. Callable like the console.
 *
 * A byte on a serial line costs thousands of instructions: log_info() is for
 * the few lines a person reads first, log_detail() for everything else.
 */
#pragma once

#include <stddef.h>

#include "lib/types.h"

struct console_sink_ops;
extern const struct console_sink_ops log_sink;

/* To the ring only; seen with log_dump(). */
void log_detail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* With "warning: " before the text. */
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* With "error: " before the text. */
void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * The first warnings and errors, for a page that tells what a machine is: how
 * many there have been, and the text of one (from 0), cut where it is long;
 * NULL for one that is not kept.
 */
u32 log_problem_count(void);
const char *log_problem(u32 index);

/*
 * Hands all the ring holds, oldest first, to emit in pieces. No lock is held
 * then, so emit may print; what is logged meanwhile is not included.
 */
void log_dump(void (*emit)(const char *text, size_t n));

/* The number of bytes ever written = the position behind the newest. */
u64 log_end(void);
/* As ring_read(). */
size_t log_read(u64 *pos, char *buf, size_t size);

/*
 * Hands the last lines that end before position `end` of the ring to emit,
 * without their newlines: at most that many, and no more than 1.5 KiB. For a
 * panic: one user at a time.
 */
void log_tail(u64 end, unsigned lines,
	      void (*emit)(const char *line, size_t length));
