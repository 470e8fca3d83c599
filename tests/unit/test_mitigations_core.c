/*
 * What a core's mitigations write, on a processor of the test's own: one that
 * does as its CPUID says, and one that lacks an MSR which that announces.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define cpuid hardware_cpuid
#define wrmsr hardware_wrmsr
#include "arch/cpu.h"
#include "arch/percpu.h"
#undef cpuid
#undef wrmsr

static void cpuid(u32 leaf, u32 subleaf, u32 out[4]);
static void wrmsr(u32 msr, u64 value);

#define this_cpu_index() 3u
#include "vmm/vmx/mitigations_core.c"

/* Leaf 7, EDX: IBRS and IBPB, STIBP, L1D_FLUSH, ARCH_CAPABILITIES. */
#define IBRS_IBPB BIT(26)
#define STIBP BIT(27)
#define FLUSH BIT(28)

static u32 leaf7_edx;
static u64 capabilities;
static u32 lacking; /* an MSR */
static u64 speculation, predictor, flush;
static u32 reads;

static void cpuid(u32 leaf, u32 subleaf, u32 out[4])
{
	(void)subleaf;
	memset(out, 0, 4 * sizeof(*out));
	if (leaf == 0) {
		out[0] = 7;
		memcpy(&out[1], "Genu", 4);
		memcpy(&out[3], "ineI", 4);
		memcpy(&out[2], "ntel", 4);
	} else if (leaf == 1) {
		out[0] = 0x406e3; /* Skylake */
	} else if (leaf == 7) {
		out[3] = leaf7_edx;
	}
}

static void wrmsr(u32 msr, u64 value)
{
	assert_true(wrmsr_safe(msr, value));
}

bool rdmsr_safe(u32 msr, u64 *value)
{
	assert_int_equal(msr, MSR_IA32_ARCH_CAPABILITIES);
	reads++;
	*value = capabilities;
	return true;
}

bool wrmsr_safe(u32 msr, u64 value)
{
	if (msr == lacking) {
		return false;
	}
	switch (msr) {
	case MSR_IA32_SPEC_CTRL:
		speculation = value;
		break;
	case MSR_IA32_PRED_CMD:
		predictor = value;
		break;
	default:
		assert_int_equal(msr, MSR_IA32_FLUSH_CMD);
		flush = value;
	}
	return true;
}

static int setup(void **state)
{
	(void)state;
	leaf7_edx = IBRS_IBPB | STIBP | FLUSH;
	capabilities = 0;
	lacking = 0;
	speculation = predictor = flush = 0;
	reads = 0;
	return 0;
}

static void check(u32 active, u32 missing)
{
	struct mitigations m;

	mitigations_of_this_core(true, &m);
	assert_int_equal(m.active, active);
	assert_int_equal(m.missing, missing | MITIGATION_VERW);
}

static void test_all_there(void **state)
{
	(void)state;
	check(MITIGATION_L1D_FLUSH | MITIGATION_IBRS | MITIGATION_STIBP |
		      MITIGATION_IBPB | MITIGATION_RSB,
	      0);
	assert_int_equal(speculation, 3);
	assert_int_equal(predictor, 1);
	assert_int_equal(flush, 1);
	assert_int_equal(reads, 0);
	leaf7_edx &= ~(u32)STIBP;
	check(MITIGATION_L1D_FLUSH | MITIGATION_IBRS | MITIGATION_IBPB |
		      MITIGATION_RSB,
	      0);
	assert_int_equal(speculation, 1);
}

/* What goes by an MSR that is not there goes with all that goes by it. */
static void test_one_is_not_there(void **state)
{
	const u32 branches =
		MITIGATION_IBRS | MITIGATION_STIBP | MITIGATION_RSB;

	(void)state;
	lacking = MSR_IA32_SPEC_CTRL;
	check(MITIGATION_L1D_FLUSH | MITIGATION_IBPB, branches);
	lacking = MSR_IA32_PRED_CMD;
	check(MITIGATION_L1D_FLUSH | branches, MITIGATION_IBPB);
	lacking = MSR_IA32_FLUSH_CMD;
	check(MITIGATION_IBPB | branches, MITIGATION_L1D_FLUSH);
}

/* IBRS is written at each exit, the enhanced one once. */
static void test_when(void **state)
{
	(void)state;
	mitigations_turn_on(MITIGATION_IBRS | MITIGATION_STIBP);
	assert_int_equal(speculation, 0);
	assert_int_equal(mitigations_spec_ctrl(MITIGATION_IBRS), 1);
	assert_int_equal(mitigations_spec_ctrl(MITIGATION_IBRS |
					       MITIGATION_STIBP),
			 3);
	mitigations_turn_on(MITIGATION_EIBRS | MITIGATION_STIBP);
	assert_int_equal(speculation, 3);
	assert_int_equal(mitigations_spec_ctrl(MITIGATION_EIBRS), 0);
}

static void test_barriers(void **state)
{
	u64 before = mitigations_barriers();

	(void)state;
	mitigations_change_guest(MITIGATION_IBRS);
	assert_int_equal(mitigations_barriers(), before);
	assert_int_equal(predictor, 0);
	mitigations_change_guest(MITIGATION_IBPB);
	assert_int_equal(mitigations_barriers(), before + 1);
	assert_int_equal(predictor, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_all_there, setup),
		cmocka_unit_test_setup(test_one_is_not_there, setup),
		cmocka_unit_test_setup(test_when, setup),
		cmocka_unit_test_setup(test_barriers, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
