/*
 * Writes and counts the lines of self-tests. Does not know what is tested, nor
 * where the lines go. Called by the demo and the in-kernel tests.
 */
/* build: pure */
#include "monitor/report.h"

#include "lib/error.h"
#include "lib/fmt.h"
#include "lib/string.h"

static void emit_line(struct report *report, const char *verdict,
		      const char *name, const char *fmt, va_list list)
{
	char line[REPORT_LINE_SIZE];
	size_t head = (size_t)fmt_snprintf(line, sizeof(line),
					   "%s: %s: ", verdict, name);
	size_t length = head;

	if (head < sizeof(line)) {
		length += (size_t)fmt_vsnprintf(line + head,
						sizeof(line) - head, fmt, list);
	}
	if (length == head && head < sizeof(line)) {
		line[head - 2] = '\0'; /* without values there is no colon */
	} else if (length >= sizeof(line)) {
		memcpy(line + sizeof(line) - 4, "...", 4);
	}
	report->emit(report->context, line);
}

void report_begin(struct report *report,
		  void (*emit)(void *context, const char *line), void *context)
{
	*report = (struct report){ .emit = emit, .context = context };
}

void report_pass(struct report *report, const char *name, const char *fmt, ...)
{
	va_list list;

	report->passed++;
	va_start(list, fmt);
	emit_line(report, "PASS", name, fmt, list);
	va_end(list);
}

void report_fail(struct report *report, const char *name, const char *fmt, ...)
{
	va_list list;

	report->failed++;
	va_start(list, fmt);
	emit_line(report, "FAIL", name, fmt, list);
	va_end(list);
}

void report_skip(struct report *report, const char *name, const char *fmt, ...)
{
	va_list list;

	report->skipped++;
	va_start(list, fmt);
	emit_line(report, "SKIP", name, fmt, list);
	va_end(list);
}

bool report_check_u64(struct report *report, const char *name, u64 expected,
		      u64 got)
{
	if (expected == got) {
		report_pass(report, name, "%llx", (unsigned long long)got);
		return true;
	}
	report_fail(report, name, "expected %llx got %llx",
		    (unsigned long long)expected, (unsigned long long)got);
	return false;
}

bool report_check(struct report *report, const char *name, bool condition,
		  const char *expected, const char *got)
{
	if (condition) {
		report_pass(report, name, "%s", got);
	} else {
		report_fail(report, name, "expected %s got %s", expected, got);
	}
	return condition;
}

int report_summary(struct report *report)
{
	char line[REPORT_LINE_SIZE];

	fmt_snprintf(line, sizeof(line),
		     "SUMMARY: %u passed, %u failed, %u skipped",
		     report->passed, report->failed, report->skipped);
	report->emit(report->context, line);
	return report->failed == 0 && report->passed != 0 ? 0 : ERR_FAULT;
}
