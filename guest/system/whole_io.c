/*
 * Ports of a guest of any mode, string instructions included. On the guest's
 * core, its VMCS current.
 */
/* build: hot */
#include "guest/system/whole_io.h"

#include "arch/x86.h"
#include "guest/board/pc_board.h"
#include "guest/code16/guest16_io.h"
#include "guest/code16/guest16_irq.h"
#include "guest/insn/insn_bytes.h"
#include "guest/watch/access_counts.h"
#include "guest/system/whole_memory.h"
#include "guest/system/whole_paging.h"
#include "lib/string.h"
#include "vmm/vcpu_exit.h"
#include "vmm/vcpu_state.h"

/* Bytes of a string that are moved in one exit, at most. */
#define STRING_MAX 4096u

/* INS or OUTS with its prefixes. */
struct string_io {
	u8 address_bytes; /* 2 or 4 */
	enum segment segment;
};

static struct string_io decode(struct guest16 *guest, bool in)
{
	u8 bytes[INSN_BYTES_MAX];
	size_t n = whole_fetch(guest, bytes,
			       vcpu_exit_instruction_bytes(&guest->vcpu) %
				       sizeof(bytes));
	u8 code_bytes = whole_code_bytes(&guest->vcpu);
	struct string_io insn = { code_bytes, SEGMENT_DS };

	for (size_t i = 0; i < n; i++) {
		switch (bytes[i]) {
		case 0x26:
			insn.segment = SEGMENT_ES;
			break;
		case 0x2e:
			insn.segment = SEGMENT_CS;
			break;
		case 0x36:
			insn.segment = SEGMENT_SS;
			break;
		case 0x3e:
			insn.segment = SEGMENT_DS;
			break;
		case 0x64:
			insn.segment = SEGMENT_FS;
			break;
		case 0x65:
			insn.segment = SEGMENT_GS;
			break;
		case 0x67:
			insn.address_bytes = 6 - code_bytes;
			break;
		default:
			break;
		}
	}
	if (in) {
		insn.segment = SEGMENT_ES;
	}
	return insn;
}

static u32 get_part(u64 value, u8 bytes)
{
	return bytes == 2 ? (u16)value : (u32)value;
}

static void add_to(u64 *gpr, u8 bytes, u32 step)
{
	if (bytes == 2) {
		*gpr = (*gpr & ~0xffffull) | (u16)(*gpr + step);
	} else {
		*gpr = (u32)(*gpr + step);
	}
}

/*
 * How many elements lie before the next page's end, the index's wrap and the
 * direction flag's turn: at least one.
 */
static u32 run_length(u32 linear, u32 index, u8 address_bytes, u8 bytes,
		      u32 count, bool down)
{
	u32 in_page = (u32)(PAGE_SIZE - linear % PAGE_SIZE) / bytes;
	u32 in_segment =
		address_bytes == 2 ? (0x10000u - index) / bytes : UINT32_MAX;
	u32 most = down ? 1 : MIN(MIN(in_page, in_segment), STRING_MAX / bytes);

	return MIN(MAX(most, 1u), count);
}

static bool string_in(struct guest16 *guest, u32 linear, u64 address, u16 port,
		      u8 bytes, u32 count)
{
	struct pc *pc = guest->board.pc;
	u8 *to = pc_writable(pc, address);
	u8 bounce[4];
	bool one_page = linear % PAGE_SIZE + bytes * count <= PAGE_SIZE;

	if (to != NULL && one_page) {
		port_bus_in_string(guest->board.ports, &guest->board, port,
				   bytes, to, count);
		return true;
	}
	/* A single element across two pages, or elements where no memory is. */
	for (u32 i = 0; i < count; i++) {
		u64 second = address + i * bytes;

		port_bus_in_string(guest->board.ports, &guest->board, port,
				   bytes, bounce, 1);
		for (u32 k = 0; k < bytes; k++) {
			if (k != 0 &&
			    (linear + i * bytes + k) % PAGE_SIZE == 0 &&
			    !whole_translate(guest, linear + i * bytes + k,
					     true, &second)) {
				return false;
			}
			pc_write_byte(pc, second++, bounce[k]);
		}
	}
	return true;
}

