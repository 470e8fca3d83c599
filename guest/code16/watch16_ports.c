/*
 * Notes the port accesses of a watched guest. On the guest's core, its VMCS
 * current, interrupts off.
 */
#include "guest/code16/watch16_ports.h"

#include "guest/watch/port_names.h"
#include "guest/watch/watch.h"
#include "vmm/vcpu_state.h"

struct trace_event watch16_io_before(struct vcpu *vcpu,
				     struct io_qualification io)
{
	const struct guest16 *guest = vcpu->guest;
	struct trace_event event = {
		.kind = TRACE_IO,
		.cs = (u16)vcpu_selector(vcpu, SEGMENT_CS),
		.ip = vcpu_rip(vcpu),
		.flags = (u8)((io.in ? TRACE_IO_IN : 0) |
			      (io.string ? TRACE_IO_STRING : 0) |
			      (io.in && port_is_status(io.port) ? TRACE_IO_POLL
								: 0)),
		.count = 1,
		.depth = (u8)guest->watch.depth,
		.io = { .port = (u16)io.port,
			.bytes = io_qualification_bytes(io) },
	};

	if (io.string) {
		event.count = io.rep ? (u16)vcpu->regs.rcx : 1;
		event.io.offset =
			(u16)(io.in ? vcpu->regs.rdi : vcpu->regs.rsi);
		event.io.segment = (u16)vcpu_selector(vcpu, io.in ? SEGMENT_ES
								  : SEGMENT_DS);
	}
	return event;
}

static u32 low_bytes(u8 bytes)
{
	return bytes == 4 ? UINT32_MAX : (1u << 8 * bytes) - 1;
}

void watch16_io_after(struct vcpu *vcpu, struct trace_event *event)
{
	if (!watch_port_wanted(event->io.port)) {
		return;
	}
	if (event->flags & TRACE_IO_STRING) {
		/*
		 * How many elements were done: an exit may have interrupted a
		 * REP.
		 */
		event->count -= event->count > 1 ? (u16)vcpu->regs.rcx : 0;
	} else {
		event->io.value =
			(u32)vcpu->regs.rax & low_bytes(event->io.bytes);
		event->io.last = event->io.value;
	}
	trace_add_io(vcpu, event);
}
