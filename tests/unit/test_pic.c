/* The PICs' masks and interrupts in service, on two 8259As of the test's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "tests/unit/fake_ports.h"

#include "arch/pic.c"

/* [0] the master at port 20h, [1] the slave at A0h. */
static struct chip {
	u8 requested, in_service, mask;
	bool shows_in_service; /* else what is requested: OCW3 */
} chips[2];

static struct chip *chip_at(u16 port)
{
	assert_true((port & ~0x81u) == 0x20);
	return &chips[port >= 0xa0];
}

static bool absent;
static u32 warnings;

void log_warn(const char *fmt, ...)
{
	assert_non_null(strstr(fmt, "no PIC"));
	warnings++;
}

static u8 port_in(u16 port)
{
	const struct chip *chip = chip_at(port);

	if (absent) {
		return 0xff;
	}
	if (port & 1) {
		return chip->mask;
	}
	return chip->shows_in_service ? chip->in_service : chip->requested;
}

static void port_out(u16 port, u8 value)
{
	struct chip *chip = chip_at(port);

	if (port & 1) {
		chip->mask = value;
	} else if (value == 0x0a || value == 0x0b) {
		chip->shows_in_service = value == 0x0b;
	} else if (value == 0x20) {
		/* EOI: the one of highest rank, which is the lowest bit. */
		chip->in_service &= (u8)(chip->in_service - 1);
	} else {
		/* Specific EOI. */
		assert_int_equal(value & 0xf8, 0x60);
		chip->in_service &= (u8) ~(1u << (value & 7));
	}
}

static int setup(void **state)
{
	(void)state;
	memset(chips, 0, sizeof(chips));
	return 0;
}

static void check_masks(u8 master, u8 slave)
{
	assert_int_equal(chips[0].mask, master);
	assert_int_equal(chips[1].mask, slave);
}

/* The order counts: lines that are kept once stay kept. */
static void test_masks(void **state)
{
	u64 turns = pic_guest_turns();

	(void)state;
	chips[0].mask = 0xb8;
	chips[1].mask = 0x8e;
	pic_init();
	assert_true(pic_present());
	check_masks(0xff, 0xff);
	assert_false(pic_is_the_guests());
	pic_give_to_guest();
	check_masks(0xb8, 0x8e);
	assert_true(pic_is_the_guests());
	/* What the guest has made of them is what the next one finds. */
	chips[0].mask = 0x30;
	pic_take_from_guest();
	check_masks(0xff, 0xff);
	assert_false(pic_is_the_guests());
	assert_int_equal(pic_guest_turns(), turns + 2);
	pic_restore_masks();
	check_masks(0x30, 0x8e);

	/* Kept and closed: masked for a guest, too. */
	assert_false(pic_serves_host());
	assert_false(pic_is_kept(3));
	pic_keep_line(3, false);
	assert_true(pic_is_kept(3));
	assert_false(pic_serves_host());
	check_masks(0xff, 0xff);
	pic_give_to_guest();
	check_masks(0x38, 0x8e);
	pic_take_from_guest();
	/* Kept and open: whosever turn it is. */
	pic_keep_line(4, true);
	assert_true(pic_serves_host());
	check_masks(0xef, 0xff);
	pic_give_to_guest();
	check_masks(0x28, 0x8e);
	assert_false(pic_is_kept(5));
	assert_false(pic_is_kept(8));
	assert_false(pic_is_kept(12));
}

/* Ports that nobody answers show all bits set, whatever is written. */
static void test_absent(void **state)
{
	(void)state;
	warnings = 0;
	absent = true;
	pic_init();
	assert_false(pic_present());
	assert_int_equal(warnings, 1);
	assert_false(pic_is_requested(0));
	assert_false(pic_end_all());
	absent = false;
	pic_init();
	assert_true(pic_present());
}

static void test_end(void **state)
{
	(void)state;
	assert_false(pic_end_all());
	chips[0].in_service = 0x86;
	chips[1].in_service = 0x81;
	assert_true(pic_end_all());
	assert_int_equal(chips[0].in_service, 0);
	assert_int_equal(chips[1].in_service, 0);
	assert_false(pic_end_all());
	chips[1].in_service = 0xff;
	assert_true(pic_end_all());
	assert_int_equal(chips[1].in_service, 0);
	chips[0].in_service = 0xff;
	assert_true(pic_end_all());
	assert_int_equal(chips[0].in_service, 0);
	/* Only the one that is named, of whatever rank. */
	chips[0].in_service = 0x19;
	pic_end(4);
	assert_int_equal(chips[0].in_service, 0x09);
	/* The slave's line, and the cascade on the master. */
	chips[0].in_service = 0x05;
	chips[1].in_service = 0x12;
	pic_end(9);
	assert_int_equal(chips[0].in_service, 0x01);
	assert_int_equal(chips[1].in_service, 0x10);
}

static void test_requested(void **state)
{
	(void)state;
	chips[0].requested = 0x90;
	chips[0].in_service = 0x01;
	for (int line = 0; line < 8; line++) {
		chips[0].shows_in_service = true;
		assert_int_equal(pic_is_requested(line),
				 line == 4 || line == 7);
	}
}

static void test_spurious(void **state)
{
	(void)state;
	chips[0].requested = chips[1].requested = 0x80;
	assert_true(pic_is_spurious(7));
	chips[0].in_service = 0x80;
	assert_false(pic_is_spurious(7));
	/* The slave's: for the master it was one, which must end. */
	chips[0].in_service = 0x05;
	assert_true(pic_is_spurious(15));
	assert_int_equal(chips[0].in_service, 0x01);
	chips[0].in_service = 0x04;
	chips[1].in_service = 0x80;
	assert_false(pic_is_spurious(15));
	assert_int_equal(chips[0].in_service, 0x04);
	chips[0].in_service = chips[1].in_service = 0;
	assert_false(pic_is_spurious(6));
	assert_false(pic_is_spurious(8));
}

static void test_vectors(void **state)
{
	(void)state;
	for (int vector = 0; vector < 256; vector++) {
		int line = vector >> 3 == 1    ? vector - 8
			   : vector >> 3 == 14 ? vector - 0x68
					       : -1;

		assert_int_equal(pic_line_of_vector((u8)vector), line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_masks, setup),
		cmocka_unit_test_setup(test_absent, setup),
		cmocka_unit_test_setup(test_end, setup),
		cmocka_unit_test_setup(test_requested, setup),
		cmocka_unit_test_setup(test_spurious, setup),
		cmocka_unit_test_setup(test_vectors, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
