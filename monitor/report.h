/*
 * The grammar of self-tests, as tests outside read it: PASS, FAIL and SKIP
 * lines, counted, and a SUMMARY. Pure: lines go out through a callback, which
 * gets them without a newline.
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

/* Pass with the value, or fail with both, in hex. Returns whether it passed. */
bool report_check_u64(struct report *report, const char *name, u64 expected,
		      u64 got);
/*
 * The same for a condition: `PASS: name: got` or
 * `FAIL: name: expected ... got ...`.
 */
bool report_check(struct report *report, const char *name, bool condition,
		  const char *expected, const char *got);

/*
 * The SUMMARY line. Returns 0, or ERR_FAULT where a test failed or none
 * passed: a run that tested nothing is no success.
 */
int report_summary(struct report *report);
