/* Instructions that reach memory, against a table and against objdump. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "guest/insn/mmio_decode.h"
#include "lib/error.h"

#define BYTES(text) (const u8 *)(text), sizeof(text) - 1
#define NONE GPR_NONE

/* What the instruction does and with which sizes. */
static const struct {
	const u8 *bytes;
	size_t count;
	u8 opcode, sub, size, reg_size, reg;
	bool high, sign;
} forms[] = {
	{ BYTES("\x88\x07"), MMIO_STORE, 0, 1, 1, 0, false, false },
	{ BYTES("\x88\x27"), MMIO_STORE, 0, 1, 1, 0, true, false },
	{ BYTES("\x40\x88\x27"), MMIO_STORE, 0, 1, 1, 4, false, false },
	{ BYTES("\x44\x88\x27"), MMIO_STORE, 0, 1, 1, 12, false, false },
	{ BYTES("\x89\x0f"), MMIO_STORE, 0, 4, 4, 1, false, false },
	{ BYTES("\x66\x89\x0f"), MMIO_STORE, 0, 2, 2, 1, false, false },
	{ BYTES("\x48\x89\x0f"), MMIO_STORE, 0, 8, 8, 1, false, false },
	{ BYTES("\x66\x48\x89\x0f"), MMIO_STORE, 0, 8, 8, 1, false, false },
	/* REX before another prefix counts for nothing. */
	{ BYTES("\x48\x66\x89\x0f"), MMIO_STORE, 0, 2, 2, 1, false, false },
	{ BYTES("\x8a\x1f"), MMIO_LOAD, 0, 1, 1, 3, false, false },
	{ BYTES("\x4c\x8b\x3f"), MMIO_LOAD, 0, 8, 8, 15, false, false },
	{ BYTES("\x0f\xb6\x07"), MMIO_LOAD, 0, 1, 4, 0, false, false },
	{ BYTES("\x66\x0f\xb6\x07"), MMIO_LOAD, 0, 1, 2, 0, false, false },
	{ BYTES("\x48\x0f\xb7\x07"), MMIO_LOAD, 0, 2, 8, 0, false, false },
	{ BYTES("\x0f\xbe\x27"), MMIO_LOAD, 0, 1, 4, 4, false, true },
	{ BYTES("\x48\x0f\xbf\x07"), MMIO_LOAD, 0, 2, 8, 0, false, true },
	{ BYTES("\x48\x63\x07"), MMIO_LOAD, 0, 4, 8, 0, false, true },
	{ BYTES("\x66\x63\x07"), MMIO_LOAD, 0, 2, 2, 0, false, true },
	{ BYTES("\x66\x48\x63\x07"), MMIO_LOAD, 0, 4, 8, 0, false, true },
	{ BYTES("\xa0\1\2\3\4\5\6\7\x08"), MMIO_LOAD, 0, 1, 1, 0, false,
	  false },
	{ BYTES("\x48\xa3\1\2\3\4\5\6\7\x08"), MMIO_STORE, 0, 8, 8, 0, false,
	  false },
	{ BYTES("\x67\xa1\1\2\3\4"), MMIO_LOAD, 0, 4, 4, 0, false, false },
	{ BYTES("\x01\x07"), MMIO_ALU_STORE, MMIO_ADD, 4, 4, 0, false, false },
	{ BYTES("\x0a\x07"), MMIO_ALU_LOAD, MMIO_OR, 1, 1, 0, false, false },
	{ BYTES("\x39\x07"), MMIO_ALU_STORE, MMIO_CMP, 4, 4, 0, false, false },
	{ BYTES("\x84\x07"), MMIO_TEST, 0, 1, 1, 0, false, false },
	{ BYTES("\xf0\x87\x07"), MMIO_XCHG, 0, 4, 4, 0, false, false },
	{ BYTES("\xf0\x0f\xb1\x0f"), MMIO_CMPXCHG, 0, 4, 4, 1, false, false },
	{ BYTES("\x0f\xc0\x07"), MMIO_XADD, 0, 1, 1, 0, false, false },
	{ BYTES("\x0f\x94\x07"), MMIO_SETCC, 4, 1, 1, 0, false, false },
	{ BYTES("\x48\x0f\x42\x07"), MMIO_CMOVCC, 2, 8, 8, 0, false, false },
	{ BYTES("\x0f\xc3\x07"), MMIO_STORE, 0, 4, 4, 0, false, false },
	{ BYTES("\xaa"), MMIO_STOS, 0, 1, 1, 0, false, false },
	{ BYTES("\xf3\x48\xab"), MMIO_STOS, 0, 8, 8, 0, false, false },
	{ BYTES("\x66\xa5"), MMIO_MOVS, 0, 2, 2, 0, false, false },
	{ BYTES("\xac"), MMIO_LODS, 0, 1, 1, 0, false, false },
};

