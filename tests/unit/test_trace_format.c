/* guest/watch/trace_format.c with its names: whole lines, and lengths of branches. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "guest/bios_regs.h"
#include "guest/watch/int_names.h"
#include "guest/watch/port_names.h"
#include "guest/watch/trace_format.h"
#include "lib/types.h"
#include "vmm/vmx/exit_reasons.h"

static struct trace_format format;
static char line[TRACE_LINE_MAX];

static struct trace_event make(enum trace_kind kind)
{
	return (struct trace_event){ .kind = (u8)kind,
				     .tsc = 123,
				     .cs = 0xf000,
				     .ip = 0xe0,
				     .count = 1 };
}

/* A line is there and reads so, behind core, time and place. */
static void reads(const struct trace_event *event, const char *wanted)
{
	const char *head = "c2 +0000000123 f000:00e0 ";
	size_t length = trace_format(&format, 2, event, line, sizeof(line));

	assert_int_equal(length, strlen(line));
	assert_memory_equal(line, head, strlen(head));
	assert_string_equal(line + strlen(head), wanted);
}

static void test_ports(void **state)
{
	struct trace_event event = make(TRACE_IO);

	(void)state;
	event.io.port = 0x1f7;
	event.io.bytes = 1;
	event.io.value = event.io.last = 0x20;
	reads(&event, "out  1f7 ata0 command <- 20");
	event.flags = TRACE_IO_IN;
	event.depth = 1;
	reads(&event, "  in   1f7 ata0 status -> 20");
	event.depth = 0;
	event.count = 400;
	reads(&event, "in   1f7 ata0 status -> 20 (400 times)");
	event.io.last = 0x58;
	reads(&event, "in   1f7 ata0 status -> 20 (400 times, at last 58)");
	event.flags = TRACE_IO_IN | TRACE_IO_STRING;
	event.io.port = 0x1f0;
	event.io.bytes = 2;
	event.io.segment = 0x7c0;
	event.count = 256;
	reads(&event,
	      "ins  1f0 ata0 data -> 256 x 2 bytes, to es:di=07c0:0000");
	event.flags = TRACE_IO_STRING;
	reads(&event,
	      "outs 1f0 ata0 data <- 256 x 2 bytes, from ds:si=07c0:0000");
	event = make(TRACE_IO);
	event.io.port = 0xbeef;
	event.io.bytes = 4;
	event.io.value = 0xcafe;
	reads(&event, "out  beef <- 0000cafe");
}

/* Of 64-bit guests: RIP has as many digits as it needs. */
static void test_64_bit(void **state)
{
	struct trace_event event = make(TRACE_MMIO);

	(void)state;
	event.mmio.address = 0x100010;
	event.mmio.bytes = 1;
	event.mmio.value = 0x11;
	reads(&event, "mmio write 00100010 <- 11");
	event.flags = TRACE_IO_IN;
	event.mmio.address = 0x123456789a;
	event.mmio.bytes = 8;
	reads(&event, "mmio read  123456789a -> 0000000000000011");
	event.count = 7;
	reads(&event, "mmio read  123456789a -> 0000000000000011 (7 times)");

	event = make(TRACE_EXCEPTION);
	event.vector = 6;
	reads(&event, "exception 06h #UD");
	event.vector = 13;
	event.exception.has_code = true;
	event.exception.error_code = 0x18;
	reads(&event, "exception 0dh #GP error=0018");
	event.vector = 14;
	event.exception.address = 0x10000000000;
	reads(&event, "exception 0eh #PF error=0018 address=0000010000000000");
	event.vector = 0x1f;
	event.exception.has_code = false;
	reads(&event, "exception 1fh");

	event = make(TRACE_IO);
	event.cs = 8;
	event.ip = 0xffff800000010023;
	trace_format(&format, 0, &event, line, sizeof(line));
	assert_memory_equal(line, "c0 +0000000123 0008:ffff800000010023 out ",
			    41);
}

static void test_int(void **state)
{
	struct trace_event event = make(TRACE_INT);
	struct bios_regs regs = {
		.eax = 0x0201, .ecx = 1, .edx = 0x80, .ebx = 0x7c00
	};

	(void)state;
	event.vector = 0x13;
	memcpy(event.regs, &regs, sizeof(regs));
	reads(&event, "int 13h ah=02 read sectors: ax=0201 bx=7c00 cx=0001 "
		      "dx=0080 si=0000 di=0000 bp=0000 ds=0000 es=0000");
	event.vector = 0x15;
	regs = (struct bios_regs){ .eax = 0xe820, .edx = 0x534d4150 };
	memcpy(event.regs, &regs, sizeof(regs));
	reads(&event, "int 15h ax=e820 memory map: ax=e820 bx=0000 cx=0000 "
		      "edx=534d4150 si=0000 di=0000 bp=0000 ds=0000 es=0000");
}

