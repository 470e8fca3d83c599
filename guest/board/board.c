/* The list of boards, and what the making of each has in common. */
#include "guest/board/board.h"

#include "lib/string.h"

const struct board_kind *const boards[] = { &board_machine, &board_private,
					    &board_isolated, NULL };
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
	board->on_boot_core = kind->on_boot_core;
	kind->init(board);
}

void board_reset(struct board *board)
{
	board->machine = (struct machine_ports){ 0 };
}
