/*
 * Does INT 15h/87h, the BIOS's block move, in place of the BIOS. The table at
 * ES:SI has six descriptors (IBM PC AT Technical Reference, INT 15h): the third
 * describes the source, the fourth the destination.
 */
#include "guest/code16/block_move.h"

#include "arch/console/log.h"
#include "arch/x86.h"
#include "guest/far_ptr.h"
#include "lib/string.h"
#include "vmm/vcpu_state.h"

#define SOURCE_OFFSET 0x10
#define DESTINATION_OFFSET 0x18
#define MAX_WORDS 0x8000u
#define STATUS_OK 0x00
#define STATUS_FAILED 0x02 /* "an exception occurred" */
#define PIECE_BYTES 256

struct move_descriptor {
	u16 limit;
	u16 base_low;
	u8 base_middle;
	u8 rights;
	u8 flags;
	u8 base_high; /* 0 on the AT, which has 24 address bits */
} __attribute__((packed));
static_assert(sizeof(struct move_descriptor) == 8, "segment descriptor");

static u32 base_of(const struct move_descriptor *descriptor)
{
	return descriptor->base_low | (u32)descriptor->base_middle << 16 |
	       (u32)descriptor->base_high << 24;
}

/*
 * Copies upwards, as REP MOVSW does: an overlap then repeats the first words in
 * the same way.
 */
static bool copy(struct guest_memory *memory, u32 to, u32 from, u32 bytes)
{
	u8 piece[PIECE_BYTES];

	while (bytes != 0) {
		u32 n = MIN(bytes, to > from ? MIN(to - from, PIECE_BYTES)
					     : PIECE_BYTES);

		if (guest_memory_read(memory, from, piece, n) != 0 ||
		    guest_memory_write(memory, to, piece, n) != 0) {
			return false;
		}
		from += n;
		to += n;
		bytes -= n;
	}
	return true;
}

static bool move(struct guest16 *guest)
{
	struct move_descriptor source, destination;
	u32 table = far_to_linear((u16)vcpu_selector(&guest->vcpu, SEGMENT_ES),
				  (u16)guest->vcpu.regs.rsi);
	u32 words = (u16)guest->vcpu.regs.rcx;
	struct guest_memory *memory = &guest->memory;
	bool a20 = memory->a20_open;
	bool done;

	if (words > MAX_WORDS ||
	    guest_memory_read(memory, table + SOURCE_OFFSET, &source,
			      sizeof(source)) != 0 ||
	    guest_memory_read(memory, table + DESTINATION_OFFSET, &destination,
			      sizeof(destination)) != 0) {
		return false;
	}
	if (source.limit + 1u < words * 2 ||
	    destination.limit + 1u < words * 2) {
		return false;
	}
	/*
	 * The BIOS opens A20 for the move. Here it only matters to
	 * guest_memory_read() and guest_memory_write(), so the guest's mapping
	 * is not changed.
	 */
	memory->a20_open = true;
	done = copy(memory, base_of(&destination), base_of(&source), words * 2);
	memory->a20_open = a20;
	if (!done) {
		log_warn(
			"INT 15h/87h: %u words from %x to %x refused: not the guest's memory",
			words, base_of(&source), base_of(&destination));
	}
	return done;
}

void block_move(struct guest16 *guest)
{
	u64 rflags = vcpu_rflags(&guest->vcpu);
	bool done = move(guest);
	u8 status = done ? STATUS_OK : STATUS_FAILED;

	guest->vcpu.regs.rax =
		(guest->vcpu.regs.rax & ~0xff00ull) | (u64)status << 8;
	vcpu_set_rflags(&guest->vcpu,
			done ? rflags & ~RFLAGS_CF : rflags | RFLAGS_CF);
}
