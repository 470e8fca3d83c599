/* Instructions of 16-bit code: lengths, operands, and hostile bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "guest/insn/v86_decode.h"
#include "lib/error.h"

#define BYTES(text) (const u8 *)(text), sizeof(text) - 1

/* Without a memory operand: length, sizes, immediate (or -1), reg, rm. */
static const struct {
	const u8 *bytes;
	size_t count;
	u8 opcode, length, operand, address;
	int immediate;
	u8 reg, rm;
} plain_forms[] = {
	{ BYTES("\xcc"), V86_INSN_INT3, 1, 2, 2, -1, 0, 0 },
	{ BYTES("\xcd\x10"), V86_INSN_INT, 2, 2, 2, 0x10, 0, 0 },
	{ BYTES("\x66\xcd\xff"), V86_INSN_INT, 3, 4, 2, 0xff, 0, 0 },
	{ BYTES("\xce"), V86_INSN_INTO, 1, 2, 2, -1, 0, 0 },
	{ BYTES("\xcf"), V86_INSN_IRET, 1, 2, 2, -1, 0, 0 },
	{ BYTES("\x66\xcf"), V86_INSN_IRET, 2, 4, 2, -1, 0, 0 },
	{ BYTES("\x9c"), V86_INSN_PUSHF, 1, 2, 2, -1, 0, 0 },
	{ BYTES("\x66\x9c"), V86_INSN_PUSHF, 2, 4, 2, -1, 0, 0 },
	{ BYTES("\x9d"), V86_INSN_POPF, 1, 2, 2, -1, 0, 0 },
	{ BYTES("\x66\x66\x9d"), V86_INSN_POPF, 3, 4, 2, -1, 0, 0 },
	{ BYTES("\xfa"), V86_INSN_CLI, 1, 2, 2, -1, 0, 0 },
	{ BYTES("\x2e\xfb"), V86_INSN_STI, 2, 2, 2, -1, 0, 0 },
	{ BYTES("\xf4"), V86_INSN_HLT, 1, 2, 2, -1, 0, 0 },
	{ BYTES("\x67\xf4"), V86_INSN_HLT, 2, 2, 4, -1, 0, 0 },
	{ BYTES("\xe4\x60"), V86_INSN_IN, 2, 1, 2, 0x60, 0, 0 },
	{ BYTES("\xe5\x60"), V86_INSN_IN, 2, 2, 2, 0x60, 0, 0 },
	{ BYTES("\x66\xe5\x60"), V86_INSN_IN, 3, 4, 2, 0x60, 0, 0 },
	{ BYTES("\x66\xe4\x60"), V86_INSN_IN, 3, 1, 2, 0x60, 0, 0 },
	{ BYTES("\xe6\x80"), V86_INSN_OUT, 2, 1, 2, 0x80, 0, 0 },
	{ BYTES("\xe7\x80"), V86_INSN_OUT, 2, 2, 2, 0x80, 0, 0 },
	{ BYTES("\x66\xe7\x80"), V86_INSN_OUT, 3, 4, 2, 0x80, 0, 0 },
	{ BYTES("\xec"), V86_INSN_IN, 1, 1, 2, -1, 0, 0 },
	{ BYTES("\xed"), V86_INSN_IN, 1, 2, 2, -1, 0, 0 },
	{ BYTES("\x66\xed"), V86_INSN_IN, 2, 4, 2, -1, 0, 0 },
	{ BYTES("\xee"), V86_INSN_OUT, 1, 1, 2, -1, 0, 0 },
	{ BYTES("\xef"), V86_INSN_OUT, 1, 2, 2, -1, 0, 0 },
	{ BYTES("\x66\xef"), V86_INSN_OUT, 2, 4, 2, -1, 0, 0 },
	{ BYTES("\x0f\x06"), V86_INSN_CLTS, 2, 2, 2, -1, 0, 0 },
	{ BYTES("\x0f\x08"), V86_INSN_INVD, 2, 2, 2, -1, 0, 0 },
	{ BYTES("\x0f\x09"), V86_INSN_WBINVD, 2, 2, 2, -1, 0, 0 },
	{ BYTES("\x0f\x30"), V86_INSN_WRMSR, 2, 2, 2, -1, 0, 0 },
	{ BYTES("\x0f\x32"), V86_INSN_RDMSR, 2, 2, 2, -1, 0, 0 },
	{ BYTES("\x0f\xa2"), V86_INSN_CPUID, 2, 2, 2, -1, 0, 0 },
	{ BYTES("\x0f\x20\xc3"), V86_INSN_MOV_FROM_CR, 3, 2, 2, -1, 0, 3 },
	/* mod says memory, and is not looked at. */
	{ BYTES("\x0f\x20\x1e"), V86_INSN_MOV_FROM_CR, 3, 2, 2, -1, 3, 6 },
	{ BYTES("\x66\x0f\x22\xe0"), V86_INSN_MOV_TO_CR, 4, 4, 2, -1, 4, 0 },
	{ BYTES("\x0f\x21\xfa"), V86_INSN_MOV_FROM_DR, 3, 2, 2, -1, 7, 2 },
	{ BYTES("\x0f\x23\xcf"), V86_INSN_MOV_TO_DR, 3, 2, 2, -1, 1, 7 },
	{ BYTES("\x0f\x01\xe1"), V86_INSN_SMSW, 3, 2, 2, -1, 4, 1 },
	{ BYTES("\x66\x0f\x01\xe1"), V86_INSN_SMSW, 4, 4, 2, -1, 4, 1 },
	{ BYTES("\x0f\x01\xf0"), V86_INSN_LMSW, 3, 2, 2, -1, 6, 0 },
};

