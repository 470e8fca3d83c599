/* lib/parse.c: numbers, byte strings, words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/parse.h"

#define UNTOUCHED 0x5eed

struct number_case {
	const char *text;
	int result;
	u64 value;
};

static void check_numbers(int (*parse)(const char *, u64 *),
			  const struct number_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		u64 value = UNTOUCHED;

		assert_int_equal(parse(cases[i].text, &value), cases[i].result);
		assert_int_equal(value, cases[i].result == 0 ? cases[i].value
							     : UNTOUCHED);
	}
}

static void test_hex(void **state)
{
	static const struct number_case cases[] = {
		{ "0", 0, 0 },
		{ "2f8", 0, 0x2f8 },
		{ "0x2F8", 0, 0x2f8 },
		{ "0Xabc", 0, 0xabc },
		{ "ffffffffffffffff", 0, UINT64_MAX },
		{ "000000000000000000001", 0, 1 },
		{ "10000000000000000", ERR_RANGE, 0 },
		{ "10000000000000000g", ERR_INVALID, 0 },
		{ "", ERR_INVALID, 0 },
		{ "0x", ERR_INVALID, 0 },
		{ "0x0x1", ERR_INVALID, 0 },
		{ "x1", ERR_INVALID, 0 },
		{ "12h", ERR_INVALID, 0 },
		{ "-1", ERR_INVALID, 0 },
		{ " 1", ERR_INVALID, 0 },
		{ "1 ", ERR_INVALID, 0 },
	};

	(void)state;
	check_numbers(parse_hex, cases, ARRAY_SIZE(cases));
}

static void test_dec(void **state)
{
	static const struct number_case cases[] = {
		{ "0", 0, 0 },
		{ "115200", 0, 115200 },
		{ "18446744073709551615", 0, UINT64_MAX },
		{ "18446744073709551616", ERR_RANGE, 0 },
		{ "99999999999999999999999", ERR_RANGE, 0 },
		{ "", ERR_INVALID, 0 },
		{ "0x10", ERR_INVALID, 0 },
		{ "1a", ERR_INVALID, 0 },
		{ "+1", ERR_INVALID, 0 },
	};

	(void)state;
	check_numbers(parse_dec, cases, ARRAY_SIZE(cases));
}

static void test_hex_bytes(void **state)
{
	static const struct {
		const char *text;
		size_t size;
		int result;
		u8 bytes[4];
		size_t count;
	} cases[] = {
		{ "33edFA", 4, 0, { 0x33, 0xed, 0xfa }, 3 },
		{ " 33 ed\tfa ", 4, 0, { 0x33, 0xed, 0xfa }, 3 },
		{ "00112233", 4, 0, { 0, 0x11, 0x22, 0x33 }, 4 },
		{ "0011223344", 4, ERR_RANGE, { 0 }, 0 },
		{ "00", 0, ERR_RANGE, { 0 }, 0 },
		{ "", 4, ERR_INVALID, { 0 }, 0 },
		{ "  ", 4, ERR_INVALID, { 0 }, 0 },
		{ "0", 4, ERR_INVALID, { 0 }, 0 },
		{ "001", 4, ERR_INVALID, { 0 }, 0 },
		{ "0 0", 4, ERR_INVALID, { 0 }, 0 },
		{ "0x12", 4, ERR_INVALID, { 0 }, 0 },
		{ "12,34", 4, ERR_INVALID, { 0 }, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		u8 *buf = malloc(cases[i].size + (cases[i].size == 0));
		size_t count = UNTOUCHED;

		assert_non_null(buf);
		assert_int_equal(parse_hex_bytes(cases[i].text, buf,
						 cases[i].size, &count),
				 cases[i].result);
		assert_int_equal(count, cases[i].count);
		assert_memory_equal(buf, cases[i].bytes, count);
		free(buf);
	}
}

static void test_words(void **state)
{
	static const struct {
		const char *text;
		const char *words[4]; /* up to the null one */
		int last;	      /* what the call after them returns */
	} cases[] = {
		{ "", { NULL }, 0 },
		{ " \t\r\n", { NULL }, 0 },
		{ "a", { "a" }, 0 },
		{ "  bios 10\tax=0e41 \n", { "bios", "10", "ax=0e41" }, 0 },
		{ "run=\"bios 11; cpus\" x", { "run=bios 11; cpus", "x" }, 0 },
		{ "\"run=a b\"", { "run=a b" }, 0 },
		{ "a\"b\"c\"d e\"", { "abcd e" }, 0 },
		{ "\"\" x", { "", "x" }, 0 },
		{ "\"a\nb\"", { "a\nb" }, 0 },
		{ "\"say \\\"hi\\\"\" \\\\ \\'",
		  { "say \"hi\"", "\\", "'" },
		  0 },
		{ "a\\b c\\", { "a\\b", "c\\" }, 0 },
		{ "a \"b c", { "a" }, ERR_INVALID },
		{ "a \"", { "a" }, ERR_INVALID },
		{ "a\"b\\\"", { NULL }, ERR_INVALID },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *cursor = cases[i].text;
		char word[32];

		for (size_t w = 0; cases[i].words[w] != NULL; w++) {
			assert_int_equal(parse_word(&cursor, word,
						    sizeof(word)),
					 1);
			assert_string_equal(word, cases[i].words[w]);
		}
		assert_int_equal(parse_word(&cursor, word, sizeof(word)),
				 cases[i].last);
		/* Either way the text is used up, and stays so. */
		assert_int_equal(*cursor, '\0');
		assert_int_equal(parse_word(&cursor, word, sizeof(word)), 0);
		assert_string_equal(word, "");
	}
}

static void test_long_word(void **state)
{
	const char *cursor = "abcd abc \"abc d\" x";
	char *word = malloc(4);

	(void)state;
	assert_non_null(word);
	assert_int_equal(parse_word(&cursor, word, 4), ERR_RANGE);
	assert_string_equal(word, "abc");
	assert_int_equal(parse_word(&cursor, word, 4), 1);
	assert_string_equal(word, "abc");
	assert_int_equal(parse_word(&cursor, word, 4), ERR_RANGE);
	assert_int_equal(parse_word(&cursor, word, 4), 1);
	assert_string_equal(word, "x");
	cursor = "a";
	assert_int_equal(parse_word(&cursor, word, 1), ERR_RANGE);
	assert_string_equal(word, "");
	free(word);
}

static void test_option(void **state)
{
	const char *word = "cpu=1=2";

	(void)state;
	assert_ptr_equal(parse_option(word, "cpu"), word + 4);
	assert_string_equal(parse_option("cpu=", "cpu"), "");
	assert_null(parse_option("cpu", "cpu"));
	assert_null(parse_option("cpus=1", "cpu"));
	assert_null(parse_option("cp", "cpu"));
	assert_null(parse_option("", "cpu"));
}

static void test_error_text(void **state)
{
	(void)state;
	/* Each code has words of its own. */
	for (int a = ERR_INTERRUPTED; a <= 0; a++) {
		assert_string_not_equal(error_text(a), "unknown error");
		for (int b = ERR_INTERRUPTED; b < a; b++) {
			assert_string_not_equal(error_text(a), error_text(b));
		}
	}
	assert_string_equal(error_text(ERR_INTERRUPTED - 1), "unknown error");
	assert_string_equal(error_text(1), "unknown error");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hex),
		cmocka_unit_test(test_dec),
		cmocka_unit_test(test_hex_bytes),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_long_word),
		cmocka_unit_test(test_option),
		cmocka_unit_test(test_error_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
