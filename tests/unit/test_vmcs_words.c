/* VMCS fields in words, against values worked out by the SDM's tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "vmm/vmx/exit_reasons.h"
#include "vmm/vmx/vmcs_fields.h"
#include "vmm/vmcs_words.h"

static const char *words(u32 field, u64 value, u32 reason)
{
	static char text[200];
	size_t length =
		vmcs_field_words(field, value, reason, text, sizeof(text));

	assert_int_equal(length, strlen(text));
	return text;
}

static void test_words(void **state)
{
	static const struct {
		u32 field;
		u64 value;
		const char *wanted;
	} rows[] = {
		{ VMCS_GUEST_CR0, 0x80000021, "PG NE PE" },
		{ VMCS_HOST_CR4, 0x2020, "VMXE PAE" },
		{ VMCS_CR4_READ_SHADOW, 0, "" },
		{ VMCS_GUEST_RFLAGS, 0x23202, "VM IOPL IF" },
		{ VMCS_GUEST_RFLAGS, 0x1002, "IOPL" },
		{ VMCS_GUEST_CS_ACCESS_RIGHTS, 0xf3,
		  "data writable accessed DPL=3 present" },
		{ VMCS_GUEST_CS_ACCESS_RIGHTS, 0xa09b,
		  "code readable accessed DPL=0 present 64-bit 4-KiB limit" },
		{ VMCS_GUEST_TR_ACCESS_RIGHTS, 0x8b,
		  "system type b DPL=0 present" },
		{ VMCS_GUEST_LDTR_ACCESS_RIGHTS, 0x10000, "unusable" },
		{ VMCS_GUEST_DS_ACCESS_RIGHTS, 0x4016,
		  "data writable expand-down DPL=0 not present 32-bit" },
		{ VMCS_PINBASED_CONTROLS, 0x9,
		  "external-interrupt exiting | NMI exiting" },
		{ VMCS_EXCEPTION_BITMAP, 0x6002, "#DB #GP #PF" },
		{ VMCS_VM_EXIT_INTERRUPTION_INFO, 0x80000b0d,
		  "hardware exception 0d #GP, error code" },
		{ VMCS_GUEST_INTERRUPTIBILITY_STATE, 0xb,
		  "blocking-by-STI blocking-by-MOV-SS blocking-by-NMI" },
		{ VMCS_GUEST_ACTIVITY_STATE, 1, "HLT" },
		{ VMCS_GUEST_PENDING_DEBUG_EXCEPTIONS, 0x5005,
		  "B0 B2 enabled-breakpoint BS" },
		{ VMCS_EXIT_REASON, 30, "IO_INSTRUCTION" },
		{ VMCS_GUEST_RIP, 0x7c00, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_string_equal(words(rows[i].field, rows[i].value, 0),
				    rows[i].wanted);
	}
}

/* The same bits mean another thing by another reason, or nothing. */
static void test_qualification(void **state)
{
	(void)state;
	assert_non_null(strstr(words(VMCS_EXIT_QUALIFICATION, 0x3f80000,
				     EXIT_REASON_IO_INSTRUCTION),
			       "03f8"));
	assert_string_equal(words(VMCS_EXIT_QUALIFICATION, 0x3f80000,
				  EXIT_REASON_CPUID),
			    "");
}

static void test_cut(void **state)
{
	char text[8] = "xxxxxxx";

	(void)state;
	assert_int_equal(vmcs_field_words(VMCS_GUEST_CR0, 0x80000021, 0, text,
					  sizeof(text)),
			 8);
	assert_string_equal(text, "PG NE P");
	assert_int_equal(vmcs_field_words(VMCS_GUEST_CR0, 0x80000021, 0, text,
					  0),
			 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_qualification),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
