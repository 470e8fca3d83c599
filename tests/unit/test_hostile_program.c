/* Hostile programs: the same ones each time, of all kinds, and shrunk right. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "arch/x86.h"
#include "proof/hostile/hostile_program.h"

#define PROGRAMS 20000u

static void test_the_same_each_time(void **state)
{
	struct hostile_program a, b, other;
	u32 alike = 0;

	(void)state;
	for (u64 i = 0; i < 1000; i++) {
		hostile_program16_make(&a, 7, i);
		hostile_program16_make(&other, 8, i);
		hostile_program16_make(&b, 7, i);
		assert_memory_equal(&a, &b, sizeof(a));
		alike += memcmp(a.code, other.code, sizeof(a.code)) == 0;
		hostile_program16_make(&other, 7, i + 1);
		alike += memcmp(a.code, other.code, sizeof(a.code)) == 0;
	}
	assert_true(alike < 20);
}

/* Every program has its end behind it, and what the guest can be given. */
static void test_bounds(void **state)
{
	struct hostile_program p;

	(void)state;
	for (u64 i = 0; i < PROGRAMS; i++) {
		hostile_program16_make(&p, 1, i);
		assert_in_range(p.bytes, 1, HOSTILE_BYTES_MAX);
		assert_int_equal(p.code[p.bytes], 0xfa);
		assert_int_equal(p.code[p.bytes + 1], 0xf4);
		assert_true(p.ivt < HOSTILE_IVTS);
		assert_true(p.regs.ss <= 0xffff && p.regs.ds <= 0xffff &&
			    p.regs.es <= 0xffff && p.regs.fs <= 0xffff &&
			    p.regs.gs <= 0xffff);
		assert_int_equal(p.regs.eflags & RFLAGS_VM, 0);
	}
}

static bool contains(const struct hostile_program *p, const char *bytes,
		     u32 count)
{
	for (u32 i = 0; i + count <= p->bytes; i++) {
		if (memcmp(p->code + i, bytes, count) == 0) {
			return true;
		}
	}
	return false;
}

/* What is named in the requirement occurs, and not once in a blue moon. */
static void test_mixture(void **state)
{
	static const struct {
		const char *bytes;
		u32 count;
	} wanted[] = {
		{ "\x0f\x22\xc0", 3 }, { "\x0f\x22\xe0", 3 }, { "\x0f\x30", 2 },
		{ "\x0f\x32", 2 },     { "\x0f\x01\xc2", 3 }, { "\xf4", 1 },
		{ "\xfb", 1 },	       { "\x8e\xd0", 2 },     { "\x0f\x08", 2 },
		{ "\x2e\xc6\x06", 3 }, { "\xbc\xff\xff", 3 }, { "\xcd", 1 },
		{ "\x80\xcc\x01", 3 }, { "\xeb\xfe", 2 },     { "\xf0", 1 },
		{ "\x67\x66\xc7", 3 }, { "\x00\xd8", 2 },     { "\x6d", 1 },
		{ "\xea", 1 },	       { "\x9a", 1 },	      { "\xf1", 1 },
	};
	u32 found[ARRAY_SIZE(wanted)] = { 0 };
	u32 ivt[HOSTILE_IVTS] = { 0 };
	struct hostile_program p;

	(void)state;
	for (u64 i = 0; i < PROGRAMS; i++) {
		hostile_program16_make(&p, 1, i);
		ivt[p.ivt]++;
		for (size_t w = 0; w < ARRAY_SIZE(wanted); w++) {
			found[w] +=
				contains(&p, wanted[w].bytes, wanted[w].count);
		}
	}
	for (size_t w = 0; w < ARRAY_SIZE(wanted); w++) {
		if (found[w] < PROGRAMS / 1000) {
			fail_msg("%02x...: %u times", (u8)wanted[w].bytes[0],
				 found[w]);
		}
	}
	for (size_t i = 0; i < HOSTILE_IVTS; i++) {
		assert_true(ivt[i] >= PROGRAMS / 100);
	}
}

