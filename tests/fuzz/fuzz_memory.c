/*
 * arch/mem/memmap.c and page_alloc.c: any ranges, then any taking and giving
 * back of pages. The map is sorted, joined and without overlap, and each
 * address is what the least usable of its ranges says; no page is handed out
 * twice.
 */
#include "arch/mem/page_alloc.h"
#include "tests/fuzz/fuzz.h"

#define RANGES_MAX 64u
#define RUNS_MAX 64u
#define PAGES_MAX 4096u /* the allocator's bitmap covers these */

static struct {
	u64 base, end;
	enum memmap_type type;
} ranges[RANGES_MAX];
static unsigned range_count;

static struct {
	u64 phys;
	size_t pages;
} runs[RUNS_MAX];
static unsigned run_count;

static struct memmap map;

/* MEMMAP_TYPES for a hole. */
static enum memmap_type type_at(u64 addr)
{
	enum memmap_type type = MEMMAP_TYPES;

	for (unsigned i = 0; i < range_count; i++) {
		if (addr >= ranges[i].base && addr < ranges[i].end &&
		    (type == MEMMAP_TYPES || ranges[i].type > type)) {
			type = ranges[i].type;
		}
	}
	return type;
}

static void check_addr(u64 addr)
{
	const struct memmap_region *region = memmap_find(&map, addr);
	enum memmap_type type = type_at(addr);

	if (type == MEMMAP_TYPES) {
		CHECK(region == NULL);
	} else {
		CHECK(region != NULL && region->type == type);
		CHECK(addr >= region->base && addr < region->end);
	}
	CHECK(memmap_is_ram(&map, addr, 1) == (type == MEMMAP_RAM));
}

static void check_map(void)
{
	u64 ram = 0, base, end, last = 0;
	u32 cursor = 0;

	CHECK(map.count <= MEMMAP_MAX_REGIONS);
	for (u32 i = 0; i < map.count; i++) {
		const struct memmap_region *r = &map.region[i];

		CHECK(r->base < r->end && r->type < MEMMAP_TYPES);
		CHECK(i == 0 || r[-1].end <= r->base);
		CHECK(i == 0 || r[-1].end < r->base || r[-1].type != r->type);
	}
	for (unsigned i = 0; i < range_count; i++) {
		check_addr(ranges[i].base);
		check_addr(ranges[i].base - 1);
		check_addr(ranges[i].end);
		check_addr(ranges[i].end - 1);
	}
	while (memmap_next_ram(&map, &cursor, &base, &end)) {
		CHECK(base % PAGE_SIZE == 0 && end % PAGE_SIZE == 0);
		CHECK(base < end && base >= last);
		CHECK(memmap_is_ram(&map, base, end - base));
		last = end;
		ram += end - base;
	}
	CHECK(ram == memmap_usable_bytes(&map));
}

/* Mostly within what the bitmap covers, sometimes anywhere. */
static u64 take_address(struct fuzz_input *in)
{
	u64 value = fuzz_take(in, 2);

	return (value & 0xf000) == 0xf000 ? fuzz_take_number(in) : value << 10;
}

static void add_range(struct fuzz_input *in)
{
	u8 form = (u8)fuzz_take(in, 1);
	enum memmap_type type = form % (MEMMAP_TYPES + 1u);
	u64 base = take_address(in);
	u64 length = take_address(in);
	int err = form & 0x80 ? memmap_reserve(&map, base, length, type)
			      : memmap_add(&map, base, length, type);

	if (err != 0) {
		CHECK(err == ERR_INVALID || err == ERR_RANGE);
		return;
	}
	CHECK(length != 0 && base + length >= base && type < MEMMAP_TYPES);
	ranges[range_count].base = base;
	ranges[range_count].end = base + length;
	ranges[range_count++].type = type;
}

static void get(struct page_alloc *pa, size_t pages, u64 below)
{
	u64 phys = page_alloc_get(pa, pages, below);
	u64 end = phys + pages * PAGE_SIZE;

	if (phys == 0) {
		CHECK(pages != 1 || below != 0 || pa->free == 0);
		return;
	}
	CHECK(phys % PAGE_SIZE == 0 && phys >= MIB && pages > 0);
	CHECK(below == 0 || end <= below);
	CHECK(memmap_is_ram(&map, phys, end - phys));
	for (unsigned i = 0; i < run_count; i++) {
		CHECK(end <= runs[i].phys ||
		      phys >= runs[i].phys + runs[i].pages * PAGE_SIZE);
	}
	if (run_count == RUNS_MAX) {
		CHECK(page_alloc_put(pa, phys, pages) == 0);
		return;
	}
	runs[run_count].phys = phys;
	runs[run_count++].pages = pages;
}

static void put(struct page_alloc *pa, unsigned i)
{
	CHECK(page_alloc_put(pa, runs[i].phys, runs[i].pages) == 0);
	CHECK(page_alloc_put(pa, runs[i].phys, runs[i].pages) == ERR_INVALID);
	runs[i] = runs[--run_count];
}

/* A page that nobody has cannot be given back. */
static void put_strange(struct page_alloc *pa, u64 phys)
{
	u64 free = pa->free;

	for (unsigned i = 0; i < run_count; i++) {
		if (phys - runs[i].phys < runs[i].pages * PAGE_SIZE) {
			return;
		}
	}
	CHECK(page_alloc_put(pa, phys, 1) == ERR_INVALID && pa->free == free);
}

static void use_pages(struct fuzz_input *in)
{
	static u64 bitmap[PAGES_MAX / 64];
	size_t bytes = MIN(page_alloc_bitmap_bytes(&map, 0), sizeof(bitmap));
	struct page_alloc pa;
	u64 held;

	run_count = 0;
	if (page_alloc_init(&pa, &map, bitmap, bytes) != 0) {
		return;
	}
	CHECK((pa.total + pa.left_out) * PAGE_SIZE <=
	      memmap_usable_bytes(&map));
	while (in->left > 0) {
		u8 form = (u8)fuzz_take(in, 1);

		if (form < 128) {
			get(&pa, form % 40, form & 64 ? take_address(in) : 0);
		} else if (form < 224 && run_count > 0) {
			put(&pa, form % run_count);
		} else {
			put_strange(&pa, take_address(in));
		}
		held = 0;
		for (unsigned i = 0; i < run_count; i++) {
			held += runs[i].pages;
		}
		CHECK(pa.free + held == pa.total);
	}
	while (run_count > 0) {
		put(&pa, 0);
	}
	CHECK(pa.free == pa.total);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	struct fuzz_input in = { data, bytes };
	unsigned wanted = (unsigned)fuzz_take(&in, 1) % RANGES_MAX;

	memmap_init(&map);
	range_count = 0;
	while (range_count < wanted && in.left > 0) {
		add_range(&in);
	}
	check_map();
	use_pages(&in);
	return 0;
}