static void test_plain_forms(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(plain_forms); i++) {
		struct v86_insn insn;

		assert_int_equal(v86_decode(plain_forms[i].bytes,
					    plain_forms[i].count, &insn),
				 0);
		assert_int_equal(insn.opcode, plain_forms[i].opcode);
		assert_int_equal(insn.length, plain_forms[i].length);
		assert_int_equal(insn.length, plain_forms[i].count);
		assert_int_equal(insn.operand_bytes, plain_forms[i].operand);
		assert_int_equal(insn.address_bytes, plain_forms[i].address);
		assert_int_equal(insn.has_immediate,
				 plain_forms[i].immediate >= 0);
		assert_int_equal(insn.immediate,
				 MAX(plain_forms[i].immediate, 0));
		assert_int_equal(insn.reg, plain_forms[i].reg);
		assert_int_equal(insn.rm, plain_forms[i].rm);
		assert_false(insn.memory);
		assert_false(insn.lock || insn.rep || insn.repne);
	}
}

#define NONE GPR_NONE

static const struct {
	const u8 *bytes;
	size_t count;
	u8 opcode, segment, base, index, shift;
	u32 displacement;
} addresses[] = {
	/* 16-bit: all eight, and the three kinds of displacement. */
	{ BYTES("\x0f\x01\x00"), V86_INSN_SGDT, SEGMENT_DS, GPR_RBX, GPR_RSI, 0,
	  0 },
	{ BYTES("\x0f\x01\x09"), V86_INSN_SIDT, SEGMENT_DS, GPR_RBX, GPR_RDI, 0,
	  0 },
	{ BYTES("\x0f\x01\x12"), V86_INSN_LGDT, SEGMENT_SS, GPR_RBP, GPR_RSI, 0,
	  0 },
	{ BYTES("\x0f\x01\x1b"), V86_INSN_LIDT, SEGMENT_SS, GPR_RBP, GPR_RDI, 0,
	  0 },
	{ BYTES("\x0f\x01\x24"), V86_INSN_SMSW, SEGMENT_DS, GPR_RSI, NONE, 0,
	  0 },
	{ BYTES("\x0f\x01\x35"), V86_INSN_LMSW, SEGMENT_DS, GPR_RDI, NONE, 0,
	  0 },
	{ BYTES("\x0f\x01\x3e\x34\x92"), V86_INSN_INVLPG, SEGMENT_DS, NONE,
	  NONE, 0, 0xffff9234 },
	{ BYTES("\x0f\x01\x17"), V86_INSN_LGDT, SEGMENT_DS, GPR_RBX, NONE, 0,
	  0 },
	{ BYTES("\x0f\x01\x56\x80"), V86_INSN_LGDT, SEGMENT_SS, GPR_RBP, NONE,
	  0, 0xffffff80 },
	{ BYTES("\x0f\x01\x50\x7f"), V86_INSN_LGDT, SEGMENT_DS, GPR_RBX,
	  GPR_RSI, 0, 0x7f },
	{ BYTES("\x0f\x01\x96\x00\x80"), V86_INSN_LGDT, SEGMENT_SS, GPR_RBP,
	  NONE, 0, 0xffff8000 },
	/* The override wins, the last one. */
	{ BYTES("\x2e\x0f\x01\x16\x10\x00"), V86_INSN_LGDT, SEGMENT_CS, NONE,
	  NONE, 0, 0x10 },
	{ BYTES("\x26\x0f\x01\x12"), V86_INSN_LGDT, SEGMENT_ES, GPR_RBP,
	  GPR_RSI, 0, 0 },
	{ BYTES("\x36\x64\x0f\x01\x17"), V86_INSN_LGDT, SEGMENT_FS, GPR_RBX,
	  NONE, 0, 0 },
	{ BYTES("\x65\x66\x0f\x01\x17"), V86_INSN_LGDT, SEGMENT_GS, GPR_RBX,
	  NONE, 0, 0 },
	{ BYTES("\x64\x3e\x0f\x01\x12"), V86_INSN_LGDT, SEGMENT_DS, GPR_RBP,
	  GPR_RSI, 0, 0 },
	/* 32-bit. */
	{ BYTES("\x67\x0f\x01\x10"), V86_INSN_LGDT, SEGMENT_DS, GPR_RAX, NONE,
	  0, 0 },
	{ BYTES("\x67\x0f\x01\x15\x78\x56\x34\x12"), V86_INSN_LGDT, SEGMENT_DS,
	  NONE, NONE, 0, 0x12345678 },
	{ BYTES("\x67\x0f\x01\x55\xfe"), V86_INSN_LGDT, SEGMENT_SS, GPR_RBP,
	  NONE, 0, 0xfffffffe },
	{ BYTES("\x67\x0f\x01\x91\x00\x00\x01\x80"), V86_INSN_LGDT, SEGMENT_DS,
	  GPR_RCX, NONE, 0, 0x80010000 },
	{ BYTES("\x67\x0f\x01\x14\x24"), V86_INSN_LGDT, SEGMENT_SS, GPR_RSP,
	  NONE, 0, 0 },
	{ BYTES("\x67\x0f\x01\x14\xcb"), V86_INSN_LGDT, SEGMENT_DS, GPR_RBX,
	  GPR_RCX, 3, 0 },
	{ BYTES("\x67\x0f\x01\x54\xad\x04"), V86_INSN_LGDT, SEGMENT_SS, GPR_RBP,
	  GPR_RBP, 2, 4 },
	{ BYTES("\x67\x0f\x01\x14\xbd\x04\x00\x00\x00"), V86_INSN_LGDT,
	  SEGMENT_DS, NONE, GPR_RDI, 2, 4 },
	{ BYTES("\x67\x0f\x01\x14\x65\x01\x02\x03\x04"), V86_INSN_LGDT,
	  SEGMENT_DS, NONE, NONE, 1, 0x04030201 },
	{ BYTES("\x67\x3e\x0f\x01\x94\x5c\xff\xff\xff\xff"), V86_INSN_LGDT,
	  SEGMENT_DS, GPR_RSP, GPR_RBX, 1, 0xffffffff },
	/* Strings: OUTS can be overridden, INS cannot. */
	{ BYTES("\x6c"), V86_INSN_INS, SEGMENT_ES, GPR_RDI, NONE, 0, 0 },
	{ BYTES("\x2e\x6d"), V86_INSN_INS, SEGMENT_ES, GPR_RDI, NONE, 0, 0 },
	{ BYTES("\x6e"), V86_INSN_OUTS, SEGMENT_DS, GPR_RSI, NONE, 0, 0 },
	{ BYTES("\x2e\x6f"), V86_INSN_OUTS, SEGMENT_CS, GPR_RSI, NONE, 0, 0 },
};

