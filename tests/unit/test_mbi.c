/*
 * The Multiboot2 parser: good input field by field, each kind of damage, and
 * every truncation and every flipped bit of the good input. The input is given
 * in a heap block of its exact size, so that the address sanitizer sees the
 * first byte read beyond it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "boot/mbi.h"
#include "boot/multiboot2.h"
#include "lib/error.h"

struct blob {
	u8 data[32768];
	size_t bytes;
};

static struct bootinfo info;

static void put32(u8 *at, u32 value)
{
	memcpy(at, &value, sizeof(value));
}

/* Returns where the tag starts. size: what it says, without padding. */
static size_t add_tag(struct blob *b, u32 type, const void *body, size_t bytes)
{
	size_t at = b->bytes;

	put32(b->data + at, type);
	put32(b->data + at + 4, (u32)(8 + bytes));
	if (bytes != 0) {
		memcpy(b->data + at + 8, body, bytes);
	}
	b->bytes = ALIGN_UP(at + 8 + bytes, 8);
	assert_true(b->bytes <= sizeof(b->data));
	return at;
}

static void start(struct blob *b)
{
	memset(b, 0, sizeof(*b));
	b->bytes = 8;
}

static void finish(struct blob *b)
{
	add_tag(b, MULTIBOOT2_TAG_END, NULL, 0);
	put32(b->data, (u32)b->bytes);
}

static void add_module(struct blob *b, u32 from, u32 to, const char *cmdline)
{
	u8 body[24576];
	size_t length = strlen(cmdline) + 1;

	put32(body, from);
	put32(body + 4, to);
	memcpy(body + 8, cmdline, length);
	add_tag(b, MULTIBOOT2_TAG_MODULE, body, 8 + length);
}

static size_t add_memory_map(struct blob *b, u32 entry_size, u32 entries)
{
	static u8 body[24576];
	u32 i;

	memset(body, 0, sizeof(body));
	put32(body, entry_size);
	for (i = 0; i < entries; i++) {
		struct multiboot2_memory_entry entry = {
			.base = (u64)i << 32,
			.length = 0x1000 + i,
			.type = 1 + i % 5,
		};

		memcpy(body + 8 + i * entry_size, &entry, sizeof(entry));
	}
	return add_tag(b, MULTIBOOT2_TAG_MEMORY_MAP, body,
		       8 + entries * entry_size);
}

/* One of each tag, as GRUB under the machines at hand gives them. */
static void build(struct blob *b)
{
	static const u32 basic[2] = { 639, 130048 };
	static const u32 device[3] = { 0x80, 1, 0xffffffff };
	static const u64 table64 = 0x123456789ab;
	static const u32 image32 = 0x7654;
	static const u8 rgb[] = { 16, 8, 8, 8, 0, 8 };
	struct multiboot2_tag_framebuffer fb = {
		.address = 0xe0000000,
		.pitch = 4096,
		.width = 1024,
		.height = 768,
		.bpp = 32,
		.type = MULTIBOOT2_FRAMEBUFFER_RGB,
	};
	u8 body[24576];

	start(b);
	add_tag(b, MULTIBOOT2_TAG_CMDLINE, "selftest,log=2", 15);
	add_tag(b, MULTIBOOT2_TAG_LOADER_NAME, "GRUB 2.06", 10);
	add_module(b, 0x200000, 0x201234, "program.bin arg");
	add_module(b, 0x300000, 0x300000, "");
	add_tag(b, MULTIBOOT2_TAG_BASIC_MEMORY, basic, sizeof(basic));
	add_tag(b, MULTIBOOT2_TAG_BIOS_BOOT_DEVICE, device, sizeof(device));
	add_memory_map(b, 24, 6);
	memcpy(body, (u8 *)&fb + 8, sizeof(fb) - 8);
	memcpy(body + sizeof(fb) - 8, rgb, sizeof(rgb));
	add_tag(b, MULTIBOOT2_TAG_FRAMEBUFFER, body, 24 + sizeof(rgb));
	memset(body, 'n', 36);
	add_tag(b, MULTIBOOT2_TAG_ACPI_NEW, body, 36);
	memset(body, 'o', 20);
	add_tag(b, MULTIBOOT2_TAG_ACPI_OLD, body, 20);
	add_tag(b, MULTIBOOT2_TAG_ELF_SECTIONS, body, 33);
	add_tag(b, 0x12345, body, 3);
	add_tag(b, MULTIBOOT2_TAG_EFI64_SYSTEM_TABLE, &table64, 8);
	add_tag(b, MULTIBOOT2_TAG_EFI32_IMAGE_HANDLE, &image32, 4);
	add_tag(b, MULTIBOOT2_TAG_EFI_BOOT_SERVICES, NULL, 0);
	finish(b);
}

