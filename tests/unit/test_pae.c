/* guest/memory/pae.c: when the four entries are read, and which of them are bad. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arch/x86.h"
#include "guest/memory/pae.h"

#define PG (CR0_PG | CR0_PE)
#define PAE CR4_PAE

static void test_loaded_by(void **state)
{
	static const struct {
		u64 old_cr0, old_cr4, cr0, cr4;
		bool loaded;
	} cases[] = {
		{ CR0_PE, PAE, PG, PAE, true },
		{ PG, 0, PG, PAE, true },
		{ 0, 0, PG, PAE, true },
		{ PG, PAE, PG, PAE, false },
		{ PG, PAE, PG | CR0_TS | CR0_WP | CR0_NE, PAE, false },
		{ PG, PAE, PG | CR0_CD, PAE, true },
		{ PG | CR0_CD | CR0_NW, PAE, PG | CR0_CD, PAE, true },
		{ PG, PAE, PG, PAE | CR4_PGE, true },
		{ PG, PAE | CR4_PSE, PG, PAE, true },
		{ PG, PAE, PG, PAE | CR4_SMEP, true },
		{ PG, PAE, PG, PAE | CR4_MCE | CR4_DE, false },
		/* Not with 32-bit paging, nor without any. */
		{ 0, 0, PG, CR4_PSE, false },
		{ PG, PAE, PG, 0, false },
		{ PG, PAE, CR0_PE, PAE, false },
		{ CR0_PE, 0, CR0_PE | CR0_CD, PAE, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		if (pae_is_loaded_by(cases[i].old_cr0, cases[i].old_cr4,
				     cases[i].cr0,
				     cases[i].cr4) != cases[i].loaded) {
			fail_msg("case %zu", i);
		}
	}
}

static void test_address(void **state)
{
	(void)state;
	assert_int_equal(pae_address(0x12345678), 0x12345660);
	assert_int_equal(pae_address(0xffffffff12345fff), 0x12345fe0);
}

/* Bit by bit in each of the four. */
static void test_reserved_bits(void **state)
{
	const u32 physical_bits[] = { 32, 36, 40, 52 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(physical_bits); i++) {
		u32 width = physical_bits[i];

		for (u32 bit = 1; bit < 64; bit++) {
			bool reserved = bit == 1 || bit == 2 ||
					(bit >= 5 && bit <= 8) || bit >= width;
			u64 pdpte[PAE_PDPTES] = { 0 };

			/* Where it is not present nothing matters. */
			pdpte[bit % 4] = 1ull << bit;
			assert_true(pae_are_good(pdpte, width));
			pdpte[bit % 4] |= PAGING_P;
			assert_int_equal(pae_are_good(pdpte, width), !reserved);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_loaded_by),
		cmocka_unit_test(test_address),
		cmocka_unit_test(test_reserved_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
