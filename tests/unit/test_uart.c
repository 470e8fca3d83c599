/* A UART, driven against a simulated one: sound, absent, stuck, slow, odd. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "arch/console/uart.h"

enum { DATA, IER, IIR_FCR, LCR, MCR, LSR, MSR, SCRATCH };

#define DLAB 0x80
#define LSR_IDLE 0x60

/* What the machine under test has at the UART's place. */
static struct {
	bool absent;	/* all reads are FFh */
	bool stuck;	/* it never says that it has sent */
	bool no_loop;	/* registers like memory: no UART */
	bool fifo;	/* it has one that works */
	u32 busy_reads; /* of the line status, after each byte or FIFO of them */
	u32 left;	/* of those */
	u8 reg[8];
	u16 divisor;
	char sent[64];
	u32 sent_count;
	u64 reads;
	u8 received;
	bool has_received;
} sim;

static u8 line_status(void)
{
	u8 status = sim.has_received ? 1 : 0;

	if (sim.left > 0) {
		sim.left--;
		return status;
	}
	return sim.stuck ? status : status | LSR_IDLE;
}

static u8 sim_read(const struct uart_place *place, u8 reg)
{
	assert_int_equal(place->address, 0x3f8);
	assert_true(reg < UART_REGISTERS);
	sim.reads++;
	if (sim.absent) {
		return 0xff;
	}
	switch (reg) {
	case DATA:
		sim.has_received = false;
		return sim.received;
	case IIR_FCR:
		return sim.fifo ? 0xc1 : 0x01;
	case LSR:
		return line_status();
	case MSR:
		return !sim.no_loop && (sim.reg[MCR] & 0x10) ? 0x90 : 0;
	default:
		return sim.reg[reg];
	}
}

static void sim_write(const struct uart_place *place, u8 reg, u8 value)
{
	(void)place;
	assert_true(reg < UART_REGISTERS);
	if (reg <= IER && (sim.reg[LCR] & DLAB)) {
		u16 kept = (u16)(sim.divisor & (reg == DATA ? 0xff00 : 0x00ff));

		sim.divisor = (u16)(kept | value << (reg == DATA ? 0 : 8));
	} else if (reg == DATA) {
		/* Nothing is sent while it has not said that it may be. */
		assert_int_equal(sim.left, 0);
		assert_true(sim.sent_count < sizeof(sim.sent) - 1);
		sim.sent[sim.sent_count++] = (char)value;
		if (!sim.fifo || sim.sent_count % 16 == 0) {
			sim.left = sim.busy_reads;
		}
	} else {
		sim.reg[reg] = value;
	}
}

static const struct uart_access access = { .read = sim_read,
					   .write = sim_write };

static const struct uart_place pc = { .access = &access,
				      .address = 0x3f8,
				      .width = 1,
				      .stride = 1,
				      .clock_hz = UART_CLOCK_HZ };

static int setup(void **state)
{
	(void)state;
	memset(&sim, 0, sizeof(sim));
	sim.fifo = true;
	return 0;
}

static void send(struct uart *uart, const char *text)
{
	while (*text != '\0') {
		uart_putc(uart, (u8)*text++);
	}
}

static void test_sound(void **state)
{
	struct uart uart;

	(void)state;
	assert_null(uart_init(&uart, &pc, 9600));
	assert_int_equal(sim.divisor, 12);
	assert_int_equal(sim.reg[LCR], 3);
	assert_int_equal(sim.reg[IER], 0);
	assert_int_equal(sim.reg[MCR], 0x0b);
	sim.busy_reads = 1000;
	send(&uart, "more than sixteen bytes of text");
	assert_string_equal(sim.sent, "more than sixteen bytes of text");
	assert_int_equal(uart_getc(&uart), UART_NOTHING);
	sim.has_received = true;
	sim.received = 'x';
	assert_int_equal(uart_getc(&uart), 'x');
	uart_set_ready(&uart, false);
	assert_int_equal(sim.reg[MCR], 0x09);
}

static void test_without_fifo(void **state)
{
	struct uart uart;

	(void)state;
	sim.fifo = false;
	sim.busy_reads = 3;
	assert_null(uart_init(&uart, &pc, 115200));
	assert_int_equal(sim.divisor, 1);
	send(&uart, "byte by byte");
	assert_string_equal(sim.sent, "byte by byte");
}

