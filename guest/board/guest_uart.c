/*
 * A UART that only sends. The guest's text is gathered until a newline. The
 * registers hold no more than what a program reads to learn that it may send.
 */
/* build: hot */
#include "guest/board/guest_uart.h"

#include "arch/console/console.h"
#include "arch/percpu.h"
#include "lib/fmt.h"

#define REGISTER_DATA 0
#define REGISTER_LINE_STATUS 5
#define REGISTER_MODEM_STATUS 6
#define LINE_STATUS_READY 0x60	/* holding register and transmitter empty */
#define MODEM_STATUS_READY 0xb0 /* CTS, DSR, DCD */

/*
 * The register at a port: a UART has eight ports, from a multiple of eight on.
 */
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

static void print(struct guest_uart *uart)
{
	char core[16] = "";

	if (uart->names_core) {
		fmt_snprintf(core, sizeof(core), "c%u: ", this_cpu_index());
	}
	console_printf("guest: %s%.*s\n", core, uart->length, uart->text);
	uart->length = 0;
}

/*
 * In a function of its own, so that its callers are short if there is no text.
 */
__attribute__((noinline)) void guest_uart_flush(struct guest_uart *uart)
{
	if (uart->length != 0) {
		print(uart);
	}
}

static void gather(struct guest_uart *uart, u8 value)
{
	if (value == '\n') {
		guest_uart_flush(uart);
		return;
	}
	if (uart->length == GUEST_UART_LINE_BYTES) {
		guest_uart_flush(uart);
	}
	uart->text[uart->length++] =
		value >= ' ' && value < 0x7f ? (char)value : '.';
}

void guest_uart_write(struct guest_uart *uart, u16 port, u8 value)
{
	if (register_of(port) == REGISTER_DATA && value != '\r') {
		gather(uart, value);
	}
}