/* The same of 64-bit code. */
static void test_mixture_of_64_bits(void **state)
{
	static const struct {
		const char *bytes;
		u32 count;
	} wanted[] = {
		{ "\x0f\x22\xc0", 3 },
		{ "\x0f\x22\xd8", 3 },
		{ "\x0f\x22\xe0", 3 },
		{ "\x0f\x30", 2 },
		{ "\x0f\x32", 2 },
		{ "\x0f\x01\xc2", 3 },
		{ "\x48\xcf", 2 },
		{ "\x48\xcb", 2 },
		{ "\x8e\xd0", 2 },
		{ "\x0f\x05", 2 },
		{ "\x0f\x34", 2 },
		{ "\x0f\xaa", 2 },
		{ "\x0f\x00\xd8", 3 },
		{ "\x0f\x01\x18", 3 },
		{ "\xcd", 1 },
		{ "\xfb", 1 },
		{ "\xf4", 1 },
		{ "\xeb\xfe", 2 },
		{ "\x48\x89\x04\x25", 4 },
		{ "\xc6\x05", 2 },
		{ "\xff\x28", 2 },
		{ "\x0f\x01\xd1", 3 },
		{ "\x0f\x08", 2 },
		{ "\x0f\x01\xc8", 3 },
	};
	u32 found[ARRAY_SIZE(wanted)] = { 0 };
	u32 idt[HOSTILE_IDTS] = { 0 };
	u32 user = 0, small_pages = 0, alike = 0;
	struct hostile_program p, again;

	(void)state;
	for (u64 i = 0; i < PROGRAMS; i++) {
		hostile_program64_make(&p, 1, i);
		hostile_program64_make(&again, 1, i);
		assert_memory_equal(&p, &again, sizeof(p));
		hostile_program64_make(&again, 1, i + 1);
		alike += memcmp(p.code, again.code, sizeof(p.code)) == 0;
		assert_in_range(p.bytes, 1, HOSTILE_BYTES_MAX);
		assert_in_range(p.offset, 0x1000,
				HOSTILE_IMAGE_BYTES - sizeof(p.code));
		idt[p.idt]++;
		user += p.user;
		small_pages += p.small_pages;
		for (size_t w = 0; w < ARRAY_SIZE(wanted); w++) {
			found[w] +=
				contains(&p, wanted[w].bytes, wanted[w].count);
		}
	}
	for (size_t w = 0; w < ARRAY_SIZE(wanted); w++) {
		if (found[w] < PROGRAMS / 1000) {
			fail_msg("%zu: %u times", w, found[w]);
		}
	}
	for (size_t i = 0; i < HOSTILE_IDTS; i++) {
		assert_true(idt[i] >= PROGRAMS / 10);
	}
	assert_in_range(user, PROGRAMS / 5, PROGRAMS / 3);
	assert_in_range(small_pages, PROGRAMS / 3, 2 * PROGRAMS / 3);
	assert_true(alike < PROGRAMS / 1000);
}

static u64 quad(const u8 *image, u32 at)
{
	u64 value;

	memcpy(&value, image + at, sizeof(value));
	return value;
}

/* IRETQ's frame is where the program and its registers are. */
static void test_image(void **state)
{
	static u8 image[HOSTILE_IMAGE_BYTES];
	const u32 frame = HOSTILE_IMAGE_FRAME;
	struct hostile_program p;

	(void)state;
	for (u64 i = 0; i < 1000; i++) {
		hostile_program64_make(&p, 3, i);
		hostile_program64_image(&p, image);
		assert_memory_equal(image + p.offset, p.code,
				    p.bytes + HOSTILE_TAIL_BYTES);
		assert_int_equal(quad(image, frame), 0x10000 + p.offset);
		assert_int_equal(quad(image, frame + 8) % 4, p.user ? 3 : 0);
		assert_int_equal(quad(image, frame + 16), p.rflags);
		assert_int_equal(quad(image, frame + 24), p.gpr[4]);
		assert_int_equal(quad(image, frame + 32) % 4, p.user ? 3 : 0);
		assert_memory_equal(image, "\x0f\x20\xc0", 3);
	}
}

