/*
 * Each core gathers its guest's text until a newline; the registers hold
 * nothing but what a program reads to know that it may send.
 */
#include "guest/board/guest_uart.h"

#include "arch/console/console.h"
#include "arch/percpu.h"
#include "lib/fmt.h"

#define LINE_BYTES 127
#define REGISTER_DATA 0
#define REGISTER_LINE_STATUS 5
#define REGISTER_MODEM_STATUS 6
#define LINE_STATUS_READY 0x60	/* holding register and transmitter empty */
#define MODEM_STATUS_READY 0xb0 /* CTS, DSR, DCD */

struct line {
	u8 length;
	char text[LINE_BYTES];
};

static struct line lines[MAX_CPUS];
static bool core_named;

/* A UART's eight ports begin at a multiple of eight. */
static unsigned register_of(u16 port)
{
	return port % 8u;
}

u8 guest_uart_read(u16 port)
{
	switch (register_of(port)) {
	case REGISTER_LINE_STATUS:
		return LINE_STATUS_READY;
	case REGISTER_MODEM_STATUS:
		return MODEM_STATUS_READY;
	default:
		return 0;
	}
}

static void print(struct line *line)
{
	char core[16] = "";

	if (core_named) {
		fmt_snprintf(core, sizeof(core), "c%u: ", this_cpu_index());
	}
	console_printf("guest: %s%.*s\n", core, line->length, line->text);
	line->length = 0;
}

void guest_uart_flush(void)
{
	struct line *line = &lines[this_cpu_index()];

	if (line->length != 0) {
		print(line);
	}
}

void guest_uart_name_core(bool named)
{
	core_named = named;
}

static void gather(u8 value)
{
	struct line *line = &lines[this_cpu_index()];

	if (value == '\n') {
		guest_uart_flush();
		return;
	}
	if (line->length == LINE_BYTES) {
		guest_uart_flush();
	}
	line->text[line->length++] =
		value >= ' ' && value < 0x7f ? (char)value : '.';
}

void guest_uart_write(u16 port, u8 value)
{
	if (register_of(port) == REGISTER_DATA && value != '\r') {
		gather(value);
	}
}
