/* The emulator: interrupts, flags, the stack, fetching, random code. */
#include "tests/unit/v86_world.h"

static void is_entered(u8 vector, u32 flags, u32 return_ip)
{
	assert_int_equal(m.regs.cs, 0x7000u + vector);
	assert_int_equal(m.regs.eip, 0x400u + vector);
	assert_int_equal(m.regs.esp, 0x55550000 | (SP - 6));
	assert_int_equal(peek(STACK_SEGMENT, SP - 2, 2), flags);
	assert_int_equal(peek(STACK_SEGMENT, SP - 4, 2), CODE_SEGMENT);
	assert_int_equal(peek(STACK_SEGMENT, SP - 6, 2), return_ip);
	assert_int_equal(world.writes, 6);
}

static void test_software_interrupts(void **state)
{
	(void)state;
	reset();
	m.regs.eflags = UINT32_MAX;
	m.interrupt_shadow = true;
	assert_int_equal(STEP("\xcd\x10"), V86_DONE);
	is_entered(0x10, 0x7fd7, CODE_IP + 2);
	/* IF, TF, AC and RF are gone, nothing else; and no single step. */
	assert_int_equal(m.regs.eflags, 0xfffafcff);
	assert_false(m.interrupt_shadow);
	assert_false(m.single_step);

	reset();
	assert_int_equal(STEP("\xcc"), V86_DONE);
	is_entered(3, 0x202, CODE_IP + 1);

	reset();
	assert_int_equal(STEP("\x66\x2e\xcd\x03"), V86_DONE);
	is_entered(3, 0x202, CODE_IP + 4);

	reset();
	assert_int_equal(STEP("\xce"), V86_DONE);
	assert_int_equal(m.regs.eip, CODE_IP + 1);
	assert_int_equal(world.writes, 0);

	reset();
	m.regs.eflags |= (u32)RFLAGS_OF;
	assert_int_equal(STEP("\xce"), V86_DONE);
	is_entered(4, 0xa02, CODE_IP + 1);
}

