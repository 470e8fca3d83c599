/*
 * The console's UARTs. Their sending half is used under the console's lock, the
 * receiving half under that of arch/console/console_poll.c.
 */
#include "arch/console/serial.h"

#include "arch/console/console_poll.h"
#include "arch/console/input.h"
#include "arch/console/uart.h"
#include "lib/fmt.h"
#include "lib/str.h"
#include "lib/string.h"

/* A UART that is never empty must not hold us. */
#define RECEIVE_MAX 256
#define NAME_BYTES 16

static struct {
	struct uart uart;
	char name[NAME_BYTES];
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

static void name_port(char name[NAME_BYTES], u16 port)
{
	const char *known = console_port_name(port);

	if (known != NULL) {
		str_copy(name, NAME_BYTES, known);
	} else {
		fmt_snprintf(name, NAME_BYTES, "port %xh", port);
	}
}

size_t serial_init(const struct console_spec *spec,
		   bool missing[CONSOLE_MAX_SERIAL])
{
	port_count = 0;
	for (size_t i = 0; i < spec->serial_count; i++) {
		const struct console_port *wanted = &spec->serial[i];
		struct uart *uart = &ports[port_count].uart;

		missing[i] = !uart_init(uart, wanted->port, wanted->baud);
		if (!missing[i]) {
			uart->received = fetch_while_sending;
			name_port(ports[port_count].name, uart->port);
			port_count++;
		}
	}
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
		.irq = console_port_irq(ports[index].uart.port),
	};
}

size_t serial_ports(u16 *first_ports, size_t max)
{
	size_t n = MIN(max, port_count);

	for (size_t i = 0; i < n; i++) {
		first_ports[i] = ports[i].uart.port;
	}
	return n;
}