static bool terminated(const char *s, size_t size)
{
	return memchr(s, '\0', size) != NULL;
}

/* What holds for any input at all. */
static void check_sane(int rc)
{
	u32 i;

	assert_true(rc >= 0 || rc == ERR_CORRUPT);
	assert_true(terminated(info.cmdline, sizeof(info.cmdline)));
	assert_true(terminated(info.loader, sizeof(info.loader)));
	assert_true(info.memory_count <= BOOTINFO_MAX_MEMORY);
	assert_true(info.module_count <= BOOTINFO_MAX_MODULES);
	for (i = 0; i < info.module_count; i++) {
		assert_true(info.module[i].start <= info.module[i].end);
		assert_true(terminated(info.module[i].cmdline,
				       BOOTINFO_MODULE_CMDLINE_BYTES));
	}
	assert_true(info.rsdp_bytes == 0 || info.rsdp_bytes == 20 ||
		    info.rsdp_bytes == 36);
	assert_true(info.problem_count <= BOOTINFO_MAX_PROBLEMS);
	for (i = 0; i < info.problem_count; i++) {
		assert_true(
			terminated(info.problem[i], BOOTINFO_PROBLEM_BYTES));
		assert_true(strlen(info.problem[i]) > 10);
	}
	if (rc >= 0) {
		assert_int_equal(rc,
				 info.problem_count + info.problem_left_out);
	} else {
		assert_int_equal(info.problem_count, 1);
	}
}

/* Parses the first `bytes` bytes out of a block of just that size. */
static int parse(const u8 *data, size_t bytes, size_t misalign)
{
	u8 *block = malloc(bytes + misalign + (bytes + misalign == 0));
	int rc;

	memset(&info, 0xcc, sizeof(info));
	memcpy(block + misalign, data, bytes);
	rc = mbi_parse(&info, block + misalign, bytes);
	free(block);
	check_sane(rc);
	return rc;
}

static bool has_problem(const char *text)
{
	u32 i;

	for (i = 0; i < info.problem_count; i++) {
		if (strstr(info.problem[i], text) != NULL) {
			return true;
		}
	}
	return false;
}

