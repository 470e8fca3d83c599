/* Exit reasons, interruption information, qualifications, and VMX errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "arch/x86.h"
#include "vmm/vmx/exit_reasons.h"
#include "vmm/vmx/vmx_errors.h"

static void test_names(void **state)
{
	static const struct {
		u32 reason;
		const char *name;
		bool known, qualified;
	} rows[] = {
		{ 0, "EXCEPTION_OR_NMI", true, true },
		{ 1, "EXTERNAL_INTERRUPT", true, false },
		{ 7, "INTERRUPT_WINDOW", true, false },
		{ 18, "VMCALL", true, false },
		{ 30, "IO_INSTRUCTION", true, true },
		{ 35, "UNKNOWN", false, false },
		{ 38, "UNKNOWN", false, false },
		{ 42, "UNKNOWN", false, false },
		{ 48, "EPT_VIOLATION", true, true },
		{ 49, "EPT_MISCONFIGURATION", true, false },
		{ 52, "PREEMPTION_TIMER", true, false },
		{ 71, "UNKNOWN", false, false },
		{ 77, "TDCALL", true, false },
		{ 86, "UNKNOWN", false, false },
		{ 0xffff, "UNKNOWN", false, false },
		/* Flags above the basic reason change nothing. */
		{ 0x80000021, "ENTRY_FAILURE_GUEST_STATE", true, true },
		{ 0x04000001, "EXTERNAL_INTERRUPT", true, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_string_equal(exit_reason_name(rows[i].reason),
				    rows[i].name);
		assert_int_equal(exit_reason_known(rows[i].reason),
				 rows[i].known);
		assert_int_equal(exit_reason_has_qualification(rows[i].reason),
				 rows[i].qualified);
	}
	assert_int_equal(EXIT_REASON_EPT_VIOLATION, 48);
	assert_int_equal(EXIT_REASON_TDCALL, 77);
	assert_int_equal(EXIT_REASON_COUNT, 86);
	assert_true(exit_reason_is_entry_failure(0x80000021));
	assert_false(exit_reason_is_entry_failure(33));
}

static void test_interruption_info(void **state)
{
	static const struct {
		u32 info;
		const char *want;
	} rows[] = {
		{ 0x00000b0d, "none" },
		{ 0x80000b0d, "hardware exception 0d #GP, error code" },
		{ 0x80000306, "hardware exception 06 #UD" },
		{ 0x80000202, "NMI 02" },
		{ 0x80000008, "external interrupt 08" },
		{ 0x80000050, "external interrupt 50" },
		{ 0x80000410, "software interrupt 10" },
		{ 0x80000501, "privileged software exception 01 #DB" },
		{ 0x80000603, "software exception 03 #BP" },
		{ 0x80000700, "other event 00" },
		{ 0x80000100, "reserved type 00" },
		{ 0x8000030f, "hardware exception 0f" },
		{ 0x800003ff, "hardware exception ff" },
		{ 0x80001b0e,
		  "hardware exception 0e #PF, error code, NMI unblocking due "
		  "to IRET" },
	};
	char buf[100];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(interruption_info_format(rows[i].info, buf,
							  sizeof(buf)),
				 strlen(rows[i].want));
		assert_string_equal(buf, rows[i].want);
	}
	assert_int_equal(interruption_info_format(0x80000202, buf, 4), 6);
	assert_string_equal(buf, "NMI");
}

static void test_interruption_info_parts(void **state)
{
	(void)state;
	for (u32 type = 0; type < 8; type++) {
		u32 info = interruption_info_make((enum interruption_type)type,
						  0xa5, type == 3);

		assert_int_equal(info, 0x800000a5 | type << 8 |
					       (type == 3 ? 0x800u : 0u));
		assert_int_equal(interruption_info_type(info), type);
		assert_int_equal(interruption_info_vector(info), 0xa5);
	}
	/* Bits around the type are not part of it. */
	assert_int_equal(interruption_info_type(0xfffff8ff), 0);
	assert_string_equal(interruption_type_name(8), "?");
}

