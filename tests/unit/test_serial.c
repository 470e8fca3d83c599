/* The console's serial lines, by a 16550 of the test's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "arch/console/serial.c"

#define READS_PER_BYTE 5 /* of the line status, until one is on the wire */

static struct {
	bool there, has_scratch, has_loop, has_fifo, is_held;
	u8 interrupts, line_control, modem_control, scratch, fifo_control;
	u16 divisor;
	u8 received[32];
	u32 received_count, taken;
	u8 events;   /* overrun, break: until the line status is read */
	u32 waiting; /* bytes in the FIFO, the one in the shift register too */
	u32 reads;
	char wire[200];
	u32 wire_count;
	char queue[17];
} chip;

static bool sets_divisor(void)
{
	return (chip.line_control & 0x80) != 0;
}

static void send_one(void)
{
	assert_true(chip.wire_count < sizeof(chip.wire) - 1);
	chip.wire[chip.wire_count++] = chip.queue[0];
	memmove(chip.queue, chip.queue + 1, --chip.waiting);
}

static u8 line_status(void)
{
	u8 status = chip.events;

	if (chip.waiting != 0 && !chip.is_held &&
	    ++chip.reads % READS_PER_BYTE == 0) {
		send_one();
	}
	chip.events = 0;
	if (chip.taken < chip.received_count) {
		status |= 0x01;
	}
	/* One is in the shift register. */
	if (chip.waiting <= 1) {
		status |= 0x20;
	}
	if (chip.waiting == 0) {
		status |= 0x40;
	}
	return status;
}

static u8 read_chip(const struct uart_place *place, u8 reg)
{
	(void)place;
	if (!chip.there) {
		return 0xff;
	}
	switch (reg) {
	case 0:
		assert_false(sets_divisor());
		assert_true(chip.taken < chip.received_count);
		return chip.received[chip.taken++];
	case 2:
		return chip.has_fifo && (chip.fifo_control & 1) ? 0xc1 : 0x01;
	case 5:
		return line_status();
	case 6:
		/* RTS as CTS and OUT2 as DCD, or nobody on the line. */
		if (!(chip.modem_control & 0x10) || !chip.has_loop) {
			return 0;
		}
		return (u8)((chip.modem_control & 2) << 3 |
			    (chip.modem_control & 8) << 4);
	case 7:
		return chip.has_scratch ? chip.scratch : 0;
	default:
		fail_msg("a read of register %u", reg);
		return 0;
	}
}

static void put_data(u8 value)
{
	u32 room = chip.has_fifo ? 16 : 1;

	/* The shift register has one besides. */
	assert_true(chip.waiting < room + 1);
	assert_int_equal(chip.modem_control & 0x10, 0);
	chip.queue[chip.waiting++] = (char)value;
}

static void write_chip(const struct uart_place *place, u8 reg, u8 value)
{
	(void)place;
	switch (reg) {
	case 0:
		if (sets_divisor()) {
			chip.divisor = (u16)((chip.divisor & 0xff00) | value);
		} else {
			put_data(value);
		}
		break;
	case 1:
		if (sets_divisor()) {
			chip.divisor =
				(u16)((chip.divisor & 0xff) | value << 8);
		} else {
			chip.interrupts = value;
		}
		break;
	case 2:
		chip.fifo_control = value;
		chip.taken = value & 2 ? chip.received_count : chip.taken;
		break;
	case 3:
		chip.line_control = value;
		break;
	case 4:
		/* A loop would cut off what is being sent. */
		assert_true(!(value & 0x10) || chip.waiting == 0);
		chip.modem_control = value;
		break;
	case 7:
		chip.scratch = value;
		break;
	default:
		fail_msg("a write of register %u", reg);
	}
}

static char typed[100];
static u32 typed_count, breaks, lost, polls;

void input_put(u8 byte)
{
	assert_true(typed_count < sizeof(typed));
	typed[typed_count++] = (char)byte;
}

void input_break(void)
{
	breaks++;
}

void input_note_lost(u32 count)
{
	lost += count;
}

