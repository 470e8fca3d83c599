/*
 * What the decoded instructions do, against the processor of this very machine:
 * each is executed both ways, on the same registers, flags and memory.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "arch/x86.h"
#include "guest/insn/mmio_execute.h"
#include "lib/error.h"

#define STATUS                                                                 \
	(RFLAGS_CF | RFLAGS_PF | RFLAGS_AF | RFLAGS_ZF | RFLAGS_SF | RFLAGS_OF)
#define CASES 20000u
#define SLOT_BYTES 16u

extern u64 native_gpr[16], native_rflags;
extern u8 native_page[], native_slot[];
void native_run(void);

/*
 * Loads all registers but RSP, executes what is in native_slot, stores them
 * again. On a page of its own, which is made executable.
 */
__asm__(".pushsection .native, \"aw\", @progbits\n"
	".balign 4096\n"
	"native_page:\n"
	"native_gpr: .zero 128\n"
	"native_rflags: .quad 0\n"
	"native_run:\n"
	"	push %rbx; push %rbp; push %r12; push %r13; push %r14; push %r15\n"
	"	pushq native_rflags(%rip)\n"
	"	popfq\n"
	"	mov native_gpr+0(%rip), %rax; mov native_gpr+8(%rip), %rcx\n"
	"	mov native_gpr+16(%rip), %rdx; mov native_gpr+24(%rip), %rbx\n"
	"	mov native_gpr+40(%rip), %rbp; mov native_gpr+48(%rip), %rsi\n"
	"	mov native_gpr+56(%rip), %rdi; mov native_gpr+64(%rip), %r8\n"
	"	mov native_gpr+72(%rip), %r9; mov native_gpr+80(%rip), %r10\n"
	"	mov native_gpr+88(%rip), %r11; mov native_gpr+96(%rip), %r12\n"
	"	mov native_gpr+104(%rip), %r13; mov native_gpr+112(%rip), %r14\n"
	"	mov native_gpr+120(%rip), %r15\n"
	"native_slot: .fill 16, 1, 0x90\n"
	"	pushfq\n"
	"	popq native_rflags(%rip)\n"
	"	cld\n"
	"	mov %rax, native_gpr+0(%rip); mov %rcx, native_gpr+8(%rip)\n"
	"	mov %rdx, native_gpr+16(%rip); mov %rbx, native_gpr+24(%rip)\n"
	"	mov %rbp, native_gpr+40(%rip); mov %rsi, native_gpr+48(%rip)\n"
	"	mov %rdi, native_gpr+56(%rip); mov %r8, native_gpr+64(%rip)\n"
	"	mov %r9, native_gpr+72(%rip); mov %r10, native_gpr+80(%rip)\n"
	"	mov %r11, native_gpr+88(%rip); mov %r12, native_gpr+96(%rip)\n"
	"	mov %r13, native_gpr+104(%rip); mov %r14, native_gpr+112(%rip)\n"
	"	mov %r15, native_gpr+120(%rip)\n"
	"	pop %r15; pop %r14; pop %r13; pop %r12; pop %rbp; pop %rbx\n"
	"	ret\n"
	".balign 4096\n"
	".popsection\n");

static u64 random_state = 88172645463325252ull;

