/*
 * The lines of the log: what stands in front of them, and how far they go. Owns
 * the ring that keeps them, under the console's lock. Called from everywhere.
 */
#include "arch/console/log.h"

#include "arch/clock.h"
#include "arch/console/console.h"
#include "arch/percpu.h"
#include "lib/fmt.h"
#include "lib/ring.h"
#include "lib/string.h"

#define RING_BYTES (64 * KIB)
#define COPY_BYTES 256
#define TAIL_BYTES 1536
#define PROBLEMS 8
#define PROBLEM_BYTES 160

static u8 ring_bytes[RING_BYTES];
static struct ring ring = RING_INIT(ring_bytes);

static char problems[PROBLEMS][PROBLEM_BYTES];
static u32 problem_count;

static void keep(void *state, const char *text, size_t n, enum colour colour)
{
	(void)state;
	(void)colour;
	ring_write(&ring, text, n);
}

const struct console_sink_ops log_sink = { .write = keep, .keeps = true };

u64 log_end(void)
{
	return __atomic_load_n(&ring.written, __ATOMIC_RELAXED);
}

size_t log_read(u64 *pos, char *buf, size_t size)
{
	bool taken = console_lock();
	size_t n = ring_read(&ring, pos, buf, size);

	console_unlock(taken);
	return n;
}

/* Writes one line with its newline to line; returns its length. */
static size_t format_line(char line[CONSOLE_LINE_MAX], const char *level,
			  const char *fmt, va_list args)
{
	const size_t text_max = CONSOLE_LINE_MAX - 1; /* then the newline */
	u64 now_us = clock_us();
	size_t length =
		(size_t)fmt_snprintf(line, text_max, "[%5lu.%06lu c%u] %s",
				     now_us / 1000000, now_us % 1000000,
				     this_cpu_index(), level);

	length += (size_t)fmt_vsnprintf(line + length, text_max - length, fmt,
					args);
	if (length >= text_max) {
		length = text_max - 1;
		memcpy(line + length - 3, "...", 3);
	}
	line[length++] = '\n';
	return length;
}

void log_detail(const char *fmt, ...)
{
	char line[CONSOLE_LINE_MAX];
	size_t length;
	va_list args;
	bool taken;

	va_start(args, fmt);
	length = format_line(line, "", fmt, args);
	va_end(args);
	taken = console_lock();
	ring_write(&ring, line, length);
	console_unlock(taken);
}

static void note_problem(const char *fmt, va_list args)
{
	u32 index = __atomic_fetch_add(&problem_count, 1, __ATOMIC_RELAXED);

	if (index < PROBLEMS) {
		fmt_vsnprintf(problems[index], PROBLEM_BYTES, fmt, args);
	}
}

u32 log_problem_count(void)
{
	return __atomic_load_n(&problem_count, __ATOMIC_RELAXED);
}

const char *log_problem(u32 index)
{
	return index < MIN(log_problem_count(), PROBLEMS) ? problems[index]
							  : NULL;
}

static void log_line(const char *level, const char *fmt, va_list args)
{
	char line[CONSOLE_LINE_MAX];

	console_write(line, format_line(line, level, fmt, args));
}

static void log_problem_line(const char *level, const char *fmt, va_list args)
{
	va_list again;

	va_copy(again, args);
	note_problem(fmt, again);
	va_end(again);
	log_line(level, fmt, args);
}

void log_info(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_line("", fmt, args);
	va_end(args);
}

void log_warn(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_problem_line("warning: ", fmt, args);
	va_end(args);
}

void log_error(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_problem_line("error: ", fmt, args);
	va_end(args);
}

void log_dump(void (*emit)(const char *text, size_t n))
{
	u64 end = log_end();
	u64 pos = 0;
	char text[COPY_BYTES];

	for (;;) {
		size_t n = log_read(&pos, text, sizeof(text));
		u64 first = pos - n;

		if (n == 0 || first >= end) {
			return;
		}
		emit(text, MIN(n, end - first));
	}
}

/* Where the last `lines` lines of a text begin that ends with a newline. */
static size_t find_tail(const char *text, size_t n, unsigned lines)
{
	size_t at = n == 0 ? 0 : n - 1;

	while (at > 0 && (text[at - 1] != '\n' || --lines > 0)) {
		at--;
	}
	return at;
}

void log_tail(u64 end, unsigned lines,
	      void (*emit)(const char *line, size_t length))
{
	static char text[TAIL_BYTES];
	u64 pos = end > sizeof(text) ? end - sizeof(text) : 0;
	bool cut = pos != 0;
	size_t n = log_read(&pos, text, sizeof(text));
	size_t at;

	n = pos > end ? n - MIN(n, pos - end) : n;
	at = find_tail(text, n, lines);
	/* A line that began before the text did is only half there. */
	cut = cut && at == 0;
	for (size_t i = at; i < n; i++) {
		if (text[i] == '\n' || i == n - 1) {
			if (!cut) {
				emit(text + at, i - at + (text[i] != '\n'));
			}
			cut = false;
			at = i + 1;
		}
	}
}