static void test_forms(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct mmio_insn insn;

		assert_int_equal(mmio_decode(forms[i].bytes, forms[i].count, 8,
					     &insn),
				 0);
		assert_int_equal(insn.length, forms[i].count);
		assert_int_equal(insn.opcode, forms[i].opcode);
		assert_int_equal(insn.sub, forms[i].sub);
		assert_int_equal(insn.bytes, forms[i].size);
		assert_int_equal(insn.reg_bytes, forms[i].reg_size);
		assert_int_equal(insn.reg, forms[i].reg);
		assert_int_equal(insn.reg_high, forms[i].high);
		assert_int_equal(insn.sign_extend, forms[i].sign);
	}
}

static const struct {
	const u8 *bytes;
	size_t count;
	u8 opcode, sub, size;
	u64 immediate;
} immediates[] = {
	{ BYTES("\xc6\x07\x80"), MMIO_STORE, 0, 1, 0xffffffffffffff80 },
	{ BYTES("\x66\xc7\x07\x34\x12"), MMIO_STORE, 0, 2, 0x1234 },
	{ BYTES("\xc7\x07\1\0\0\x80"), MMIO_STORE, 0, 4, 0xffffffff80000001 },
	{ BYTES("\x48\xc7\x07\xff\xff\xff\x7f"), MMIO_STORE, 0, 8, 0x7fffffff },
	{ BYTES("\x80\x07\x05"), MMIO_ALU_STORE, MMIO_ADD, 1, 5 },
	{ BYTES("\x81\x2f\1\2\3\4"), MMIO_ALU_STORE, MMIO_SUB, 4, 0x04030201 },
	{ BYTES("\x48\x83\x27\xfe"), MMIO_ALU_STORE, MMIO_AND, 8,
	  0xfffffffffffffffe },
	{ BYTES("\xf6\x07\x01"), MMIO_TEST, 0, 1, 1 },
	{ BYTES("\xf7\x0f\1\0\0\0"), MMIO_TEST, 0, 4, 1 },
	/* Operations with nothing but their operand. */
	{ BYTES("\xf6\x17"), MMIO_NOT, 0, 1, 0 },
	{ BYTES("\xf7\x1f"), MMIO_NEG, 0, 4, 0 },
	{ BYTES("\xfe\x07"), MMIO_INC, 0, 1, 0 },
	{ BYTES("\x66\xff\x0f"), MMIO_DEC, 0, 2, 0 },
};

static void test_immediates(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(immediates); i++) {
		struct mmio_insn insn;

		assert_int_equal(mmio_decode(immediates[i].bytes,
					     immediates[i].count, 8, &insn),
				 0);
		assert_int_equal(insn.length, immediates[i].count);
		assert_int_equal(insn.opcode, immediates[i].opcode);
		assert_int_equal(insn.sub, immediates[i].sub);
		assert_int_equal(insn.bytes, immediates[i].size);
		assert_int_equal(insn.immediate, immediates[i].immediate);
	}
}

