/*
 * Where text goes: the serial ports, the screen, the log ring; and what comes
 * back. Owns the console UARTs, the ring and the one lock of all three. Called
 * from everywhere, in every state a core can be in.
 *
 * The lock is the number of the core that holds it, not a ticket: an exception
 * or NMI handler that prints finds out that the output it interrupted is its
 * own core's, and goes ahead instead of waiting for itself.
 */
#include "arch/console/console.h"

#include "arch/console/console_colour.h"
#include "arch/console/input.h"
#include "arch/console/keyboard.h"
#include "arch/console/log.h"
#include "arch/console/uart.h"
#include "arch/console/vga_text.h"
#include "arch/cpu.h"
#include "arch/interrupt.h"
#include "arch/ioapic.h"
#include "arch/lapic.h"
#include "arch/panic.h"
#include "arch/percpu.h"
#include "arch/pic.h"
#include "arch/spinlock.h"
#include "lib/fmt.h"
#include "lib/ring.h"
#include "lib/string.h"

#define HISTORY_BYTES (64 * KIB)
#define COPY_BYTES 256

/*
 * Turns a panicking core waits for another one's line. That is some tenths of
 * a second: a whole line at 115200 baud takes 45 ms.
 */
#define PANIC_SPINS 4000000u

#define NOBODY 0u

/* A UART that is never empty must not hold us. */
#define RECEIVE_MAX 256

#define IRQ_KEYBOARD 1

/* Bytes not read at which the others are told to stop, and to go on. */
#define INPUT_HIGH (INPUT_BYTES / 4 * 3)
#define INPUT_LOW (INPUT_BYTES / 4)

static u8 history_bytes[HISTORY_BYTES];
static struct ring history = RING_INIT(history_bytes);

static struct uart uarts[CONSOLE_MAX_SERIAL];
static size_t uart_count;
static bool initialized;
static bool screen_wanted;
static enum console_colours colours;
static bool polled = true; /* until console_start_interrupts() */
static bool told_to_stop;  /* the senders, by RTS */

/* Of the receiving half of the UARTs and of the keyboard. */
static struct spinlock receive_lock = SPINLOCK_INIT;

static u32 owner = NOBODY; /* else the core's index + 1 */
static u32 next = NOBODY;  /* the same of who gets the lock before all others */
static bool panicking;
static bool lock_abandoned; /* a panic waited for it in vain */
static bool line_open;	    /* the last line printed has no newline yet */