static void check_all_fields(void)
{
	u32 i;

	assert_string_equal(info.cmdline, "selftest,log=2");
	assert_false(info.cmdline_truncated);
	assert_string_equal(info.loader, "GRUB 2.06");
	assert_int_equal(info.module_count, 2);
	assert_int_equal(info.module[0].start, 0x200000);
	assert_int_equal(info.module[0].end, 0x201234);
	assert_string_equal(info.module[0].cmdline, "program.bin arg");
	assert_int_equal(info.module[1].end, 0x300000);
	assert_string_equal(info.module[1].cmdline, "");
	assert_int_equal(info.memory_lower_kib, 639);
	assert_int_equal(info.memory_upper_kib, 130048);
	assert_true(info.boot_device.present);
	assert_int_equal(info.boot_device.drive, 0x80);
	assert_int_equal(info.boot_device.partition, 1);
	assert_int_equal(info.boot_device.sub_partition, 0xffffffff);
	assert_int_equal(info.memory_count, 6);
	for (i = 0; i < 6; i++) {
		assert_int_equal(info.memory[i].base, (u64)i << 32);
		assert_int_equal(info.memory[i].length, 0x1000 + i);
		assert_int_equal(info.memory[i].type, 1 + i % 5);
	}
	assert_true(info.framebuffer.present);
	assert_int_equal(info.framebuffer.type, BOOTINFO_FRAMEBUFFER_RGB);
	assert_int_equal(info.framebuffer.address, 0xe0000000);
	assert_int_equal(info.framebuffer.pitch, 4096);
	assert_int_equal(info.framebuffer.width, 1024);
	assert_int_equal(info.framebuffer.height, 768);
	assert_int_equal(info.framebuffer.bpp, 32);
	assert_int_equal(info.framebuffer.red_position, 16);
	assert_int_equal(info.framebuffer.green_position, 8);
	assert_int_equal(info.framebuffer.blue_bits, 8);
	/* The new root pointer, though the old one comes later. */
	assert_int_equal(info.rsdp_bytes, 36);
	assert_int_equal(info.rsdp[35], 'n');
	assert_true(info.efi.table64);
	assert_false(info.efi.table32);
	assert_true(info.efi.boot_services);
	assert_int_equal(info.efi.system_table, 0x123456789ab);
	assert_int_equal(info.efi.image_handle, 0x7654);
}

static void test_good_input(void **state)
{
	struct blob b;
	size_t misalign;

	(void)state;
	build(&b);
	for (misalign = 0; misalign < 8; misalign++) {
		assert_int_equal(parse(b.data, b.bytes, misalign), 0);
		check_all_fields();
	}
}

static void test_arguments(void **state)
{
	u8 header[8] = { 7 };

	(void)state;
	assert_int_equal(mbi_parse(NULL, header, 8), ERR_INVALID);
	assert_int_equal(mbi_parse(&info, NULL, 8), ERR_INVALID);
	assert_int_equal(parse(header, 0, 0), ERR_CORRUPT);
	assert_int_equal(parse(header, 7, 0), ERR_CORRUPT);
	assert_int_equal(parse(header, 8, 0), ERR_CORRUPT);
	header[0] = 8;
	assert_int_equal(parse(header, 8, 0), 1);
	assert_true(has_problem("end tag is missing"));
}

/* Bytes after total_size do not belong to it, whatever is there. */
static void test_bytes_behind_are_ignored(void **state)
{
	struct blob b;

	(void)state;
	build(&b);
	memset(b.data + b.bytes, 0xff, 64);
	assert_int_equal(parse(b.data, b.bytes + 64, 0), 0);
	check_all_fields();
}

static void test_every_truncation(void **state)
{
	struct blob b;
	u8 claim[4];
	size_t bytes;

	(void)state;
	build(&b);
	for (bytes = 0; bytes < b.bytes; bytes++) {
		/* Once with the old total size, once with one that is true. */
		assert_int_not_equal(parse(b.data, bytes, 0), 0);
		if (bytes >= 24) {
			assert_string_equal(info.cmdline,
					    bytes < 31 ? "" : "selftest,log=2");
		}
		if (bytes < 8) {
			continue;
		}
		memcpy(claim, b.data, 4);
		put32(b.data, (u32)bytes);
		assert_int_not_equal(parse(b.data, bytes, bytes % 8), 0);
		memcpy(b.data, claim, 4);
	}
}

static void test_every_flipped_bit(void **state)
{
	struct blob b;
	size_t i;
	u32 bit;

	(void)state;
	build(&b);
	for (i = 0; i < b.bytes; i++) {
		for (bit = 0; bit < 8; bit++) {
			b.data[i] ^= (u8)(1u << bit);
			parse(b.data, b.bytes, 0);
			b.data[i] ^= (u8)(1u << bit);
		}
		b.data[i] ^= 0xff;
		parse(b.data, b.bytes, 0);
		b.data[i] ^= 0xff;
	}
}

