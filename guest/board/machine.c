/*
 * The boards `machine` and `private`, made of the machine's own devices. A
 * guest with the board `machine` also has the machine's low memory and its PIC
 * interrupts, for one run at a time on the boot core, interrupts off.
 */
/* build: hot */
#include "arch/machine.h"
#include "arch/pic.h"
#include "arch/console/vga_text.h"
#include "guest/board/bios_ticks.h"
#include "guest/board/board.h"
#include "guest/board/machine_ports.h"
#include "guest/board/pic_lines.h"
#include "guest/board/repair.h"

/* Enough page tables for all memory below 4 GiB. */
#define MACHINE_TABLES_MAX 2112u

static const struct guest_memory_plan machine_memory = {
	.first_of_machine = 0,
	.reaches = machine_is_open_to_bios,
	.ram = true,
	.tables_max = MACHINE_TABLES_MAX,
};

static const struct guest_memory_plan private_memory = {
	.first_of_machine = GUEST_LOW_END >> PAGE_SHIFT,
	.reaches = machine_is_open_to_guests,
	.tables_max = GUEST_TABLES_MAX,
};

static void init_private(struct board *board)
{
	board->ports = machine_ports_bus();
	board->io_bitmaps = machine_ports_bitmaps();
}

static void init_machine(struct board *board)
{
	init_private(board);
	board->waiting = pic_lines_waiting();
}

static void lend(void)
{
	bios_ticks_catch_up();
	pic_give_to_guest();
}

static void take_back(void)
{
	pic_take_from_guest();
	bios_ticks_stop();
	vga_text_sync_from_bda();
}

const struct board_kind board_machine = {
	.name = "machine",
	.memory = &machine_memory,
	.setup = machine_ports_init,
	.init = init_machine,
	.lend = lend,
	.repair = repair_after,
	.take_back = take_back,
	.lines = &pic_lines,
	.on_boot_core = true,
};

/* Has the same bus as board_machine. */
const struct board_kind board_private = {
	.name = "private",
	.memory = &private_memory,
	.init = init_private,
	/*
	 * A guest draws on the machine's screen, which the host uses as well.
	 */
	.take_back = vga_text_may_have_changed,
};
