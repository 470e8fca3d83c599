/* Port accesses of 16-bit guests. On the guest's core, its VMCS current. */
/* build: hot */
#include "guest/code16/guest16_io.h"

#include "guest/code16/guest16.h"
#include "guest/code16/v86_program.h"
#include "guest/code16/watch16_ports.h"
#include "guest/watch/access_counts.h"

/* IN to AL or AX keeps the other bits of RAX; IN to EAX clears bits 63:32. */
static __attribute__((noinline)) enum exit_action in(struct guest16 *guest,
						     struct io_qualification io)
{
	u8 bytes = io_qualification_bytes(io);
	u32 value = board_in(&guest->board, (u16)io.port, bytes);
	u32 mask = (u32)(BIT(8 * bytes) - 1);

	guest->vcpu.regs.rax = ((u32)guest->vcpu.regs.rax & ~mask) | value;
	return EXIT_SKIP_INSTRUCTION;
}

static inline enum exit_action do_io(struct vcpu *vcpu,
				     struct io_qualification io)
{
	struct guest16 *guest = vcpu->guest;

	access_counts_note_port(guest->access_counts, (u16)io.port);
	if (unlikely(io.string)) {
		return v86_program_step(guest, VECTOR_GP);
	}
	if (io.in) {
		return in(guest, io);
	}
	return board_out(&guest->board, (u16)io.port,
			 io_qualification_bytes(io), (u32)vcpu->regs.rax)
		       ? EXIT_SKIP_INSTRUCTION
		       : EXIT_STOP;
}

static __attribute__((noinline)) enum exit_action
watched_io(struct vcpu *vcpu, struct io_qualification io)
{
	struct trace_event event = watch16_io_before(vcpu, io);
	enum exit_action action = do_io(vcpu, io);

	watch16_io_after(vcpu, &event);
	return action;
}

enum exit_action guest16_io(struct vcpu *vcpu, struct io_qualification io)
{
	return unlikely(vcpu->trace & TRACE_BIT(TRACE_IO))
		       ? watched_io(vcpu, io)
		       : do_io(vcpu, io);
}
