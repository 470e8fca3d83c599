/* Control words from capabilities: computing, checking, naming. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/error.h"
#include "tests/unit/vmx_models.h"
#include "vmm/vmx/vmx_cap_bits.h"
#include "vmm/vmx/vmx_controls.h"

static void test_compute(void **state)
{
	static const struct {
		u32 required, advisory;
		u64 allowed;
		int result;
		u32 value, missing_required, missing_advisory;
	} rows[] = {
		/* Nothing wanted: what must be 1 is there all the same. */
		{ 0, 0, 0x0000003f00000016, 0, 0x16, 0, 0 },
		{ 0x09, 0, 0x0000003f00000016, 0, 0x1f, 0, 0 },
		{ 0x09, 0x60, 0x0000003f00000016, 0, 0x3f, 0, 0x40 },
		{ 0x49, 0x20, 0x0000003f00000016, ERR_UNSUPPORTED, 0x3f, 0x40,
		  0 },
		/* In both lists: missed once, as required. */
		{ 0x40, 0x40, 0x0000003f00000016, ERR_UNSUPPORTED, 0x16, 0x40,
		  0 },
		/* The word does not exist. */
		{ 0, 0x2, 0, 0, 0, 0, 0x2 },
		{ 0x2, 0, 0, ERR_UNSUPPORTED, 0, 0x2, 0 },
		/* All may be 1, all must be. */
		{ 0x80000000, 1, 0xffffffff00000000, 0, 0x80000001, 0, 0 },
		{ 0, 0, 0xffffffffffffffff, 0, 0xffffffff, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		u32 value = 0xaaaaaaaa;
		u32 missing_required = 0xaaaaaaaa;
		u32 missing_advisory = 0xaaaaaaaa;

		assert_int_equal(vmx_controls_compute(rows[i].required,
						      rows[i].advisory,
						      rows[i].allowed, &value,
						      &missing_required,
						      &missing_advisory),
				 rows[i].result);
		assert_int_equal(value, rows[i].value);
		assert_int_equal(missing_required, rows[i].missing_required);
		assert_int_equal(missing_advisory, rows[i].missing_advisory);
		assert_int_equal(vmx_controls_bad(value, rows[i].allowed), 0);
	}
}

static void test_every_model_gives_the_basics(void **state)
{
	static const struct {
		enum vmx_control_word word;
		u32 required;
	} rows[] = {
		{ VMX_WORD_PINBASED,
		  PINBASED_EXTERNAL_INTERRUPT_EXITING | PINBASED_NMI_EXITING },
		{ VMX_WORD_PROCBASED, PROCBASED_HLT_EXITING |
					      PROCBASED_MONITOR_EXITING |
					      PROCBASED_USE_MSR_BITMAPS },
		{ VMX_WORD_EXIT, VMEXIT_HOST_ADDRESS_SPACE_SIZE |
					 VMEXIT_ACKNOWLEDGE_INTERRUPT },
		{ VMX_WORD_ENTRY, VMENTRY_IA32E_MODE_GUEST },
	};

	(void)state;
	for (size_t m = 0; m < ARRAY_SIZE(vmx_models); m++) {
		struct vmx_caps caps = vmx_model_caps(vmx_models[m].name);

		for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
			u64 allowed = vmx_caps_allowed(&caps, rows[i].word);
			u32 value, missing, advisory;

			assert_int_equal(vmx_controls_compute(rows[i].required,
							      0, allowed,
							      &value, &missing,
							      &advisory),
					 0);
			assert_int_equal(value,
					 rows[i].required | (u32)allowed);
			assert_int_equal(missing | advisory, 0);
		}
	}
}

static void test_true_msrs_free_the_cr3_exits(void **state)
{
	struct vmx_caps caps = vmx_model_caps("core2_penryn_t9600");
	const u32 cr3 =
		PROCBASED_CR3_LOAD_EXITING | PROCBASED_CR3_STORE_EXITING;
	u32 value, missing, advisory;

	(void)state;
	vmx_controls_compute(0, 0, vmx_caps_allowed(&caps, VMX_WORD_PROCBASED),
			     &value, &missing, &advisory);
	assert_int_equal(value & cr3, 0);
	assert_int_equal(value, 0x04006172);
	/* The plain MSR would have forced them. */
	caps.present &= ~(
		1u << (MSR_IA32_VMX_TRUE_PROCBASED_CTLS - MSR_IA32_VMX_FIRST));
	vmx_controls_compute(0, 0, vmx_caps_allowed(&caps, VMX_WORD_PROCBASED),
			     &value, &missing, &advisory);
	assert_int_equal(value & cr3, cr3);
}

