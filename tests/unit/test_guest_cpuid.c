/* vmm/guest_cpuid.c: what no guest is told of, bit by bit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "vmm/guest_cpuid.h"

#define ALL 0xffffffffull

static struct vcpu_regs ask(u32 leaf, u64 answer)
{
	struct vcpu_regs regs = { .rax = answer,
				  .rbx = answer,
				  .rcx = answer,
				  .rdx = answer,
				  .rsi = answer };

	guest_cpuid_hide(leaf, &regs);
	assert_int_equal(regs.rsi, answer);
	return regs;
}

static void test_features(void **state)
{
	/* Numbers of bits, by the SDM. */
	static const u8 gone[] = { 3, 5, 6, 12, 17, 21, 24, 26, 27, 28, 29 };
	struct vcpu_regs regs = ask(1, ALL);
	u64 kept = ALL;

	(void)state;
	for (size_t i = 0; i < sizeof(gone); i++) {
		kept &= ~(1ull << gone[i]);
	}
	assert_int_equal(regs.rcx, kept);
	assert_int_equal(regs.rax, ALL);
	assert_int_equal(regs.rbx, ALL);
	assert_int_equal(regs.rdx, ALL);
	assert_int_equal(ask(1, 0).rcx, 1ull << 31);
}

/* AVX2, AVX-512, MPX, SGX, PKU, CET and all that is yet to come. */
static void test_more_features(void **state)
{
	struct vcpu_regs regs = ask(7, ALL);

	(void)state;
	assert_int_equal(regs.rbx, 0x018c0308);
	assert_int_equal(regs.rax | regs.rcx | regs.rdx, 0);
	assert_int_equal(ask(7, 0).rbx, 0);
}

static void test_leaves(void **state)
{
	static const u32 gone[] = { 0x0a, 0x0d, 0x0f, 0x10, 0x12, 0x14, 0x19,
				    0x1c, 0x1d, 0x1e, 0x20, 0x23, 0x24 };
	static const u32 kept[] = { 2,	  4,	5,    6,    9,	  0x0b,
				    0x15, 0x16, 0x18, 0x1a, 0x1f, 0x22 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(gone); i++) {
		struct vcpu_regs regs = ask(gone[i], ALL);

		assert_int_equal(regs.rax | regs.rbx | regs.rcx | regs.rdx, 0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++) {
		struct vcpu_regs regs = ask(kept[i], ALL);

		assert_int_equal(regs.rax & regs.rbx & regs.rcx & regs.rdx,
				 ALL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_features),
		cmocka_unit_test(test_more_features),
		cmocka_unit_test(test_leaves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