static void test_vectors(void **state)
{
	struct hostile_program p = {
		.at = { .offset = 0x100, .segment = 0x1000 }, .vectors_seed = 5
	};

	(void)state;
	p.ivt = HOSTILE_IVT_PROGRAM;
	assert_int_equal(hostile_program16_vector(&p, 8).offset, 0x100);
	assert_int_equal(hostile_program16_vector(&p, 8).segment, 0x1000);
	p.ivt = HOSTILE_IVT_TOP;
	assert_int_equal(hostile_program16_vector(&p, 0).offset, 0xffff);
	assert_int_equal(hostile_program16_vector(&p, 0).segment, 0xffff);
	p.ivt = HOSTILE_IVT_RANDOM;
	assert_int_equal(hostile_program16_vector(&p, 3).offset,
			 hostile_program16_vector(&p, 3).offset);
	assert_int_not_equal(hostile_program16_vector(&p, 3).offset,
			     hostile_program16_vector(&p, 4).offset);
}

static void test_code(void **state)
{
	struct hostile_program p = { 0 };
	u8 long_code[HOSTILE_BYTES_MAX + 8];

	(void)state;
	memset(long_code, 0x90, sizeof(long_code));
	hostile_program_set_code(&p, long_code, sizeof(long_code));
	assert_int_equal(p.bytes, HOSTILE_BYTES_MAX);
	assert_int_equal(p.code[HOSTILE_BYTES_MAX], 0xfa);
	hostile_program_set_code(&p, long_code, 0);
	assert_int_equal(p.bytes, 0);
	assert_memory_equal(p.code, "\xfa\xf4", 2);
}

/* What a program is blamed for: these bytes in this order, gaps or not. */
struct blame {
	const char *bytes;
	u32 count;
	bool adjacent;
	u32 asked;
};

static bool is_to_blame(void *context, const struct hostile_program *part)
{
	struct blame *blame = context;
	u32 found = 0;

	blame->asked++;
	if (blame->adjacent) {
		return contains(part, blame->bytes, blame->count);
	}
	for (u32 i = 0; i < part->bytes && found < blame->count; i++) {
		found += part->code[i] == (u8)blame->bytes[found];
	}
	return found == blame->count;
}

static void check_shrink(const char *bytes, u32 count, bool adjacent)
{
	struct blame blame = { bytes, count, adjacent, 0 };
	struct hostile_program p = { .regs = { .eax = 5 }, .vectors_seed = 3 };
	u8 code[HOSTILE_BYTES_MAX];

	memset(code, 0x90, sizeof(code));
	for (u32 i = 0; i < count; i++) {
		code[3 + i * (adjacent ? 1 : 7)] = (u8)bytes[i];
	}
	hostile_program_set_code(&p, code, sizeof(code));
	assert_true(is_to_blame(&blame, &p));
	hostile_program_shrink(&p, is_to_blame, &blame);
	assert_int_equal(p.bytes, MAX(count, 1));
	assert_memory_equal(p.code, bytes, p.bytes);
	assert_memory_equal(p.code + p.bytes, "\xfa\xf4", 2);
	assert_int_equal(p.regs.eax, 5);
	assert_int_equal(p.vectors_seed, 3);
	assert_in_range(blame.asked, 1, 500);
}

static void test_shrink(void **state)
{
	(void)state;
	check_shrink("\x0f\x01\xc1", 3, true);
	check_shrink("\x0f\x01\xc1", 3, false);
	check_shrink("\xf4", 1, true);
	/* What fails whatever the program is shrinks to one byte. */
	check_shrink("\x90", 0, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_same_each_time),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_mixture),
		cmocka_unit_test(test_mixture_of_64_bits),
		cmocka_unit_test(test_image),
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_code),
		cmocka_unit_test(test_shrink),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
