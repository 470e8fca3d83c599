/*
 * lib/str.c, and the kernel's own lib/string.c under other names, checked
 * against the C library at every alignment and overlap.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/str.h"

#define memcpy kernel_memcpy
#define memmove kernel_memmove
#define memset kernel_memset
#define memcmp kernel_memcmp
#define strlen kernel_strlen
#define strcmp kernel_strcmp
#define strncmp kernel_strncmp
#define strchr kernel_strchr
#include "lib/string.c"
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef strlen
#undef strcmp
#undef strncmp
#undef strchr

#define SPAN 40

static void fill(u8 *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		p[i] = (u8)(i * 7 + 1);
	}
}

static void test_memcpy(void **state)
{
	u8 src[SPAN];
	u8 dst[SPAN];
	u8 want[SPAN];

	(void)state;
	fill(src, sizeof(src));
	for (size_t from = 0; from < 9; from++) {
		for (size_t to = 0; to < 9; to++) {
			for (size_t n = 0; n <= SPAN - 9; n++) {
				memset(dst, 0xee, sizeof(dst));
				memset(want, 0xee, sizeof(want));
				memcpy(want + to, src + from, n);
				assert_ptr_equal(kernel_memcpy(dst + to,
							       src + from, n),
						 dst + to);
				assert_memory_equal(dst, want, sizeof(dst));
			}
		}
	}
}

static void test_memmove_overlap(void **state)
{
	u8 got[SPAN];
	u8 want[SPAN];

	(void)state;
	for (size_t from = 0; from < SPAN; from++) {
		for (size_t to = 0; to < SPAN; to++) {
			size_t max = SPAN - MAX(from, to);

			for (size_t n = 0; n <= max; n++) {
				fill(got, sizeof(got));
				fill(want, sizeof(want));
				memmove(want + to, want + from, n);
				assert_ptr_equal(kernel_memmove(got + to,
								got + from, n),
						 got + to);
				assert_memory_equal(got, want, sizeof(got));
			}
		}
	}
}

static void test_memset(void **state)
{
	u8 got[SPAN];
	u8 want[SPAN];

	(void)state;
	for (size_t at = 0; at < 9; at++) {
		for (size_t n = 0; n <= SPAN - 9; n++) {
			fill(got, sizeof(got));
			fill(want, sizeof(want));
			memset(want + at, 0x1a5, n);
			assert_ptr_equal(kernel_memset(got + at, 0x1a5, n),
					 got + at);
			assert_memory_equal(got, want, sizeof(got));
		}
	}
}

static int sign(int x)
{
	return (x > 0) - (x < 0);
}

static void test_compare(void **state)
{
	static const char *const words[] = {
		"", "a", "b", "ab", "abc", "abd", "A", "\x80", "\xff", "a\xff",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(words); j++) {
			const char *a = words[i];
			const char *b = words[j];
			size_t shorter = MIN(strlen(a), strlen(b));

			assert_int_equal(sign(kernel_strcmp(a, b)),
					 sign(strcmp(a, b)));
			for (size_t n = 0; n < 5; n++) {
				assert_int_equal(sign(kernel_strncmp(a, b, n)),
						 sign(strncmp(a, b, n)));
			}
			assert_int_equal(sign(kernel_memcmp(a, b, shorter)),
					 sign(memcmp(a, b, shorter)));
			assert_int_equal(str_equal(a, b), i == j);
		}
		assert_int_equal(kernel_strlen(words[i]), strlen(words[i]));
	}
}

static void test_strchr(void **state)
{
	const char *s = "a=b=\xfe";

	(void)state;
	assert_ptr_equal(kernel_strchr(s, '='), s + 1);
	assert_ptr_equal(kernel_strchr(s, 0xfe), s + 4);
	assert_ptr_equal(kernel_strchr(s, '\0'), s + 5);
	assert_null(kernel_strchr(s, 'z'));
}

static void test_str_copy(void **state)
{
	static const struct {
		const char *src;
		size_t size;
		const char *want;
	} cases[] = {
		{ "", 1, "" },	     { "abc", 1, "" },	  { "abc", 3, "ab" },
		{ "abc", 4, "abc" }, { "abc", 8, "abc" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		/* Its own block, so that the sanitizer sees a byte too many. */
		char *buf = malloc(cases[i].size);

		assert_non_null(buf);
		assert_int_equal(str_copy(buf, cases[i].size, cases[i].src),
				 strlen(cases[i].src));
		assert_string_equal(buf, cases[i].want);
		free(buf);
	}
	assert_int_equal(str_copy(NULL, 0, "abc"), 3);
}

static void test_str_classes(void **state)
{
	(void)state;
	for (int i = -128; i < 256; i++) {
		char c = (char)i;
		unsigned u = (u8)c;
		const char *hex = "0123456789abcdef0123456789ABCDEF";
		const char *at = u != 0 ? strchr(hex, c) : NULL;

		assert_int_equal(str_is_digit(c), u - '0' < 10);
		assert_int_equal(str_is_blank(c), u == 9 || u == 32);
		assert_int_equal(str_is_print(c), u >= 32 && u < 127);
		assert_int_equal(str_hex_value(c), at ? (at - hex) % 16 : -1);
	}
}

static void test_str_rest(void **state)
{
	char open_end[3] = { 'a', 'b', 'c' };

	(void)state;
	assert_int_equal(str_nlen(open_end, sizeof(open_end)), 3);
	assert_int_equal(str_nlen("ab", 9), 2);
	assert_true(str_starts("console=x", "console="));
	assert_true(str_starts("x", ""));
	assert_false(str_starts("cons", "console="));
	assert_false(str_starts("Console=", "console="));
	assert_true(str_equal_nocase("CoM1", "cOm1"));
	assert_false(str_equal_nocase("com1", "com12"));
	assert_false(str_equal_nocase("@", "`"));
	assert_false(str_equal_nocase("[", "{"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memcpy),
		cmocka_unit_test(test_memmove_overlap),
		cmocka_unit_test(test_memset),
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_strchr),
		cmocka_unit_test(test_str_copy),
		cmocka_unit_test(test_str_classes),
		cmocka_unit_test(test_str_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
