/* The processor's exceptions by name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "arch/exception_names.h"

/* In the order of the vectors; 2 is the NMI's, 9 is of the 80387. */
static const char *const mnemonics[] = {
	"#DE", "#DB", NULL,  "#BP", "#OF", "#BR", "#UD", "#NM",
	"#DF", NULL,  "#TS", "#NP", "#SS", "#GP", "#PF", NULL,
	"#MF", "#AC", "#MC", "#XM", "#VE", "#CP",
};

static void test_names(void **state)
{
	(void)state;
	for (u32 vector = 0; vector < 300; vector++) {
		const char *name = exception_full_name(vector);

		if (vector >= ARRAY_SIZE(mnemonics) ||
		    mnemonics[vector] == NULL) {
			assert_null(name);
			continue;
		}
		assert_non_null(name);
		assert_memory_equal(name, mnemonics[vector], 3);
		assert_int_equal(name[3], ' ');
		assert_in_range(strlen(name), 8, 40);
	}
	assert_null(exception_full_name(1ull << 32));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
