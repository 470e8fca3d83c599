/* The emulator: ports, addresses, and system registers. */
#include "tests/unit/v86_world.h"

static void test_in_and_out(void **state)
{
	static const struct {
		const char *code;
		size_t count;
		bool is_in;
		u16 port;
		u8 bytes;
		u32 value; /* EAX, or what went out */
	} rows[] = {
		{ "\xe4\x60", 2, true, 0x60, 1, 0xaaaaaa11 },
		{ "\xe5\x60", 2, true, 0x60, 2, 0xaaaa1111 },
		{ "\x66\xe5\xff", 3, true, 0xff, 4, 0x11111111 },
		{ "\x66\xe4\x60", 3, true, 0x60, 1, 0xaaaaaa11 },
		{ "\xec", 1, true, 0x3f8, 1, 0xaaaaaa11 },
		{ "\xed", 1, true, 0x3f8, 2, 0xaaaa1111 },
		{ "\x66\xed", 2, true, 0x3f8, 4, 0x11111111 },
		{ "\xf3\xed", 2, true, 0x3f8, 2, 0xaaaa1111 },
		{ "\xe6\x80", 2, false, 0x80, 1, 0xaa },
		{ "\xe7\x80", 2, false, 0x80, 2, 0xaaaa },
		{ "\x66\xe7\x80", 3, false, 0x80, 4, 0xaaaaaaaa },
		{ "\xee", 1, false, 0x3f8, 1, 0xaa },
		{ "\xef", 1, false, 0x3f8, 2, 0xaaaa },
		{ "\x67\x66\xef", 3, false, 0x3f8, 4, 0xaaaaaaaa },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		reset();
		assert_int_equal(step_bytes(rows[i].code, rows[i].count),
				 V86_DONE);
		assert_int_equal(world.ins, rows[i].is_in);
		assert_int_equal(world.outs, !rows[i].is_in);
		assert_int_equal(world.port, rows[i].port);
		assert_int_equal(world.bytes, rows[i].bytes);
		assert_int_equal(rows[i].is_in ? m.regs.eax : world.out_value,
				 rows[i].value);
		assert_int_equal(m.regs.eip, CODE_IP + rows[i].count);

		reset();
		world.ports_refuse = true;
		assert_int_equal(step_bytes(rows[i].code, rows[i].count),
				 V86_REFUSED);
		assert_int_equal(m.regs.eax, 0xaaaaaaaa);
		assert_int_equal(m.regs.eip, CODE_IP);
	}
}