/* Two cores that print one line after the other must not keep out a third. */
static bool take_turn(u32 me)
{
	u32 first = __atomic_load_n(&next, __ATOMIC_RELAXED);
	u32 nobody = NOBODY;

	/* In a panic the next one may have been stopped. */
	if ((first == NOBODY || first == me ||
	     __atomic_load_n(&panicking, __ATOMIC_RELAXED)) &&
	    __atomic_compare_exchange_n(&owner, &nobody, me, false,
					__ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
		if (first == me) {
			__atomic_store_n(&next, NOBODY, __ATOMIC_RELAXED);
		}
		return true;
	}
	nobody = NOBODY;
	if (first == NOBODY) {
		__atomic_compare_exchange_n(&next, &nobody, me, false,
					    __ATOMIC_RELAXED, __ATOMIC_RELAXED);
	}
	return false;
}

/* Whether the lock was taken and must be given back; if not, go on without. */
static bool console_lock(void)
{
	u32 me = this_cpu_index() + 1;
	u32 spins = 0;

	if (__atomic_load_n(&owner, __ATOMIC_RELAXED) == me) {
		return false;
	}
	while (!take_turn(me)) {
		if (__atomic_load_n(&panicking, __ATOMIC_RELAXED) &&
		    (lock_abandoned || spins++ > PANIC_SPINS)) {
			lock_abandoned = true;
			return false;
		}
		cpu_pause();
	}
	return true;
}

/* A core told to stop while it printed finishes that line first. */
static void console_unlock(bool taken)
{
	if (taken) {
		__atomic_store_n(&owner, NOBODY, __ATOMIC_RELEASE);
		if (__atomic_load_n(&panicking, __ATOMIC_RELAXED)) {
			panic_check((u64)__builtin_return_address(0));
		}
	}
}

bool console_is_mine(void)
{
	return __atomic_load_n(&owner, __ATOMIC_RELAXED) ==
	       this_cpu_index() + 1;
}

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

/* To every device; the lock is held. */
static void output_in(enum colour colour, const char *text, size_t n)
{
	bool sequences = colour != COLOUR_NONE && colours == CONSOLE_COLOURS_ON;

	for (size_t u = 0; u < uart_count; u++) {
		if (sequences) {
			send_sequence(&uarts[u], colour);
		}
		send(&uarts[u], text, n);
		if (sequences) {
			send_sequence(&uarts[u], COLOUR_NONE);
		}
	}
	vga_text_write(text, n, colour);
}

/* The same, with the words that have one in their colour. */
static void output(const char *text, size_t n)
{
	bool line_start = !line_open;
	size_t at, length;
	enum colour colour;

	if (n == 0) {
		return;
	}
	line_open = true;
	while (colours != CONSOLE_COLOURS_OFF &&
	       (colour = console_colour_find(text, n, line_start, &at,
					     &length)) != COLOUR_NONE) {
		output_in(COLOUR_NONE, text, at);
		output_in(colour, text + at, length);
		text += at + length;
		n -= at + length;
		line_start = false;
	}
	/* A word with a colour is never the end: a colon follows. */
	output_in(COLOUR_NONE, text, n);
	line_open = text[n - 1] != '\n';
}

void console_write(const char *text, size_t n)
{
	bool taken = console_lock();

	ring_write(&history, text, n);
	output(text, n);
	console_unlock(taken);
}

void console_write_unlogged(const char *text, size_t n)
{
	bool taken = console_lock();

	output(text, n);
	console_unlock(taken);
}

void console_printf(const char *fmt, ...)
{
	char text[CONSOLE_LINE_MAX];
	size_t length;
	va_list args;

	va_start(args, fmt);
	length = (size_t)fmt_vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (length >= sizeof(text)) {
		size_t end = strlen(fmt);
		const char *mark = fmt[end - 1] == '\n' ? "...\n" : "...";

		length = sizeof(text) - 1;
		memcpy(text + length - strlen(mark), mark, strlen(mark));
	}
	console_write(text, length);
}

/* The lock is held. */
static void receive(struct uart *uart)
{
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

/* Whoever else is at it takes this byte too, or the next call does. */
static void receive_between(struct uart *uart)
{
	if (!__atomic_load_n(&panicking, __ATOMIC_RELAXED) &&
	    spinlock_trylock(&receive_lock)) {
		receive(uart);
		spinlock_unlock(&receive_lock);
	}
}

/* The lock is held. */
static void control_flow(void)
{
	size_t limit = told_to_stop ? INPUT_LOW : INPUT_HIGH;
	bool stop = input_count() > limit;

	for (size_t i = 0; i < uart_count && stop != told_to_stop; i++) {
		uart_set_ready(&uarts[i], !stop);
	}
	told_to_stop = stop;
}

void console_poll(void)
{
	/* Whoever has the lock may have been stopped. */
	if (__atomic_load_n(&panicking, __ATOMIC_RELAXED)) {
		return;
	}
	spinlock_lock(&receive_lock);
	for (size_t i = 0; i < uart_count; i++) {
		receive(&uarts[i]);
	}
	keyboard_poll();
	control_flow();
	spinlock_unlock(&receive_lock);
}

static bool route_to_this_core(int irq)
{
	struct ioapic_input input;

	if (!lapic_present() || lapic_id() >= UINT8_MAX ||
	    !ioapic_find_isa((u8)irq, &input)) {
		return false;
	}
	ioapic_route_fixed(&input, VECTOR_CONSOLE, (u8)lapic_id());
	return true;
}

bool console_is_polled(void)
{
	return polled;
}

void console_start_interrupts(void)
{
	polled = false;
	for (size_t i = 0; i < uart_count; i++) {
		int irq = console_port_irq(uarts[i].port);
		bool routed;

		if (irq < 0) {
			log_detail("console: port %xh has no interrupt that is "
				   "known; it is polled",
				   uarts[i].port);
			polled = true;
			continue;
		}
		routed = route_to_this_core(irq);
		pic_keep_line(irq, !routed);
		uart_enable_interrupt(&uarts[i]);
		log_detail("console: %s by interrupt %d of the %s",
			   console_port_name(uarts[i].port), irq,
			   routed ? "I/O APIC" : "PIC");
	}
	/* In the PIC it is the BIOS's: without an I/O APIC, keys are polled. */
	if (screen_wanted) {
		route_to_this_core(IRQ_KEYBOARD);
	}
}

void console_flush(void)
{
	bool taken = console_lock();

	for (size_t i = 0; i < uart_count; i++) {
		uart_flush(&uarts[i]);
	}
	console_unlock(taken);
}

size_t console_serial_ports(u16 *ports, size_t max)
{
	size_t n = MIN(max, uart_count);

	for (size_t i = 0; i < n; i++) {
		ports[i] = uarts[i].port;
	}
	return n;
}

/* What was written before there was a device to write to. */
static void print_history(void)
{
	char text[COPY_BYTES];
	u64 pos = 0;
	size_t n;

	while ((n = console_history_read(&pos, text, sizeof(text))) > 0) {
		console_write_unlogged(text, n);
	}
}

static void set_up(const struct console_spec *spec, bool *missing)
{
	bool taken = console_lock();

	uart_count = 0;
	for (size_t i = 0; i < spec->serial_count; i++) {
		const struct console_port *wanted = &spec->serial[i];

		missing[i] = !uart_init(&uarts[uart_count], wanted->port,
					wanted->baud);
		uarts[uart_count].received = receive_between;
		uart_count += !missing[i];
	}
	screen_wanted = spec->screen;
	vga_text_enable(spec->screen);
	keyboard_enable(spec->screen);
	console_unlock(taken);
}

void console_set_colours(enum console_colours wanted)
{
	colours = wanted;
}

void console_init(const struct console_spec *spec)
{
	bool missing[CONSOLE_MAX_SERIAL];

	set_up(spec, missing);
	if (!initialized) {
		initialized = true;
		print_history();
	}
	for (size_t i = 0; i < spec->serial_count; i++) {
		u16 port = spec->serial[i].port;
		const char *name = console_port_name(port);

		if (missing[i]) {
			log_warn("console: no UART at %xh%s%s%s; it is left out",
				 port, name ? " (" : "", name ? name : "",
				 name ? ")" : "");
		}
	}
}

void console_enter_panic(void)
{
	struct console_spec spec;

	__atomic_store_n(&panicking, true, __ATOMIC_SEQ_CST);
	if (!initialized) {
		console_spec_parse(&spec, NULL, NULL, NULL);
		vga_text_init(VGA_TEXT_BASE, 80, 25, 160);
		console_init(&spec);
	}
}

void console_end_line(void)
{
	if (line_open) {
		console_write("\n", 1);
	}
}

void console_history_write(const char *text, size_t n)
{
	bool taken = console_lock();

	ring_write(&history, text, n);
	console_unlock(taken);
}

u64 console_history_end(void)
{
	return __atomic_load_n(&history.written, __ATOMIC_RELAXED);
}

size_t console_history_read(u64 *pos, char *buf, size_t size)
{
	bool taken = console_lock();
	size_t n = ring_read(&history, pos, buf, size);

	console_unlock(taken);
	return n;
}