static void test_int_return(void **state)
{
	struct trace_event event = make(TRACE_INT_RETURN);
	struct bios_regs regs = { .eax = 0x0100, .eflags = 0x203, .ecx = 7 };

	(void)state;
	event.vector = 0x13;
	event.ticks = 55;
	event.changed = 1u << offsetof(struct bios_regs, ecx) / 4;
	memcpy(event.regs, &regs, sizeof(regs));
	reads(&event, "int 13h -> cf=1 zf=0 ax=0100 cx=0007 (55 ticks)");
	event.flags = TRACE_INT_LOST;
	reads(&event, "int 13h did not come back here (55 ticks)");
}

static void test_others(void **state)
{
	struct trace_event event = make(TRACE_IRQ);

	(void)state;
	event.vector = 8;
	reads(&event, "irq 0 timer -> int 08h");
	event = make(TRACE_EXIT);
	event.exit.reason = EXIT_REASON_CPUID;
	event.ticks = 9;
	reads(&event, "exit 10 CPUID (9 ticks)");
	event.exit.reason = EXIT_REASON_EXCEPTION_OR_NMI;
	event.exit.info = 0x80000b0d;
	reads(&event, "exit 0 EXCEPTION_OR_NMI: hardware exception 0d #GP, "
		      "error code (9 ticks)");
	event = make(TRACE_BREAK);
	event.vector = 1;
	event.code[0] = 0x90;
	reads(&event,
	      "break 1: ax=0000 bx=0000 cx=0000 dx=0000 si=0000 di=0000 "
	      "bp=0000 sp=0000 ds=0000 es=0000 fs=0000 gs=0000 ss=0000 "
	      "flags=--------- code=900000000000000000000000000000");
}

static struct trace_event step(u64 number, u16 ip, const char *code, u32 eax,
			       u32 eflags)
{
	struct trace_event event = make(TRACE_STEP);
	struct bios_regs regs = {
		.eip = ip, .cs = 0xf000, .eax = eax, .eflags = eflags
	};

	event.ip = ip;
	event.ticks = number;
	memcpy(event.regs, &regs, sizeof(regs));
	memcpy(event.code, code, strlen(code));
	return event;
}

static size_t next(struct trace_event event)
{
	return trace_format(&format, 0, &event, line, sizeof(line));
}

/* A step's line comes with the next, which tells what it did. */
static void test_steps(void **state)
{
	(void)state;
	format = (struct trace_format){ 0 };
	assert_int_equal(next(step(0, 0xe0, "\xb8\x40\xff", 0, 2)), 0);
	assert_true(next(step(1, 0xe3, "\x74\x05", 0xff40, 0x42)) != 0);
	assert_string_equal(line, "c0 +0000000123 f000:00e0 step b840ff"
				  "           ax=ff40 flags=-----z---");
	/* A jump by 5 is not an instruction of 7 bytes. */
	assert_true(next(step(2, 0xea, "\x90", 0x1ff40, 0x42)) != 0);
	assert_non_null(strstr(line, "00e3 step 7405 "));
	assert_non_null(strstr(line, " eax=0001ff40"));
	/* What has not changed is not shown. */
	assert_true(next(step(3, 0xeb, "\x90", 0x1ff40, 0x42)) != 0);
	assert_null(strstr(line, "ax="));
	assert_null(strstr(line, "flags="));
}

static void test_repeated_step(void **state)
{
	(void)state;
	format = (struct trace_format){ 0 };
	assert_int_equal(next(step(0, 0xe0, "\xf3\xa4", 0, 2)), 0);
	assert_int_equal(next(step(1, 0xe0, "\xf3\xa4", 0, 2)), 0);
	assert_int_equal(next(step(2, 0xe0, "\xf3\xa4", 0, 2)), 0);
	assert_true(next(step(3, 0xe2, "\x90", 0, 2)) != 0);
	assert_non_null(strstr(line, "step f3a4 "));
	assert_non_null(strstr(line, "(3 times)"));
	/* A jump to itself is many instructions, not one that repeats. */
	format = (struct trace_format){ 0 };
	assert_int_equal(next(step(0, 0xe0, "\xeb\xfe", 0, 2)), 0);
	assert_true(next(step(1, 0xe0, "\xeb\xfe", 0, 2)) != 0);
	assert_true(next(step(2, 0xe0, "\xeb\xfe", 0, 2)) != 0);
	assert_null(strstr(line, "times"));
}

