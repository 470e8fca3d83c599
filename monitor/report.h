/*
 * The grammar of self-tests, which tests outside the kernel read: PASS, FAIL
 * and SKIP lines, counted, and a SUMMARY. Pure: lines go to a callback, without
 * a newline.
 */
#pragma once

#include "lib/types.h"

#define REPORT_LINE_SIZE 256 /* a longer line is cut and ends with "..." */

struct report {
	void (*emit)(void *context, const char *line);
	void *context;
	u32 passed;
	u32 failed;
	u32 skipped;
};

void report_begin(struct report *report,
		  void (*emit)(void *context, const char *line), void *context);

/* `PASS: name: values`; without values only `PASS: name`. */
void report_pass(struct report *report, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* `FAIL: name: ...`; by the grammar fmt is "expected ... got ...". */
void report_fail(struct report *report, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* `SKIP: name: why`. */
void report_skip(struct report *report, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * PASS with the value, or FAIL with both values, in hex. Returns whether it
 * passed.
 */
bool report_check_u64(struct report *report, const char *name, u64 expected,
		      u64 got);
/*
 * The same for a condition: `PASS: name: got` or
 * `FAIL: name: expected ... got ...`.
 */
bool report_check(struct report *report, const char *name, bool condition,
		  const char *expected, const char *got);

/*
 * Writes the SUMMARY line. Returns 0, or ERR_FAULT if a test failed or none
 * passed: a run that tested nothing is no success.
 */
int report_summary(struct report *report);
