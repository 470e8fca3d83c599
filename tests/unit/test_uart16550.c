/* guest/board/pc/uart16550.c: registers, FIFO, interrupts, the loop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "guest/board/pc/uart16550.h"
#include "lib/types.h"

static struct uart16550 uart;

static int begin(void **state)
{
	(void)state;
	uart16550_init(&uart);
	return 0;
}

static void out(u8 number, u8 value)
{
	uart16550_write(&uart, number, value);
}

static u8 in(u8 number)
{
	return uart16550_read(&uart, number);
}

static void test_registers(void **state)
{
	(void)state;
	assert_int_equal(in(5), 0x60);
	assert_int_equal(in(6), 0xb0);
	out(7, 0x5a);
	assert_int_equal(in(7), 0x5a);
	out(1, 0xff);
	assert_int_equal(in(1), 0x0f);
	out(3, 0x83);
	out(0, 0x01);
	out(1, 0x02);
	assert_int_equal(in(0), 0x01);
	assert_int_equal(in(1), 0x02);
	out(3, 0x03);
	assert_int_equal(in(3), 0x03);
	assert_int_equal(in(1), 0x0f);
	assert_int_equal(uart.divisor, 0x201);
	out(4, 0xff);
	assert_int_equal(in(4), 0x1f);
}

static void test_send(void **state)
{
	(void)state;
	out(0, 'x');
	assert_true(uart.has_sent);
	assert_int_equal(uart.sent, 'x');
	out(1, 0x02);
	assert_true(uart16550_line(&uart));
	assert_int_equal(in(2), 0x02);
	assert_false(uart16550_line(&uart));
	assert_int_equal(in(2), 0x01);
	out(0, 'y');
	assert_true(uart16550_line(&uart));
	out(4, 0); /* OUT2 is the gate */
	assert_false(uart16550_line(&uart));
}

static void test_receive(void **state)
{
	(void)state;
	out(1, 0x05);
	assert_true(uart16550_receive(&uart, 'a'));
	assert_true(uart16550_line(&uart));
	assert_int_equal(in(2), 0x04);
	assert_false(uart16550_receive(&uart, 'b'));
	assert_int_equal(in(2), 0x06);
	assert_int_equal(in(5), 0x63);
	assert_int_equal(in(5), 0x61);
	assert_int_equal(in(0), 'a');
	assert_int_equal(in(5), 0x60);
	assert_false(uart16550_line(&uart));
}

static void test_fifo(void **state)
{
	(void)state;
	out(2, 0xc7); /* trigger at 14 */
	out(1, 0x01);
	assert_int_equal(in(2), 0xc1);
	for (u8 i = 0; i < UART16550_FIFO; i++) {
		assert_true(uart16550_receive(&uart, i));
		assert_int_equal(in(2), i < 13 ? 0xcc : 0xc4);
	}
	assert_false(uart16550_has_room(&uart));
	assert_false(uart16550_receive(&uart, 99));
	for (u8 i = 0; i < UART16550_FIFO; i++) {
		assert_int_equal(in(0), i);
	}
	uart16550_receive(&uart, 1);
	out(2, 0x03);
	assert_int_equal(in(5) & 1, 0);
	out(2, 0);
	assert_int_equal(in(2), 0x01);
}

static void test_loop(void **state)
{
	(void)state;
	in(6);
	out(4, 0x1a); /* RTS, OUT2, loop */
	assert_int_equal(in(6) & 0xf0, 0x90);
	out(0, 'q');
	assert_false(uart.has_sent);
	assert_int_equal(in(0), 'q');
	out(4, 0x1e); /* OUT1: the ring */
	assert_int_equal(in(6), 0xd0);
	out(1, 0x08);
	out(4, 0x1a);
	assert_int_equal(in(6), 0x94);
	assert_int_equal(in(6), 0x90);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_registers, begin),
		cmocka_unit_test_setup(test_send, begin),
		cmocka_unit_test_setup(test_receive, begin),
		cmocka_unit_test_setup(test_fifo, begin),
		cmocka_unit_test_setup(test_loop, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