static void test_exceptions(void **state)
{
	static const struct {
		u32 vector;
		const char *name;
		bool error_code;
	} rows[] = {
		{ VECTOR_DE, "#DE", false },
		{ VECTOR_DB, "#DB", false },
		{ VECTOR_NMI, "NMI", false },
		{ VECTOR_BP, "#BP", false },
		{ VECTOR_OF, "#OF", false },
		{ VECTOR_BR, "#BR", false },
		{ VECTOR_UD, "#UD", false },
		{ VECTOR_NM, "#NM", false },
		{ VECTOR_DF, "#DF", true },
		{ VECTOR_CSO, "CSO", false },
		{ VECTOR_TS, "#TS", true },
		{ VECTOR_NP, "#NP", true },
		{ VECTOR_SS, "#SS", true },
		{ VECTOR_GP, "#GP", true },
		{ VECTOR_PF, "#PF", true },
		{ 15, "", false },
		{ VECTOR_MF, "#MF", false },
		{ VECTOR_AC, "#AC", true },
		{ VECTOR_MC, "#MC", false },
		{ VECTOR_XM, "#XM", false },
		{ VECTOR_VE, "#VE", false },
		{ VECTOR_CP, "#CP", true },
		{ 22, "", false },
		{ 32, "", false },
		{ 40, "", false },
		{ 0xffffffff, "", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_string_equal(exception_name(rows[i].vector),
				    rows[i].name);
		assert_int_equal(exception_has_error_code(rows[i].vector),
				 rows[i].error_code);
	}
}

/* The SDM's table of double faults, all of it. */
static void test_exceptions_composed(void **state)
{
	enum { BENIGN, CONTRIBUTORY, PAGE_FAULT, DOUBLE_FAULT, CLASSES };
	static const u8 vectors[CLASSES][8] = {
		[BENIGN] = { 1, 3, 4, 5, 6, 7, 16, 17 },
		[CONTRIBUTORY] = { 0, 10, 11, 12, 13, 21, 13, 13 },
		[PAGE_FAULT] = { 14, 14, 14, 14, 14, 14, 14, 14 },
		[DOUBLE_FAULT] = { 8, 8, 8, 8, 8, 8, 8, 8 },
	};
	/* What becomes of it; 0: the second alone. */
	static const u8 made[CLASSES][DOUBLE_FAULT] = {
		[BENIGN] = { 0, 0, 0 },
		[CONTRIBUTORY] = { 0, 8, 0 },
		[PAGE_FAULT] = { 0, 8, 8 },
		[DOUBLE_FAULT] = { 0, EXCEPTION_TRIPLE_FAULT,
				   EXCEPTION_TRIPLE_FAULT },
	};

	(void)state;
	for (unsigned n = 0; n < CLASSES * DOUBLE_FAULT * 64; n++) {
		unsigned first = n / 64 / DOUBLE_FAULT;
		unsigned second = n / 64 % DOUBLE_FAULT;
		u8 vector = vectors[second][n / 8 % 8];
		u8 wanted = made[first][second];

		assert_int_equal(exception_compose(vectors[first][n % 8],
						   vector),
				 wanted == 0 ? vector : wanted);
	}
}

static void test_io_qualification(void **state)
{
	struct io_qualification io;

	(void)state;
	io = io_qualification_decode(0x610008);
	assert_int_equal(io.port, 0x61);
	assert_int_equal(io_qualification_bytes(io), 1);
	assert_true(io.in);
	assert_false(io.string || io.rep || io.immediate);

	io = io_qualification_decode(0x01f00031);
	assert_int_equal(io.port, 0x1f0);
	assert_int_equal(io_qualification_bytes(io), 2);
	assert_true(io.string && io.rep);
	assert_false(io.in || io.immediate);

	io = io_qualification_decode(0xffffffff0cf80043);
	assert_int_equal(io.port, 0xcf8);
	assert_int_equal(io_qualification_bytes(io), 4);
	assert_true(io.immediate);
}

static void test_cr_qualification(void **state)
{
	struct cr_qualification cr;

	(void)state;
	cr = cr_qualification_decode(0x0303);
	assert_int_equal(cr.cr, 3);
	assert_int_equal(cr.type, CR_ACCESS_MOV_TO_CR);
	assert_int_equal(cr.reg, 3);

	cr = cr_qualification_decode(0x0f18);
	assert_int_equal(cr.cr, 8);
	assert_int_equal(cr.type, CR_ACCESS_MOV_FROM_CR);
	assert_int_equal(cr.reg, 15);

	assert_int_equal(cr_qualification_decode(0x20).type, CR_ACCESS_CLTS);

	cr = cr_qualification_decode(0xfff10070);
	assert_int_equal(cr.type, CR_ACCESS_LMSW);
	assert_int_equal(cr.lmsw_source, 0xfff1);
	assert_true(cr.lmsw_memory);
}

static void test_dr_qualification(void **state)
{
	struct dr_qualification dr = dr_qualification_decode(0x0817);

	(void)state;
	assert_int_equal(dr.dr, 7);
	assert_true(dr.from_dr);
	assert_int_equal(dr.reg, 8);
	assert_false(dr_qualification_decode(0x0807).from_dr);
}

static void test_ept_qualification(void **state)
{
	struct ept_qualification ept = ept_qualification_decode(0x18c);

	(void)state;
	assert_true(ept.fetch && ept.readable && ept.linear_valid &&
		    ept.translation);
	assert_false(ept.read || ept.write || ept.writable || ept.executable ||
		     ept.nmi_unblocking);

	ept = ept_qualification_decode(0x1083);
	assert_true(ept.read && ept.write && ept.linear_valid &&
		    ept.nmi_unblocking);
	assert_false(ept.translation);
	/* Without a linear address bit 8 means nothing. */
	assert_false(ept_qualification_decode(0x101).translation);
}

static void test_qualification_text(void **state)
{
	static const struct {
		u32 reason;
		u64 qualification;
		const char *want;
	} rows[] = {
		{ 12, 0x1234, "" },
		{ 35, 0x1234, "" },
		{ 30, 0x610008, "IN port 0061, 1 byte" },
		{ 30, 0x03f80040, "OUT port 03f8, 1 byte, immediate" },
		{ 30, 0x01f00039, "REP INS port 01f0, 2 bytes" },
		{ 30, 0x01f00013, "OUTS port 01f0, 4 bytes" },
		{ 28, 0x0000, "MOV CR0, RAX" },
		{ 28, 0x0113, "MOV RCX, CR3" },
		{ 28, 0x0020, "CLTS" },
		{ 28, 0x00010030, "LMSW 0001" },
		{ 28, 0xfff10070, "LMSW fff1 from memory" },
		{ 29, 0x0007, "MOV DR7, RAX" },
		{ 29, 0x0716, "MOV RDI, DR6" },
		{ 48, 0x18c, "tried: fetch, allowed: read" },
		{ 48, 0x83,
		  "tried: read write, allowed: none, "
		  "by a guest page walk" },
		{ 48, 0x38,
		  "tried: none, allowed: read write fetch, "
		  "no linear address" },
		{ 9, 0xc0000028,
		  "task switch to TSS 0028 by "
		  "task gate in the IDT" },
		{ 4, 0x9f, "SIPI vector 9f" },
		{ 14, 0xfee00000, "00000000fee00000" },
	};
	char buf[100];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t length = exit_qualification_format(rows[i].reason,
							  rows[i].qualification,
							  buf, sizeof(buf));

		assert_string_equal(buf, rows[i].want);
		assert_int_equal(length, strlen(rows[i].want));
	}
}

