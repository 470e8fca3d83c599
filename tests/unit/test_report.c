/* The lines of self-tests, to the letter, and their counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/error.h"
#include "lib/types.h"
#include "monitor/report.h"

static char lines[8][REPORT_LINE_SIZE];
static size_t line_count;

static void keep(void *context, const char *line)
{
	assert_ptr_equal(context, lines);
	assert_true(line_count < ARRAY_SIZE(lines));
	assert_true(strlen(line) < REPORT_LINE_SIZE);
	strcpy(lines[line_count++], line);
}

static struct report report;

static int start(void **state)
{
	(void)state;
	line_count = 0;
	report_begin(&report, keep, lines);
	return 0;
}

static void test_lines(void **state)
{
	(void)state;
	report_pass(&report, "int 11h", "ax=%04x", 0xc427u);
	report_fail(&report, "clock", "expected %d got %d", 1, 2);
	report_skip(&report, "ept", "no EPT on cpu %d", 3);
	assert_int_equal(report_summary(&report), ERR_FAULT);
	assert_int_equal(line_count, 4);
	assert_string_equal(lines[0], "PASS: int 11h: ax=c427");
	assert_string_equal(lines[1], "FAIL: clock: expected 1 got 2");
	assert_string_equal(lines[2], "SKIP: ept: no EPT on cpu 3");
	assert_string_equal(lines[3], "SUMMARY: 1 passed, 1 failed, 1 skipped");
}

static void test_no_values(void **state)
{
	(void)state;
	report_pass(&report, "bare", "%s", "");
	report_check(&report, "checked", true, "", "");
	assert_string_equal(lines[0], "PASS: bare");
	assert_string_equal(lines[1], "PASS: checked");
}

static void test_checks(void **state)
{
	(void)state;
	assert_true(report_check_u64(&report, "equal", 0x1f, 0x1f));
	assert_false(report_check_u64(&report, "high", 1, 0x8000000000000001));
	assert_true(report_check(&report, "fine", true, "on", "on"));
	assert_false(report_check(&report, "bad", false, "on", "off"));
	assert_string_equal(lines[0], "PASS: equal: 1f");
	assert_string_equal(lines[1],
			    "FAIL: high: expected 1 got 8000000000000001");
	assert_string_equal(lines[2], "PASS: fine: on");
	assert_string_equal(lines[3], "FAIL: bad: expected on got off");
	assert_int_equal(report.passed, 2);
	assert_int_equal(report.failed, 2);
}

static void test_summary(void **state)
{
	(void)state;
	assert_int_equal(report_summary(&report), ERR_FAULT);
	assert_string_equal(lines[0], "SUMMARY: 0 passed, 0 failed, 0 skipped");
	report_skip(&report, "a", "why");
	assert_int_equal(report_summary(&report), ERR_FAULT);
	report_pass(&report, "b", "1");
	assert_int_equal(report_summary(&report), 0);
	assert_string_equal(lines[4], "SUMMARY: 1 passed, 0 failed, 1 skipped");
}

static void test_long_lines(void **state)
{
	char text[600];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	report_pass(&report, "long", "%s", text);
	report_pass(&report, text, "%s", "y");
	text[REPORT_LINE_SIZE - 1 - strlen("PASS: long: ")] = '\0';
	report_pass(&report, "long", "%s", text);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(strlen(lines[i]), REPORT_LINE_SIZE - 1);
		assert_string_equal(lines[i] + REPORT_LINE_SIZE - 4,
				    i == 2 ? "xxx" : "...");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_lines, start),
		cmocka_unit_test_setup(test_no_values, start),
		cmocka_unit_test_setup(test_checks, start),
		cmocka_unit_test_setup(test_summary, start),
		cmocka_unit_test_setup(test_long_lines, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
