/*
 * The board without devices: memory that is all the guest's own, and ports that
 * read all ones and lose what is written, as a bus does where nobody answers.
 */
#include "guest/board/board.h"

static const struct guest_memory_plan memory = {
	.first_of_machine = GUEST_MEGABYTE >> PAGE_SHIFT,
	.tables_max = GUEST_TABLES_MAX,
};

static u64 read_nothing(void *context, u64 at, u8 bytes)
{
	(void)context;
	(void)at;
	return BIT(8 * bytes) - 1;
}

static bool write_nothing(void *context, u64 at, u8 bytes, u64 value)
{
	(void)context;
	(void)at;
	(void)bytes;
	(void)value;
	return true;
}

static const struct bus_device nothing = {
	.read = read_nothing,
	.write = write_nothing,
	.widest = 4,
};

static struct port_bus ports;

static int setup(void)
{
	port_bus_init(&ports, &nothing);
	return 0;
}

static const struct memory_bus mmio = { .others = &nothing };

static void init(struct board *board)
{
	board->ports = &ports;
	board->mmio = &mmio;
}

const struct board_kind board_isolated = {
	.name = "isolated",
	.memory = &memory,
	.setup = setup,
	.init = init,
};