static void test_qualification_text_of_anything(void **state)
{
	(void)state;
	for (u32 reason = 0; reason < 100; reason++) {
		for (u32 bit = 0; bit < 64; bit++) {
			char small[8];
			char large[200];
			u64 all_up_to = ~0ull >> (63 - bit);

			assert_in_range(
				exit_qualification_format(reason, all_up_to,
							  large, sizeof(large)),
				0, sizeof(large) - 1);
			exit_qualification_format(reason, BIT(bit), small,
						  sizeof(small));
			assert_in_range(strlen(small), 0, 7);
		}
	}
	assert_string_equal(qualification_register_name(4), "RSP");
	assert_string_equal(qualification_register_name(16), "?");
	assert_string_equal(activity_state_name(1), "HLT");
	assert_string_equal(activity_state_name(4), "?");
}

static void test_instruction_errors(void **state)
{
	static const u8 unused[] = { 0, 14, 21, 27, 29, 255 };
	static const struct {
		u32 error;
		const char *contains;
	} rows[] = {
		{ VMX_ERROR_VMLAUNCH_NOT_CLEAR, "VMLAUNCH" },
		{ VMX_ERROR_VMRESUME_NOT_LAUNCHED, "VMRESUME" },
		{ VMX_ERROR_ENTRY_CONTROLS, "control field" },
		{ VMX_ERROR_ENTRY_HOST_STATE, "host-state" },
		{ VMX_ERROR_VMPTRLD_REVISION, "revision" },
		{ VMX_ERROR_UNSUPPORTED_FIELD, "VMREAD or VMWRITE" },
		{ VMX_ERROR_READ_ONLY_FIELD, "read-only" },
		{ VMX_ERROR_VMXON_IN_ROOT, "VMXON" },
		{ VMX_ERROR_ENTRY_MOV_SS, "MOV SS" },
		{ VMX_ERROR_INVALIDATION_OPERAND, "INVEPT or INVVPID" },
	};
	u32 known = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_non_null(strstr(vmx_error_text(rows[i].error),
				       rows[i].contains));
	}
	for (size_t i = 0; i < ARRAY_SIZE(unused); i++) {
		assert_string_equal(vmx_error_text(unused[i]),
				    "unknown VM-instruction error");
		assert_string_equal(vmx_error_hint(unused[i]), "");
	}
	for (u32 i = 0; i <= VMX_ERROR_LAST; i++) {
		known += vmx_error_hint(i)[0] != '\0' ? 1u : 0u;
	}
	assert_int_equal(known, 25);
	assert_string_equal(vmx_error_hint(0xffffffff), "");
	/* The fault of the seed's port: CR4 stored before VMXE was set. */
	assert_non_null(strstr(vmx_error_hint(8), "VMXE"));
}

