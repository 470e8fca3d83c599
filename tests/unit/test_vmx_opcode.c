/* Which machine code counts as a VMX instruction. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proof/bench/vmx_opcode.h"

#define CODE(...)                                                              \
	{                                                                      \
		__VA_ARGS__                                                    \
	}

static const struct {
	const char *name;
	u8 code[6];
	enum vmx_opcode_kind kind;
} cases[] = {
	{ "vmread %rax,%rdx", CODE(0x0f, 0x78, 0xc2), VMX_OPCODE_OTHER },
	{ "vmwrite %r8,%rdx", CODE(0x49, 0x0f, 0x79, 0xd0), VMX_OPCODE_OTHER },
	{ "vmptrld (%rsp)", CODE(0x0f, 0xc7, 0x34, 0x24), VMX_OPCODE_OTHER },
	{ "vmptrst (%rdi)", CODE(0x0f, 0xc7, 0x3f), VMX_OPCODE_OTHER },
	{ "vmclear (%rsp)", CODE(0x66, 0x0f, 0xc7, 0x34, 0x24),
	  VMX_OPCODE_OTHER },
	{ "vmxon 8(%r12)", CODE(0xf3, 0x41, 0x0f, 0xc7, 0x74, 0x24),
	  VMX_OPCODE_OTHER },
	{ "vmxoff", CODE(0x0f, 0x01, 0xc4), VMX_OPCODE_OTHER },
	{ "vmcall", CODE(0x0f, 0x01, 0xc1), VMX_OPCODE_OTHER },
	{ "invept (%rsp),%rdx", CODE(0x66, 0x0f, 0x38, 0x80, 0x14, 0x24),
	  VMX_OPCODE_OTHER },
	{ "invvpid (%rsp),%rdx", CODE(0x66, 0x0f, 0x38, 0x81, 0x14, 0x24),
	  VMX_OPCODE_OTHER },
	{ "vmlaunch", CODE(0x0f, 0x01, 0xc2), VMX_OPCODE_ENTRY },
	{ "vmresume", CODE(0x0f, 0x01, 0xc3), VMX_OPCODE_ENTRY },
	{ "rdrand %rax", CODE(0x48, 0x0f, 0xc7, 0xf0), VMX_OPCODE_NONE },
	{ "cmpxchg16b (%rdi)", CODE(0x48, 0x0f, 0xc7, 0x0f), VMX_OPCODE_NONE },
	{ "lidt (%rdi)", CODE(0x0f, 0x01, 0x1f), VMX_OPCODE_NONE },
	{ "xsetbv", CODE(0x0f, 0x01, 0xd1), VMX_OPCODE_NONE },
	{ "pshufb", CODE(0x66, 0x0f, 0x38, 0x00, 0xc1), VMX_OPCODE_NONE },
	{ "mov $0x78,%al", CODE(0xb0, 0x78), VMX_OPCODE_NONE },
	{ "cpuid", CODE(0x0f, 0xa2), VMX_OPCODE_NONE },
	{ "ret", CODE(0xc3), VMX_OPCODE_NONE },
};

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		if (vmx_opcode_kind(cases[i].code) != cases[i].kind) {
			fail_msg("%s", cases[i].name);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
