/*
 * The rings of the cores. They are there while something is traced, and are
 * opened and closed by the boot core while no guest runs. A guest's core writes
 * its own between vcpu_load() and the end of a run, interrupts off.
 */
#pragma once

#include "vmm/trace_ring.h"

struct vcpu;

/* Besides TRACE_BIT(kind) in struct vcpu's trace: ops->resuming is called. */
#define TRACE_WATCHED 0x80000000u

#define TRACE_RING_EVENTS 1024u
#define TRACE_RING_EVENTS_MAX 65536u

/*
 * Gives every core an empty ring of that many events. ERR_NO_MEMORY: and none
 * is left behind.
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

/* After an exit, and at the end of a run, what was noted can be read. */
void trace_publish(void);
void trace_flush(void);
