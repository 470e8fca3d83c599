/*
 * Notes what a 64-bit guest does. Ports and memory-mapped I/O exit in any case.
 * Exceptions are made to exit, and are noted where the host delivers them to
 * the guest: so those that the host itself raises are noted as well.
 */
#include "guest/code64/watch64.h"

#include "arch/cpu.h"
#include "arch/x86.h"
#include "guest/watch/port_names.h"
#include "guest/watch/watch.h"
#include "vmm/vcpu_events.h"
#include "vmm/vcpu_exit.h"
#include "vmm/vcpu_setup.h"
#include "vmm/vcpu_state.h"

#define KINDS                                                                  \
	(TRACE_BIT(TRACE_IO) | TRACE_BIT(TRACE_MMIO) |                         \
	 TRACE_BIT(TRACE_EXCEPTION) | TRACE_BIT(TRACE_EXIT))
#define TRACED_EXCEPTIONS (UINT32_MAX & ~(u32)BIT(VECTOR_NMI))

void watch64_begin(struct guest64 *guest)
{
	u32 kinds = watch_config.kinds & KINDS;

	if (kinds == 0 || !watch_core_wanted()) {
		return;
	}
	vcpu_trace(&guest->vcpu, kinds | TRACE_WATCHED);
	guest->exceptions = vcpu_intercepted_exceptions(&guest->vcpu);
	if (watch_kind_wanted(&guest->vcpu, TRACE_EXCEPTION)) {
		vcpu_intercept_exceptions(&guest->vcpu,
					  guest->exceptions |
						  TRACED_EXCEPTIONS);
	}
}

void watch64_end(struct guest64 *guest)
{
	if (guest->vcpu.trace != 0) {
		vcpu_intercept_exceptions(&guest->vcpu, guest->exceptions);
		vcpu_trace(&guest->vcpu, 0);
		trace_flush();
	}
}

static struct trace_event event_here(const struct vcpu *vcpu,
				     enum trace_kind kind, u8 flags)
{
	return (struct trace_event){
		.kind = (u8)kind,
		.cs = (u16)vcpu_selector(vcpu, SEGMENT_CS),
		.ip = vcpu_rip(vcpu),
		.flags = flags,
		.count = 1,
	};
}

void watch64_port(struct guest64 *guest, struct io_qualification io, u64 value)
{
	u16 port = (u16)io.port;
	bool poll = io.in && port_is_status(port);
	struct trace_event event;

	if (watch_kind_wanted(&guest->vcpu, TRACE_IO) &&
	    watch_port_wanted(port)) {
		event = event_here(&guest->vcpu, TRACE_IO,
				   (u8)((io.in ? TRACE_IO_IN : 0) |
					(poll ? TRACE_IO_POLL : 0)));
		event.io.port = port;
		event.io.bytes = io_qualification_bytes(io);
		event.io.value = (u32)value;
		event.io.last = event.io.value;
		trace_add_io(&guest->vcpu, &event);
	}
}

void watch64_mmio(struct guest64 *guest, bool read, u64 address, u8 bytes,
		  u64 value)
{
	struct trace_event event;

	if (watch_kind_wanted(&guest->vcpu, TRACE_MMIO)) {
		event = event_here(&guest->vcpu, TRACE_MMIO,
				   read ? TRACE_IO_IN : 0);
		event.mmio.address = address;
		event.mmio.bytes = bytes;
		event.mmio.value = value;
		trace_add_io(&guest->vcpu, &event);
	}
}

/*
 * Whether the exception was noted before: an exit has interrupted its delivery,
 * and it is delivered again.
 */
static bool is_redelivered(const struct vcpu *vcpu, u32 info)
{
	u32 vectoring = vcpu_exit_vectoring(vcpu);

	return (vectoring & INTERRUPTION_INFO_VALID) &&
	       interruption_info_vector(vectoring) ==
		       interruption_info_vector(info);
}

void watch64_resuming(struct vcpu *vcpu)
{
	u32 info = vcpu_injection(vcpu);
	u8 vector = interruption_info_vector(info);
	struct trace_event *event;

	if (!(info & INTERRUPTION_INFO_VALID) ||
	    !watch_kind_wanted(vcpu, TRACE_EXCEPTION) ||
	    !watch_vector_wanted(vector) || is_redelivered(vcpu, info)) {
		return;
	}
	event = trace_add(vcpu, TRACE_EXCEPTION);
	if (event != NULL) {
		event->vector = vector;
		event->exception.has_code =
			(info & INTERRUPTION_INFO_ERROR_CODE) != 0;
		event->exception.error_code = vcpu_injection_error_code(vcpu);
		event->exception.address = vector == VECTOR_PF ? read_cr2() : 0;
	}
}