/* One tag between two good ones, what is said of it, and what survives. */
static void test_damaged_tags(void **state)
{
	static const struct {
		u32 type;
		u32 size;
		u32 word; /* the first after the size, e.g. entry_size */
		bool rest_lost;
		const char *problem;
	} cases[] = {
		{ 6, 12, 0, false,
		  "tag 6 (memory map) at offset 18h: size 12 is too small" },
		{ 6, 16 + 24, 0, false, "entry size 0 is impossible" },
		{ 6, 16 + 24, 16, false, "entry size 16 is impossible" },
		{ 6, 16 + 28, 28, false, "entry size 28 is impossible" },
		{ 6, 16 + 40, 24, false, "ends within entry 1" },
		{ 1, 8, 0, false, "size 8 is too small" },
		{ 1, 12, 0x64636261, false, "its string has no end" },
		{ 3, 16, 0, false, "size 16 is too small" },
		{ 3, 20, 1, false, "starts at 1h, ends at 0h" },
		{ 4, 12, 0, false, "size 12 is too small" },
		{ 5, 16, 0, false, "size 16 is too small" },
		{ 8, 31, 0, false, "size 31 is too small" },
		{ 11, 8, 0, false, "size 8 is too small" },
		{ 12, 12, 0, false, "size 12 is too small" },
		{ 14, 27, 0, false, "size 27 is too small" },
		{ 15, 43, 0, false, "size 43 is too small" },
		{ 2, 10, 0x41, false, "given more than once" },
		{ 7, 7, 0, true, "size 7 is impossible" },
		{ 6, 0, 0, true, "size 0 is impossible" },
		{ 99, 0x1000, 0, true, "size 4096 is past the end" },
		{ 1, 0xffffffff, 0, true, "size 4294967295 is past the end" },
		{ 0, 3, 0, true, "tag 0 (end) at offset 18h: size 3" },
	};
	static const u64 table = 0x1000;
	struct blob b;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		u8 body[24576] = { 0 };
		size_t bytes = MIN(MAX(cases[i].size, 8u), 64u) - 8;
		size_t at;

		start(&b);
		add_tag(&b, MULTIBOOT2_TAG_LOADER_NAME, "GRUB", 5);
		put32(body, cases[i].word);
		at = add_tag(&b, cases[i].type, body, bytes);
		put32(b.data + at + 4, cases[i].size);
		add_tag(&b, cases[i].type == 12 ? 20 : 12, &table, 8);
		finish(&b);
		assert_int_equal(parse(b.data, b.bytes, 0), 1);
		if (!has_problem(cases[i].problem)) {
			fail_msg("case %zu: %s", i, info.problem[0]);
		}
		assert_string_equal(info.loader, "GRUB");
		assert_int_equal(info.efi.system_table + info.efi.image_handle,
				 cases[i].rest_lost ? 0 : 0x1000);
	}
}

static void test_unterminated_string_is_kept(void **state)
{
	struct blob b;

	(void)state;
	start(&b);
	add_tag(&b, MULTIBOOT2_TAG_CMDLINE, "abcdef", 3);
	finish(&b);
	assert_int_equal(parse(b.data, b.bytes, 0), 1);
	assert_string_equal(info.cmdline, "abc");
}

static void test_long_strings_are_cut(void **state)
{
	static char text[6000];
	struct blob b;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	start(&b);
	add_tag(&b, MULTIBOOT2_TAG_LOADER_NAME, text, sizeof(text));
	add_tag(&b, MULTIBOOT2_TAG_CMDLINE, text, sizeof(text));
	finish(&b);
	assert_int_equal(parse(b.data, b.bytes, 0), 2);
	assert_true(info.cmdline_truncated);
	assert_int_equal(strlen(info.cmdline), BOOTINFO_CMDLINE_BYTES - 1);
	assert_int_equal(strlen(info.loader), BOOTINFO_LOADER_BYTES - 1);
	assert_true(has_problem("string of 5999 bytes cut to 4095"));

	/* One that just fits is not cut. */
	text[BOOTINFO_CMDLINE_BYTES - 1] = '\0';
	start(&b);
	add_tag(&b, MULTIBOOT2_TAG_CMDLINE, text, BOOTINFO_CMDLINE_BYTES);
	finish(&b);
	assert_int_equal(parse(b.data, b.bytes, 0), 0);
	assert_false(info.cmdline_truncated);
	assert_int_equal(strlen(info.cmdline), BOOTINFO_CMDLINE_BYTES - 1);
}

