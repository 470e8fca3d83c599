/* One ring a core; see vmm/trace.h. */
#include "vmm/trace.h"

#include "arch/cpu.h"
#include "arch/mem/pages.h"
#include "arch/percpu.h"
#include "arch/smp.h"
#include "lib/error.h"
#include "vmm/vcpu.h"
#include "vmm/vmx/vmcs.h"

/* Each points to a ring that its slots follow in memory; NULL while closed. */
static struct trace_ring *rings[MAX_CPUS];

static size_t ring_pages(u32 events)
{
	size_t bytes =
		sizeof(struct trace_ring) + events * sizeof(struct trace_event);

	return (bytes + PAGE_SIZE - 1) / PAGE_SIZE;
}

int trace_open(u32 events)
{
	for (u32 i = 0; i < smp_count(); i++) {
		rings[i] = pages_get(ring_pages(events));
		if (rings[i] == NULL) {
			trace_close();
			return ERR_NO_MEMORY;
		}
		trace_ring_init(rings[i], (void *)(rings[i] + 1), events);
	}
	return 0;
}

void trace_close(void)
{
	for (u32 i = 0; i < smp_count(); i++) {
		if (rings[i] != NULL) {
			pages_put(rings[i], ring_pages(rings[i]->size));
			rings[i] = NULL;
		}
	}
}

struct trace_ring *trace_ring_of(u32 index)
{
	return index < smp_count() ? rings[index] : NULL;
}

static void fill_in(const struct vcpu *vcpu, struct trace_event *event)
{
	event->tsc = rdtsc() - vcpu->trace_start_tsc;
	event->cs = (u16)vmcs_read(VMCS_GUEST_CS_SELECTOR);
	event->ip = vmcs_read(VMCS_GUEST_RIP);
}

struct trace_event *trace_add(struct vcpu *vcpu, enum trace_kind kind)
{
	struct trace_event *event =
		trace_ring_add(rings[this_cpu_index()], kind);

	if (event != NULL) {
		fill_in(vcpu, event);
	}
	return event;
}

void trace_add_io(struct vcpu *vcpu, const struct trace_event *event)
{
	struct trace_ring *ring = rings[this_cpu_index()];
	struct trace_event *added;

	if (trace_ring_fold(ring, event)) {
		return;
	}
	added = trace_ring_add(ring, (enum trace_kind)event->kind);
	if (added != NULL) {
		*added = *event;
		added->tsc = rdtsc() - vcpu->trace_start_tsc;
	}
}

void trace_publish(void)
{
	trace_ring_publish(rings[this_cpu_index()]);
}

void trace_flush(void)
{
	trace_ring_flush(rings[this_cpu_index()]);
}
