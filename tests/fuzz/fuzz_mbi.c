/*
 * boot/mbi.c: any bytes for a Multiboot2 information. What comes out is
 * counted right, terminated and within its fields, and depends on the bytes
 * of the information alone.
 */
#include "boot/mbi.h"
#include "tests/fuzz/fuzz.h"

static void check(const struct bootinfo *info, int result)
{
	CHECK(result == ERR_CORRUPT ||
	      result == (int)(info->problem_count + info->problem_left_out));
	CHECK(info->memory_count <= BOOTINFO_MAX_MEMORY);
	CHECK(info->memory_left_out == 0 ||
	      info->memory_count == BOOTINFO_MAX_MEMORY);
	CHECK(info->module_count <= BOOTINFO_MAX_MODULES);
	CHECK(info->module_left_out == 0 ||
	      info->module_count == BOOTINFO_MAX_MODULES);
	CHECK(info->problem_count <= BOOTINFO_MAX_PROBLEMS);
	CHECK(info->rsdp_bytes == 0 || info->rsdp_bytes == 20 ||
	      info->rsdp_bytes == 36);
	CHECK(str_nlen(info->cmdline, sizeof(info->cmdline)) <
	      sizeof(info->cmdline));
	CHECK(str_nlen(info->loader, sizeof(info->loader)) <
	      sizeof(info->loader));
	for (u32 i = 0; i < info->module_count; i++) {
		const struct bootinfo_module *module = &info->module[i];

		CHECK(module->start <= module->end);
		CHECK(str_nlen(module->cmdline, sizeof(module->cmdline)) <
		      sizeof(module->cmdline));
	}
	for (u32 i = 0; i < info->problem_count; i++) {
		CHECK(info->problem[i][0] != '\0');
		CHECK(fuzz_is_line(info->problem[i], BOOTINFO_PROBLEM_BYTES));
	}
}

static bool same(const struct bootinfo *a, const struct bootinfo *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	static struct bootinfo info, again;
	u8 *copy = malloc(bytes + 1);
	int result;

	CHECK(copy != NULL);
	memset(&info, 0x5a, sizeof(info));
	result = mbi_parse(&info, data, bytes);
	check(&info, result);

	/* At an odd address, into a field full of other things. */
	memcpy(copy + 1, data, bytes);
	memset(&again, 0xa5, sizeof(again));
	CHECK(mbi_parse(&again, copy + 1, bytes) == result);
	free(copy);
	CHECK(result == ERR_CORRUPT || same(&info, &again));
	return 0;
}