static void test_entry_failures(void **state)
{
	static const struct {
		u32 reason;
		u64 qualification;
		const char *want;
		bool hint;
	} rows[] = {
		{ 0x80000021, 0, "VM entry failed: invalid guest state", true },
		{ 0x80000021, 2,
		  "VM entry failed: invalid guest state: "
		  "a PDPTE has reserved bits set",
		  true },
		{ 0x80000021, 3,
		  "VM entry failed: invalid guest state: "
		  "an NMI is injected while STI blocks events",
		  true },
		{ 33, 4,
		  "VM entry failed: invalid guest state: VMCS link pointer",
		  true },
		{ 33, 0x77,
		  "VM entry failed: invalid guest state (qualification 77)",
		  true },
		{ 0x80000022, 3,
		  "VM entry failed: entry 3 of the MSR-load list", true },
		{ 0x80000029, 0, "VM entry failed: machine-check event", true },
		{ 0x80000001, 0, "VM entry failed: reason 1", false },
	};
	char buf[120];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(vmx_entry_failure_format(rows[i].reason,
							  rows[i].qualification,
							  buf, sizeof(buf)),
				 strlen(rows[i].want));
		assert_string_equal(buf, rows[i].want);
		assert_int_equal(vmx_entry_failure_hint(rows[i].reason)[0] !=
					 '\0',
				 rows[i].hint);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_interruption_info),
		cmocka_unit_test(test_interruption_info_parts),
		cmocka_unit_test(test_exceptions),
		cmocka_unit_test(test_exceptions_composed),
		cmocka_unit_test(test_io_qualification),
		cmocka_unit_test(test_cr_qualification),
		cmocka_unit_test(test_dr_qualification),
		cmocka_unit_test(test_ept_qualification),
		cmocka_unit_test(test_qualification_text),
		cmocka_unit_test(test_qualification_text_of_anything),
		cmocka_unit_test(test_instruction_errors),
		cmocka_unit_test(test_entry_failures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
