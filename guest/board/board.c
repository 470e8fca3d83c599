/* The list of boards, and what is done for every board. */
#include "guest/board/board.h"

#include "guest/board/msr_policy.h"
#include "lib/string.h"

const struct board_kind *const boards[] = { &board_machine, &board_private,
					    &board_isolated, &board_pc, NULL };
static_assert(ARRAY_SIZE(boards) == BOARDS + 1, "guest/board/board.h");

unsigned board_index(const struct board_kind *kind)
{
	unsigned i = 0;

	while (boards[i] != kind) {
		i++;
	}
	return i;
}

int boards_init(void)
{
	int err = board_bare.setup();

	for (size_t i = 0; i < BOARDS && err == 0; i++) {
		err = boards[i]->setup != NULL ? boards[i]->setup() : 0;
	}
	return err;
}

void board_init(struct board *board, const struct board_kind *kind,
		struct vcpu *vcpu, struct guest_memory *memory)
{
	memset(board, 0, sizeof(*board));
	board->kind = kind;
	board->vcpu = vcpu;
	board->memory = memory;
	kind->init(board);
}

void board_reset(struct board *board)
{
	board->machine = (struct machine_ports){ 0 };
}

bool board_read_msr(const struct board *board, u32 msr, u64 *value)
{
	return board->kind->read_msr != NULL ? board->kind->read_msr(msr, value)
					     : msr_policy_read(msr, value);
}

bool board_write_msr(const struct board *board, u32 msr, u64 value)
{
	return board->kind->write_msr != NULL
		       ? board->kind->write_msr(msr, value)
		       : msr_policy_write(msr, value);
}
