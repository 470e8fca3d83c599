/* A string instruction's registers, and how far its addresses go in one piece. */
/* build: hot */
#include "guest/system/whole_strings.h"

#include "arch/x86.h"
#include "guest/board/pc/pc_strings.h"
#include "guest/system/whole_paging.h"
#include "vmm/vcpu_state.h"

/* Interrupts wait meanwhile: a millisecond where each is an access of its own. */
#define AT_ONCE 16384u

static u64 address_mask(const struct mmio_insn *insn)
{
	return insn->address_bytes == 2 ? 0xffff : UINT32_MAX;
}

/* Steps until an index would begin anew, or the linear address leaves a page. */
static u32 steps_in_one_piece(const struct vga_string *string, u64 index,
			      u64 mask, u64 linear, bool paged)
{
	u64 bytes = string->down ? index + string->bytes : mask + 1 - index;
	u64 in_page = string->down ? linear % PAGE_SIZE + string->bytes
				   : PAGE_SIZE - linear % PAGE_SIZE;

	if (string->down && linear % PAGE_SIZE + string->bytes > PAGE_SIZE) {
		in_page = 0;
	}
	if (mask + 1 - index < string->bytes) {
		bytes = 0;
	}
	return (u32)MIN(paged ? MIN(bytes, in_page) : bytes,
			(u64)AT_ONCE * string->bytes) /
	       string->bytes;
}

static void add(u64 *gpr, u64 mask, u64 value)
{
	*gpr = (*gpr & ~mask) | ((*gpr + value) & mask);
}

/* Where the next element is; false: not to be done at once. */
static bool find(struct guest16 *guest, struct vga_string *string, u64 base,
		 u64 index, u64 mask, bool write, u64 *address)
{
	bool paged = (vcpu_shown_cr0(&guest->vcpu) & CR0_PG) != 0;
	u32 linear = (u32)(base + index);

	string->count =
		MIN(string->count,
		    steps_in_one_piece(string, index, mask, linear, paged));
	return string->count != 0 &&
	       whole_can_translate(guest, linear, write, address);
}

u32 whole_strings(struct guest16 *guest, const struct mmio_insn *insn,
		  struct mmio_cpu *cpu)
{
	struct pc *pc = guest->board.pc;
	u64 mask = address_mask(insn), to, from, back;
	u64 count = cpu->gpr[GPR_RCX] & mask;
	struct vga_string string = {
		.count = (u32)MIN(count, (u64)AT_ONCE),
		.bytes = insn->bytes,
		.down = (cpu->rflags & RFLAGS_DF) != 0,
	};
	u32 steps;

	if (!insn->rep || (cpu->rflags & RFLAGS_TF) != 0 ||
	    (insn->opcode != MMIO_STOS && insn->opcode != MMIO_MOVS) ||
	    !find(guest, &string, cpu->base[insn->to_segment],
		  cpu->gpr[GPR_RDI] & mask, mask, true, &to)) {
		return 0;
	}
	if (insn->opcode == MMIO_STOS) {
		steps = pc_fill(pc, &string, to, (u32)cpu->gpr[GPR_RAX]);
	} else if (find(guest, &string, cpu->base[insn->segment],
			cpu->gpr[GPR_RSI] & mask, mask, false, &from)) {
		steps = pc_move(pc, &string, to, from);
	} else {
		return 0;
	}
	back = (u64)steps * string.bytes;
	add(&cpu->gpr[GPR_RDI], mask, string.down ? -back : back);
	if (insn->opcode == MMIO_MOVS) {
		add(&cpu->gpr[GPR_RSI], mask, string.down ? -back : back);
	}
	add(&cpu->gpr[GPR_RCX], mask, -(u64)steps);
	return steps;
}
