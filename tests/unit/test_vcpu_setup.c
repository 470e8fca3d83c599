/* What a vcpu can be made to exit for, by what the processor offers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/unit/vmx_models.h"

#include "vmm/vmx/vcpu_setup.c"

static struct vmx_core core;

struct vmx_core *vmx_this_core(void)
{
	return &core;
}

/* What else the file calls writes to a VMCS: not here. */
void translations_forget_vpid(const struct vmx_caps *caps, u16 vpid)
{
	(void)caps;
	fail_msg("VPID %u", vpid);
}

bool vmcs_controls_write(const char *who, const struct vmcs_controls *wanted)
{
	(void)wanted;
	fail_msg("%s", who);
	return false;
}

void vmcs_controls_write_defaults(void)
{
	fail();
}

void vmcs_access_failed(const char *what, u32 field, enum vmx_result result)
{
	(void)result;
	fail_msg("%s of %x", what, field);
	abort();
}

void vcpu_field_check(const struct vcpu *vcpu)
{
	(void)vcpu;
	fail();
}

static void test_can_intercept(void **state)
{
	static const struct {
		const char *model;
		bool steps, tables;
	} rows[] = {
		{ "core2_penryn_t9600", false, false },
		{ "corei7_haswell_4770", false, true },
		{ "corei7_icelake_u", true, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		core.caps = vmx_model_caps(rows[i].model);
		assert_true(vcpu_can_intercept(VCPU_INTERCEPT_CR3_LOADS));
		assert_true(vcpu_can_intercept(VCPU_INTERCEPT_PORTS));
		assert_int_equal(vcpu_can_intercept(VCPU_INTERCEPT_STEPS),
				 rows[i].steps);
		assert_int_equal(vcpu_can_intercept(
					 VCPU_INTERCEPT_DESCRIPTOR_TABLES),
				 rows[i].tables);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_can_intercept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