static void test_advisory_bits_differ_by_model(void **state)
{
	static const struct {
		const char *model;
		u32 missing;
	} rows[] = {
		{ "core2_penryn_t9600", PROCBASED2_ENABLE_EPT |
						PROCBASED2_ENABLE_VPID |
						PROCBASED2_UNRESTRICTED_GUEST },
		{ "corei5_lynnfield_750", PROCBASED2_UNRESTRICTED_GUEST },
		{ "corei5_arrandale_m520", 0 },
		{ "corei7_haswell_4770", 0 },
		{ "corei7_icelake_u", 0 },
		{ "tigerlake", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct vmx_caps caps = vmx_model_caps(rows[i].model);
		const u32 wanted = PROCBASED2_ENABLE_EPT |
				   PROCBASED2_ENABLE_VPID |
				   PROCBASED2_UNRESTRICTED_GUEST;
		u32 value, missing, advisory;

		assert_int_equal(vmx_controls_compute(
					 0, wanted,
					 vmx_caps_allowed(&caps,
							  VMX_WORD_PROCBASED2),
					 &value, &missing, &advisory),
				 0);
		assert_int_equal(advisory, rows[i].missing);
		assert_int_equal(value, wanted & ~rows[i].missing);
	}
}

/* A processor that has half of a thing gets nothing of it. */
static void test_partners(void **state)
{
	static const struct {
		u32 msr, lacks;
		enum vmx_control_word word;
		u32 bits, kept;
	} rows[] = {
		{ MSR_IA32_VMX_TRUE_PINBASED_CTLS, PINBASED_PREEMPTION_TIMER,
		  VMX_WORD_EXIT,
		  VMEXIT_SAVE_PREEMPTION_TIMER | VMEXIT_SAVE_DEBUG_CONTROLS,
		  VMEXIT_SAVE_DEBUG_CONTROLS },
		{ MSR_IA32_VMX_TRUE_EXIT_CTLS, VMEXIT_SAVE_PREEMPTION_TIMER,
		  VMX_WORD_PINBASED,
		  PINBASED_PREEMPTION_TIMER | PINBASED_NMI_EXITING,
		  PINBASED_NMI_EXITING },
		{ MSR_IA32_VMX_TRUE_ENTRY_CTLS, VMENTRY_LOAD_EFER,
		  VMX_WORD_EXIT, VMEXIT_SAVE_EFER | VMEXIT_LOAD_EFER, 0 },
		{ MSR_IA32_VMX_TRUE_EXIT_CTLS, VMEXIT_SAVE_EFER, VMX_WORD_ENTRY,
		  VMENTRY_LOAD_EFER | VMENTRY_LOAD_PAT, VMENTRY_LOAD_PAT },
		{ MSR_IA32_VMX_TRUE_EXIT_CTLS, VMEXIT_LOAD_PAT, VMX_WORD_EXIT,
		  VMEXIT_SAVE_PAT | VMEXIT_LOAD_EFER, VMEXIT_LOAD_EFER },
		/* No partners at all. */
		{ MSR_IA32_VMX_TRUE_PINBASED_CTLS, PINBASED_PREEMPTION_TIMER,
		  VMX_WORD_PROCBASED, PROCBASED_HLT_EXITING,
		  PROCBASED_HLT_EXITING },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct vmx_caps caps = vmx_model_caps("corei7_skylake_x");
		u64 *msr = &caps.msr[rows[i].msr - MSR_IA32_VMX_FIRST];

		assert_int_equal(vmx_controls_with_partners(&caps, rows[i].word,
							    rows[i].bits),
				 rows[i].bits);
		*msr &= ~((u64)rows[i].lacks << 32);
		assert_int_equal(vmx_controls_with_partners(&caps, rows[i].word,
							    rows[i].bits),
				 rows[i].kept);
		/* Asked once of all bits, it answers for any of them. */
		assert_int_equal(rows[i].bits & vmx_controls_with_partners(
							&caps, rows[i].word,
							UINT32_MAX),
				 rows[i].kept);
	}
}

static void test_bad(void **state)
{
	(void)state;
	assert_int_equal(vmx_controls_bad(0x16, 0x0000003f00000016), 0);
	assert_int_equal(vmx_controls_bad(0x14, 0x0000003f00000016), 0x02);
	assert_int_equal(vmx_controls_bad(0x56, 0x0000003f00000016), 0x40);
	assert_int_equal(vmx_controls_bad(0x42, 0x0000003f00000016), 0x54);
	assert_int_equal(vmx_controls_bad(0, 0), 0);
}

static void test_format(void **state)
{
	static const struct {
		enum vmx_control_word word;
		u64 bits;
		const char *want;
	} rows[] = {
		{ VMX_WORD_PINBASED, 0, "" },
		{ VMX_WORD_PINBASED, PINBASED_NMI_EXITING, "NMI exiting" },
		{ VMX_WORD_PINBASED, 0x80000049,
		  "external-interrupt exiting, NMI exiting, "
		  "activate VMX-preemption timer, bit 31" },
		{ VMX_WORD_PROCBASED2,
		  PROCBASED2_ENABLE_EPT | PROCBASED2_UNRESTRICTED_GUEST,
		  "enable EPT, unrestricted guest" },
		{ VMX_WORD_PROCBASED3, PROCBASED3_ENABLE_HLAT | BIT(63),
		  "enable HLAT, bit 63" },
	};
	char buf[200];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(vmx_controls_format(rows[i].word, rows[i].bits,
						     buf, sizeof(buf)),
				 strlen(rows[i].want));
		assert_string_equal(buf, rows[i].want);
	}
}

static void test_format_is_cut_short(void **state)
{
	const char want[] = "external-interrupt exiting, NMI exiting";

	(void)state;
	for (size_t size = 0; size <= sizeof(want); size++) {
		char buf[sizeof(want) + 1];

		memset(buf, '!', sizeof(buf));
		assert_int_equal(vmx_controls_format(VMX_WORD_PINBASED, 9, buf,
						     size),
				 sizeof(want) - 1);
		assert_int_equal(buf[size], '!');
		if (size > 0) {
			size_t kept = MIN(size, sizeof(want)) - 1;

			assert_memory_equal(buf, want, kept);
			assert_int_equal(buf[kept], '\0');
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_compute),
		cmocka_unit_test(test_every_model_gives_the_basics),
		cmocka_unit_test(test_true_msrs_free_the_cr3_exits),
		cmocka_unit_test(test_advisory_bits_differ_by_model),
		cmocka_unit_test(test_partners),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_format_is_cut_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