static void test_addresses(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
		struct v86_insn insn;

		assert_int_equal(v86_decode(addresses[i].bytes,
					    addresses[i].count, &insn),
				 0);
		assert_int_equal(insn.opcode, addresses[i].opcode);
		assert_int_equal(insn.length, addresses[i].count);
		assert_true(insn.memory);
		assert_int_equal(insn.address.segment, addresses[i].segment);
		assert_int_equal(insn.address.base, addresses[i].base);
		assert_int_equal(insn.address.index, addresses[i].index);
		assert_int_equal(insn.address.shift, addresses[i].shift);
		assert_int_equal(insn.address.displacement,
				 addresses[i].displacement);
	}
}

static void test_prefixes(void **state)
{
	static const struct {
		const u8 *bytes;
		size_t count;
		u8 operand, address;
		bool lock, rep, repne;
	} rows[] = {
		{ BYTES("\x6c"), 1, 2, false, false, false },
		{ BYTES("\x6d"), 2, 2, false, false, false },
		{ BYTES("\x66\x6c"), 1, 2, false, false, false },
		{ BYTES("\x66\x6d"), 4, 2, false, false, false },
		{ BYTES("\x67\x6d"), 2, 4, false, false, false },
		{ BYTES("\xf3\x6d"), 2, 2, false, true, false },
		{ BYTES("\xf2\x6d"), 2, 2, false, false, true },
		{ BYTES("\xf2\xf3\x6d"), 2, 2, false, true, false },
		{ BYTES("\xf3\xf2\x6d"), 2, 2, false, false, true },
		{ BYTES("\xf3\x66\x67\x6f"), 4, 4, false, true, false },
		{ BYTES("\x67\x66\xf3\x6f"), 4, 4, false, true, false },
		{ BYTES("\xf0\xf4"), 2, 2, true, false, false },
		{ BYTES("\x26\x2e\x36\x3e\x64\x65\x66\x67\xf0\xf2\xf3\x6f"), 4,
		  4, true, true, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct v86_insn insn;

		assert_int_equal(v86_decode(rows[i].bytes, rows[i].count,
					    &insn),
				 0);
		assert_int_equal(insn.length, rows[i].count);
		assert_int_equal(insn.operand_bytes, rows[i].operand);
		assert_int_equal(insn.address_bytes, rows[i].address);
		assert_int_equal(insn.lock, rows[i].lock);
		assert_int_equal(insn.rep, rows[i].rep);
		assert_int_equal(insn.repne, rows[i].repne);
	}
}

static void test_refused(void **state)
{
	static const struct {
		const u8 *bytes;
		size_t count;
		int err;
	} rows[] = {
		{ BYTES(""), ERR_INVALID },
		{ BYTES("\x66"), ERR_INVALID },
		{ BYTES("\xcd"), ERR_INVALID },
		{ BYTES("\xe4"), ERR_INVALID },
		{ BYTES("\x0f"), ERR_INVALID },
		{ BYTES("\x0f\x01"), ERR_INVALID },
		{ BYTES("\x0f\x01\x16\x00"), ERR_INVALID },
		{ BYTES("\x0f\x01\x57"), ERR_INVALID },
		{ BYTES("\x0f\x20"), ERR_INVALID },
		{ BYTES("\x67\x0f\x01\x14"), ERR_INVALID },
		{ BYTES("\x67\x0f\x01\x15\x00\x00\x00"), ERR_INVALID },
		{ BYTES("\x90"), ERR_UNSUPPORTED },
		{ BYTES("\x00\x00"), ERR_UNSUPPORTED },
		{ BYTES("\xf1"), ERR_UNSUPPORTED },	    /* INT1 */
		{ BYTES("\x0f\x0b"), ERR_UNSUPPORTED },	    /* UD2 */
		{ BYTES("\x0f\x31"), ERR_UNSUPPORTED },	    /* RDTSC */
		{ BYTES("\x0f\x00\xc0"), ERR_UNSUPPORTED }, /* SLDT */
		{ BYTES("\x0f\x01\xc1"), ERR_UNSUPPORTED }, /* VMCALL */
		{ BYTES("\x0f\x01\xc8"), ERR_UNSUPPORTED }, /* MONITOR */
		{ BYTES("\x0f\x01\xd0"), ERR_UNSUPPORTED }, /* XGETBV */
		{ BYTES("\x0f\x01\xf8"), ERR_UNSUPPORTED }, /* SWAPGS */
		{ BYTES("\x0f\x01\x28"), ERR_UNSUPPORTED }, /* /5 */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct v86_insn insn;

		assert_int_equal(v86_decode(rows[i].bytes, rows[i].count,
					    &insn),
				 rows[i].err);
	}
}

static void test_length_limit(void **state)
{
	static const struct {
		u8 prefixes;
		const u8 *bytes;
		size_t count;
		int err;
	} rows[] = {
		{ 14, BYTES("\xf4"), 0 },
		{ 15, BYTES("\xf4"), ERR_RANGE },
		{ 13, BYTES("\xcd\x10"), 0 },
		{ 14, BYTES("\xcd\x10"), ERR_RANGE },
		{ 14, BYTES("\xcd"), ERR_RANGE },
		{ 13, BYTES("\xcd"), ERR_INVALID },
		{ 14, BYTES(""), ERR_INVALID },
		{ 15, BYTES(""), ERR_RANGE },
		{ 10, BYTES("\x0f\x01\x16\x00\x00"), 0 },
		{ 11, BYTES("\x0f\x01\x16\x00\x00"), ERR_RANGE },
		{ 14, BYTES("\x90"), ERR_UNSUPPORTED },
		{ 15, BYTES("\x90"), ERR_RANGE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct v86_insn insn;
		u8 bytes[32];

		memset(bytes, 0x3e, sizeof(bytes));
		memcpy(bytes + rows[i].prefixes, rows[i].bytes, rows[i].count);
		assert_int_equal(v86_decode(bytes,
					    rows[i].prefixes + rows[i].count,
					    &insn),
				 rows[i].err);
		if (rows[i].err == 0) {
			assert_int_equal(insn.length, INSN_BYTES_MAX);
		}
	}
}

static u32 random_state;

static u32 random32(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return random_state;
}

/*
 * Each input lies at the end of an allocation of just its size, where the
 * sanitizer sees a read behind it. Half of the bytes are of the kind that leads
 * far into the decoder.
 */
static void test_random_bytes(void **state)
{
	static const u8 likely[] = { 0x66, 0x67, 0xf3, 0xf2, 0x2e, 0x64, 0xf0,
				     0x0f, 0x0f, 0x0f, 0x01, 0x01, 0x20, 0x22,
				     0xcd, 0xe5, 0x6d, 0x6f, 0x14, 0x94, 0x25 };
	u8 *inputs[INSN_BYTES_MAX + 2];
	u32 decoded = 0;

	(void)state;
	for (size_t count = 0; count < ARRAY_SIZE(inputs); count++) {
		inputs[count] = malloc(count);
	}
	random_state = 2463534242u;
	for (u32 i = 0; i < 1000000; i++) {
		size_t count = random32() % ARRAY_SIZE(inputs);
		struct v86_insn insn;
		int err;

		for (size_t at = 0; at < count; at++) {
			u32 r = random32();

			inputs[count][at] =
				r & 0x100 ? likely[(r >> 9) % sizeof(likely)]
					  : (u8)r;
		}
		err = v86_decode(inputs[count], count, &insn);
		if (err != 0) {
			assert_true(err == ERR_INVALID || err == ERR_RANGE ||
				    err == ERR_UNSUPPORTED);
			continue;
		}
		decoded++;
		assert_in_range(insn.length, 1, MIN(count, 15));
		assert_in_range(insn.opcode, 0, V86_INSN_COUNT - 1);
		assert_in_range(insn.address.segment, SEGMENT_ES, SEGMENT_GS);
		/* Just these bytes are needed, and one less is too few. */
		assert_int_equal(v86_decode(inputs[count], insn.length, &insn),
				 0);
		assert_int_equal(v86_decode(inputs[count], insn.length - 1u,
					    &insn),
				 ERR_INVALID);
	}
	for (size_t count = 0; count < ARRAY_SIZE(inputs); count++) {
		free(inputs[count]);
	}
	assert_true(decoded > 10000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain_forms),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_length_limit),
		cmocka_unit_test(test_random_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
