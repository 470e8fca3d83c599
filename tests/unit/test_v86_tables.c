/*
 * guest/memory/v86_tables.c, read back as a processor reads it (SDM volume 3,
 * "Segment Descriptors", "IDT Descriptors", "Task-State Segment (TSS)").
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "guest/memory/v86_tables.h"
#include "lib/string.h"

#define BYTES (V86_TSS_OFFSET + V86_TSS_BYTES)

/* Where the pages really go, and one whose every byte is another. */
static const u32 bases[] = { 0x110000, 0x12345000, 0xfedcb000 };

struct descriptor {
	u32 base;
	u32 limit; /* in bytes */
	u8 type;   /* with S, bits 4:0 of the access byte */
	u8 dpl;
	bool present;
	bool big; /* D/B */
};

static u64 read_bytes(const u8 *p, size_t bytes)
{
	u64 value = 0;

	for (size_t i = 0; i < bytes; i++) {
		value |= (u64)p[i] << 8 * i;
	}
	return value;
}

static struct descriptor decode(const u8 *p)
{
	struct descriptor d = {
		.base = (u32)(read_bytes(p + 2, 3) | (u64)p[7] << 24),
		.limit = (u32)(read_bytes(p, 2) | (u64)(p[6] & 0xf) << 16),
		.type = p[5] & 0x1f,
		.dpl = p[5] >> 5 & 3,
		.present = p[5] >> 7,
		.big = p[6] >> 6 & 1,
	};

	if (p[6] & 0x80) {
		d.limit = d.limit << 12 | 0xfff;
	}
	return d;
}

/* As a processor finds it: by table indicator and index, within the limit. */
static struct descriptor look_up(const u8 *pages, u16 selector)
{
	u32 table = selector & 4 ? V86_LDT_OFFSET : V86_GDT_OFFSET;
	u32 limit = selector & 4 ? V86_LDT_LIMIT : V86_GDT_LIMIT;
	u32 at = selector & ~7u;

	assert_int_equal(selector & 3, 0);
	assert_true(at + 7 <= limit);
	return decode(pages + table + at);
}

static u8 *build(u32 base)
{
	/* To the byte: the sanitizer sees a write behind the end. */
	u8 *pages = calloc(1, BYTES);

	assert_non_null(pages);
	v86_tables_build(pages, BYTES, base);
	return pages;
}

static void test_descriptors(void **state)
{
	static const struct {
		u16 selector;
		u32 offset; /* from the pages' base, unless absolute */
		bool absolute;
		u32 limit;
		u8 type;
		bool big;
	} rows[] = {
		{ V86_SELECTOR_TSS, V86_TSS_OFFSET, false, V86_TSS_BYTES - 1,
		  0x0b, false },
		{ V86_SELECTOR_LDT, V86_LDT_OFFSET, false, V86_LDT_LIMIT, 0x02,
		  false },
		{ V86_SELECTOR_CODE, 0, true, 0xffffffff, 0x1b, true },
		{ V86_SELECTOR_DATA, 0, false, 0xfff, 0x13, true },
		{ V86_SELECTOR_SCREEN, 0xb8000, true, 0x7fff, 0x13, true },
		{ V86_SELECTOR_FLAT, 0, true, 0xffffffff, 0x13, true },
	};

	(void)state;
	for (size_t b = 0; b < ARRAY_SIZE(bases); b++) {
		u8 *pages = build(bases[b]);

		for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
			struct descriptor d = look_up(pages, rows[i].selector);
			u32 base = rows[i].absolute ? 0 : bases[b];

			assert_int_equal(d.base, base + rows[i].offset);
			assert_int_equal(d.limit, rows[i].limit);
			assert_int_equal(d.type, rows[i].type);
			assert_int_equal(d.big, rows[i].big);
			assert_int_equal(d.dpl, 0);
			assert_true(d.present);
		}
		/* The null descriptor. */
		assert_int_equal(read_bytes(pages + V86_GDT_OFFSET, 8), 0);
		free(pages);
	}
}

