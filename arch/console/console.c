/*
 * Where text goes. Owns the table of sinks and the one lock of all of them.
 * Called from everywhere, in every state a core can be in.
 *
 * The lock is the number of the core that holds it, not a ticket: an exception
 * or NMI handler that prints finds out that the output it interrupted is its
 * own core's, and goes ahead instead of waiting for itself.
 */
#include "arch/console/console.h"

#include "arch/cpu.h"
#include "arch/percpu.h"
#include "lib/fmt.h"
#include "lib/string.h"

/*
 * Turns a panicking core waits for another one's line. That is some tenths of
 * a second: a whole line at 115200 baud takes 45 ms.
 */
#define PANIC_SPINS 4000000u

#define NOBODY 0u

static const struct console_sink no_sinks[1];

static const struct console_sink *sinks = no_sinks;
static enum console_colours colours;

void (*console_panic_check)(u64 rip);
static u32 owner = NOBODY; /* else the core's index + 1 */
static u32 next = NOBODY;  /* the same of who gets the lock before all others */
static bool lock_abandoned; /* a panic waited for it in vain */
static bool line_open;	    /* the last line printed has no newline yet */

void console_set_sinks(const struct console_sink *table)
{
	__atomic_store_n(&sinks, table, __ATOMIC_RELEASE);
}

/* Two cores that print one line after the other must not keep out a third. */
static bool take_turn(u32 me)
{
	u32 first = __atomic_load_n(&next, __ATOMIC_RELAXED);
	u32 nobody = NOBODY;

	/* In a panic the next one may have been stopped. */
	if ((first == NOBODY || first == me || console_is_in_panic()) &&
	    __atomic_compare_exchange_n(&owner, &nobody, me, false,
					__ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
		if (first == me) {
			__atomic_store_n(&next, NOBODY, __ATOMIC_RELAXED);
		}
		return true;
	}
	nobody = NOBODY;
	if (first == NOBODY) {
		__atomic_compare_exchange_n(&next, &nobody, me, false,
					    __ATOMIC_RELAXED, __ATOMIC_RELAXED);
	}
	return false;
}

bool console_lock(void)
{
	u32 me = this_cpu_index() + 1;
	u32 spins = 0;

	if (__atomic_load_n(&owner, __ATOMIC_RELAXED) == me) {
		return false;
	}
	while (!take_turn(me)) {
		if (console_is_in_panic() &&
		    (lock_abandoned || spins++ > PANIC_SPINS)) {
			lock_abandoned = true;
			return false;
		}
		cpu_pause();
	}
	return true;
}

/* A core told to stop while it printed finishes that line first. */
void console_unlock(bool taken)
{
	if (taken) {
		__atomic_store_n(&owner, NOBODY, __ATOMIC_RELEASE);
		if (console_is_in_panic()) {
			console_panic_check((u64)__builtin_return_address(0));
		}
	}
}

bool console_is_mine(void)
{
	return __atomic_load_n(&owner, __ATOMIC_RELAXED) ==
	       this_cpu_index() + 1;
}

/* To every sink that keeps, or to all others. The lock is held. */
static void write_to(bool keep, enum colour colour, const char *text, size_t n)
{
	for (const struct console_sink *sink = sinks; sink->ops != NULL;
	     sink++) {
		bool coloured = colours == CONSOLE_COLOURS_ON ||
				!sink->ops->colours_on_demand;

		if (sink->ops->keeps == keep) {
			sink->ops->write(sink->state, text, n,
					 coloured ? colour : COLOUR_NONE);
		}
	}
}

/* To what shows it, the words that have a colour in theirs. The lock is held. */
static void output(const char *text, size_t n)
{
	bool line_start = !line_open;
	size_t at, length;
	enum colour colour;

	if (n == 0) {
		return;
	}
	line_open = true;
	while (colours != CONSOLE_COLOURS_OFF &&
	       (colour = console_colour_find(text, n, line_start, &at,
					     &length)) != COLOUR_NONE) {
		write_to(false, COLOUR_NONE, text, at);
		write_to(false, colour, text + at, length);
		text += at + length;
		n -= at + length;
		line_start = false;
	}
	/* A word with a colour is never the end: a colon follows. */
	write_to(false, COLOUR_NONE, text, n);
	line_open = text[n - 1] != '\n';
}

void console_write(const char *text, size_t n)
{
	bool taken = console_lock();

	write_to(true, COLOUR_NONE, text, n);
	output(text, n);
	console_unlock(taken);
}

void console_write_unlogged(const char *text, size_t n)
{
	bool taken = console_lock();

	output(text, n);
	console_unlock(taken);
}

void console_printf(const char *fmt, ...)
{
	char text[CONSOLE_LINE_MAX];
	size_t length;
	va_list args;

	va_start(args, fmt);
	length = (size_t)fmt_vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (length >= sizeof(text)) {
		size_t end = strlen(fmt);
		const char *mark = fmt[end - 1] == '\n' ? "...\n" : "...";

		length = sizeof(text) - 1;
		memcpy(text + length - strlen(mark), mark, strlen(mark));
	}
	console_write(text, length);
}

void console_settle(void)
{
	bool taken = console_lock();

	for (const struct console_sink *sink = sinks; sink->ops != NULL;
	     sink++) {
		if (sink->ops->settle != NULL) {
			sink->ops->settle(sink->state);
		}
	}
	console_unlock(taken);
}

void console_scroll(bool back)
{
	bool taken = console_lock();

	for (const struct console_sink *sink = sinks; sink->ops != NULL;
	     sink++) {
		if (sink->ops->scroll != NULL) {
			sink->ops->scroll(sink->state, back);
		}
	}
	console_unlock(taken);
}

void console_flush(void)
{
	bool taken = console_lock();

	console_settle();
	for (const struct console_sink *sink = sinks; sink->ops != NULL;
	     sink++) {
		if (sink->ops->flush != NULL) {
			sink->ops->flush(sink->state);
		}
	}
	console_unlock(taken);
}

void console_set_colours(enum console_colours wanted)
{
	colours = wanted;
}

void console_enter_panic(void (*check)(u64 rip))
{
	__atomic_store_n(&console_panic_check, check, __ATOMIC_SEQ_CST);
}

void console_end_line(void)
{
	if (line_open) {
		console_write("\n", 1);
	}
}