/* False: the run is over, or a page fault came. */
static bool string_out(struct guest16 *guest, u32 linear, u64 address, u16 port,
		       u8 bytes, u32 count, bool *ended)
{
	struct pc *pc = guest->board.pc;
	const u8 *from = pc_readable(pc, address);
	u8 bounce[4];
	bool one_page = linear % PAGE_SIZE + bytes * count <= PAGE_SIZE;

	if (from != NULL && one_page) {
		*ended = !port_bus_out_string(guest->board.ports, &guest->board,
					      port, bytes, from, count);
		return !*ended;
	}
	for (u32 i = 0; i < count; i++) {
		u64 second = address + i * bytes;

		for (u32 k = 0; k < bytes; k++) {
			if (k != 0 &&
			    (linear + i * bytes + k) % PAGE_SIZE == 0 &&
			    !whole_translate(guest, linear + i * bytes + k,
					     false, &second)) {
				return false;
			}
			bounce[k] = pc_read_byte(pc, second++);
		}
		*ended = !port_bus_out_string(guest->board.ports, &guest->board,
					      port, bytes, bounce, 1);
		if (*ended) {
			return false;
		}
	}
	return true;
}

/*
 * A run of elements, and the registers past them; the rest comes with the next
 * exit, so that interrupts are taken in between.
 */
static __attribute__((noinline)) enum exit_action
string_io(struct vcpu *vcpu, struct io_qualification io)
{
	struct guest16 *guest = vcpu->guest;
	struct string_io insn = decode(guest, io.in);
	u64 *index = &vcpu->regs.by_number[io.in ? GPR_RDI : GPR_RSI];
	u8 bytes = io_qualification_bytes(io);
	u32 offset = get_part(*index, insn.address_bytes);
	u32 linear = (u32)vcpu_segment_base(vcpu, insn.segment) + offset;
	u64 rflags = vcpu_rflags(vcpu);
	bool down = (rflags & RFLAGS_DF) != 0;
	u32 left = io.rep ? get_part(vcpu->regs.rcx, insn.address_bytes) : 1;
	u32 count = rflags & RFLAGS_TF
			    ? MIN(left, 1u)
			    : run_length(linear, offset, insn.address_bytes,
					 bytes, left, down);
	bool ended = false;
	u64 address;

	if (count != 0) {
		if (!whole_translate(guest, linear, io.in, &address) ||
		    !(io.in ? string_in(guest, linear, address, (u16)io.port,
					bytes, count)
			    : string_out(guest, linear, address, (u16)io.port,
					 bytes, count, &ended))) {
			return ended ? EXIT_STOP : EXIT_RESUME;
		}
		add_to(index, insn.address_bytes,
		       down ? -(u32)bytes * count : bytes * count);
		if (io.rep) {
			add_to(&vcpu->regs.rcx, insn.address_bytes, -count);
		}
	}
	return left == count ? EXIT_SKIP_INSTRUCTION : EXIT_RESUME;
}

static __attribute__((noinline)) enum exit_action
other_io(struct vcpu *vcpu, struct io_qualification io)
{
	return io.string ? string_io(vcpu, io) : guest16_io(vcpu, io);
}

/* Nearly all accesses are of a byte, and nobody watches. */
static inline enum exit_action byte_io(struct vcpu *vcpu,
				       struct io_qualification io)
{
	struct guest16 *guest = vcpu->guest;
	const struct bus_device *device =
		port_bus_at(guest->board.ports, (u16)io.port);

	access_counts_note_port(guest->access_counts, (u16)io.port);
	if (io.in) {
		u64 value = device->read(&guest->board, io.port, 1);

		vcpu->regs.rax = ((u32)vcpu->regs.rax & ~0xffu) | (u8)value;
		return EXIT_SKIP_INSTRUCTION;
	}
	return device->write(&guest->board, io.port, 1, (u8)vcpu->regs.rax)
		       ? EXIT_SKIP_INSTRUCTION
		       : EXIT_STOP;
}

static __attribute__((noinline)) void look_around(struct guest16 *guest,
						  enum exit_action action)
{
	if (vcpu_alarm_is_due(&guest->vcpu)) {
		pc_board_advance(pc_board_of(&guest->board));
	}
	if (action == EXIT_SKIP_INSTRUCTION) {
		guest16_irq_deliver(guest);
	}
}

enum exit_action whole_io(struct vcpu *vcpu, struct io_qualification io)
{
	struct guest16 *guest = vcpu->guest;
	enum exit_action action =
		likely((io.bytes_minus_1 | io.string | vcpu->trace) == 0)
			? byte_io(vcpu, io)
			: other_io(vcpu, io);

	if (unlikely(vcpu_alarm_is_due(vcpu) ||
		     board_interrupt_waits(&guest->board) ||
		     guest->awaits_window)) {
		look_around(guest, action);
	}
	return action;
}
