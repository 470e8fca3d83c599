/* What the entry checker asks the processor, which is the test's own here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define cpuid hardware_cpuid
#include "arch/cpu.h"
#undef cpuid

static void cpuid(u32 leaf, u32 subleaf, u32 out[4]);

#include "vmm/entry_check.c"

static u32 last_leaf;
static u32 features;	   /* leaf 7, EBX */
static u32 general, fixed; /* leaf 0Ah: counters of each kind */

static void cpuid(u32 leaf, u32 subleaf, u32 out[4])
{
	assert_int_equal(subleaf, 0);
	assert_true(leaf <= last_leaf);
	memset(out, 0, 4 * sizeof(*out));
	switch (leaf) {
	case 0:
		out[0] = last_leaf;
		break;
	case 7:
		out[1] = features;
		break;
	default:
		assert_int_equal(leaf, 10);
		/* Version 4, 48 bits wide; the same for the fixed ones. */
		out[0] = 4 | general << 8 | 48 << 16;
		out[3] = fixed | 48 << 5;
	}
}

bool phys_is_mapped(u64 phys, u64 bytes)
{
	return phys + bytes <= MIB;
}

struct vmx_core *vmx_this_core(void)
{
	return NULL;
}

void console_printf(const char *fmt, ...)
{
	fail_msg("%s", fmt);
}

enum exit_action vcpu_stop(struct vcpu *vcpu, enum vcpu_end end,
			   const char *fmt, ...)
{
	(void)vcpu;
	(void)end;
	fail_msg("%s", fmt);
	return EXIT_STOP;
}

/* A bit a counter: general ones from 0 on, fixed ones from 32 on. */
static void test_perf_global_ctrl(void **state)
{
	static const struct {
		u32 last_leaf, general, fixed;
		u64 bits;
	} rows[] = {
		{ 13, 4, 3, 0x70000000full },
		{ 10, 5, 3, 0x70000001full },
		{ 10, 8, 4, 0xf000000ffull },
		{ 10, 0, 0, 0 },
		{ 31, 1, 16, 0xffff00000001ull },
		{ 9, 4, 3, 0 },
		{ 5, 4, 3, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		last_leaf = rows[i].last_leaf;
		general = rows[i].general;
		fixed = rows[i].fixed;
		assert_int_equal(perf_global_ctrl_bits(), rows[i].bits);
	}
}

static void test_features(void **state)
{
	(void)state;
	features = 0x804;
	last_leaf = 7;
	assert_int_equal(cpuid_7_ebx(), 0x804);
	last_leaf = 6;
	assert_int_equal(cpuid_7_ebx(), 0);
}

/* What is not mapped reads as nothing. */
static void test_memory(void **state)
{
	(void)state;
	assert_int_equal(read_memory(NULL, MIB - 7), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_perf_global_ctrl),
		cmocka_unit_test(test_features),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