static void test_absent(void **state)
{
	struct uart uart;

	(void)state;
	sim.absent = true;
	assert_string_equal(uart_init(&uart, &pc, 115200), "there is none");
	assert_true(sim.reads < 10);
	/* Memory keeps what is written, and is no UART all the same. */
	sim.absent = false;
	sim.no_loop = true;
	assert_string_equal(uart_init(&uart, &pc, 115200), "there is none");
	assert_int_equal(sim.sent_count, 0);
}

static void test_stuck(void **state)
{
	struct uart uart;
	u64 reads;

	(void)state;
	sim.stuck = true;
	assert_non_null(strstr(uart_init(&uart, &pc, 115200), "stuck"));
	assert_in_range(sim.reads, 1000, 2000000);
	/* It gets stuck later: waited for once, and never again in vain. */
	setup(NULL);
	assert_null(uart_init(&uart, &pc, 115200));
	send(&uart, "sixteen bytes go");
	sim.stuck = true;
	reads = sim.reads;
	send(&uart, "lost");
	assert_true(uart.stuck);
	assert_in_range(sim.reads - reads, 1000, 2000000);
	reads = sim.reads;
	send(&uart, "lost as well, all of it");
	uart_flush(&uart);
	assert_true(sim.reads - reads < 100);
	assert_int_equal(sim.sent_count, 16);
	sim.stuck = false;
	send(&uart, "!");
	assert_false(uart.stuck);
	assert_int_equal(sim.sent[16], '!');
}

static void test_pulled_out(void **state)
{
	struct uart uart;
	u64 reads;

	(void)state;
	assert_null(uart_init(&uart, &pc, 115200));
	send(&uart, "sixteen bytes go");
	sim.absent = true;
	reads = sim.reads;
	send(&uart, "a card that is gone");
	assert_true(sim.reads - reads < 100);
	assert_int_equal(uart_getc(&uart), UART_NOTHING);
}

static void test_slow(void **state)
{
	struct uart uart;

	(void)state;
	/* As many reads as 16 bytes take at 1200 baud, each a microsecond. */
	sim.busy_reads = 133000;
	assert_null(uart_init(&uart, &pc, 1200));
	assert_int_equal(sim.divisor, 96);
	send(&uart, "sixteen bytes, and sixteen more");
	assert_string_equal(sim.sent, "sixteen bytes, and sixteen more");
	assert_false(uart.stuck);
}

static void test_divisors(void **state)
{
	static const struct {
		u32 clock_hz, baud, divisor;
	} cases[] = {
		{ UART_CLOCK_HZ, 115200, 1 },
		{ UART_CLOCK_HZ, 50, 2304 },
		{ UART_CLOCK_HZ, 38400, 3 },
		{ UART_CLOCK_HZ, 100000, 0 }, /* 15 per cent off */
		{ UART_CLOCK_HZ, 230400, 0 },
		{ UART_CLOCK_HZ, 0, 0 },
		{ 62500000, 115200, 34 }, /* 0.3 per cent off */
		{ 48000000, 115200, 26 },
		{ 44236800, 921600, 3 },
		{ 1000000000, 50, 0 }, /* more than 16 bits */
		{ 15, 115200, 0 },
		{ 0, 115200, 0 },
	};
	struct uart_place place = pc;
	struct uart uart;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(uart_divisor(cases[i].clock_hz, cases[i].baud),
				 cases[i].divisor);
	}
	place.clock_hz = 48000000;
	assert_null(uart_init(&uart, &place, 115200));
	assert_int_equal(sim.divisor, 26);
	assert_non_null(strstr(uart_init(&uart, &place, 2500000), "baud"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_sound, setup),
		cmocka_unit_test_setup(test_without_fifo, setup),
		cmocka_unit_test_setup(test_absent, setup),
		cmocka_unit_test_setup(test_stuck, setup),
		cmocka_unit_test_setup(test_pulled_out, setup),
		cmocka_unit_test_setup(test_slow, setup),
		cmocka_unit_test_setup(test_divisors, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
