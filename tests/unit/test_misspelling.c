/* monitor/line/misspelling.c: which commands a typing mistake was probably for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/types.h"
#include "monitor/line/misspelling.h"

static void test_mistakes(void **state)
{
	static const struct {
		const char *typed, *meant;
		unsigned mistakes;
	} rows[] = {
		{ "version", "version", 0 },
		{ "vers", "version", 0 },
		{ "versiom", "version", 1 },
		{ "verion", "version", 1 },
		{ "verssion", "version", 1 },
		{ "vesrion", "version", 1 },
		{ "hlep", "help", 1 },
		{ "bois", "bios", 1 },
		{ "lgo", "log", 1 },
		{ "selftset", "selftest", 1 },
		{ "slftset", "selftest", 2 },
		/* Of such words too little is left. */
		{ "foo", "log", MISSPELLING_NONE },
		{ "bar", "bios", MISSPELLING_NONE },
		{ "run", "nmi", MISSPELLING_NONE },
		{ "hepl!", "help", MISSPELLING_NONE },
		{ "nonsense", "version", MISSPELLING_NONE },
		{ "l", "log", MISSPELLING_NONE },
		{ "", "log", MISSPELLING_NONE },
		{ "ab", "ac", MISSPELLING_NONE },
		{ "aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaab", 1 },
		{ "aaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa", MISSPELLING_NONE },
		{ "aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaa", 0 },
		{ "baaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaa", MISSPELLING_NONE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		unsigned mistakes = misspelling(rows[i].typed, rows[i].meant);

		if (mistakes != rows[i].mistakes) {
			fail_msg("%s for %s: %u", rows[i].typed, rows[i].meant,
				 mistakes);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mistakes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