/* All with MOV, 8A: base, index, shift, displacement, segment, address size. */
static const struct {
	const u8 *bytes;
	size_t count;
	u8 base, index, shift, segment, address;
	u64 displacement;
} addresses[] = {
	{ BYTES("\x8a\x03"), GPR_RBX, NONE, 0, 0, 8, 0 },
	{ BYTES("\x41\x8a\x03"), 11, NONE, 0, 0, 8, 0 },
	{ BYTES("\x8a\x43\xff"), GPR_RBX, NONE, 0, 0, 8, ~0ull },
	{ BYTES("\x8a\x83\0\0\0\x80"), GPR_RBX, NONE, 0, 0, 8,
	  0xffffffff80000000 },
	{ BYTES("\x8a\x05\x10\0\0\0"), MMIO_RIP, NONE, 0, 0, 8, 0x10 },
	/* REX.B does not make R13 of RIP. */
	{ BYTES("\x41\x8a\x05\x10\0\0\0"), MMIO_RIP, NONE, 0, 0, 8, 0x10 },
	{ BYTES("\x8a\x04\x24"), GPR_RSP, NONE, 0, 0, 8, 0 },
	{ BYTES("\x41\x8a\x04\x24"), 12, NONE, 0, 0, 8, 0 },
	{ BYTES("\x42\x8a\x04\x24"), GPR_RSP, 12, 0, 0, 8, 0 },
	{ BYTES("\x8a\x04\x8b"), GPR_RBX, GPR_RCX, 2, 0, 8, 0 },
	{ BYTES("\x47\x8a\x84\xcb\1\0\0\0"), 11, 9, 3, 0, 8, 1 },
	{ BYTES("\x8a\x04\x25\1\0\0\x80"), NONE, NONE, 0, 0, 8,
	  0xffffffff80000001 },
	{ BYTES("\x8a\x04\x0d\1\0\0\0"), NONE, GPR_RCX, 0, 0, 8, 1 },
	{ BYTES("\x41\x8a\x04\x0d\1\0\0\0"), NONE, GPR_RCX, 0, 0, 8, 1 },
	{ BYTES("\x8a\x44\x0d\1"), GPR_RBP, GPR_RCX, 0, 0, 8, 1 },
	{ BYTES("\x64\x8a\x03"), GPR_RBX, NONE, 0, MMIO_FS, 8, 0 },
	{ BYTES("\x65\x67\x8a\x03"), GPR_RBX, NONE, 0, MMIO_GS, 4, 0 },
	{ BYTES("\x26\x8a\x03"), GPR_RBX, NONE, 0, MMIO_FLAT, 8, 0 },
	{ BYTES("\x2e\x8a\x03"), GPR_RBX, NONE, 0, MMIO_FLAT, 8, 0 },
	{ BYTES("\x36\x8a\x03"), GPR_RBX, NONE, 0, MMIO_FLAT, 8, 0 },
	{ BYTES("\x3e\x8a\x03"), GPR_RBX, NONE, 0, MMIO_FLAT, 8, 0 },
};

static void test_addresses(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
		struct mmio_insn insn;

		assert_int_equal(mmio_decode(addresses[i].bytes,
					     addresses[i].count, 8, &insn),
				 0);
		assert_int_equal(insn.length, addresses[i].count);
		assert_int_equal(insn.base, addresses[i].base);
		assert_int_equal(insn.index, addresses[i].index);
		assert_int_equal(insn.shift, addresses[i].shift);
		assert_int_equal(insn.segment, addresses[i].segment);
		assert_int_equal(insn.address_bytes, addresses[i].address);
		assert_int_equal(insn.displacement, addresses[i].displacement);
	}
}

static const struct {
	const u8 *bytes;
	size_t count;
	int error;
} refused[] = {
	{ BYTES(""), ERR_INVALID },
	{ BYTES("\x48"), ERR_INVALID },
	{ BYTES("\x8a"), ERR_INVALID },
	{ BYTES("\x8a\x04"), ERR_INVALID },
	{ BYTES("\x8a\x83\0\0\0"), ERR_INVALID },
	{ BYTES("\xc7\x07\0\0\0"), ERR_INVALID },
	{ BYTES("\x8a\xc0"), ERR_UNSUPPORTED },	    /* registers alone */
	{ BYTES("\x0f\x10\x00"), ERR_UNSUPPORTED }, /* MOVUPS */
	{ BYTES("\xff\x20"), ERR_UNSUPPORTED },	    /* JMP */
	{ BYTES("\xf7\x27"), ERR_UNSUPPORTED },	    /* MUL */
	{ BYTES("\x04\x01"), ERR_UNSUPPORTED },	    /* ADD AL, imm8 */
	{ BYTES("\xf0\x88\x07"), ERR_UNSUPPORTED }, /* LOCK MOV */
	{ BYTES("\xf0\x39\x07"), ERR_UNSUPPORTED }, /* LOCK CMP */
	{ BYTES("\x90"), ERR_UNSUPPORTED },
	{ BYTES("\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x89"
		"\x07"),
	  ERR_RANGE },
};

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		/* A heap block of the size, so that reading on is seen. */
		u8 *bytes = malloc(refused[i].count + 1) + 1;
		struct mmio_insn insn;

		memcpy(bytes, refused[i].bytes, refused[i].count);
		assert_int_equal(mmio_decode(bytes, refused[i].count, 8, &insn),
				 refused[i].error);
		free(bytes - 1);
	}
}