static u64 random_number(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

/* Values at the edges are likelier than chance would have it. */
static u64 random_value(void)
{
	static const u64 edges[] = { 0,
				     1,
				     ~0ull,
				     0x7f,
				     0x80,
				     0x7fff,
				     0x8000,
				     0x7fffffff,
				     0x80000000,
				     0x7fffffffffffffff,
				     0x8000000000000000 };
	u64 number = random_number();

	return number % 3 == 0 ? edges[number / 3 % ARRAY_SIZE(edges)] : number;
}

struct world {
	u8 memory[64];
	u8 other[64]; /* where strings go */
};

static struct world now, before, after_execute;

static bool locate(void *ctx, u64 linear, u8 bytes, bool write,
		   struct mmio_operand *operand)
{
	(void)ctx;
	(void)write;
	/* In two pieces, as across a page. */
	operand->piece[0].gpa = linear;
	operand->piece[0].bytes = bytes > 1 ? bytes / 2 : 1;
	operand->piece[1].gpa = linear + bytes / 2;
	operand->piece[1].bytes = bytes / 2;
	return true;
}

static u64 read_memory(void *ctx, const struct mmio_operand *operand)
{
	u64 value = 0;

	(void)ctx;
	memcpy(&value, (const void *)operand->piece[0].gpa,
	       operand->piece[0].bytes + operand->piece[1].bytes);
	return value;
}

static void write_memory(void *ctx, const struct mmio_operand *operand,
			 u64 value)
{
	(void)ctx;
	memcpy((void *)operand->piece[0].gpa, &value,
	       operand->piece[0].bytes + operand->piece[1].bytes);
}

/* An instruction on [RBX+8], or a string one; which flags it leaves undefined. */
static size_t make_random(u8 *bytes)
{
	static const u8 opcodes[] = {
		0x00, 0x01, 0x02, 0x03, 0x08, 0x09, 0x0a, 0x0b, 0x10, 0x11,
		0x12, 0x13, 0x18, 0x19, 0x1a, 0x1b, 0x20, 0x21, 0x22, 0x23,
		0x28, 0x29, 0x2a, 0x2b, 0x30, 0x31, 0x32, 0x33, 0x38, 0x39,
		0x3a, 0x3b, 0x63, 0x80, 0x81, 0x83, 0x84, 0x85, 0x86, 0x87,
		0x88, 0x89, 0x8a, 0x8b, 0xa4, 0xa5, 0xaa, 0xab, 0xac, 0xad,
		0xc6, 0xc7, 0xf6, 0xf7, 0xfe, 0xff, 0x0f, 0x0f, 0x0f, 0x0f,
		0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f,
	};
	static const u8 second[] = { 0xb0, 0xb1, 0xb6, 0xb7, 0xbe,
				     0xbf, 0xc0, 0xc1, 0xc3 };
	u8 opcode = opcodes[random_number() % sizeof(opcodes)];
	u8 reg = (u8)(random_number() % 8);
	size_t n = 0;

	/* A MOVSXD of 16 bits is not the same on all processors. */
	if (random_number() % 4 == 0 && opcode != 0x63) {
		bytes[n++] = 0x66;
	}
	if (random_number() % 2) {
		/* W and R at random; RSP must stay. */
		bytes[n] = (u8)(0x40 | (random_number() & 0xc));
		reg = reg == 4 && !(bytes[n] & 4) ? 5 : reg;
		n++;
	} else if (reg == 4) {
		reg = 6;
	}
	bytes[n++] = opcode;
	if (opcode == 0x0f) {
		u64 number = random_number();

		bytes[n++] = number % 3 == 0
				     ? second[number / 3 % sizeof(second)]
			     : number % 3 == 1 ? (u8)(0x40 | (number / 3 & 15))
					       : (u8)(0x90 | (number / 3 & 15));
	}
	bytes[n++] = (u8)(0x40 | reg << 3 | GPR_RBX);
	bytes[n++] = 8;
	while (n < SLOT_BYTES) {
		bytes[n++] = (u8)random_value();
	}
	return n;
}

static void make_world(struct mmio_cpu *cpu)
{
	memset(cpu, 0, sizeof(*cpu));
	for (u32 i = 0; i < 16; i++) {
		cpu->gpr[i] = random_value();
	}
	for (u32 i = 0; i < sizeof(now.memory); i += 8) {
		u64 value = random_value();

		memcpy(now.memory + i, &value, 8);
	}
	/* Both outcomes of CMPXCHG. */
	if (random_number() % 2) {
		memcpy(&cpu->gpr[GPR_RAX], now.memory + 24, 8);
	}
	cpu->gpr[GPR_RBX] = (u64)(now.memory + 16);
	cpu->gpr[GPR_RSI] = (u64)(now.memory + 32);
	cpu->gpr[GPR_RDI] = (u64)(now.other + 32);
	cpu->rflags = (random_number() & (STATUS | RFLAGS_DF)) |
		      RFLAGS_FIXED_1 | RFLAGS_IF;
	cpu->locate = locate;
	cpu->read = read_memory;
	cpu->write = write_memory;
	before = now;
}

static bool af_is_undefined(const struct mmio_insn *insn)
{
	bool logical = insn->sub == MMIO_AND || insn->sub == MMIO_OR ||
		       insn->sub == MMIO_XOR;

	return insn->opcode == MMIO_TEST || ((insn->opcode == MMIO_ALU_LOAD ||
					      insn->opcode == MMIO_ALU_STORE) &&
					     logical);
}

static void compare(const struct mmio_insn *insn, const struct mmio_cpu *cpu,
		    const u8 *bytes)
{
	u64 differ = (cpu->rflags ^ native_rflags) & STATUS;
	bool same = memcmp(&after_execute, &now, sizeof(now)) == 0;

	if (af_is_undefined(insn)) {
		differ &= ~RFLAGS_AF;
	}
	for (u32 i = 0; i < 16; i++) {
		same &= i == GPR_RSP || cpu->gpr[i] == native_gpr[i];
	}
	if (!same || differ != 0) {
		fail_msg("opcode %u sub %u, %u bytes: %02x %02x %02x %02x: "
			 "flags differ in %lx, rax %lx, not %lx",
			 insn->opcode, insn->sub, insn->bytes, bytes[0],
			 bytes[1], bytes[2], bytes[3], (unsigned long)differ,
			 (unsigned long)cpu->gpr[0],
			 (unsigned long)native_gpr[0]);
	}
}

static void test_against_the_processor(void **state)
{
	u32 by_opcode[MMIO_OPCODES] = { 0 };

	(void)state;
	assert_int_equal(mprotect(native_page, 4096,
				  PROT_READ | PROT_WRITE | PROT_EXEC),
			 0);
	for (u32 done = 0; done < CASES;) {
		u8 bytes[SLOT_BYTES];
		struct mmio_insn insn;
		struct mmio_cpu cpu;

		if (mmio_decode(bytes, make_random(bytes), 8, &insn) != 0) {
			continue;
		}
		make_world(&cpu);
		memcpy(native_gpr, cpu.gpr, sizeof(cpu.gpr));
		native_rflags = cpu.rflags;
		assert_int_equal(mmio_execute(&insn, &cpu), MMIO_DONE);
		after_execute = now;
		now = before;
		memset(native_slot, 0x90, SLOT_BYTES);
		memcpy(native_slot, bytes, insn.length);
		native_run();
		compare(&insn, &cpu, bytes);
		by_opcode[insn.opcode]++;
		done++;
	}
	for (u32 i = 0; i < MMIO_OPCODES; i++) {
		assert_true(by_opcode[i] >= 20);
	}
}

/* --- What cannot be run here: addresses and steps --- */

static struct {
	u64 linear[2];
	u32 located;
	u32 reads, writes;
	u32 fail_at; /* that call of locate() fails; 0: none */
} seen;

static bool note_locate(void *ctx, u64 linear, u8 bytes, bool write,
			struct mmio_operand *operand)
{
	(void)ctx;
	(void)write;
	(void)operand;
	(void)bytes;
	seen.linear[seen.located++ % 2] = linear;
	return seen.located != seen.fail_at;
}

static u64 note_read(void *ctx, const struct mmio_operand *operand)
{
	(void)ctx;
	(void)operand;
	seen.reads++;
	return 0x12;
}

static void note_write(void *ctx, const struct mmio_operand *operand, u64 value)
{
	(void)ctx;
	(void)operand;
	(void)value;
	seen.writes++;
}

static struct mmio_cpu noting_cpu(void)
{
	struct mmio_cpu cpu = { .rip = 0x10000,
				.base[MMIO_FS] = 0x500000,
				.base[MMIO_GS] = 0x700000,
				.locate = note_locate,
				.read = note_read,
				.write = note_write };

	memset(&seen, 0, sizeof(seen));
	for (u32 i = 0; i < 16; i++) {
		cpu.gpr[i] = 0x100000000ull + i * 0x100;
	}
	return cpu;
}

static void test_addresses(void **state)
{
	static const struct {
		const char *bytes;
		u8 count;
		u64 linear;
	} cases[] = {
		{ "\x8a\x03", 2, 0x100000300 },
		{ "\x67\x8a\x03", 3, 0x300 },
		{ "\x8a\x43\x80", 3, 0x100000280 },
		{ "\x64\x67\x8a\x03", 4, 0x500300 },
		{ "\x65\x8a\x04\x25\xf0\xff\xff\xff", 8, 0x6ffff0 },
		{ "\x8a\x05\xfa\xff\xff\xff", 6, 0x10000 },
		/* The immediate counts, too. */
		{ "\xc6\x05\xf9\xff\xff\xff\x01", 7, 0x10000 },
		{ "\x8a\x04\x8b", 3, 0x500000700 },
		{ "\x67\x8a\x04\xcb", 4, 0xb00 },
		{ "\xa0\x88\x77\x66\x55\x44\x33\x22\x11", 9,
		  0x1122334455667788 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct mmio_cpu cpu = noting_cpu();
		struct mmio_insn insn;

		assert_int_equal(mmio_decode((const u8 *)cases[i].bytes,
					     cases[i].count, 8, &insn),
				 0);
		assert_int_equal(mmio_execute(&insn, &cpu), MMIO_DONE);
		assert_int_equal(seen.linear[0], cases[i].linear);
	}
}

static void test_repeat(void **state)
{
	struct mmio_cpu cpu = noting_cpu();
	struct mmio_insn insn;

	(void)state;
	assert_int_equal(mmio_decode((const u8 *)"\xf3\x64\x48\xa5", 4, 8,
				     &insn),
			 0);
	cpu.gpr[GPR_RCX] = 2;
	cpu.rflags = RFLAGS_DF;
	assert_int_equal(mmio_execute(&insn, &cpu), MMIO_REPEAT);
	assert_int_equal(seen.linear[0], 0x100500600); /* FS: the source only */
	assert_int_equal(seen.linear[1], 0x100000700);
	assert_int_equal(cpu.gpr[GPR_RSI], 0x1000005f8);
	assert_int_equal(mmio_execute(&insn, &cpu), MMIO_DONE);
	assert_int_equal(cpu.gpr[GPR_RDI], 0x1000006f0);
	assert_int_equal(cpu.gpr[GPR_RCX], 0);
	assert_int_equal(mmio_execute(&insn, &cpu), MMIO_DONE);
	assert_int_equal(seen.writes, 2);
}

/* No operand is touched if one of them cannot be. */
static void test_faults_leave_no_trace(void **state)
{
	static const struct {
		const char *bytes;
		u8 count, fail_at;
	} cases[] = {
		{ "\xa5", 1, 1 },     { "\xa5", 1, 2 },
		{ "\xab", 1, 1 },     { "\x01\x03", 2, 1 },
		{ "\x87\x03", 2, 1 }, { "\x8b\x03", 2, 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct mmio_cpu cpu = noting_cpu();
		u64 gpr[16];
		struct mmio_insn insn;

		memcpy(gpr, cpu.gpr, sizeof(gpr));
		seen.fail_at = cases[i].fail_at;
		assert_int_equal(mmio_decode((const u8 *)cases[i].bytes,
					     cases[i].count, 8, &insn),
				 0);
		assert_int_equal(mmio_execute(&insn, &cpu), MMIO_NOT_DONE);
		assert_int_equal(seen.reads + seen.writes, 0);
		assert_memory_equal(gpr, cpu.gpr, sizeof(gpr));
		assert_int_equal(cpu.rflags, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_the_processor),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_repeat),
		cmocka_unit_test(test_faults_leave_no_trace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
