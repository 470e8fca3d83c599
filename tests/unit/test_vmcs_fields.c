/* The VMCS field table: its encodings, look-ups, and presence by processor. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/error.h"
#include "tests/unit/vmx_models.h"
#include "vmm/vmx/vmcs_fields.h"
#include "vmm/vmx/vmx_cap_bits.h"

static void test_table_is_well_formed(void **state)
{
	static const char *const groups[] = { "control", "exit", "guest",
					      "host" };

	(void)state;
	assert_int_equal(vmcs_field_count, 206);
	for (size_t i = 0; i < vmcs_field_count; i++) {
		u32 encoding = vmcs_field_encodings[i];
		enum vmcs_type type = vmcs_field_type(encoding);
		const char *name = vmcs_field_name(encoding);

		if (i > 0) {
			assert_true(vmcs_field_encodings[i - 1] < encoding);
		}
		/* Full access, and no reserved bit. */
		assert_int_equal(encoding & ~0x6ffeu, 0);
		assert_string_equal(vmcs_field_group(encoding), groups[type]);
		if (type == VMCS_TYPE_HOST) {
			assert_memory_equal(name, "HOST_", 5);
		}
		assert_true(vmcs_field_known(encoding));
	}
	assert_string_equal(vmcs_field_name(VMCS_HOST_RIP), "HOST_RIP");
}

static void test_known_encodings(void **state)
{
	static const struct {
		u32 encoding;
		u32 want;
		u32 bytes;
	} rows[] = {
		{ VMCS_VIRTUAL_PROCESSOR_IDENTIFIER, 0x0000, 2 },
		{ VMCS_GUEST_CS_SELECTOR, 0x0802, 2 },
		{ VMCS_HOST_TR_SELECTOR, 0x0c0c, 2 },
		{ VMCS_EPT_POINTER, 0x201a, 8 },
		/*
		 * Those of late, by who else has the same: Bochs 3.1 and
		 * patches for Linux's KVM,
		 */
		{ VMCS_VIRTUAL_TIMER_VECTOR, 0x000a, 2 },
		{ VMCS_IA32_SPEC_CTRL_MASK, 0x204a, 8 },
		{ VMCS_IA32_SPEC_CTRL_SHADOW, 0x204c, 8 },
		{ VMCS_GUEST_DEADLINE_SHADOW, 0x204e, 8 },
		{ VMCS_INJECTED_EVENT_DATA, 0x2052, 8 },
		{ VMCS_ORIGINAL_EVENT_DATA, 0x2404, 8 },
		{ VMCS_GUEST_IA32_FRED_CONFIG, 0x281a, 8 },
		{ VMCS_GUEST_IA32_FRED_SSP3, 0x2828, 8 },
		{ VMCS_GUEST_DEADLINE, 0x2830, 8 },
		{ VMCS_HOST_IA32_FRED_CONFIG, 0x2c08, 8 },
		{ VMCS_HOST_IA32_FRED_SSP3, 0x2c16, 8 },
		/* Bochs and Intel's TDX module (the first: Linux as well), */
		{ VMCS_SHARED_EPT_POINTER, 0x203c, 8 },
		{ VMCS_INSTRUCTION_TIMEOUT_CONTROL, 0x4024, 4 },
		{ VMCS_SEAM_GUEST_KEYID, 0x4026, 4 },
		/* and Bochs alone. */
		{ VMCS_MSR_DATA, 0x2402, 8 },
		{ VMCS_GUEST_IA32_SPEC_CTRL, 0x282e, 8 },
		{ VMCS_HOST_IA32_SPEC_CTRL, 0x2c1a, 8 },
		{ VMCS_GUEST_PHYSICAL_ADDRESS, 0x2400, 8 },
		{ VMCS_VMCS_LINK_POINTER, 0x2800, 8 },
		{ VMCS_HOST_IA32_EFER, 0x2c02, 8 },
		{ VMCS_SECONDARY_PROCBASED_CONTROLS, 0x401e, 4 },
		{ VMCS_VM_INSTRUCTION_ERROR, 0x4400, 4 },
		{ VMCS_GUEST_TR_ACCESS_RIGHTS, 0x4822, 4 },
		{ VMCS_PREEMPTION_TIMER_VALUE, 0x482e, 4 },
		{ VMCS_CR4_READ_SHADOW, 0x6006, 8 },
		{ VMCS_GUEST_RFLAGS, 0x6820, 8 },
		{ VMCS_HOST_RIP, 0x6c16, 8 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(rows[i].encoding, rows[i].want);
		assert_int_equal(vmcs_field_bytes(rows[i].encoding),
				 rows[i].bytes);
	}
	assert_int_equal(vmcs_field_width(0x4400), VMCS_WIDTH_32);
	assert_int_equal(vmcs_field_type(0x4400), VMCS_TYPE_READ_ONLY);
	assert_int_equal(vmcs_field_width(0x6c16), VMCS_WIDTH_NATURAL);
	assert_int_equal(vmcs_field_type(0x6c16), VMCS_TYPE_HOST);
}

static void test_unknown_encodings(void **state)
{
	static const u32 unknown[] = { 0x0001, 0x0010, 0x2001,	  0x482c,
				       0x6c1e, 0x7fff, 0xffffffff };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(unknown); i++) {
		assert_false(vmcs_field_known(unknown[i]));
		assert_string_equal(vmcs_field_name(unknown[i]), "?");
	}
}