/* --- Random encodings, as objdump understands them --- */

#define CASES 6000u
#define SLOT 32u

static u32 random_state = 12345;

static u32 random_number(u32 below)
{
	random_state = random_state * 1664525 + 1013904223;
	return (random_state >> 8) % below;
}

/* No prefix twice, REX last, and F3 only where it means REP. */
static size_t make_random(u8 *bytes)
{
	static const u8 opcodes[] = {
		0x00, 0x01, 0x02, 0x03, 0x09, 0x13, 0x1b, 0x21, 0x2b, 0x31,
		0x38, 0x39, 0x3a, 0x3b, 0x63, 0x80, 0x81, 0x83, 0x84, 0x85,
		0x86, 0x87, 0x88, 0x89, 0x8a, 0x8b, 0xa0, 0xa1, 0xa2, 0xa3,
		0xa4, 0xa5, 0xaa, 0xab, 0xac, 0xad, 0xc6, 0xc7, 0xf6, 0xf7,
		0xfe, 0xff, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f,
	};
	static const u8 second[] = { 0x40, 0x45, 0x4f, 0x90, 0x97,
				     0x9e, 0xb0, 0xb1, 0xb6, 0xb7,
				     0xbe, 0xbf, 0xc0, 0xc1, 0xc3 };
	u8 opcode = opcodes[random_number(sizeof(opcodes))];
	size_t n = 0;

	if (random_number(6) == 0) {
		bytes[n++] = random_number(2) ? 0x64 : 0x65;
	}
	/* objdump and the SDM differ about MOVSXD of 16 bits. */
	if (random_number(4) == 0 && opcode != 0x63) {
		bytes[n++] = 0x66;
	}
	if (random_number(8) == 0) {
		bytes[n++] = 0x67;
	}
	if (opcode >= 0xa4 && opcode <= 0xad && random_number(2)) {
		bytes[n++] = 0xf3;
	}
	if (random_number(2)) {
		bytes[n++] = (u8)(0x40 | random_number(16));
	}
	bytes[n++] = opcode;
	if (opcode == 0x0f) {
		bytes[n++] = second[random_number(sizeof(second))];
	}
	while (n < SLOT / 2) {
		bytes[n++] = (u8)random_number(256);
	}
	return n;
}

static const char *gpr_name(u8 gpr, u8 bytes)
{
	static const char *const wide[] = { "rax", "rcx", "rdx", "rbx", "rsp",
					    "rbp", "rsi", "rdi", "r8",	"r9",
					    "r10", "r11", "r12", "r13", "r14",
					    "r15", "rip" };
	static const char *const narrow[] = { "eax",  "ecx",  "edx",  "ebx",
					      "esp",  "ebp",  "esi",  "edi",
					      "r8d",  "r9d",  "r10d", "r11d",
					      "r12d", "r13d", "r14d", "r15d",
					      "eip" };

	return bytes == 8 ? wide[gpr] : narrow[gpr];
}

/* "[rax+rcx*4-0x12", as far as it is the same for every displacement of 0. */
static void expected_operand(const struct mmio_insn *insn, char *text)
{
	u8 address = insn->address_bytes;
	s64 displacement = (s64)insn->displacement;

	text += sprintf(text, "%s[",
			insn->segment == MMIO_FS   ? "fs:"
			: insn->segment == MMIO_GS ? "gs:"
						   : "");
	if (insn->base != NONE) {
		text += sprintf(text, "%s", gpr_name(insn->base, address));
	}
	if (insn->index != NONE) {
		text += sprintf(text, "%s%s*%u", insn->base != NONE ? "+" : "",
				gpr_name(insn->index, address),
				1u << insn->shift);
	}
	if (insn->base == MMIO_RIP && displacement < 0) {
		/* objdump's way to write it. */
		sprintf(text, "+0x%llx", (unsigned long long)displacement);
	} else if (displacement != 0) {
		sprintf(text, "%c0x%llx", displacement < 0 ? '-' : '+',
			displacement < 0 ? -(unsigned long long)displacement
					 : (unsigned long long)displacement);
	}
}