static void test_gp_gate(void **state)
{
	/* vmcall; add esp, 4; iretd */
	static const u8 handler[] = { 0x0f, 0x01, 0xc1, 0x83, 0xc4, 0x04, 0xcf };

	(void)state;
	for (size_t b = 0; b < ARRAY_SIZE(bases); b++) {
		u8 *pages = build(bases[b]);
		const u8 *idt = pages + V86_IDT_OFFSET;
		const u8 *gate = idt + 13 * 8;
		u32 offset = (u32)(read_bytes(gate, 2) | read_bytes(gate + 6, 2)
								 << 16);

		assert_int_equal(read_bytes(gate + 2, 2), V86_SELECTOR_CODE);
		assert_int_equal(gate[4], 0);
		/* Present, DPL 0: an INT 0Dh of the guest's is not let in. */
		assert_int_equal(gate[5], 0x8e);
		assert_int_equal(offset, bases[b] + V86_HANDLER_OFFSET);
		assert_memory_equal(pages + offset - bases[b], handler,
				    sizeof(handler));
		for (u32 vector = 0; vector * 8 < V86_IDT_LIMIT; vector++) {
			assert_true(vector == 13 ||
				    read_bytes(idt + vector * 8, 8) == 0);
		}
		free(pages);
	}
}

static void test_tss(void **state)
{
	(void)state;
	for (size_t b = 0; b < ARRAY_SIZE(bases); b++) {
		u8 *pages = build(bases[b]);
		const u8 *tss = pages + V86_TSS_OFFSET;
		u32 io_map = (u32)read_bytes(tss + 102, 2);
		u16 ss0 = (u16)read_bytes(tss + 8, 2);
		u32 esp0 = (u32)read_bytes(tss + 4, 4);
		struct descriptor stack = look_up(pages, ss0);
		u32 trapped = V86_TSS_REDIRECTION_OFFSET + 0x15 / 8;

		assert_int_equal(esp0, bases[b] + V86_RING0_STACK_TOP);
		assert_int_equal(stack.base, 0);
		assert_int_equal(stack.type, 0x13); /* writable */
		assert_true(esp0 - 1 <= stack.limit);
		/* The 32 bytes below the I/O map: all but 15h redirected. */
		assert_int_equal(io_map - 32, V86_TSS_REDIRECTION_OFFSET);
		/* A bit for every port, and the byte of ones behind them. */
		assert_int_equal(io_map + 65536 / 8, V86_TSS_BYTES - 1);
		for (u32 i = V86_TSS_REDIRECTION_OFFSET; i < V86_TSS_BYTES - 1;
		     i++) {
			assert_int_equal(tss[i],
					 i == trapped ? 1u << 0x15 % 8 : 0);
		}
		assert_int_equal(tss[V86_TSS_BYTES - 1], 0xff);
		/* No debug trap on a task switch, no other task. */
		assert_int_equal(read_bytes(tss + 100, 2), 0);
		assert_int_equal(read_bytes(tss, 2), 0);
		free(pages);
	}
}

/* The tables do not overlap, nor does the stack grow into the handler soon. */
static void test_layout(void **state)
{
	(void)state;
	assert_true(V86_GDT_OFFSET + V86_GDT_LIMIT < V86_LDT_OFFSET);
	assert_true(V86_LDT_OFFSET + V86_LDT_LIMIT < V86_IDT_OFFSET);
	assert_true(V86_IDT_OFFSET + V86_IDT_LIMIT < V86_HANDLER_OFFSET);
	assert_true(V86_HANDLER_OFFSET + 16 < V86_RING0_STACK_TOP - 1024);
	assert_true(V86_RING0_STACK_TOP <= V86_TSS_OFFSET);
	assert_int_equal(V86_TSS_OFFSET % PAGE_SIZE, 0);
}

static void test_too_small(void **state)
{
	static const size_t sizes[] = { 0, 1, V86_TSS_OFFSET, BYTES - 1 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		u8 *pages = malloc(sizes[i] + 1);

		assert_non_null(pages);
		memset(pages, 0xa5, sizes[i] + 1);
		v86_tables_build(pages, sizes[i], bases[0]);
		for (size_t at = 0; at <= sizes[i]; at++) {
			assert_int_equal(pages[at], 0xa5);
		}
		free(pages);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_descriptors),
		cmocka_unit_test(test_gp_gate),
		cmocka_unit_test(test_tss),
		cmocka_unit_test(test_layout),
		cmocka_unit_test(test_too_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
