/* The words of a command line, and what is said about wrong ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/types.h"
#include "monitor/line/args.h"

static struct args args;

static void parse(const char *line)
{
	assert_true(args_parse(&args, line) >= 0);
	assert_string_equal(args.error, "");
}

/* Errors have three parts. */
static void check_error(const char *what)
{
	const char *first = strstr(args.error, "; ");

	assert_non_null(first);
	assert_non_null(strstr(first + 2, "; "));
	assert_non_null(strstr(args.error, what));
}

static void test_words(void **state)
{
	(void)state;
	parse("  bios 13 ax=0201 \"two words\" put=7c00:0102 \tio note=\"a b\"");
	assert_int_equal(args.count, 7);
	assert_string_equal(args_name(&args), "bios");
	assert_int_equal(args_positionals(&args), 3);
	assert_string_equal(args_positional(&args, 0), "13");
	assert_string_equal(args_positional(&args, 1), "two words");
	assert_string_equal(args_positional(&args, 2), "io");
	assert_null(args_positional(&args, 3));
	assert_string_equal(args_value(&args, "ax"), "0201");
	assert_string_equal(args_value(&args, "note"), "a b");
	assert_null(args_value(&args, "a"));
	assert_null(args_value(&args, "axe"));
}

static void test_odd_words(void **state)
{
	(void)state;
	parse("");
	assert_string_equal(args_name(&args), "");
	assert_int_equal(args_positionals(&args), 0);
	assert_null(args_value(&args, "x"));

	parse("x =a k= k=v=w \"\"");
	assert_int_equal(args_positionals(&args), 2);
	assert_string_equal(args_positional(&args, 0), "=a");
	assert_string_equal(args_positional(&args, 1), "");
	assert_string_equal(args_value(&args, "k"), "");
	assert_string_equal(args_value_nth(&args, "k", 1), "v=w");
	assert_null(args_value_nth(&args, "k", 2));
}

static void test_limits(void **state)
{
	char line[ARGS_LINE_MAX + 2];

	(void)state;
	memset(line, 'w', sizeof(line));
	line[ARGS_LINE_MAX] = '\0';
	parse(line);
	assert_int_equal(strlen(args_name(&args)), ARGS_LINE_MAX);
	line[ARGS_LINE_MAX] = 'w';
	line[ARGS_LINE_MAX + 1] = '\0';
	assert_int_equal(args_parse(&args, line), ERR_RANGE);
	check_error("too long");
	assert_string_equal(args_name(&args), "");

	for (size_t i = 0; i < ARGS_LINE_MAX; i++) {
		line[i] = i % 2 == 0 ? 'w' : ' ';
	}
	line[2 * ARGS_WORDS_MAX] = '\0';
	parse(line);
	assert_int_equal(args.count, ARGS_WORDS_MAX);
	line[2 * ARGS_WORDS_MAX] = 'w';
	line[ARGS_LINE_MAX] = '\0';
	assert_int_equal(args_parse(&args, line), ERR_RANGE);
	check_error("too many words");

	assert_int_equal(args_parse(&args, "say \"hello"), ERR_INVALID);
	check_error("quote");
}