void console_poll_one(const struct console_source_ops *ops, void *state)
{
	polls++;
	ops->fetch(state);
}

static int setup(void **state)
{
	(void)state;
	memset(&chip, 0, sizeof(chip));
	chip.there = chip.has_scratch = chip.has_loop = chip.has_fifo = true;
	chip.interrupts = 0x0f;
	typed_count = breaks = lost = polls = 0;
	return 0;
}

static struct console_sink sink;
static struct console_source source;

static const struct uart_access by_ports = { read_chip, write_chip, false };
static const struct uart_access by_memory = { read_chip, write_chip, true };

static const char *add(const struct uart_access *access, u64 address, u32 baud)
{
	struct uart_place place = { .access = access,
				    .address = address,
				    .width = 1,
				    .stride = 1,
				    .clock_hz = UART_CLOCK_HZ };

	return serial_add(&place, baud, "com2", 3);
}

static void open_line(u32 baud)
{
	port_count = 0;
	assert_null(add(&by_ports, 0x2f8, baud));
	sink = serial_sink(0);
	source = serial_source(0);
}

static void receive(const char *text)
{
	size_t n = strlen(text);

	memcpy(chip.received, text, n);
	chip.received_count = (u32)n;
	chip.taken = 0;
}

static void check_wire(const char *text)
{
	chip.wire[chip.wire_count] = '\0';
	assert_string_equal(chip.wire, text);
}

/* Set up as asked; what was on its way is sent, what had come is dropped. */
static void test_init(void **state)
{
	static const struct {
		u32 baud;
		u16 divisor;
	} bauds[] = { { 115200, 1 }, { 9600, 12 }, { 300, 384 }, { 50, 2304 } };

	for (size_t i = 0; i < ARRAY_SIZE(bauds); i++) {
		setup(state);
		chip.waiting = 2;
		memcpy(chip.queue, "ab", 2);
		receive("x");
		open_line(bauds[i].baud);
		check_wire("ab");
		assert_int_equal(chip.divisor, bauds[i].divisor);
		assert_int_equal(chip.line_control, 0x03);
		assert_int_equal(chip.modem_control, 0x0b);
		assert_int_equal(chip.fifo_control, 0x07);
		assert_int_equal(chip.interrupts, 0);
		source.ops->fetch(source.state);
		assert_int_equal(typed_count, 0);
	}
	assert_string_equal(source.name, "com2");
	assert_int_equal(source.irq, 3);
	source.ops->start_interrupt(source.state);
	assert_int_equal(chip.interrupts, 0x05);
	source.ops->set_ready(source.state, false);
	assert_int_equal(chip.modem_control, 0x09);
	source.ops->set_ready(source.state, true);
	assert_int_equal(chip.modem_control, 0x0b);
}

/* Each has its place; what is in memory has no ports. */
static void test_several(void **state)
{
	u16 found[4] = { 0 };

	(void)state;
	open_line(115200);
	assert_non_null(add(&by_ports, 0x2f8, 9600));
	chip.there = false;
	assert_non_null(add(&by_ports, 0x3e8, 9600));
	chip.there = true;
	assert_int_equal(serial_count(), 1);
	assert_null(add(&by_memory, 0x2f8, 9600));
	assert_null(add(&by_ports, 0x3f8, 9600));
	assert_null(add(&by_ports, 0x3e8, 9600));
	assert_int_equal(serial_count(), CONSOLE_MAX_SERIAL);
	assert_non_null(add(&by_ports, 0x2e8, 9600));
	assert_int_equal(serial_ports(found, 4), 3);
	assert_int_equal(found[0], 0x2f8);
	assert_int_equal(found[1], 0x3f8);
	assert_int_equal(found[2], 0x3e8);
	assert_int_equal(serial_ports(found, 1), 1);
}