/* The frame of an interrupt: SP wraps when it is even, and is #SS when odd. */
static void test_interrupt_stack_wrap(void **state)
{
	static const struct {
		u16 sp, after;
		bool shutdown;
	} rows[] = {
		{ 6, 0, false },
		{ 4, 0xfffe, false },
		{ 2, 0xfffc, false },
		{ 0, 0xfffa, false },
		{ 7, 1, false },
		{ 5, 0, true },
		{ 3, 0, true },
		{ 1, 0, true },
		{ 0xffff, 0xfff9, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		u32 sp = rows[i].sp;

		reset();
		m.regs.esp = 0x12340000 | sp;
		if (rows[i].shutdown) {
			RAISES(VECTOR_SS, "\xcd\x21");
			assert_int_equal(v86_deliver(&m, VECTOR_SS, CODE_IP),
					 V86_SHUTDOWN);
			assert_int_equal(world.writes, 0);
			continue;
		}
		assert_int_equal(STEP("\xcd\x21"), V86_DONE);
		assert_int_equal(m.regs.esp, 0x12340000 | rows[i].after);
		assert_int_equal(peek(STACK_SEGMENT, (u16)(sp - 2), 2), 0x202);
		assert_int_equal(peek(STACK_SEGMENT, (u16)(sp - 4), 2),
				 CODE_SEGMENT);
		assert_int_equal(peek(STACK_SEGMENT, (u16)(sp - 6), 2),
				 CODE_IP + 2);
	}
}

static void test_deliver(void **state)
{
	static const struct {
		u16 limit;
		u8 vector, entered; /* 0: shutdown */
	} rows[] = {
		{ 0x3ff, 0xff, 0xff },
		{ 0x3fe, 0xff, VECTOR_GP },
		{ 0x37, 0x70, VECTOR_GP },
		{ 0x36, 0x70, VECTOR_DF },
		{ 0x36, VECTOR_GP, VECTOR_DF },
		{ 0x23, 0x70, VECTOR_DF },
		{ 0x22, 0x70, 0 },
		{ 0, 0x10, 0 },
		{ 0, VECTOR_DF, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct bios_regs before;

		reset();
		m.idtr.limit = rows[i].limit;
		m.interrupt_shadow = true;
		m.single_step = true;
		before = m.regs;
		if (rows[i].entered == 0) {
			assert_int_equal(v86_deliver(&m, rows[i].vector, 9),
					 V86_SHUTDOWN);
			assert_memory_equal(&m.regs, &before, sizeof(before));
			assert_int_equal(world.writes, 0);
			continue;
		}
		assert_int_equal(v86_deliver(&m, rows[i].vector, 9), V86_DONE);
		is_entered(rows[i].entered, 0x202, 9);
		assert_false(m.interrupt_shadow);
		assert_false(m.single_step);
	}

	/* INT n beyond the table is a #GP of its own. */
	reset();
	m.idtr.limit = 0x83;
	RAISES(VECTOR_GP, "\xcd\x21");
	assert_int_equal(STEP("\xcd\x20"), V86_DONE);

	/* The table is where IDTR says. */
	reset();
	m.idtr.base = 0x500;
	poke(0, 0x500 + 0x21 * 4, 4, 0x43218765);
	assert_int_equal(STEP("\xcd\x21"), V86_DONE);
	assert_int_equal(m.regs.cs, 0x4321);
	assert_int_equal(m.regs.eip, 0x8765);
	m.idtr.base = MEMORY_BYTES;
	world.writes = 0;
	assert_int_equal(v86_deliver(&m, 0x21, 0), V86_REFUSED);
	assert_int_equal(m.regs.cs, 0x4321);
	assert_int_equal(world.writes, 0);

	/* A stack that cannot be written: not one byte is. */
	reset();
	world.rom_page = at(STACK_SEGMENT, 0) >> 12;
	m.regs.ss = STACK_SEGMENT - 1;
	m.regs.esp = 0x14;
	assert_int_equal(v86_deliver(&m, 0x21, 0), V86_REFUSED);
	assert_int_equal(m.regs.esp, 0x14);
	assert_int_equal(world.writes, 0);
}

static void test_pushf(void **state)
{
	static const struct {
		u32 eflags;
		u16 image_16;
		u32 image_32;
	} rows[] = {
		{ 0x00000002, 0x0002, 0x00000002 },
		{ 0x00003202, 0x3202, 0x00003202 },
		/* Everything set: VM, RF, VIF, VIP and bit 15 never show. */
		{ 0xffffffff, 0x7fd7, 0x00247fd7 },
		{ 0x001b8002, 0x0002, 0x00000002 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		reset();
		m.regs.eflags = rows[i].eflags;
		assert_int_equal(STEP("\x9c"), V86_DONE);
		assert_int_equal(peek(STACK_SEGMENT, SP - 2, 2),
				 rows[i].image_16);
		assert_int_equal(m.regs.esp, 0x55550000 | (SP - 2));
		assert_int_equal(m.regs.eip, CODE_IP + 1);

		reset();
		m.regs.eflags = rows[i].eflags;
		assert_int_equal(STEP("\x66\x9c"), V86_DONE);
		assert_int_equal(peek(STACK_SEGMENT, SP - 4, 4),
				 rows[i].image_32);
		assert_int_equal(m.regs.esp, 0x55550000 | (SP - 4));
		assert_int_equal(m.regs.eip, CODE_IP + 2);
	}
}

static void test_popf(void **state)
{
	static const struct {
		u32 before, image, after_16, after_32;
	} rows[] = {
		{ 0x2, 0xffffffff, 0x7fd7, 0x247fd7 },
		{ 0x7fd7, 0, 0x2, 0x2 },
		{ 0x247fd7, 0, 0x240002, 0x2 },
		/* VM, VIF, VIP are left as they are; RF ends. */
		{ 0x1b0002, 0, 0x1a0002, 0x1a0002 },
		{ 0x2, 0x1b0000, 0x2, 0x2 },
		{ 0x2, 0x3000, 0x3002, 0x3002 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		reset();
		m.regs.eflags = rows[i].before & ~(u32)RFLAGS_TF;
		poke(STACK_SEGMENT, SP, 4, rows[i].image);
		assert_int_equal(STEP("\x9d"), V86_DONE);
		assert_int_equal(m.regs.eflags, rows[i].after_16);
		assert_int_equal(m.regs.esp, 0x55550000 | (SP + 2));
		/* It may set TF, and does not trap itself. */
		assert_false(m.single_step);
		assert_int_equal(m.regs.eip, CODE_IP + 1);

		reset();
		m.regs.eflags = rows[i].before;
		poke(STACK_SEGMENT, SP, 4, rows[i].image);
		assert_int_equal(STEP("\x66\x9d"), V86_DONE);
		assert_int_equal(m.regs.eflags, rows[i].after_32);
		assert_int_equal(m.regs.esp, 0x55550000 | (SP + 4));
	}
}

static void test_iret(void **state)
{
	(void)state;
	reset();
	m.regs.eflags = 0x240002;
	poke(STACK_SEGMENT, SP, 2, 0x1234);
	poke(STACK_SEGMENT, SP + 2, 2, 0xf000);
	poke(STACK_SEGMENT, SP + 4, 2, 0xffff);
	assert_int_equal(STEP("\xcf"), V86_DONE);
	assert_int_equal(m.regs.eip, 0x1234);
	assert_int_equal(m.regs.cs, 0xf000);
	assert_int_equal(m.regs.eflags, 0x247fd7);
	assert_int_equal(m.regs.esp, 0x55550000 | (SP + 6));
	assert_false(m.single_step);

	/* IRETD takes RF too; the selector's upper half does not count. */
	reset();
	m.regs.eflags = 0x1a0002;
	poke(STACK_SEGMENT, SP, 4, 0xffff);
	poke(STACK_SEGMENT, SP + 4, 4, 0x9999c000);
	poke(STACK_SEGMENT, SP + 8, 4, 0x00250001);
	assert_int_equal(STEP("\x66\xcf"), V86_DONE);
	assert_int_equal(m.regs.eip, 0xffff);
	assert_int_equal(m.regs.cs, 0xc000);
	assert_int_equal(m.regs.eflags, 0x3f0003);
	assert_int_equal(m.regs.esp, 0x55550000 | (SP + 12));

	reset();
	poke(STACK_SEGMENT, SP, 4, 0x10000);
	RAISES(VECTOR_GP, "\x66\xcf");

	/* Each value wraps by itself. */
	reset();
	m.regs.esp = 0xfffc;
	poke(STACK_SEGMENT, 0xfffc, 4, 0xf0001234);
	poke(STACK_SEGMENT, 0, 2, 0x3);
	assert_int_equal(STEP("\xcf"), V86_DONE);
	assert_int_equal(m.regs.eflags, 0x3);
	assert_int_equal(m.regs.esp, 2);
	reset();
	m.regs.esp = 0xfffd;
	RAISES(VECTOR_SS, "\xcf");

	reset();
	world.absent_page = at(STACK_SEGMENT, 0) >> 12;
	assert_int_equal(STEP("\xcf"), V86_REFUSED);
	assert_int_equal(m.regs.eip, CODE_IP);
}

static void test_stack_edges(void **state)
{
	static const struct {
		const char *code;
		size_t count;
		u16 sp, after;
		bool fault;
	} rows[] = {
		{ "\x9c", 1, 0, 0xfffe, false },
		{ "\x9c", 1, 1, 0, true },
		{ "\x9c", 1, 2, 0, false },
		{ "\x9c", 1, 0xffff, 0xfffd, false },
		{ "\x66\x9c", 2, 0, 0xfffc, false },
		{ "\x66\x9c", 2, 1, 0, true },
		{ "\x66\x9c", 2, 2, 0, true },
		{ "\x66\x9c", 2, 3, 0, true },
		{ "\x66\x9c", 2, 4, 0, false },
		{ "\x9d", 1, 0xfffe, 0, false },
		{ "\x9d", 1, 0xffff, 0, true },
		{ "\x66\x9d", 2, 0xfffc, 0, false },
		{ "\x66\x9d", 2, 0xfffd, 0, true },
		{ "\x66\x9d", 2, 0xfffe, 0, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		reset();
		m.regs.esp = 0xabcd0000 | rows[i].sp;
		if (rows[i].fault) {
			raises_bytes(VECTOR_SS, rows[i].code, rows[i].count);
			continue;
		}
		assert_int_equal(step_bytes(rows[i].code, rows[i].count),
				 V86_DONE);
		assert_int_equal(m.regs.esp, 0xabcd0000 | rows[i].after);
	}
}

static void test_if_and_halt(void **state)
{
	(void)state;
	reset();
	m.interrupt_shadow = true;
	assert_int_equal(STEP("\xfa"), V86_DONE);
	assert_int_equal(m.regs.eflags, 0x2);
	assert_false(m.interrupt_shadow);
	assert_int_equal(STEP("\xfb"), V86_DONE);
	assert_int_equal(m.regs.eflags, 0x202);
	assert_true(m.interrupt_shadow);
	/* The second STI is in the first one's shadow, and makes none. */
	assert_int_equal(STEP("\xfb"), V86_DONE);
	assert_false(m.interrupt_shadow);
	assert_int_equal(m.regs.eip, CODE_IP + 3);

	m.interrupt_shadow = true;
	assert_int_equal(STEP("\xf4"), V86_HALT);
	assert_int_equal(m.regs.eip, CODE_IP + 4);
	assert_false(m.interrupt_shadow);
	assert_int_equal(STEP("\x2e\x66\xf4"), V86_HALT);
	assert_int_equal(m.regs.eip, CODE_IP + 7);
}

static void test_single_step(void **state)
{
	static const struct {
		const char *code;
		size_t count;
		enum v86_result result;
		bool due;
	} rows[] = {
		{ "\xfa", 1, V86_DONE, true },
		{ "\xf4", 1, V86_HALT, true },
		{ "\xce", 1, V86_DONE, true },
		{ "\xcd\x21", 2, V86_DONE, false },
		{ "\xcc", 1, V86_DONE, false },
		{ "\x9d", 1, V86_DONE, true }, /* TF was set, and is no more */
		{ "\xf3\x6c", 2, V86_REPEAT, true },
		{ "\x0f\x22\xc8", 3, V86_EXCEPTION, false },
		{ "\xf0\xf4", 2, V86_EXCEPTION, false },
		{ "\x90", 1, V86_UNSUPPORTED, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		reset();
		m.regs.eflags |= (u32)RFLAGS_TF;
		m.single_step = true;
		assert_int_equal(step_bytes(rows[i].code, rows[i].count),
				 rows[i].result);
		assert_int_equal(m.single_step, rows[i].due);
		assert_int_equal(m.dr[6],
				 rows[i].due ? 0xffff4ff0 : 0xffff0ff0);
	}

	/* REP traps after each element, the last of them included. */
	reset();
	m.regs.eflags |= (u32)RFLAGS_TF;
	for (u32 left = 2; left > 0; left--) {
		assert_int_equal(STEP("\xf3\x6c"), V86_REPEAT);
		assert_int_equal(m.regs.ecx, 0xcccc0000 | left);
	}
	assert_int_equal(v86_step(&m), V86_DONE);
	assert_true(m.single_step);
}

static void test_lock(void **state)
{
	(void)state;
	reset();
	RAISES(VECTOR_UD, "\xf0\xf4");
	RAISES(VECTOR_UD, "\xf0\xcd\x10");
	RAISES(VECTOR_UD, "\xf0\x0f\x01\x17");
	RAISES(VECTOR_UD, "\xf3\xf0\x6c");
	assert_int_equal(world.ins, 0);
}

static void test_fetch(void **state)
{
	(void)state;
	/* Up to and including FFFFh, then EIP is 10000h and faults. */
	reset();
	m.regs.eip = 0xffff;
	assert_int_equal(STEP("\xfa"), V86_DONE);
	assert_int_equal(m.regs.eip, 0x10000);
	RAISES(VECTOR_GP, "");
	m.regs.eip = 0xffffffff;
	RAISES(VECTOR_GP, "");
	/* It does not go on at 0; what an interrupt pushes does. */
	m.regs.eip = 0xffff;
	RAISES(VECTOR_GP, "\xcd");
	m.regs.eip = 0xfffe;
	assert_int_equal(STEP("\xcd\x21"), V86_DONE);
	assert_int_equal(peek(STACK_SEGMENT, SP - 6, 2), 0);

	/* An unsupported one is known as such before its end. */
	reset();
	m.regs.eip = 0xffff;
	assert_int_equal(STEP("\x8b"), V86_UNSUPPORTED);

	/* Nothing behind the instruction is read. */
	reset();
	m.regs.eip = 0xffe;
	world.absent_page = at(CODE_SEGMENT, 0x1000) >> 12;
	assert_int_equal(STEP("\xe6\x80"), V86_DONE);
	assert_int_equal(world.reads_at_most, at(CODE_SEGMENT, 0xfff));
	m.regs.eip = 0xfff;
	assert_int_equal(STEP("\xe6"), V86_REFUSED);
	assert_int_equal(m.regs.eip, 0xfff);

	reset();
	assert_int_equal(STEP("\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66"
			      "\x66\x66\x66\xfa"),
			 V86_DONE);
	assert_int_equal(m.regs.eip, CODE_IP + 15);
	RAISES(VECTOR_GP, "\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66"
			  "\x66\x66\x66\xfa");
}

static u32 random_state = 88172645u;

static u32 random32(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return random_state;
}

/* A register value: often near an edge. */
static u32 random_edge(void)
{
	static const u32 edges[] = { 0,	      1,	  2,
				     4,	      0xfffc,	  0xffff,
				     0x10000, 0x7fffffff, 0xfffffffe };
	u32 r = random32();

	return r & 1 ? edges[(r >> 8) % ARRAY_SIZE(edges)] + (r >> 4 & 3)
		     : random32();
}

static void random_machine(void)
{
	u32 *reg = &m.regs.eax;

	reset();
	for (unsigned i = 0; i < 8; i++) {
		reg[i] = random_edge();
	}
	m.regs.eflags = random32();
	/* The segments of reset() or the last one, which ends at 10FFEFh. */
	m.regs.es = random32() & 3 ? m.regs.es : 0xffff;
	m.regs.ss = random32() & 3 ? m.regs.ss : 0xffff;
	m.regs.ds = random32() & 3 ? m.regs.ds : 0xffff;
	m.regs.eip = random32() & 7 ? CODE_IP : 0xfff8 + (random32() & 7);
	m.regs.ecx &= random32() & 1 ? 0xff : UINT32_MAX;
	m.idtr.limit = (u16)random_edge();
	m.dr[7] = random32();
	m.cr4 = random32() & 0x7ff;
	world.absent_page = random32() % (MEMORY_BYTES >> 12);
	world.ports_refuse = (random32() & 15) == 0;
}

/*
 * Whatever the instruction and the state: only memory of the guest's is
 * touched (the ops check), and what was not executed has changed nothing.
 */
static void test_random(void **state)
{
	static const u8 likely[] = {
		0x66, 0x67, 0xf3, 0xf2, 0x36, 0x65, 0x0f, 0x0f, 0x0f, 0x01,
		0x01, 0x20, 0x21, 0x22, 0x23, 0x30, 0x32, 0xa2, 0xcc, 0xcd,
		0xce, 0xcf, 0x9c, 0x9d, 0xe4, 0xe5, 0xe7, 0xed, 0xef, 0x6c,
		0x6d, 0x6e, 0x6f, 0xf4, 0xfa, 0xfb, 0x14, 0x94, 0x25,
	};
	u32 seen[V86_SHUTDOWN + 1] = { 0 };

	(void)state;
	for (u32 i = 0; i < 20000; i++) {
		struct bios_regs before;
		enum v86_result result;
		bool moved;

		random_machine();
		for (u32 n = 0; n < 16; n++) {
			u32 linear = at(m.regs.cs, (m.regs.eip + n) & 0xffff);
			u32 r = random32();

			world.memory[linear] =
				r & 0x300 ? likely[(r >> 10) % sizeof(likely)]
					  : (u8)r;
		}
		before = m.regs;
		result = v86_step(&m);
		assert_in_range(result, V86_DONE, V86_REFUSED);
		seen[result]++;
		assert_int_equal(m.cr0 & CR0_PE, 0);
		assert_true(m.regs.eip <= 0x10000 || m.regs.eip == before.eip);
		moved = world.ins + world.outs != 0;
		if (result == V86_DONE || result == V86_HALT || moved) {
			continue;
		}
		assert_memory_equal(&m.regs, &before, sizeof(before));
		assert_int_equal(world.writes, 0);
		if (result == V86_EXCEPTION) {
			result = v86_deliver(&m, m.vector, (u16)m.regs.eip);
			assert_true(result == V86_DONE ||
				    result == V86_REFUSED ||
				    result == V86_SHUTDOWN);
			seen[V86_SHUTDOWN] += result == V86_SHUTDOWN;
		}
	}
	for (unsigned i = 0; i < ARRAY_SIZE(seen); i++) {
		assert_true(seen[i] > 0);
	}
}

/* The stack's segment is asked for once, by the first that needs one. */
static void test_segments_unread(void **state)
{
	(void)state;
	reset();
	segments_asked = 0;
	m.segments_unread = true;
	m.regs.ss = 0;
	assert_int_equal(STEP("\xfa"), V86_DONE); /* CLI */
	assert_int_equal(segments_asked, 0);
	assert_true(m.segments_unread);
	assert_int_equal(STEP("\x9c"), V86_DONE); /* PUSHF */
	assert_int_equal(STEP("\x9c"), V86_DONE);
	assert_int_equal(segments_asked, 1);
	assert_int_equal(m.regs.ss, LATE_STACK_SEGMENT);
	assert_int_equal(peek(LATE_STACK_SEGMENT, SP - 4, 2), 2);
	assert_int_equal(m.regs.cs, CODE_SEGMENT);
}

/* Code that changes under the emulator is read anew. */
static void test_changed_code(void **state)
{
	(void)state;
	reset();
	assert_int_equal(STEP("\xfa"), V86_DONE);
	m.regs.eip = CODE_IP;
	assert_int_equal(STEP("\xf4"), V86_HALT);
}

int main(void)
{
	int failed = 0;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_software_interrupts),
		cmocka_unit_test(test_interrupt_stack_wrap),
		cmocka_unit_test(test_deliver),
		cmocka_unit_test(test_pushf),
		cmocka_unit_test(test_popf),
		cmocka_unit_test(test_iret),
		cmocka_unit_test(test_stack_edges),
		cmocka_unit_test(test_if_and_halt),
		cmocka_unit_test(test_single_step),
		cmocka_unit_test(test_lock),
		cmocka_unit_test(test_fetch),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_segments_unread),
		cmocka_unit_test(test_changed_code),
	};

	/* All of it by either way to read code. */
	failed +=
		cmocka_run_group_tests_name("code at once", tests, NULL, NULL);
	by_bytes = true;
	failed +=
		cmocka_run_group_tests_name("byte by byte", tests, NULL, NULL);
	return failed;
}