static void test_memory_map_sizes(void **state)
{
	static const struct {
		u32 entry_size;
		u32 entries;
		u32 count;
		u32 left_out;
	} cases[] = {
		{ 24, 0, 0, 0 },      { 24, 1, 1, 0 },	   { 32, 5, 5, 0 },
		{ 48, 9, 9, 0 },      { 24, 300, 300, 0 }, { 24, 512, 512, 0 },
		{ 24, 556, 512, 44 }, { 40, 513, 512, 1 },
	};
	struct blob b;
	size_t i;
	u32 e;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		start(&b);
		add_memory_map(&b, cases[i].entry_size, cases[i].entries);
		finish(&b);
		assert_int_equal(parse(b.data, b.bytes, 1),
				 cases[i].left_out != 0);
		assert_int_equal(info.memory_count, cases[i].count);
		assert_int_equal(info.memory_left_out, cases[i].left_out);
		for (e = 0; e < info.memory_count; e++) {
			assert_int_equal(info.memory[e].length, 0x1000 + e);
		}
		assert_int_equal(has_problem("44 entries beyond 512 left out"),
				 cases[i].left_out == 44);
	}
}

static void add_efi_map(struct blob *b, u32 size, u32 count,
			const struct efi_memory_descriptor *entries)
{
	static u8 body[24576];

	memset(body, 0, sizeof(body));
	put32(body, size);
	put32(body + 4, 1);
	for (u32 i = 0; i < count; i++) {
		memcpy(body + 8 + i * size, &entries[i],
		       MIN(size, sizeof(entries[i])));
	}
	add_tag(b, MULTIBOOT2_TAG_EFI_MEMORY_MAP, body, 8 + count * size);
}

/* The firmware's own map counts where the loader has none. */
static void test_efi_memory_map(void **state)
{
	static const struct efi_memory_descriptor entries[] = {
		{ .type = 3, .physical_start = 0, .pages = 1 },
		{ .type = 7, .physical_start = 0x1000, .pages = 0x9f },
		{ .type = 0, .physical_start = 0xa0000, .pages = 0x60 },
		{ .type = 2, .physical_start = 0x100000, .pages = 0x100 },
		{ .type = 9, .physical_start = 0x200000, .pages = 8 },
		{ .type = 10, .physical_start = 0x208000, .pages = 8 },
		{ .type = 8, .physical_start = 0x210000, .pages = 1 },
		{ .type = 11, .physical_start = 0xfec00000, .pages = 1 },
		{ .type = 7, .physical_start = 1, .pages = UINT64_MAX },
		{ .type = 1, .physical_start = 4 * GIB, .pages = GIB / 4096 },
	};
	static const struct bootinfo_memory wanted[] = {
		{ 0, 0xa0000, 1 },	   { 0xa0000, 0x60000, 2 },
		{ 0x100000, 0x100000, 1 }, { 0x200000, 0x8000, 3 },
		{ 0x208000, 0x8000, 4 },   { 0x210000, 0x1000, 5 },
		{ 0xfec00000, 0x1000, 2 }, { 4 * GIB, GIB, 1 },
	};
	struct blob b;

	(void)state;
	for (u32 size = 40; size <= 48; size += 8) {
		start(&b);
		add_efi_map(&b, size, ARRAY_SIZE(entries), entries);
		finish(&b);
		assert_int_equal(parse(b.data, b.bytes, 0), 1);
		assert_true(has_problem("entry 8 is too long"));
		assert_int_equal(info.memory_count, ARRAY_SIZE(wanted));
		assert_memory_equal(info.memory, wanted, sizeof(wanted));
	}
	for (u32 first = 0; first < 2; first++) {
		start(&b);
		if (first == 0) {
			add_efi_map(&b, 40, 8, entries);
		}
		add_memory_map(&b, 24, 2);
		if (first == 1) {
			add_efi_map(&b, 40, 8, entries);
		}
		finish(&b);
		assert_int_equal(parse(b.data, b.bytes, 0), 0);
		assert_int_equal(info.memory_count, 2);
		assert_int_equal(info.memory[1].base, 1ull << 32);
		assert_int_equal(info.memory_left_out, 0);
	}
	start(&b);
	add_efi_map(&b, 32, 8, entries);
	finish(&b);
	assert_int_equal(parse(b.data, b.bytes, 0), 1);
	assert_true(has_problem("entry size 32 is impossible"));
	assert_int_equal(info.memory_count, 0);
}

