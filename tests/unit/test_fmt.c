/* lib/fmt.c against written-out results and against the host's snprintf. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/fmt.h"
#include "lib/types.h"

/* These formats are tables' contents or wrong on purpose. */
#pragma GCC diagnostic ignored "-Wformat"
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
#pragma GCC diagnostic ignored "-Wformat-truncation"
#pragma GCC diagnostic ignored "-Wformat-overflow"

#define CHECK(want, ...)                                                       \
	do {                                                                   \
		char buf_[128];                                                \
		int n_ = fmt_snprintf(buf_, sizeof(buf_), __VA_ARGS__);        \
		assert_string_equal(buf_, want);                               \
		assert_int_equal(n_, strlen(want));                            \
	} while (0)

static void test_plain(void **state)
{
	(void)state;
	CHECK("", "%s", "");
	CHECK("text", "text");
	CHECK("100%", "%d%%", 100);
	CHECK("a-b", "%c-%c", 'a', 'b');
	CHECK("    x|x    |", "%5c|%-5c|", 'x', 'x');
	CHECK("(null)", "%s", (char *)NULL);
	CHECK("0x1234abcd", "%p", (void *)0x1234abcd);
	CHECK("0x0", "%p", (void *)0);
	CHECK("  0x10", "%6p", (void *)0x10);
}

static void test_strings(void **state)
{
	const char open_end[3] = { 'a', 'b', 'c' };

	(void)state;
	CHECK("  ab|ab  |", "%4s|%-4s|", "ab", "ab");
	CHECK("abc", "%.3s", open_end);
	CHECK("ab", "%.*s", 2, open_end);
	CHECK("  ab", "%*.*s", 4, 2, "abc");
	CHECK("ab  |", "%*s|", -4, "ab");
	CHECK("abc", "%.*s", -1, "abc");
	CHECK("", "%.0s", "abc");
	CHECK("", "%.s", "abc");
}

static void test_lengths(void **state)
{
	(void)state;
	CHECK("-1 255 ff", "%hhd %hhu %hhx", -1, 255, 0xfff);
	CHECK("-1 65535 ffff", "%hd %hu %hx", 65535, -1, 0xfffff);
	CHECK("-2147483648", "%d", INT_MIN);
	CHECK("4294967295", "%u", UINT_MAX);
	CHECK("-9223372036854775808", "%ld", LONG_MIN);
	CHECK("18446744073709551615", "%lu", ULONG_MAX);
	CHECK("-9223372036854775808", "%lld", LLONG_MIN);
	CHECK("FFFFFFFFFFFFFFFF", "%llX", ULLONG_MAX);
	CHECK("18446744073709551615", "%zu", SIZE_MAX);
	CHECK("1 -2 3", "%d %ld %u", 1, -2l, 3u);
}

/* What is no conversion comes out as it stands. */
static void test_unknown(void **state)
{
	(void)state;
	CHECK("%q", "%q");
	CHECK("%-5.3lq 7", "%-5.3lq %d", 7);
	CHECK("%", "%");
	CHECK("x%08l", "x%08l");
	CHECK("%f", "%f");
}

static void compare_int(const char *fmt, long long value, bool wide)
{
	char want[256];
	char got[256];
	int want_n = wide ? snprintf(want, sizeof(want), fmt, value)
			  : snprintf(want, sizeof(want), fmt, (int)value);
	int got_n = wide ? fmt_snprintf(got, sizeof(got), fmt, value)
			 : fmt_snprintf(got, sizeof(got), fmt, (int)value);

	assert_string_equal(got, want);
	assert_int_equal(got_n, want_n);
}

/* One flags-and-size combination with every length, letter and value. */
static void compare_ints(const char *flags, const char *size)
{
	static const char *const lengths[] = { "", "hh", "h", "l", "ll", "z" };
	static const char letters[] = "diuxX";
	static const long long values[] = {
		0,
		1,
		-1,
		9,
		10,
		255,
		-128,
		65536,
		INT_MAX,
		INT_MIN,
		LLONG_MAX,
		LLONG_MIN,
		0x123456789abcdef,
	};
	char fmt[32];

	for (size_t l = 0; l < ARRAY_SIZE(lengths); l++) {
		for (size_t c = 0; c < sizeof(letters) - 1; c++) {
			snprintf(fmt, sizeof(fmt), "[%%%s%s%s%c]", flags, size,
				 lengths[l], letters[c]);
			for (size_t v = 0; v < ARRAY_SIZE(values); v++) {
				compare_int(fmt, values[v], l >= 3);
			}
		}
	}
}

static void test_against_host(void **state)
{
	static const char *const flags[] = { "",   "-",	 "0",  "-0", "#",
					     "+",  " ",	 "+ ", "#0", "0+",
					     " 0", "#-", " +" };
	static const char *const sizes[] = { "",    "1",   "7",	  "24",
					     ".0",  ".1",  ".9",  "7.",
					     "7.0", "7.3", "3.7", "24.20" };

	(void)state;
	for (size_t f = 0; f < ARRAY_SIZE(flags); f++) {
		for (size_t s = 0; s < ARRAY_SIZE(sizes); s++) {
			compare_ints(flags[f], sizes[s]);
		}
	}
}

static void test_cut(void **state)
{
	const char *whole = "ab-0042-xyz";

	(void)state;
	for (size_t size = 1; size < 20; size++) {
		/* Its own block, so that the sanitizer sees a byte too many. */
		char *got = malloc(size);
		char want[20];

		assert_non_null(got);
		snprintf(want, size, "%s", whole);
		assert_int_equal(fmt_snprintf(got, size, "%s-%04d-%s", "ab", 42,
					      "xyz"),
				 strlen(whole));
		assert_string_equal(got, want);
		free(got);
	}
	assert_int_equal(fmt_snprintf(NULL, 0, "%s", whole), strlen(whole));
}

/* Absurd widths are counted, not written out, and never overflow. */
static void test_huge(void **state)
{
	char buf[8];

	(void)state;
	assert_int_equal(fmt_snprintf(buf, sizeof(buf), "%2147483647d%*d", 1,
				      INT_MAX, 2),
			 INT_MAX);
	assert_string_equal(buf, "       ");
	assert_int_equal(fmt_snprintf(buf, sizeof(buf), "%.*x", INT_MAX, 1),
			 INT_MAX);
	assert_string_equal(buf, "0000000");
	assert_int_equal(fmt_snprintf(buf, sizeof(buf), "%*d", INT_MIN, 5), 1);
	assert_string_equal(buf, "5");
}

static void test_append(void **state)
{
	char buf[10] = "";

	(void)state;
	fmt_append(buf, sizeof(buf), "%s", "");
	assert_string_equal(buf, "");
	fmt_append(buf, sizeof(buf), "%u, ", 12u);
	assert_string_equal(buf, "12, ");
	fmt_append(buf, sizeof(buf), "%s", "abcdefgh");
	assert_string_equal(buf, "12, abcde");
	fmt_append(buf, sizeof(buf), "more");
	assert_string_equal(buf, "12, abcde");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_against_host),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_huge),
		cmocka_unit_test(test_append),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
