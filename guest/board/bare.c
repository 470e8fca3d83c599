/*
 * The board of 64-bit programs: a UART for their text, and nothing else. What
 * they do where nothing answers is shown, a line an access. A read of such a
 * port is all ones, of memory 12h, and what is written is lost.
 */
#include "arch/console/console.h"
#include "guest/board/board.h"

#define MEMORY_ANSWER 0x12u
#define UART_BASE 0x3f8u

static u64 show_in(void *context, u64 at, u8 bytes)
{
	u64 value = BIT(8 * bytes) - 1;

	(void)context;
	console_printf("port: in size=%u port=%04lx data=%0*lx\n", bytes, at,
		       2 * bytes, value);
	return value;
}

static bool show_out(void *context, u64 at, u8 bytes, u64 value)
{
	(void)context;
	console_printf("port: out size=%u port=%04lx data=%0*lx\n", bytes, at,
		       2 * bytes, value);
	return true;
}

static const struct bus_device shown_port = {
	.read = show_in,
	.write = show_out,
	.widest = 4,
};

static u64 read_uart(void *context, u64 at, u8 bytes)
{
	return bytes == 1 ? guest_uart_read((u16)at)
			  : show_in(context, at, bytes);
}

static bool write_uart(void *context, u64 at, u8 bytes, u64 value)
{
	struct board *board = context;

	if (bytes != 1) {
		return show_out(context, at, bytes, value);
	}
	guest_uart_write(&board->uart, (u16)at, (u8)value);
	return true;
}

static const struct bus_device uart = {
	.read = read_uart,
	.write = write_uart,
	.widest = 4,
};

static struct port_bus ports;

static int setup(void)
{
	static const struct bus_range uart_ports = {
		UART_BASE, UART_BASE + BUS_BLOCK_PORTS - 1, &uart
	};

	port_bus_init(&ports, &shown_port);
	return port_bus_add(&ports, &uart_ports);
}

static u64 show_read(void *context, u64 at, u8 bytes)
{
	(void)context;
	console_printf("mmio: read size=%u address=%016lx data=%0*x\n", bytes,
		       at, 2 * bytes, MEMORY_ANSWER);
	return MEMORY_ANSWER;
}

static bool show_write(void *context, u64 at, u8 bytes, u64 value)
{
	(void)context;
	console_printf("mmio: write size=%u address=%016lx data=%0*lx\n", bytes,
		       at, 2 * bytes, value);
	return true;
}

static const struct bus_device shown_memory = {
	.read = show_read,
	.write = show_write,
};

static const struct memory_bus mmio = { .others = &shown_memory };

static void init(struct board *board)
{
	board->ports = &ports;
	board->mmio = &mmio;
}

const struct board_kind board_bare = {
	.name = "bare",
	.setup = setup,
	.init = init,
};
