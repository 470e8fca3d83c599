/*
 * The way in of what is typed. Owns the table of sources, and the lock of the
 * receiving half of every device in it.
 */
#include "arch/console/console_poll.h"

#include "arch/console/console.h"
#include "arch/console/input.h"
#include "arch/spinlock.h"

/* Bytes not read at which the senders are told to stop, and to go on. */
#define INPUT_HIGH (INPUT_BYTES / 4 * 3)
#define INPUT_LOW (INPUT_BYTES / 4)

static const struct console_source no_sources[1];

static const struct console_source *sources = no_sources;
static struct spinlock lock = SPINLOCK_INIT;
static bool needed = true;
static bool told_to_stop; /* the senders */

void console_poll_set_sources(const struct console_source *table)
{
	__atomic_store_n(&sources, table, __ATOMIC_RELEASE);
}

const struct console_source *console_poll_sources(void)
{
	return sources;
}

/* The lock is held. */
static void control_flow(void)
{
	size_t limit = told_to_stop ? INPUT_LOW : INPUT_HIGH;
	bool stop = input_count() > limit;

	if (stop == told_to_stop) {
		return;
	}
	for (const struct console_source *source = sources; source->ops != NULL;
	     source++) {
		if (source->ops->set_ready != NULL) {
			source->ops->set_ready(source->state, !stop);
		}
	}
	told_to_stop = stop;
}

/* The lock is held. */
static void fetch_all(bool patient_too)
{
	for (const struct console_source *source = sources; source->ops != NULL;
	     source++) {
		if (patient_too || !source->is_patient) {
			source->ops->fetch(source->state);
		}
	}
	control_flow();
}

void console_poll(void)
{
	/* Whoever has the lock may have been stopped. */
	if (console_is_in_panic()) {
		return;
	}
	spinlock_lock(&lock);
	fetch_all(true);
	spinlock_unlock(&lock);
}

void console_poll_in_output(void)
{
	if (!console_is_in_panic() && spinlock_trylock(&lock)) {
		fetch_all(false);
		spinlock_unlock(&lock);
	}
}

void console_poll_one(const struct console_source_ops *ops, void *state)
{
	if (!console_is_in_panic() && spinlock_trylock(&lock)) {
		ops->fetch(state);
		spinlock_unlock(&lock);
	}
}

bool console_poll_is_needed(void)
{
	return needed;
}

void console_poll_set_needed(bool wanted)
{
	needed = wanted;
}