static u32 size_in(const char *text)
{
	return strstr(text, "QWORD PTR")   ? 8
	       : strstr(text, "DWORD PTR") ? 4
	       : strstr(text, "WORD PTR")  ? 2
	       : strstr(text, "BYTE PTR")  ? 1
					   : 0;
}

/* objdump names the index that is none: "+riz*2", or "+eiz*2". */
static void drop_no_index(char *text)
{
	char *at = strstr(text, "iz*");

	if (at != NULL) {
		memmove(at - 2, at + 4, strlen(at + 4) + 1);
	}
}

/* One line of objdump: address, bytes by twos, the instruction. */
static void compare(const struct mmio_insn *insn, const char *bytes,
		    const char *text)
{
	static const char *const names[] = {
		[MMIO_LOAD] = "mov",  [MMIO_STORE] = "mov",
		[MMIO_TEST] = "test", [MMIO_NOT] = "not",
		[MMIO_NEG] = "neg",   [MMIO_INC] = "inc",
		[MMIO_DEC] = "dec",   [MMIO_XCHG] = "xchg",
		[MMIO_XADD] = "xadd", [MMIO_CMPXCHG] = "cmpxchg",
		[MMIO_SETCC] = "set", [MMIO_CMOVCC] = "cmov",
		[MMIO_MOVS] = "movs", [MMIO_STOS] = "stos",
		[MMIO_LODS] = "lods",
	};
	static const char *const alu[] = { "add", "or",	 "adc", "sbb",
					   "and", "sub", "xor", "cmp" };
	const char *name =
		insn->opcode == MMIO_ALU_LOAD || insn->opcode == MMIO_ALU_STORE
			? alu[insn->sub]
			: names[insn->opcode];
	u32 size = size_in(text);
	char operand[64];
	u32 length = 0;

	for (const char *at = bytes; at[0] != ' ' && at[0] != '\t'; at += 3) {
		length++;
	}
	if (length != insn->length || strstr(text, name) == NULL ||
	    (size != 0 && size != insn->bytes)) {
		fail_msg("length %u, %u bytes, %s: %s%s", insn->length,
			 insn->bytes, name, bytes, text);
	}
	expected_operand(insn, operand);
	if (insn->opcode < MMIO_MOVS && insn->base != NONE &&
	    strstr(text, operand) == NULL) {
		fail_msg("operand %s: %s%s", operand, bytes, text);
	}
}

static void test_against_objdump(void **state)
{
	static struct mmio_insn insns[CASES];
	char path[] = "/tmp/mmio_decodeXXXXXX", command[128], line[256];
	FILE *file = fdopen(mkstemp(path), "wb");
	u32 made = 0, compared = 0, by_opcode[MMIO_OPCODES] = { 0 };
	FILE *output;

	(void)state;
	assert_non_null(file);
	while (made < CASES) {
		u8 bytes[SLOT];

		memset(bytes, 0x90, sizeof(bytes));
		if (mmio_decode(bytes, make_random(bytes), 8, &insns[made]) !=
		    0) {
			continue;
		}
		memset(bytes + insns[made].length, 0x90,
		       sizeof(bytes) - insns[made].length);
		fwrite(bytes, 1, sizeof(bytes), file);
		by_opcode[insns[made++].opcode]++;
	}
	fclose(file);
	snprintf(command, sizeof(command),
		 "objdump -D -b binary -m i386:x86-64 -M intel --insn-width=16 "
		 "-z %s",
		 path);
	output = popen(command, "r");
	assert_non_null(output);
	while (fgets(line, sizeof(line), output) != NULL) {
		char *end, *text;
		unsigned long address = strtoul(line, &end, 16);

		if (*end != ':' || address % SLOT != 0 ||
		    address / SLOT >= CASES) {
			continue;
		}
		text = strchr(end + 2, '\t');
		assert_non_null(text);
		drop_no_index(text);
		compare(&insns[address / SLOT], end + 2, text);
		compared++;
	}
	assert_int_equal(pclose(output), 0);
	unlink(path);
	assert_int_equal(compared, CASES);
	for (u32 i = 0; i < MMIO_OPCODES; i++) {
		assert_true(by_opcode[i] >= 10);
	}
}

