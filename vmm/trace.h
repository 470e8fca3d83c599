/*
 * The cores' rings of trace events. They exist while something is traced: the
 * boot core opens and closes them while no guest runs. A guest's core writes to
 * its own ring between vcpu_load() and the end of a run, interrupts off.
 */
#pragma once

#include "vmm/trace_ring.h"

struct vcpu;

/* Besides TRACE_BIT(kind) in struct vcpu's trace: ops->resuming is called. */
#define TRACE_WATCHED 0x80000000u

#define TRACE_RING_EVENTS 1024u
#define TRACE_RING_EVENTS_MAX 65536u

/*
 * Gives every core an empty ring of that many events. After ERR_NO_MEMORY no
 * core has a ring.
 */
int trace_open(u32 events);
void trace_close(void);

/* Core index's; NULL while closed. */
struct trace_ring *trace_ring_of(u32 index);

/*
 * On the guest's core, where vcpu->trace asks for it. The event is the calling
 * core's newest, with kind, time, CS and IP filled in; NULL: there was no room.
 * trace_add_io(), of TRACE_IO and TRACE_MMIO, may count it as one more of the
 * last.
 */
struct trace_event *trace_add(struct vcpu *vcpu, enum trace_kind kind);
void trace_add_io(struct vcpu *vcpu, const struct trace_event *event);

/* After an exit, and at a run's end: lets the reader see the new events. */
void trace_publish(void);
void trace_flush(void);
