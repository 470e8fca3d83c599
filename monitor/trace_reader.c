/*
 * The boot core prints here what the guests' cores have noted: while it waits
 * for another core, and when a command is done.
 */
#include "monitor/trace_reader.h"

#include "arch/console/console.h"
#include "arch/mem/pages.h"
#include "arch/smp.h"
#include "guest/watch/trace_format.h"
#include "lib/error.h"
#include "vmm/trace.h"

/* The reader's state for a core's ring. */
struct reader {
	struct trace_format format;
	u64 dropped_said;
};

static struct reader *readers; /* NULL while nothing is traced */
static u32 events_there;

static size_t reader_pages(void)
{
	return (smp_count() * sizeof(struct reader) + PAGE_SIZE - 1) /
	       PAGE_SIZE;
}

void trace_reader_drain(void)
{
	char line[TRACE_LINE_MAX];
	struct trace_event event;

	for (u32 i = 0; i < smp_count() && readers != NULL; i++) {
		struct trace_ring *ring = trace_ring_of(i);
		u64 dropped;

		while (trace_ring_take(ring, &event)) {
			if (trace_format(&readers[i].format, i, &event, line,
					 sizeof(line)) != 0) {
				console_printf("trace: %s\n", line);
			}
		}
		dropped = trace_ring_dropped(ring);
		/* Reported once for a run, when there is room again. */
		if (dropped != readers[i].dropped_said && smp_is_idle(i)) {
			console_printf("trace: c%u: %lu events dropped\n", i,
				       dropped - readers[i].dropped_said);
			readers[i].dropped_said = dropped;
		}
	}
}

void trace_reader_close(void)
{
	if (readers != NULL) {
		trace_reader_drain();
		smp_set_wait_work(NULL);
		pages_put(readers, reader_pages());
		readers = NULL;
		trace_close();
		events_there = 0;
	}
}

int trace_reader_open(u32 events)
{
	int err;

	trace_reader_close();
	readers = pages_get(reader_pages());
	if (readers == NULL) {
		return ERR_NO_MEMORY;
	}
	err = trace_open(events);
	if (err != 0) {
		pages_put(readers, reader_pages());
		readers = NULL;
		return err;
	}
	events_there = events;
	smp_set_wait_work(trace_reader_drain);
	return 0;
}

u32 trace_reader_room(void)
{
	return events_there;
}