static void test_check(void **state)
{
	static const struct {
		const char *line;
		const char *keys;
		unsigned min, max;
		const char *error; /* NULL: none */
	} cases[] = {
		{ "log", NULL, 0, 0, NULL },
		{ "log", "", 0, 0, NULL },
		{ "log x=1", NULL, 0, 0, "unknown option 'x'; command log" },
		{ "b cpu=1", "cpu", 0, 0, NULL },
		{ "b cp=1", "cpu get*", 0, 0, "unknown option 'cp'" },
		{ "b cpux=1", "cpu get*", 0, 0, "unknown option 'cpux'" },
		{ "b get=1 get=2 cpu=3", "cpu get* put*", 0, 0, NULL },
		{ "b put=1 put=2", "cpu get* put*", 0, 0, NULL },
		{ "b put=1 cpu=1 cpu=2", "put* cpu", 0, 0,
		  "option 'cpu' given twice" },
		{ "b get*=1", "get*", 0, 0, "unknown option 'get*'" },
		{ "p 1", NULL, 2, 2, "1 of 2 words missing" },
		{ "p 1 2", NULL, 2, 2, NULL },
		{ "p 1 2 three", NULL, 2, 2, "'three' is one word too many" },
		{ "p 1 2 x=3", NULL, 3, 3, "unknown option" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int err;

		parse(cases[i].line);
		err = args_check(&args, cases[i].keys, cases[i].min,
				 cases[i].max);
		if (cases[i].error == NULL) {
			assert_int_equal(err, 0);
			assert_string_equal(args.error, "");
		} else {
			assert_int_equal(err, ERR_INVALID);
			check_error(cases[i].error);
		}
	}
}

static void test_numbers(void **state)
{
	static const struct {
		const char *line;
		u64 max;
		int hex;
		u64 hex_value;
		int dec;
		u64 dec_value;
	} cases[] = {
		{ "c", 99, 0, 7, 0, 7 },
		{ "c n=10", 0xff, 1, 0x10, 1, 10 },
		{ "c n=0x10", 0xff, 1, 0x10, ERR_INVALID, 7 },
		{ "c n=ff", 0xff, 1, 0xff, ERR_INVALID, 7 },
		{ "c n=100", 0xff, ERR_RANGE, 7, 1, 100 },
		{ "c n=", 0xff, ERR_INVALID, 7, ERR_INVALID, 7 },
		{ "c n=-1", 0xff, ERR_INVALID, 7, ERR_INVALID, 7 },
		{ "c n=10000000000000000", UINT64_MAX, ERR_RANGE, 7, 1,
		  10000000000000000 },
		{ "c n=99999999999999999999", UINT64_MAX, ERR_RANGE, 7,
		  ERR_RANGE, 7 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		u64 value = 7;

		parse(cases[i].line);
		assert_int_equal(args_hex(&args, "n", cases[i].max, &value),
				 cases[i].hex);
		assert_int_equal(value, cases[i].hex_value);
		if (cases[i].hex < 0) {
			check_error("; option n; give hex digits, at most");
		}
		value = 7;
		parse(cases[i].line);
		assert_int_equal(args_dec(&args, "n", cases[i].max, &value),
				 cases[i].dec);
		assert_int_equal(value, cases[i].dec_value);
		if (cases[i].dec < 0) {
			check_error("; option n; give a decimal number");
		}
	}
}

static void test_positional_numbers(void **state)
{
	u64 value = 7;

	(void)state;
	parse("peek 7c00 12 zz");
	assert_int_equal(args_positional_hex(&args, 0, "address", 0xffff,
					     &value),
			 0);
	assert_int_equal(value, 0x7c00);
	assert_int_equal(args_positional_dec(&args, 1, "length", 16, &value),
			 0);
	assert_int_equal(value, 12);
	assert_int_equal(args_positional_hex(&args, 2, "length", 16, &value),
			 ERR_INVALID);
	check_error("'zz' is not a hex number; length; ");
	assert_int_equal(args_positional_hex(&args, 0, "address", 16, &value),
			 ERR_RANGE);
	check_error("7c00 is too large; address; give hex digits, at most 10");
	assert_int_equal(args_positional_dec(&args, 3, "count", 16, &value),
			 ERR_INVALID);
	check_error("count missing; command peek; ");
	assert_int_equal(value, 12);
}

static void test_far(void **state)
{
	static const struct {
		const char *line;
		int result;
		u16 segment, offset;
	} cases[] = {
		{ "r", 0, 1, 2 },
		{ "r at=1000:0", 1, 0x1000, 0 },
		{ "r at=0xffff:fffe", 1, 0xffff, 0xfffe },
		{ "r at=1000", ERR_INVALID, 1, 2 },
		{ "r at=:", ERR_INVALID, 1, 2 },
		{ "r at=1:", ERR_INVALID, 1, 2 },
		{ "r at=1:2:3", ERR_INVALID, 1, 2 },
		{ "r at=10000:0", ERR_RANGE, 1, 2 },
		{ "r at=0:10000", ERR_RANGE, 1, 2 },
		{ "r at=000000000000000000000000000000:0", ERR_INVALID, 1, 2 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		u16 segment = 1;
		u16 offset = 2;

		parse(cases[i].line);
		assert_int_equal(args_far(&args, "at", &segment, &offset),
				 cases[i].result);
		assert_int_equal(segment, cases[i].segment);
		assert_int_equal(offset, cases[i].offset);
		if (cases[i].result < 0) {
			check_error("; option at; ");
		}
	}
}

static void test_choice(void **state)
{
	static const struct {
		const char *line;
		int result;
		unsigned index;
	} cases[] = {
		{ "b", 0, 9 },
		{ "b engine=auto", 1, 0 },
		{ "b engine=v86", 1, 1 },
		{ "b engine=v86-ept", 1, 2 },
		{ "b engine=real", 1, 3 },
		{ "b engine=rea", ERR_INVALID, 9 },
		{ "b engine=real|", ERR_INVALID, 9 },
		{ "b engine=", ERR_INVALID, 9 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		unsigned index = 9;

		parse(cases[i].line);
		assert_int_equal(args_choice(&args, "engine",
					     "auto|v86|v86-ept|real", &index),
				 cases[i].result);
		assert_int_equal(index, cases[i].index);
		if (cases[i].result < 0) {
			check_error("give engine=auto|v86|v86-ept|real");
		}
	}
}

static void test_list(void **state)
{
	static const struct {
		const char *line;
		int result;
		u32 used;
		u32 list[4];
	} cases[] = {
		{ "b", 0, 9, { 9, 9, 9, 9 } },
		{ "b cpu=0", 1, 1, { 0, 9, 9, 9 } },
		{ "b cpu=3,1", 1, 2, { 3, 1, 9, 9 } },
		{ "b cpu=0,1,2,3", 1, 4, { 0, 1, 2, 3 } },
		{ "b cpu=all", 1, 4, { 0, 1, 2, 3 } },
		{ "b cpu=4", ERR_INVALID, 0, { 9, 9, 9, 9 } },
		{ "b cpu=1,1", ERR_INVALID, 1, { 1, 9, 9, 9 } },
		{ "b cpu=0,1,2,3,0", ERR_INVALID, 4, { 0, 1, 2, 3 } },
		{ "b cpu=", ERR_INVALID, 0, { 9, 9, 9, 9 } },
		{ "b cpu=1,", ERR_INVALID, 1, { 1, 9, 9, 9 } },
		{ "b cpu=,1", ERR_INVALID, 0, { 9, 9, 9, 9 } },
		{ "b cpu=al", ERR_INVALID, 0, { 9, 9, 9, 9 } },
		{ "b cpu=000000000001", ERR_INVALID, 0, { 9, 9, 9, 9 } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		u32 list[4] = { 9, 9, 9, 9 };
		u32 used = 9;

		parse(cases[i].line);
		assert_int_equal(args_list(&args, "cpu", 4, list, &used),
				 cases[i].result);
		assert_int_equal(used, cases[i].used);
		assert_memory_equal(list, cases[i].list, sizeof(list));
		if (cases[i].result < 0) {
			check_error("; option cpu; ");
		}
	}
}

static void test_put(void **state)
{
	u8 bytes[4] = { 0 };
	u64 address = 0;
	size_t count = 0;

	(void)state;
	parse("b put=7c00:0102 put=ffff:a1b2c3d4 put=10000:00 put=0:1 "
	      "put=0:0102030405 put=00 put=0:xy put=0:");
	assert_int_equal(args_put(&args, "put", 0, 0xffff, &address, bytes,
				  sizeof(bytes), &count),
			 1);
	assert_int_equal(address, 0x7c00);
	assert_int_equal(count, 2);
	assert_memory_equal(bytes, "\x01\x02\0\0", 4);
	assert_int_equal(args_put(&args, "put", 1, 0xffff, &address, bytes,
				  sizeof(bytes), &count),
			 1);
	assert_int_equal(address, 0xffff);
	assert_int_equal(count, 4);
	assert_memory_equal(bytes, "\xa1\xb2\xc3\xd4", 4);
	for (unsigned n = 2; n < 8; n++) {
		bool range = n == 2 || n == 4;

		assert_int_equal(args_put(&args, "put", n, 0xffff, &address,
					  bytes, sizeof(bytes), &count),
				 range ? ERR_RANGE : ERR_INVALID);
		check_error("; option put; ");
	}
	assert_int_equal(args_put(&args, "put", 8, 0xffff, &address, bytes,
				  sizeof(bytes), &count),
			 0);
}

static void test_get(void **state)
{
	static const int results[] = { 1,	    1,		 ERR_RANGE,
				       ERR_RANGE,   ERR_RANGE,	 ERR_INVALID,
				       ERR_INVALID, ERR_INVALID, 0 };
	u64 address = 0;
	u64 length = 0;

	(void)state;
	parse("b get=7c00,10 get=ffff,64 get=10000,1 get=0,65 get=0,0 "
	      "get=0 get=,1 get=0,a");
	for (unsigned n = 0; n < ARRAY_SIZE(results); n++) {
		assert_int_equal(args_get(&args, "get", n, 0xffff, &address, 64,
					  &length),
				 results[n]);
		if (n == 0) {
			assert_int_equal(address, 0x7c00);
			assert_int_equal(length, 10);
		}
		if (results[n] < 0) {
			check_error("; option get; ");
		}
	}
}

/* A message never outgrows its buffer, whatever was typed. */
static void test_long_words_in_errors(void **state)
{
	char line[ARGS_LINE_MAX + 1];
	u64 value = 0;

	(void)state;
	memset(line, 'z', sizeof(line));
	memcpy(line, "b n=", 4);
	line[ARGS_LINE_MAX] = '\0';
	parse(line);
	assert_int_equal(args_hex(&args, "n", 1, &value), ERR_INVALID);
	check_error("is not a hex number");
	memset(line, 'z', 200);
	line[200] = ' ';
	line[300] = '=';
	parse(line);
	assert_int_equal(args_check(&args, "n", 0, 0), ERR_INVALID);
	check_error("unknown option");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_odd_words),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_positional_numbers),
		cmocka_unit_test(test_far),
		cmocka_unit_test(test_choice),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_put),
		cmocka_unit_test(test_get),
		cmocka_unit_test(test_long_words_in_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