/* Code of 16 and 32 bits: where an operand is, and how large. */
static const struct {
	const u8 *bytes;
	size_t count;
	u8 code, opcode, size, base, index, shift, segment, address;
	u64 displacement;
} legacy[] = {
	{ BYTES("\x8a\x00"), 2, MMIO_LOAD, 1, GPR_RBX, GPR_RSI, 0, MMIO_DS, 2,
	  0 },
	{ BYTES("\x89\x43\xfe"), 2, MMIO_STORE, 2, GPR_RBP, GPR_RDI, 0, MMIO_SS,
	  2, (u64)-2 },
	{ BYTES("\x26\x89\x87\x34\x12"), 2, MMIO_STORE, 2, GPR_RBX, NONE, 0,
	  MMIO_ES, 2, 0x1234 },
	{ BYTES("\x3e\x8b\x46\x04"), 2, MMIO_LOAD, 2, GPR_RBP, NONE, 0, MMIO_DS,
	  2, 4 },
	{ BYTES("\x66\x8b\x0e\x00\x80"), 2, MMIO_LOAD, 4, NONE, NONE, 0,
	  MMIO_DS, 2, (u64)-0x8000 },
	{ BYTES("\x67\x8a\x04\x24"), 2, MMIO_LOAD, 1, GPR_RSP, NONE, 0, MMIO_SS,
	  4, 0 },
	{ BYTES("\xa2\x00\xa0"), 2, MMIO_STORE, 1, NONE, NONE, 0, MMIO_DS, 2,
	  (u64)-0x6000 },
	{ BYTES("\x8b\x05\x78\x56\x34\x12"), 4, MMIO_LOAD, 4, NONE, NONE, 0,
	  MMIO_DS, 4, 0x12345678 },
	{ BYTES("\x8b\x44\x9d\x08"), 4, MMIO_LOAD, 4, GPR_RBP, GPR_RBX, 2,
	  MMIO_SS, 4, 8 },
	{ BYTES("\x66\x67\x89\x02"), 4, MMIO_STORE, 2, GPR_RBP, GPR_RSI, 0,
	  MMIO_SS, 2, 0 },
	{ BYTES("\x64\x88\x45\x01"), 4, MMIO_STORE, 1, GPR_RBP, NONE, 0,
	  MMIO_FS, 4, 1 },
	{ BYTES("\xf3\xa4"), 2, MMIO_MOVS, 1, NONE, NONE, 0, MMIO_DS, 2, 0 },
	{ BYTES("\x2e\xa5"), 4, MMIO_MOVS, 4, NONE, NONE, 0, MMIO_CS, 4, 0 },
};

static void test_legacy(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(legacy); i++) {
		struct mmio_insn insn;

		assert_int_equal(mmio_decode(legacy[i].bytes, legacy[i].count,
					     legacy[i].code, &insn),
				 0);
		assert_int_equal(insn.length, legacy[i].count);
		assert_int_equal(insn.opcode, legacy[i].opcode);
		assert_int_equal(insn.bytes, legacy[i].size);
		assert_int_equal(insn.base, legacy[i].base);
		assert_int_equal(insn.index, legacy[i].index);
		assert_int_equal(insn.shift, legacy[i].shift);
		assert_int_equal(insn.segment, legacy[i].segment);
		assert_int_equal(insn.address_bytes, legacy[i].address);
		assert_true(insn.displacement == legacy[i].displacement);
		if (insn.opcode == MMIO_MOVS) {
			assert_int_equal(insn.to_segment, MMIO_ES);
		}
	}
}

/* INC and DEC of registers, and ARPL, are no REX and no MOVSXD there. */
static void test_legacy_refused(void **state)
{
	struct mmio_insn insn;

	(void)state;
	assert_int_equal(mmio_decode((const u8 *)"\x48\x89\x07", 3, 4, &insn),
			 ERR_UNSUPPORTED);
	assert_int_equal(mmio_decode((const u8 *)"\x63\x07", 2, 2, &insn),
			 ERR_UNSUPPORTED);
	assert_int_equal(mmio_decode((const u8 *)"\x8b\x87\x01", 3, 2, &insn),
			 ERR_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_immediates),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_legacy),
		cmocka_unit_test(test_legacy_refused),
		cmocka_unit_test(test_against_objdump),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