/* From ECX = cccc0003, ESI = 77770030, EDI = 88880040. */
static void test_string_registers(void **state)
{
	static const struct {
		const char *code;
		size_t count;
		bool df;
		u8 elements;
		u32 ecx, esi, edi;
	} rows[] = {
		{ "\x6c", 1, false, 1, 0xcccc0003, 0x77770030, 0x88880041 },
		{ "\x6d", 1, false, 1, 0xcccc0003, 0x77770030, 0x88880042 },
		{ "\x66\x6d", 2, false, 1, 0xcccc0003, 0x77770030, 0x88880044 },
		{ "\xf3\x6c", 2, false, 3, 0xcccc0000, 0x77770030, 0x88880043 },
		{ "\xf2\x6d", 2, false, 3, 0xcccc0000, 0x77770030, 0x88880046 },
		{ "\xf3\x66\x6d", 3, true, 3, 0xcccc0000, 0x77770030,
		  0x88880034 },
		{ "\x6e", 1, true, 1, 0xcccc0003, 0x7777002f, 0x88880040 },
		{ "\x6f", 1, true, 1, 0xcccc0003, 0x7777002e, 0x88880040 },
		{ "\xf3\x6f", 2, false, 3, 0xcccc0000, 0x77770036, 0x88880040 },
		{ "\x66\xf3\x6f", 3, false, 3, 0xcccc0000, 0x7777003c,
		  0x88880040 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		reset();
		m.regs.eflags |= rows[i].df ? (u32)RFLAGS_DF : 0;
		assert_int_equal(step_bytes(rows[i].code, rows[i].count),
				 V86_DONE);
		assert_int_equal(m.regs.ecx, rows[i].ecx);
		assert_int_equal(m.regs.esi, rows[i].esi);
		assert_int_equal(m.regs.edi, rows[i].edi);
		assert_int_equal(world.ins + world.outs, rows[i].elements);
		assert_int_equal(m.regs.eip, CODE_IP + rows[i].count);
		assert_int_equal(world.port, 0x3f8);
	}
}

static void test_string_memory(void **state)
{
	(void)state;
	reset();
	assert_int_equal(STEP("\x2e\xf3\x6d"), V86_DONE);
	/* No override reaches INS: it writes to ES:DI. */
	assert_int_equal(peek(EXTRA_SEGMENT, 0x40, 4), 0x12121111);
	assert_int_equal(peek(EXTRA_SEGMENT, 0x44, 4), 0x1313);

	reset();
	poke(DATA_SEGMENT, 0x30, 4, 0x44332211);
	poke(0x5000, 0x30, 4, 0x88776655);
	assert_int_equal(STEP("\x6f"), V86_DONE);
	assert_int_equal(world.out_value, 0x2211);
	m.regs.esi = 0x30;
	assert_int_equal(STEP("\x66\x64\x6f"), V86_DONE);
	assert_int_equal(world.out_value, 0x88776655);

	/* DI wraps between elements, but no element does. */
	reset();
	m.regs.edi = 0x8888fffe;
	assert_int_equal(STEP("\xf3\x6d"), V86_DONE);
	assert_int_equal(m.regs.edi, 0x88880004);
	assert_int_equal(peek(EXTRA_SEGMENT, 0xfffe, 2), 0x1111);
	assert_int_equal(peek(EXTRA_SEGMENT, 0, 4), 0x13131212);
	reset();
	m.regs.edi = 0xffff;
	RAISES(VECTOR_GP, "\x6d");
	assert_int_equal(world.ins, 0);
	m.regs.esi = 0xffff;
	RAISES(VECTOR_GP, "\x6f");
	RAISES(VECTOR_SS, "\x36\x6f");
	assert_int_equal(world.outs, 0);
	reset();
	m.regs.edi = 0;
	m.regs.eflags |= (u32)RFLAGS_DF;
	assert_int_equal(STEP("\x6c"), V86_DONE);
	assert_int_equal(m.regs.edi, 0xffff);

	/* Nothing to do is done. */
	reset();
	m.regs.ecx = 0xcccc0000;
	m.regs.edi = 0xffff;
	assert_int_equal(STEP("\xf3\x6d"), V86_DONE);
	assert_int_equal(m.regs.ecx, 0xcccc0000);
	assert_int_equal(world.ins, 0);

	/* With 67h all of ECX and EDI count. */
	reset();
	m.regs.ecx = 2;
	m.regs.edi = 0x10;
	assert_int_equal(STEP("\x67\xf3\x66\x6d"), V86_DONE);
	assert_int_equal(m.regs.ecx, 0);
	assert_int_equal(m.regs.edi, 0x18);
	m.regs.ecx = 0x10000;
	m.regs.edi = 0x10010;
	RAISES(VECTOR_GP, "\x67\xf3\x6d");
}

static void test_string_stops(void **state)
{
	(void)state;
	/* The third word would cross the limit: two are done, and stay so. */
	reset();
	m.regs.edi = 0xfffb;
	assert_int_equal(STEP("\xf3\x6d"), V86_EXCEPTION);
	assert_int_equal(m.vector, VECTOR_GP);
	assert_int_equal(m.regs.edi, 0xffff);
	assert_int_equal(m.regs.ecx, 0xcccc0001);
	assert_int_equal(m.regs.eip, CODE_IP);
	assert_int_equal(world.ins, 2);

	/* A destination that refuses costs no port data. */
	reset();
	world.rom_page = at(EXTRA_SEGMENT, 0x1000) >> 12;
	m.regs.edi = 0xffe;
	assert_int_equal(STEP("\xf3\x6d"), V86_REFUSED);
	assert_int_equal(m.regs.edi, 0x1000);
	assert_int_equal(m.regs.ecx, 0xcccc0002);
	assert_int_equal(world.ins, 1);
	m.regs.edi = 0xfff;
	assert_int_equal(STEP("\xf3\x6d"), V86_REFUSED);
	assert_int_equal(world.ins, 1);
	assert_int_equal(world.writes, 2);

	reset();
	world.absent_page = at(DATA_SEGMENT, 0) >> 12;
	assert_int_equal(STEP("\x6f"), V86_REFUSED);
	assert_int_equal(world.outs, 0);

	reset();
	world.ports_refuse = true;
	assert_int_equal(STEP("\x6d"), V86_REFUSED);
	assert_int_equal(world.writes, 0);
	assert_int_equal(m.regs.edi, 0x88880040);
	assert_int_equal(STEP("\x6f"), V86_REFUSED);
	assert_int_equal(m.regs.esi, 0x77770030);

	/* A long one comes back in between, ready to go on. */
	reset();
	m.interrupt_shadow = true;
	m.regs.ecx = V86_REPEAT_MAX + 5;
	assert_int_equal(STEP("\xf3\x6c"), V86_REPEAT);
	assert_int_equal(m.regs.eip, CODE_IP);
	assert_int_equal(m.regs.ecx, 5);
	assert_int_equal(world.ins, V86_REPEAT_MAX);
	assert_false(m.interrupt_shadow);
	assert_int_equal(v86_step(&m), V86_DONE);
	assert_int_equal(m.regs.ecx, 0);
	assert_int_equal(m.regs.edi, 0x88880040 + V86_REPEAT_MAX + 5);
	assert_int_equal(m.regs.eip, CODE_IP + 2);

	reset();
	m.regs.ecx = V86_REPEAT_MAX;
	assert_int_equal(STEP("\xf3\x6e"), V86_DONE);
}

static void test_tables(void **state)
{
	(void)state;
	/* BX = 10h: 30010h. */
	reset();
	poke(DATA_SEGMENT, 0x10, 2, 0x1234);
	poke(DATA_SEGMENT, 0x12, 4, 0xfedcba98);
	assert_int_equal(STEP("\x0f\x01\x17"), V86_DONE);
	assert_int_equal(m.gdtr.limit, 0x1234);
	assert_int_equal(m.gdtr.base, 0xdcba98);
	assert_int_equal(STEP("\x66\x0f\x01\x1f"), V86_DONE);
	assert_int_equal(m.idtr.limit, 0x1234);
	assert_int_equal(m.idtr.base, 0xfedcba98);
	assert_int_equal(m.regs.eip, CODE_IP + 7);

	/* Stored whole, with either operand size; ES:[BP+DI+2] = 62h. */
	m.gdtr.base = 0x87654321;
	assert_int_equal(STEP("\x26\x0f\x01\x43\x02"), V86_DONE);
	assert_int_equal(peek(EXTRA_SEGMENT, 0x62, 4), 0x43211234);
	assert_int_equal(peek(EXTRA_SEGMENT, 0x66, 4), 0x8765);
	assert_int_equal(STEP("\x66\x0f\x01\x0e\x00\x20"), V86_DONE);
	assert_int_equal(peek(DATA_SEGMENT, 0x2000, 4), 0xba981234);
	assert_int_equal(peek(DATA_SEGMENT, 0x2004, 4), 0xfedc);
	assert_int_equal(world.writes, 12);

	reset();
	RAISES(VECTOR_GP, "\x0f\x01\x16\xfb\xff");
	RAISES(VECTOR_SS, "\x36\x0f\x01\x16\xff\xff");
	RAISES(VECTOR_GP, "\x0f\x01\x06\xfb\xff");
	assert_int_equal(STEP("\x0f\x01\x16\xfa\xff"), V86_DONE);

	reset();
	world.rom_page = at(DATA_SEGMENT, 0x1000) >> 12;
	assert_int_equal(STEP("\x0f\x01\x06\xfe\x0f"), V86_REFUSED);
	assert_int_equal(world.writes, 0);
}

static void test_addressing(void **state)
{
	/* LMSW's operand is the address; the word there is told by its value. */
	static const struct {
		const char *code;
		size_t count;
		u32 segment, offset;
	} rows[] = {
		{ "\x0f\x01\x30", 3, DATA_SEGMENT, 0x40 },
		{ "\x0f\x01\x31", 3, DATA_SEGMENT, 0x50 },
		{ "\x0f\x01\x32", 3, STACK_SEGMENT, 0x50 },
		{ "\x0f\x01\x33", 3, STACK_SEGMENT, 0x60 },
		{ "\x0f\x01\x34", 3, DATA_SEGMENT, 0x30 },
		{ "\x0f\x01\x35", 3, DATA_SEGMENT, 0x40 },
		{ "\x0f\x01\x36\xfe\xff", 5, DATA_SEGMENT, 0xfffe },
		{ "\x0f\x01\x77\xe0", 4, DATA_SEGMENT, 0xfff0 },
		{ "\x0f\x01\xb6\xf0\xff", 5, STACK_SEGMENT, 0x10 },
		{ "\x65\x0f\x01\x37", 4, 0x6000, 0x10 },
		{ "\x67\x0f\x01\x74\x5d\xf0", 6, STACK_SEGMENT, 0x30 },
		{ "\x67\x0f\x01\x34\xdd\x00\x00\x00\x00", 9, DATA_SEGMENT,
		  0x80 },
		{ "\x67\x0f\x01\x34\x24", 5, STACK_SEGMENT, 0x100 },
		{ "\x67\x2e\x0f\x01\x35\xfe\xff\x00\x00", 9, CODE_SEGMENT,
		  0xfffe },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		bool wide = rows[i].code[0] == 0x67;

		reset();
		if (wide) {
			m.regs.ebx = 0x10;
			m.regs.ebp = 0x20;
			m.regs.esp = 0x100;
		}
		poke(rows[i].segment, rows[i].offset, 2, 0xfffe);
		assert_int_equal(step_bytes(rows[i].code, rows[i].count),
				 V86_DONE);
		assert_int_equal(m.cr0, 0x1e);
	}
	/* 32-bit addresses are not cut to 16 bits. */
	reset();
	RAISES(VECTOR_GP, "\x67\x0f\x01\x33");
	RAISES(VECTOR_SS, "\x67\x0f\x01\x75\x00");
	RAISES(VECTOR_GP, "\x67\x0f\x01\x35\xff\xff\x00\x00");
	/* Segment FFFF reaches beyond 1 MiB. */
	reset();
	m.regs.ds = 0xffff;
	poke(0xffff, 0xfffe, 2, 0x8);
	assert_int_equal(STEP("\x0f\x01\x36\xfe\xff"), V86_DONE);
	assert_int_equal(m.cr0, 0x18);
}

static void test_machine_status_word(void **state)
{
	(void)state;
	reset();
	m.cr0 = 0x6001003a;
	assert_int_equal(STEP("\x0f\x01\xe0"), V86_DONE);
	assert_int_equal(m.regs.eax, 0xaaaa003a);
	assert_int_equal(STEP("\x66\x0f\x01\xe1"), V86_DONE);
	assert_int_equal(m.regs.ecx, 0x6001003a);
	world.memory[at(DATA_SEGMENT, 0x12)] = 0x99;
	assert_int_equal(STEP("\x66\x0f\x01\x27"), V86_DONE);
	assert_int_equal(peek(DATA_SEGMENT, 0x10, 4), 0x0099003a);
	RAISES(VECTOR_GP, "\x0f\x01\x26\xff\xff");

	/* LMSW changes four bits. */
	m.regs.eax = 0xffffffe4;
	assert_int_equal(STEP("\x0f\x01\xf0"), V86_DONE);
	assert_int_equal(m.cr0, 0x60010034);
	assert_int_equal(STEP("\x0f\x06"), V86_DONE);
	assert_int_equal(m.cr0, 0x60010034);
	m.cr0 |= (u32)CR0_TS;
	assert_int_equal(STEP("\x0f\x06"), V86_DONE);
	assert_int_equal(m.cr0, 0x60010034);
}

/* Setting PE is the caller's decision, with nothing done yet. */
static void test_protected_mode(void **state)
{
	static const struct {
		const char *code;
		size_t count;
		u32 eax;
	} rows[] = {
		{ "\x0f\x22\xc0", 3, 0x11 },
		{ "\x0f\x22\xc0", 3, 0x80000011 },
		{ "\x66\x0f\x22\xc0", 4, 0x60000011 },
		{ "\x0f\x01\xf0", 3, 0x1 },
		{ "\x0f\x01\x37", 3, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct bios_regs before;

		reset();
		m.regs.eflags |= (u32)RFLAGS_TF;
		m.regs.eax = rows[i].eax;
		m.interrupt_shadow = true;
		poke(DATA_SEGMENT, 0x10, 2, 0x1f);
		before = m.regs;
		assert_int_equal(step_bytes(rows[i].code, rows[i].count),
				 V86_PROTECTED_MODE);
		assert_memory_equal(&m.regs, &before, sizeof(before));
		assert_int_equal(m.cr0, CR0_ET);
		assert_true(m.interrupt_shadow);
		assert_false(m.single_step);
	}
}

static void test_control_registers(void **state)
{
	static const struct {
		u8 number;
		u32 value, stored;
		u8 vector; /* 0: none */
	} rows[] = {
		{ 0, 0, 0x10, 0 },
		{ 0, 0x6005003e, 0x6005003e, 0 },
		{ 0, 0x4ffeffc0, 0x40040010, 0 }, /* what is not known is 0 */
		{ 0, 0x20000000, 0, VECTOR_GP },  /* NW without CD */
		{ 0, 0x20000001, 0, VECTOR_GP },
		{ 0, 0x80000000, 0, VECTOR_GP }, /* PG without PE */
		{ 1, 0, 0, VECTOR_UD },
		{ 2, 0xffffffff, 0xffffffff, 0 },
		{ 3, 0x12345678, 0x12345678, 0 },
		{ 4, 0x6ff, 0x6ff, 0 },
		{ 4, 0x2000, 0, VECTOR_GP }, /* VMXE */
		{ 4, 0x80000000, 0, VECTOR_GP },
		{ 5, 0, 0, VECTOR_UD },
		{ 6, 0, 0, VECTOR_UD },
		{ 7, 0, 0, VECTOR_UD },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char to[] = "\x0f\x22\xc3", from[] = "\x0f\x20\xc7";

		reset();
		to[2] = (char)(0xc3 | rows[i].number << 3);
		from[2] = (char)(0xc7 | rows[i].number << 3);
		m.regs.ebx = rows[i].value;
		if (rows[i].vector != 0) {
			raises_bytes(rows[i].vector, to, 3);
			continue;
		}
		assert_int_equal(step_bytes(to, 3), V86_DONE);
		assert_int_equal(step_bytes(from, 3), V86_DONE);
		assert_int_equal(m.regs.edi, rows[i].stored);
		assert_int_equal(m.regs.eip, CODE_IP + 6);
	}
	reset();
	RAISES(VECTOR_UD, "\x0f\x20\xc8");
	RAISES(VECTOR_UD, "\xf0\x0f\x20\xc0"); /* CR8, with some makers */
}

static void test_debug_registers(void **state)
{
	static const struct {
		u8 number;
		u32 value, stored;
	} rows[] = {
		{ 0, 0x89abcdef, 0x89abcdef },
		{ 1, 1, 1 },
		{ 2, 0xffffffff, 0xffffffff },
		{ 3, 0x400, 0x400 },
		{ 4, 0, 0xffff0ff0 },
		{ 6, 0xffffffff, 0xffffefff },
		{ 7, 0, 0x400 },
		{ 7, 0xffffdfff, 0xffff07ff },
		{ 5, 0x3, 0x403 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char to[] = "\x0f\x23\xc3", from[] = "\x0f\x21\xc7";

		reset();
		to[2] = (char)(0xc3 | rows[i].number << 3);
		from[2] = (char)(0xc7 | rows[i].number << 3);
		m.regs.ebx = rows[i].value;
		assert_int_equal(step_bytes(to, 3), V86_DONE);
		assert_int_equal(step_bytes(from, 3), V86_DONE);
		assert_int_equal(m.regs.edi, rows[i].stored);
	}
	reset();
	m.cr4 = CR4_DE;
	RAISES(VECTOR_UD, "\x0f\x21\xe0");
	RAISES(VECTOR_UD, "\x0f\x23\xe8");
	m.dr[7] |= (u32)DR7_GD;
	RAISES(VECTOR_DB, "\x0f\x21\xf8");
	assert_int_equal(m.dr[6], 0xffff2ff0);
	assert_int_equal(m.dr[7], 0x400);
	assert_int_equal(STEP("\x0f\x21\xf8"), V86_DONE);
	assert_int_equal(m.regs.eax, 0x400);
}

static void test_msr_cpuid_caches(void **state)
{
	(void)state;
	reset();
	m.regs.ecx = 0x1b;
	m.regs.edx = 0x12345678;
	assert_int_equal(STEP("\x0f\x30"), V86_DONE);
	assert_true(world.msr == 0x12345678aaaaaaaa);
	world.msr = 0xfedcba9876543210;
	assert_int_equal(STEP("\x0f\x32"), V86_DONE);
	assert_int_equal(m.regs.eax, 0x76543210);
	assert_int_equal(m.regs.edx, 0xfedcba98);
	assert_int_equal(m.regs.eip, CODE_IP + 4);
	m.regs.ecx = 0x1c;
	RAISES(VECTOR_GP, "\x0f\x30");
	RAISES(VECTOR_GP, "\x0f\x32");
	assert_true(world.msr == 0xfedcba9876543210);

	m.regs.eax = 4;
	m.regs.ecx = 7;
	assert_int_equal(STEP("\x0f\xa2"), V86_DONE);
	assert_int_equal(m.regs.eax, 5);
	assert_int_equal(m.regs.ebx, 9);
	assert_int_equal(m.regs.ecx, 0xc);
	assert_int_equal(m.regs.edx, 0xd);

	reset();
	assert_int_equal(STEP("\x0f\x08"), V86_DONE);
	assert_int_equal(STEP("\x0f\x09"), V86_DONE);
	assert_int_equal(STEP("\x0f\x01\x3e\xff\xff"), V86_DONE);
	assert_int_equal(m.regs.eip, CODE_IP + 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_and_out),
		cmocka_unit_test(test_string_registers),
		cmocka_unit_test(test_string_memory),
		cmocka_unit_test(test_string_stops),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_addressing),
		cmocka_unit_test(test_machine_status_word),
		cmocka_unit_test(test_protected_mode),
		cmocka_unit_test(test_control_registers),
		cmocka_unit_test(test_debug_registers),
		cmocka_unit_test(test_msr_cpuid_caches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
