/*
 * One writer and one reader: each stores its own counter with release and loads
 * the other's with acquire, so that a slot's contents are seen in order.
 */
/* build: pure */
#include "vmm/trace_ring.h"

#include "lib/string.h"

void trace_ring_init(struct trace_ring *ring, struct trace_event *slots,
		     u32 size)
{
	memset(ring, 0, sizeof(*ring));
	ring->slots = slots;
	ring->size = size;
}

static void set_published(struct trace_ring *ring, u64 count)
{
	__atomic_store_n(&ring->published, count, __ATOMIC_RELEASE);
}

/*
 * Whether the newest event can still be folded into: the reader does not see it
 * yet.
 */
static bool has_open(const struct trace_ring *ring)
{
	return ring->reserved != ring->published &&
	       ring->reserved != ring->folds_from;
}

static struct trace_event *last(struct trace_ring *ring)
{
	return &ring->slots[(ring->reserved - 1) % ring->size];
}

struct trace_event *trace_ring_add(struct trace_ring *ring,
				   enum trace_kind kind)
{
	u64 read = __atomic_load_n(&ring->read, __ATOMIC_ACQUIRE);
	struct trace_event *event;

	ring->seen[kind]++;
	if (ring->reserved - read == ring->size) {
		__atomic_store_n(&ring->dropped, ring->dropped + 1,
				 __ATOMIC_RELAXED);
		/*
		 * Events were dropped here: no later event may be counted as
		 * one with an event before the gap.
		 */
		ring->folds_from = ring->reserved;
		return NULL;
	}
	ring->reserved++;
	event = last(ring);
	memset(event, 0, sizeof(*event));
	event->kind = (u8)kind;
	event->count = 1;
	return event;
}

/* Only port and memory accesses repeat without end, as in a loop that waits. */
static bool may_fold(const struct trace_event *event)
{
	return event->kind == TRACE_MMIO ||
	       (event->kind == TRACE_IO && !(event->flags & TRACE_IO_STRING));
}

static bool is_same_access(const struct trace_event *a,
			   const struct trace_event *b)
{
	if (a->kind == TRACE_MMIO) {
		return a->mmio.address == b->mmio.address &&
		       a->mmio.bytes == b->mmio.bytes &&
		       a->mmio.value == b->mmio.value;
	}
	return a->io.port == b->io.port && a->io.bytes == b->io.bytes &&
	       (a->io.value == b->io.value || (a->flags & TRACE_IO_POLL));
}

static bool is_same(const struct trace_event *a, const struct trace_event *b)
{
	return a->kind == b->kind && a->flags == b->flags && a->cs == b->cs &&
	       a->ip == b->ip && is_same_access(a, b);
}

bool trace_ring_fold(struct trace_ring *ring, const struct trace_event *event)
{
	struct trace_event *before;

	if (!has_open(ring) || !may_fold(event)) {
		return false;
	}
	before = last(ring);
	if (!may_fold(before) || before->count == UINT32_MAX ||
	    !is_same(before, event)) {
		return false;
	}
	if (event->kind == TRACE_IO) {
		before->io.last = event->io.value;
	}
	before->count++;
	ring->seen[event->kind]++;
	return true;
}

void trace_ring_publish(struct trace_ring *ring)
{
	bool keep = has_open(ring) && may_fold(last(ring));

	set_published(ring, ring->reserved - (keep ? 1 : 0));
}

void trace_ring_flush(struct trace_ring *ring)
{
	set_published(ring, ring->reserved);
}

bool trace_ring_take(struct trace_ring *ring, struct trace_event *event)
{
	u64 published = __atomic_load_n(&ring->published, __ATOMIC_ACQUIRE);

	if (ring->read == published) {
		return false;
	}
	*event = ring->slots[ring->read % ring->size];
	__atomic_store_n(&ring->read, ring->read + 1, __ATOMIC_RELEASE);
	return true;
}

u64 trace_ring_dropped(const struct trace_ring *ring)
{
	return __atomic_load_n(&ring->dropped, __ATOMIC_RELAXED);
}
