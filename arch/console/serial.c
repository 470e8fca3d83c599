/*
 * The console's UARTs. Their sending half is used under the console's lock, the
 * receiving half under that of arch/console/console_poll.c.
 */
#include "arch/console/serial.h"

#include "arch/console/console_poll.h"
#include "arch/console/input.h"
#include "arch/console/uart.h"
#include "arch/inventory.h"
#include "lib/fmt.h"
#include "lib/str.h"
#include "lib/string.h"

/* A UART that is never empty must not hold us. */
#define RECEIVE_MAX 256
#define NAME_BYTES 24

static struct {
	struct uart uart;
	char name[NAME_BYTES];
	u32 baud;
	int irq;
} ports[CONSOLE_MAX_SERIAL];

static size_t port_count;

/* '\n' becomes "\r\n" on the wire. */
static void send(struct uart *uart, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (text[i] == '\n') {
			uart_putc(uart, '\r');
		}
		uart_putc(uart, (u8)text[i]);
	}
}

static void send_sequence(struct uart *uart, enum colour colour)
{
	const char *sequence = console_colour_sequence(colour);

	send(uart, sequence, strlen(sequence));
}

static void write(void *state, const char *text, size_t n, enum colour colour)
{
	struct uart *uart = state;

	if (colour != COLOUR_NONE) {
		send_sequence(uart, colour);
	}
	send(uart, text, n);
	if (colour != COLOUR_NONE) {
		send_sequence(uart, COLOUR_NONE);
	}
}

static void flush(void *state)
{
	uart_flush(state);
}

static void fetch(void *state)
{
	struct uart *uart = state;

	for (unsigned i = 0; i < RECEIVE_MAX; i++) {
		int byte = uart_getc(uart);

		if (byte == UART_NOTHING) {
			break;
		}
		if (byte == UART_BREAK) {
			input_break();
		} else {
			input_put((u8)byte);
		}
	}
	input_note_lost(uart_take_overruns(uart));
}

static void set_ready(void *state, bool ready)
{
	uart_set_ready(state, ready);
}

static void start_interrupt(void *state)
{
	uart_enable_interrupt(state);
}

static const struct console_sink_ops sink_ops = {
	.write = write,
	.flush = flush,
	.colours_on_demand = true,
};

static const struct console_source_ops source_ops = {
	.fetch = fetch,
	.set_ready = set_ready,
	.start_interrupt = start_interrupt,
};

static void fetch_while_sending(struct uart *uart)
{
	console_poll_one(&source_ops, uart);
}

static bool is_taken(const struct uart_place *place)
{
	for (size_t i = 0; i < port_count; i++) {
		if (ports[i].uart.place.address == place->address &&
		    ports[i].uart.place.access == place->access) {
			return true;
		}
	}
	return false;
}

const char *serial_add(const struct uart_place *place, u32 baud,
		       const char *name, int irq)
{
	struct uart *uart;
	const char *why;

	if (port_count == CONSOLE_MAX_SERIAL || is_taken(place)) {
		return "the console has it already";
	}
	uart = &ports[port_count].uart;
	why = uart_init(uart, place, baud);
	if (why != NULL) {
		return why;
	}
	uart->received = fetch_while_sending;
	str_copy(ports[port_count].name, NAME_BYTES, name);
	ports[port_count].baud = baud;
	ports[port_count].irq = irq;
	port_count++;
	return NULL;
}

size_t serial_count(void)
{
	return port_count;
}

struct console_sink serial_sink(size_t index)
{
	return (struct console_sink){ &sink_ops, &ports[index].uart };
}

struct console_source serial_source(size_t index)
{
	return (struct console_source){
		.ops = &source_ops,
		.state = &ports[index].uart,
		.name = ports[index].name,
		.irq = ports[index].irq,
	};
}

size_t serial_ports(u16 *first_ports, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < port_count && n < max; i++) {
		const struct uart_place *place = &ports[i].uart.place;

		if (!place->access->is_memory) {
			first_ports[n++] = (u16)place->address;
		}
	}
	return n;
}

static void tell(char *text, size_t size)
{
	if (port_count == 0) {
		str_copy(text, size, "none");
	}
	for (size_t i = 0; i < port_count; i++) {
		const struct uart *uart = &ports[i].uart;

		fmt_append(text, size, "%s%s at %s %lx, %u baud, %s%s",
			   i == 0 ? "" : "; ", ports[i].name,
			   uart->place.access->is_memory ? "address" : "port",
			   uart->place.address, ports[i].baud,
			   ports[i].irq < 0 ? "polled" : "by interrupt",
			   uart->stuck ? ", STUCK" : "");
	}
}
INVENTORY(60, serial, tell);
