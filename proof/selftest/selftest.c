/*
 * The command selftest: chooses the tests and prints a line for each. The tests
 * are in the other selftest files. On the boot core.
 */
#include "proof/selftest/selftest.h"

#include "guest/memory/bios_area.h"
#include "lib/error.h"
#include "lib/fmt.h"
#include "lib/str.h"
#include "monitor/report.h"
#include "proof/leak_check.h"
#include "vmm/vmx/vmx.h"

static struct report report;
static const char *wanted;   /* the beginning of the wanted names */
static const char *unwanted; /* of the unwanted ones; NULL: none */

/* The name of the test that is running. */
static char name[60];
static char seen[160];
static struct leak_check before;
static bool skipped;

bool selftest_begin(const char *group, const char *test)
{
	fmt_snprintf(name, sizeof(name), "%s %s", group, test);
	seen[0] = '\0';
	skipped = false;
	if (!str_starts(name, wanted)) {
		return false;
	}
	if (unwanted != NULL && str_starts(name, unwanted)) {
		report_skip(&report, name, "left out by except=");
		return false;
	}
	leak_check_begin(&before);
	return true;
}

void selftest_saw(const char *fmt, ...)
{
	va_list list;

	va_start(list, fmt);
	fmt_vsnprintf(seen, sizeof(seen), fmt, list);
	va_end(list);
}

bool selftest_none_failed(void)
{
	return report.failed == 0;
}

void selftest_skip(const char *why)
{
	skipped = true;
	report_skip(&report, name, "%s", why);
}

void selftest_end(bool passed, const char *expected)
{
	char leaked[100];

	if (leak_check_end(&before, leaked, sizeof(leaked))) {
		report_fail(&report, name, "%s", leaked);
	} else if (!skipped && passed) {
		report_pass(&report, name, "%s", seen);
	} else if (!skipped) {
		report_fail(&report, name, "expected %s, got %s", expected,
			    seen);
	}
}

static const char *why_no_guests(void)
{
	const struct vmx_core *core = vmx_this_core();

	if (core->state != VMX_ON) {
		return core->why;
	}
	return bios_area_present() ? NULL : bios_area_why_not();
}

static void run_all(void)
{
	const char *why = why_no_guests();

	selftest_arch();
	if (why == NULL) {
		selftest_programs();
		selftest_guest();
		selftest_real();
		selftest_state();
		selftest_moved();
		selftest_entry();
		selftest_entry_checks();
		selftest_lists();
		selftest_services();
	} else if (selftest_begin("v86", "and entry")) {
		selftest_skip(why);
	}
}

static int run_selftest(struct args *args)
{
	const char *prefix = args_positional(args, 0);

	wanted = prefix != NULL ? prefix : "";
	unwanted = args_value(args, "except");
	report_begin(&report, command_emit_line, NULL);
	run_all();
	if (report.passed + report.failed + report.skipped == 0) {
		return command_error(
			ERR_NOT_FOUND,
			"no self-test's name begins with '%.32s'; selftest; 'selftest' runs all",
			wanted);
	}
	return command_close_report(&report, "selftest");
}

COMMAND(TESTS, 10, selftest) = {
	.name = "selftest",
	.usage = "[NAME] [except=NAME]",
	.summary = "in-kernel tests, in guests and outside",
	.details = "With NAME only those whose name begins with it: "
		   "arch, v86, real, state, moved,\n"
		   "entry, list, services, or more of a name, in quotes if "
		   "there are blanks;\n"
		   "except= leaves such tests out.",
	.example = "selftest \"v86 INT\"",
	.keys = "except",
	.max_words = 1,
	.run = run_selftest,
};
