/*
 * guest/memory/v86_tables.c: the system pages at any base, in a block of any
 * size. The descriptors are read back as the processor reads them, and nothing
 * is written behind the TSS.
 */
#include "guest/memory/v86_tables.h"
#include "tests/fuzz/fuzz.h"

static u64 get64(const u8 *p)
{
	u64 value;

	memcpy(&value, p, sizeof(value));
	return value;
}

/* SDM volume 3, "Segment Descriptors". */
static u32 base_of(u64 descriptor)
{
	return (u32)(descriptor >> 16 & 0xffffff) | (u32)(descriptor >> 56)
							    << 24;
}

static u32 limit_of(u64 descriptor)
{
	u32 limit = (u32)(descriptor & 0xffff) | (u32)(descriptor >> 48 & 0xf)
							 << 16;

	return descriptor & 1ull << 55 ? limit << 12 | 0xfff : limit;
}

static u8 rights_of(u64 descriptor)
{
	return (u8)(descriptor >> 40);
}

static void check(const u8 *p, u32 base)
{
	u64 tss = get64(p + V86_GDT_OFFSET + V86_SELECTOR_TSS);
	u64 ldt = get64(p + V86_GDT_OFFSET + V86_SELECTOR_LDT);
	u64 code = get64(p + V86_LDT_OFFSET + (V86_SELECTOR_CODE & ~7u));
	u64 flat = get64(p + V86_LDT_OFFSET + (V86_SELECTOR_FLAT & ~7u));
	u64 gate = get64(p + V86_IDT_OFFSET + 13 * 8);
	const u8 *t = p + V86_TSS_OFFSET;
	u32 esp0;

	CHECK(base_of(tss) == (u32)(base + V86_TSS_OFFSET));
	CHECK(limit_of(tss) == V86_TSS_BYTES - 1 && rights_of(tss) == 0x8b);
	CHECK(base_of(ldt) == (u32)(base + V86_LDT_OFFSET));
	CHECK(limit_of(ldt) == V86_LDT_LIMIT && rights_of(ldt) == 0x82);
	CHECK(base_of(code) == 0 && limit_of(code) == 0xffffffff);
	CHECK(base_of(flat) == 0 && limit_of(flat) == 0xffffffff);
	CHECK((rights_of(code) & 0x98) == 0x98 && rights_of(flat) == 0x93);
	CHECK(((gate & 0xffff) | (gate >> 32 & 0xffff0000)) ==
	      (u32)(base + V86_HANDLER_OFFSET));
	CHECK((gate >> 16 & 0xffff) == V86_SELECTOR_CODE);
	memcpy(&esp0, t + 4, sizeof(esp0));
	CHECK(esp0 == (u32)(base + V86_RING0_STACK_TOP));
	CHECK((t[102] | t[103] << 8) == V86_TSS_IO_MAP_OFFSET);
	CHECK(t[V86_TSS_BYTES - 1] == 0xff);
	for (u32 i = V86_TSS_IO_MAP_OFFSET; i < V86_TSS_BYTES - 1; i++) {
		CHECK(t[i] == 0);
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	static const u8 zeros[64];
	struct fuzz_input in = { data, bytes };
	u32 base = (u32)fuzz_take(&in, 4);
	size_t size = fuzz_take(&in, 2) % 16384;
	u8 *pages = calloc(1, size + 1);

	CHECK(pages != NULL);
	v86_tables_build(pages, size, base);
	if (size >= V86_TSS_OFFSET + V86_TSS_BYTES) {
		check(pages, base);
		for (size_t i = V86_TSS_OFFSET + V86_TSS_BYTES; i < size; i++) {
			CHECK(pages[i] == 0);
		}
	} else {
		CHECK(memcmp(pages, zeros, MIN(size, sizeof(zeros))) == 0);
	}
	free(pages);
	return 0;
}