static void test_too_many_modules(void **state)
{
	struct blob b;
	u32 i;

	(void)state;
	start(&b);
	for (i = 0; i < 40; i++) {
		add_module(&b, i * 0x1000, i * 0x1000 + 1, "m");
	}
	finish(&b);
	assert_int_equal(parse(b.data, b.bytes, 0), 1);
	assert_int_equal(info.module_count, BOOTINFO_MAX_MODULES);
	assert_int_equal(info.module_left_out, 8);
	assert_int_equal(info.module[31].start, 31 * 0x1000);
}

static void test_too_many_problems(void **state)
{
	struct blob b;
	u32 i;

	(void)state;
	start(&b);
	for (i = 0; i < 20; i++) {
		add_tag(&b, MULTIBOOT2_TAG_MEMORY_MAP, NULL, 0);
	}
	finish(&b);
	assert_int_equal(parse(b.data, b.bytes, 0), 20);
	assert_int_equal(info.problem_count, BOOTINFO_MAX_PROBLEMS);
	assert_int_equal(info.problem_left_out, 4);
}

static void test_framebuffer_kinds(void **state)
{
	struct multiboot2_tag_framebuffer fb = {
		.address = 0xb8000,
		.pitch = 160,
		.width = 80,
		.height = 25,
		.bpp = 16,
		.type = MULTIBOOT2_FRAMEBUFFER_EGA_TEXT,
	};
	struct blob b;

	(void)state;
	start(&b);
	add_tag(&b, MULTIBOOT2_TAG_FRAMEBUFFER, (u8 *)&fb + 8, 24);
	finish(&b);
	assert_int_equal(parse(b.data, b.bytes, 0), 0);
	assert_true(info.framebuffer.present);
	assert_int_equal(info.framebuffer.type, BOOTINFO_FRAMEBUFFER_EGA_TEXT);
	assert_int_equal(info.framebuffer.address, 0xb8000);

	fb.type = MULTIBOOT2_FRAMEBUFFER_RGB;
	start(&b);
	add_tag(&b, MULTIBOOT2_TAG_FRAMEBUFFER, (u8 *)&fb + 8, 24);
	finish(&b);
	assert_int_equal(parse(b.data, b.bytes, 0), 1);
	assert_false(info.framebuffer.present);
	assert_true(has_problem("no colour fields"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_input),
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_bytes_behind_are_ignored),
		cmocka_unit_test(test_every_truncation),
		cmocka_unit_test(test_every_flipped_bit),
		cmocka_unit_test(test_damaged_tags),
		cmocka_unit_test(test_unterminated_string_is_kept),
		cmocka_unit_test(test_long_strings_are_cut),
		cmocka_unit_test(test_memory_map_sizes),
		cmocka_unit_test(test_efi_memory_map),
		cmocka_unit_test(test_too_many_modules),
		cmocka_unit_test(test_too_many_problems),
		cmocka_unit_test(test_framebuffer_kinds),
	};

	return cmocka_run_group_tests_name("mbi", tests, NULL, NULL);
}