static void test_tell(void **state)
{
	char text[INVENTORY_TEXT_BYTES] = "";

	(void)state;
	port_count = 0;
	tell(text, sizeof(text));
	assert_string_equal(text, "none");
	open_line(115200);
	assert_null(add(&by_memory, 0xfe000000, 9600));
	ports[1].irq = -1;
	ports[1].uart.stuck = true;
	text[0] = '\0';
	tell(text, sizeof(text));
	assert_string_equal(text,
			    "com2 at port 2f8, 115200 baud, by interrupt; com2 "
			    "at address fe000000, 9600 baud, polled, STUCK");
}

/* Lines end as terminals want it; the line itself is empty after a flush. */
static void test_send(void **state)
{
	static const char text[] = "one\ntwo, of more than sixteen bytes\n";

	for (u32 fifo = 0; fifo < 2; fifo++) {
		setup(state);
		chip.has_fifo = fifo != 0;
		open_line(115200);
		sink.ops->write(sink.state, text, strlen(text), COLOUR_NONE);
		assert_true(chip.waiting != 0);
		sink.ops->flush(sink.state);
		assert_int_equal(chip.waiting, 0);
		check_wire("one\r\ntwo, of more than sixteen bytes\r\n");
	}
	setup(state);
	open_line(115200);
	sink.ops->write(sink.state, "red", 3, COLOUR_RED);
	sink.ops->flush(sink.state);
	chip.wire[chip.wire_count] = '\0';
	assert_non_null(strstr(chip.wire, "red\033["));
	assert_int_equal(chip.wire[0], '\033');
}

/* A line that is held is given up once, not for each byte; and taken up again. */
static void test_stuck(void **state)
{
	char many[100];

	(void)state;
	open_line(115200);
	chip.is_held = true;
	memset(many, 'x', sizeof(many));
	sink.ops->write(sink.state, many, sizeof(many), COLOUR_NONE);
	sink.ops->flush(sink.state);
	assert_int_equal(chip.wire_count, 0);
	chip.is_held = false;
	while (chip.waiting != 0) {
		send_one();
	}
	chip.wire_count = 0;
	sink.ops->write(sink.state, "again", 5, COLOUR_NONE);
	sink.ops->flush(sink.state);
	check_wire("again");
}

static void test_receive(void **state)
{
	(void)state;
	open_line(115200);
	receive("abc");
	source.ops->fetch(source.state);
	assert_int_equal(typed_count, 3);
	assert_memory_equal(typed, "abc", 3);
	assert_int_equal(lost, 0);
	assert_int_equal(breaks, 0);
	/* A break comes with a byte that is none. */
	typed_count = 0;
	memcpy(chip.received, "\0d", 2);
	chip.received_count = 2;
	chip.taken = 0;
	chip.events = 0x10;
	source.ops->fetch(source.state);
	assert_int_equal(breaks, 1);
	assert_int_equal(typed_count, 1);
	assert_int_equal(typed[0], 'd');
	/* An overrun is told, whoever read of it. */
	chip.events = 0x02;
	source.ops->fetch(source.state);
	assert_int_equal(lost, 1);
	source.ops->fetch(source.state);
	assert_int_equal(lost, 1);
	chip.there = false;
	source.ops->fetch(source.state);
	assert_int_equal(breaks, 1);
	assert_int_equal(lost, 1);
}

/* What comes in while a line goes out is fetched, before the FIFO is full. */
static void test_receive_while_sending(void **state)
{
	char many[60];

	(void)state;
	open_line(115200);
	memset(many, 'x', sizeof(many));
	receive("y");
	chip.events = 0x02;
	sink.ops->write(sink.state, many, sizeof(many), COLOUR_NONE);
	assert_int_equal(polls, 1);
	assert_int_equal(typed_count, 1);
	assert_int_equal(typed[0], 'y');
	assert_int_equal(lost, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_init, setup),
		cmocka_unit_test_setup(test_several, setup),
		cmocka_unit_test_setup(test_tell, setup),
		cmocka_unit_test_setup(test_send, setup),
		cmocka_unit_test_setup(test_stuck, setup),
		cmocka_unit_test_setup(test_receive, setup),
		cmocka_unit_test_setup(test_receive_while_sending, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