static void test_presence_by_model(void **state)
{
	static const struct {
		const char *model;
		u32 encoding;
		bool present;
	} rows[] = {
		{ "core2_penryn_t9600", VMCS_GUEST_RIP, true },
		{ "core2_penryn_t9600", VMCS_MSR_BITMAP_ADDRESS, true },
		{ "core2_penryn_t9600", VMCS_SECONDARY_PROCBASED_CONTROLS,
		  true },
		{ "core2_penryn_t9600", VMCS_APIC_ACCESS_ADDRESS, true },
		{ "core2_penryn_t9600", VMCS_EPT_POINTER, false },
		{ "core2_penryn_t9600", VMCS_GUEST_PHYSICAL_ADDRESS, false },
		{ "core2_penryn_t9600", VMCS_GUEST_PDPTE3, false },
		{ "core2_penryn_t9600", VMCS_VIRTUAL_PROCESSOR_IDENTIFIER,
		  false },
		{ "core2_penryn_t9600", VMCS_GUEST_IA32_PAT, false },
		{ "core2_penryn_t9600", VMCS_HOST_IA32_EFER, false },
		{ "core2_penryn_t9600", VMCS_GUEST_IA32_PERF_GLOBAL_CTRL,
		  true },
		{ "core2_penryn_t9600", VMCS_PREEMPTION_TIMER_VALUE, false },
		{ "core2_penryn_t9600", VMCS_PLE_GAP, false },
		{ "corei5_lynnfield_750", VMCS_EPT_POINTER, true },
		{ "corei5_lynnfield_750", VMCS_GUEST_PDPTE0, true },
		{ "corei5_lynnfield_750", VMCS_GUEST_PDPTE3, true },
		{ "corei5_lynnfield_750", VMCS_PREEMPTION_TIMER_VALUE, true },
		{ "corei5_lynnfield_750", VMCS_HOST_IA32_PAT, true },
		{ "corei5_lynnfield_750", VMCS_VM_FUNCTION_CONTROLS, false },
		{ "corei7_haswell_4770", VMCS_EPTP_LIST_ADDRESS, true },
		{ "corei7_haswell_4770", VMCS_VMREAD_BITMAP_ADDRESS, true },
		{ "corei7_haswell_4770", VMCS_EOI_EXIT_BITMAP_2, true },
		{ "corei7_haswell_4770", VMCS_PML_ADDRESS, false },
		{ "corei7_haswell_4770", VMCS_TSC_MULTIPLIER, false },
		{ "corei7_icelake_u", VMCS_PML_INDEX, true },
		{ "corei7_icelake_u", VMCS_SUB_PAGE_PERMISSION_TABLE_POINTER,
		  true },
		{ "corei7_icelake_u", VMCS_GUEST_SSP, false },
		{ "tigerlake", VMCS_GUEST_SSP, true },
		{ "tigerlake", VMCS_HOST_IA32_S_CET, true },
		{ "tigerlake", VMCS_TERTIARY_PROCBASED_CONTROLS, false },
		{ "tigerlake", VMCS_SECONDARY_VM_EXIT_CONTROLS, false },
		{ "tigerlake", VMCS_HOST_IA32_FRED_RSP1, false },
		{ "tigerlake", VMCS_CR3_TARGET_VALUE_3, true },
		{ "wildcat_lake", VMCS_TERTIARY_PROCBASED_CONTROLS, true },
		{ "wildcat_lake", VMCS_IA32_SPEC_CTRL_MASK, true },
		{ "wildcat_lake", VMCS_MSR_DATA, true },
		{ "wildcat_lake", VMCS_SECONDARY_VM_EXIT_CONTROLS, true },
		{ "wildcat_lake", VMCS_HOST_IA32_SPEC_CTRL, true },
		{ "wildcat_lake", VMCS_GUEST_IA32_SPEC_CTRL, false },
		{ "wildcat_lake", VMCS_GUEST_DEADLINE, false },
		{ "wildcat_lake", VMCS_SEAM_GUEST_KEYID, false },
		/* An upper half goes with its field. */
		{ "corei5_lynnfield_750", VMCS_HIGH(VMCS_EPT_POINTER), true },
		{ "core2_penryn_t9600", VMCS_HIGH(VMCS_EPT_POINTER), false },
		/* No such field. */
		{ "tigerlake", 0x482c, false },
		{ "tigerlake", VMCS_HIGH(VMCS_GUEST_RIP), false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct vmx_caps caps = vmx_model_caps(rows[i].model);

		if (vmcs_field_present(rows[i].encoding, &caps) !=
		    rows[i].present) {
			fail_msg("%s %s: want %d", rows[i].model,
				 vmcs_field_name(rows[i].encoding),
				 rows[i].present);
		}
	}
}

static void test_presence_counts(void **state)
{
	struct vmx_caps none = { 0 };
	struct vmx_caps all;
	size_t with_none = 0;

	(void)state;
	memset(&all, 0xff, sizeof(all));
	for (size_t i = 0; i < vmcs_field_count; i++) {
		u32 encoding = vmcs_field_encodings[i];

		with_none += vmcs_field_present(encoding, &none) ? 1u : 0u;
		assert_true(vmcs_field_present(encoding, &all));
	}
	/* The fields of the first VMX processors, without CR3 targets. */
	assert_int_equal(with_none, 111);
}

static void test_cr3_targets_are_counted(void **state)
{
	struct vmx_caps caps = vmx_model_caps("corei7_haswell_4770");
	u64 *misc = &caps.msr[MSR_IA32_VMX_MISC - MSR_IA32_VMX_FIRST];

	(void)state;
	*misc &= ~(VMX_MISC_CR3_TARGETS_MASK << VMX_MISC_CR3_TARGETS_SHIFT);
	*misc |= 2ull << VMX_MISC_CR3_TARGETS_SHIFT;
	assert_true(vmcs_field_present(VMCS_CR3_TARGET_VALUE_1, &caps));
	assert_false(vmcs_field_present(VMCS_CR3_TARGET_VALUE_2, &caps));
}

static void test_either_control_brings_a_field(void **state)
{
	struct vmx_caps caps = { 0 };
	u64 *exits = &caps.msr[MSR_IA32_VMX_EXIT_CTLS - MSR_IA32_VMX_FIRST];
	u64 *entries = &caps.msr[MSR_IA32_VMX_ENTRY_CTLS - MSR_IA32_VMX_FIRST];

	(void)state;
	assert_false(vmcs_field_present(VMCS_GUEST_IA32_PAT, &caps));
	*exits = (u64)VMEXIT_SAVE_PAT << 32;
	assert_true(vmcs_field_present(VMCS_GUEST_IA32_PAT, &caps));
	assert_false(vmcs_field_present(VMCS_HOST_IA32_PAT, &caps));
	*exits = 0;
	*entries = (u64)VMENTRY_LOAD_PAT << 32;
	assert_true(vmcs_field_present(VMCS_GUEST_IA32_PAT, &caps));
	/* What must be 1 says nothing about what may be. */
	*entries = VMENTRY_LOAD_PAT;
	assert_false(vmcs_field_present(VMCS_GUEST_IA32_PAT, &caps));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table_is_well_formed),
		cmocka_unit_test(test_known_encodings),
		cmocka_unit_test(test_unknown_encodings),
		cmocka_unit_test(test_presence_by_model),
		cmocka_unit_test(test_presence_counts),
		cmocka_unit_test(test_cr3_targets_are_counted),
		cmocka_unit_test(test_either_control_brings_a_field),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