/* After a gap, an interrupt or the end, no result is made up. */
static void test_step_without_result(void **state)
{
	struct trace_event irq = make(TRACE_IRQ);

	(void)state;
	format = (struct trace_format){ 0 };
	assert_int_equal(next(step(0, 0xe0, "\x90", 0, 2)), 0);
	assert_int_equal(next(step(2, 0xe2, "\x90", 0, 2)), 0);
	assert_true(next(step(3, 0xe3, "\x90", 0, 2)) != 0);
	assert_true(next(irq) != 0);
	assert_int_equal(next(step(4, 0x100, "\x90", 0, 2)), 0);
}

static void test_branch_bytes(void **state)
{
	static const struct {
		const char *code;
		u32 bytes;
	} cases[] = {
		{ "\x90", 0 },
		{ "\xb8\x01\x02", 0 },
		{ "\x74\x10", 2 },
		{ "\x0f\x84\x10\x20", 4 },
		{ "\x66\x0f\x84\x10", 7 },
		{ "\x0f\xb6\xc0", 0 },
		{ "\xe8\x10\x20", 3 },
		{ "\x66\xe8\x10\x20", 6 },
		{ "\xea\x10\x20\x30", 5 },
		{ "\x9a\x10\x20\x30", 5 },
		{ "\xeb\x10", 2 },
		{ "\xe2\x10", 2 },
		{ "\xcd\x10", 2 },
		{ "\xcc", 1 },
		{ "\xc3", 1 },
		{ "\xca\x02", 3 },
		{ "\x66\xcf", 2 },
		{ "\xff\xd0", 2 },
		{ "\xff\x16\x10\x20", 4 },
		{ "\x2e\xff\x67\x10", 4 },
		{ "\xff\x06\x10\x20", 0 },
		{ "\x67\xff\x64\x24\x10", 5 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		u8 code[TRACE_CODE_BYTES] = { 0 };

		memcpy(code, cases[i].code, strlen(cases[i].code));
		assert_int_equal(trace_branch_bytes(code), cases[i].bytes);
	}
}

static void test_names(void **state)
{
	enum int_selector by;

	(void)state;
	assert_string_equal(port_name(0x3f8, true), "com1 data");
	assert_string_equal(port_name(0x3f6, true), "ata0 alternate status");
	assert_string_equal(port_name(0x20, false), "pic1 command");
	assert_string_equal(port_name(0x8000, false), "");
	assert_true(port_is_status(0x1f7));
	assert_false(port_is_status(0x1f0));
	assert_string_equal(int_name(0x10, 0x4f02, &by), "vbe set mode");
	assert_int_equal(by, INT_BY_AX);
	assert_string_equal(int_name(0x10, 0x4fff, &by), "vbe");
	assert_string_equal(int_name(0x40, 0x0200, &by), "read sectors");
	assert_string_equal(int_name(0x10, 0xfe00, &by), "");
	assert_int_equal(by, INT_BY_AH);
	assert_string_equal(int_name(0x11, 0xfe00, &by), "equipment");
	assert_int_equal(by, INT_BY_VECTOR);
	assert_string_equal(int_names_vector(0x99), "");
}

/* The longest there is still fits, and one cut short stays terminated. */
static void test_cut(void **state)
{
	struct trace_event event = make(TRACE_BREAK);
	char small[40];

	(void)state;
	memset(event.regs, 0xff, sizeof(event.regs));
	assert_true(trace_format(&format, 2, &event, line, sizeof(line)) <
		    sizeof(line) - 1);
	assert_int_equal(trace_format(&format, 2, &event, small, sizeof(small)),
			 sizeof(small) - 1);
	assert_int_equal(strlen(small), sizeof(small) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ports),
		cmocka_unit_test(test_64_bit),
		cmocka_unit_test(test_int),
		cmocka_unit_test(test_int_return),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_repeated_step),
		cmocka_unit_test(test_step_without_result),
		cmocka_unit_test(test_branch_bytes),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
