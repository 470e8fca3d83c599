/* guest/memory/walk32.c: both kinds of tables, their rights and their flags. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "arch/x86.h"
#include "guest/memory/walk32.h"

#define TABLES 0x10000u
#define DIRECTORY 0x1000u
#define TABLE 0x2000u
#define POINTERS 0x3020u

static u8 memory[TABLES];
static struct walk32 walk;

static u8 *entry(void *ctx, u64 gpa)
{
	assert_ptr_equal(ctx, memory);
	return gpa < TABLES ? memory + gpa : NULL;
}

static void put(u32 at, u64 value, u32 bytes)
{
	memcpy(memory + at, &value, bytes);
}

static u64 get(u32 at, u32 bytes)
{
	u64 value = 0;

	memcpy(&value, memory + at, bytes);
	return value;
}

static int begin(void **state)
{
	(void)state;
	memset(memory, 0, sizeof(memory));
	walk = (struct walk32){ .cr3 = DIRECTORY,
				.large_pages = true,
				.write_protect = true,
				.ctx = memory,
				.entry = entry };
	return 0;
}

static int begin_pae(void **state)
{
	begin(state);
	walk.cr3 = POINTERS | 0x18; /* PWT and PCD are no address */
	walk.pae = true;
	put(POINTERS + 8, DIRECTORY | 1, 8);
	return 0;
}

/* The address, or the error code with bit 63. */
static u64 find(u32 linear, u32 access)
{
	u64 gpa = 0;
	u32 error_code = 0;

	switch (walk32(&walk, linear, access, &gpa, &error_code)) {
	case WALK32_MAPPED:
		return gpa;
	case WALK32_FAULT:
		return BIT(63) | error_code;
	default:
		return BIT(62) | gpa;
	}
}

#define FAULT(code) (BIT(63) | (code))
#define P PAGING_P
#define RW PAGING_RW
#define US PAGING_US
#define A PAGING_A
#define D PAGING_D

static void test_pages(void **state)
{
	(void)state;
	put(DIRECTORY + 4 * 1, TABLE | P | RW | US, 4);
	put(TABLE + 4 * 2, 0x12345000 | P | RW | US, 4);
	assert_true(find(0x402abc, 0) == 0x12345abc);
	assert_true(get(DIRECTORY + 4, 4) == (TABLE | P | RW | US | A));
	assert_true(get(TABLE + 8, 4) == (0x12345000 | P | RW | US | A));
	assert_true(find(0x402abc, PAGE_FAULT_W | PAGE_FAULT_U) == 0x12345abc);
	assert_true(get(TABLE + 8, 4) == (0x12345000 | P | RW | US | A | D));
	assert_true(get(DIRECTORY + 4, 4) == (TABLE | P | RW | US | A));
	assert_true(find(0x403000, 0) == FAULT(0));
	assert_true(find(0x800000, PAGE_FAULT_W | PAGE_FAULT_U) == FAULT(6));
}

static void test_rights(void **state)
{
	(void)state;
	put(DIRECTORY, TABLE | P | US, 4);
	put(TABLE, 0x5000 | P | RW | US, 4);
	put(TABLE + 4, 0x6000 | P | RW, 4);
	assert_true(find(0x10, PAGE_FAULT_U) == 0x5010);
	assert_true(find(0x10, PAGE_FAULT_U | PAGE_FAULT_W) == FAULT(7));
	assert_true(find(0x10, PAGE_FAULT_W) == FAULT(3));
	assert_true(find(0x1010, PAGE_FAULT_U) == FAULT(5));
	assert_true(get(TABLE + 4, 4) == (0x6000 | P | RW));
	walk.write_protect = false;
	assert_true(find(0x10, PAGE_FAULT_W) == 0x5010);
	assert_true(find(0x10, PAGE_FAULT_U | PAGE_FAULT_W) == FAULT(7));
}

static void test_large(void **state)
{
	(void)state;
	/* Bits 20:13 are the address's 39:32. */
	put(DIRECTORY + 4 * 3, 0x00c00000 | 0xa5 << 13 | PAGING_PS | P | RW, 4);
	assert_true(find(0xf12345, PAGE_FAULT_W) == 0xa500f12345);
	assert_true((get(DIRECTORY + 12, 4) & (A | D)) == (A | D));
	walk.large_pages = false;
	assert_true(find(0xf12345, 0) == (BIT(62) | (0xd4a000 + 4 * 0x312)));
}

static void test_no_table(void **state)
{
	(void)state;
	put(DIRECTORY, TABLES | P | RW, 4);
	assert_true(find(0x3000, 0) == (BIT(62) | (TABLES + 12)));
	walk.cr3 = TABLES;
	assert_true(find(0, 0) == (BIT(62) | TABLES));
}

static void test_pae(void **state)
{
	const u32 linear = 0x40000000 + (5 << 21) + (7 << 12) + 0x123;

	(void)state;
	assert_true(find(linear, 0) == FAULT(0));
	put(DIRECTORY + 8 * 5, TABLE | P | RW | US, 8);
	put(TABLE + 8 * 7, 0x123456000 | P | RW | US | PAGING_XD, 8);
	assert_true(find(linear, PAGE_FAULT_W) == 0x123456123);
	assert_true((get(DIRECTORY + 40, 8) & (A | D)) == A);
	assert_true((get(TABLE + 56, 8) & (A | D)) == (A | D));
	put(DIRECTORY + 8 * 6, 0x1c0000000 | PAGING_PS | P, 8);
	assert_true(find(0x40000000 + (6 << 21) + 0x54321, 0) == 0x1c0054321);
	assert_true(find(0x40000000 + (6 << 21), PAGE_FAULT_W) == FAULT(3));
	assert_true(find(0x80000000, 0) == FAULT(0)); /* no pointer */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_pages, begin),
		cmocka_unit_test_setup(test_rights, begin),
		cmocka_unit_test_setup(test_large, begin),
		cmocka_unit_test_setup(test_no_table, begin),
		cmocka_unit_test_setup(test_pae, begin_pae),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
