/*
 * The 16-bit programs of the self-tests, each with its name and the expected
 * end, one record behind the other (proof/selftest/test_snippets.S).
 * bios_far_call() calls them at offset 0 of any segment, with interrupts on.
 */
#pragma once

#include "lib/types.h"

/* Engines, and whether virtual-8086 mode redirects INT n. */
#define TEST_SNIPPET_V86 1
#define TEST_SNIPPET_REAL 2
#define TEST_SNIPPET_VME 4

struct test_snippet {
	u16 bytes; /* of the record; 0 ends the list */
	u16 ax;	   /* what AX must hold after VCPU_END_DONE */
	u8 end;	   /* enum vcpu_end */
	u8 guests; /* TEST_SNIPPET_...: the guests that run it */
	/*
	 * The name, and for other ends than DONE a part of vcpu->why; then the
	 * code.
	 */
	char text[];
};
static_assert(sizeof(struct test_snippet) == 6, "matches test_snippets.S");

extern const struct test_snippet test_snippets[];
