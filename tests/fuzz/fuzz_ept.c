/*
 * vmm/vmx/ept.c: any sequence of mappings against a list of them, of which the
 * latest that covers an address decides. Memory runs out on the way; at the
 * end every table page has come back.
 */
#include "arch/msr.h"
#include "tests/fuzz/fuzz.h"
#include "vmm/vmx/ept.h"
#include "vmm/vmx/vmx_cap_bits.h"

#define CHANGES_MAX 12u
#define POOL_PAGES 48u
#define POOL_PHYS 0x40000000ull

static struct {
	u8 page[POOL_PAGES][PAGE_SIZE] __attribute__((aligned(4096)));
	bool taken[POOL_PAGES];
	u64 used, left;
} pool;

struct change {
	u64 gpa, bytes, hpa;
	u32 access; /* 0: nothing is mapped */
	u8 type;
	bool in_part; /* memory ran out: a lower part of it happened */
};

static struct change changes[CHANGES_MAX];
static unsigned change_count;

static void *pool_alloc(void *ctx)
{
	CHECK(ctx == &pool);
	for (size_t i = 0; i < POOL_PAGES && pool.left > 0; i++) {
		if (!pool.taken[i]) {
			pool.taken[i] = true;
			pool.used++;
			pool.left--;
			return memset(pool.page[i], 0, PAGE_SIZE);
		}
	}
	return NULL;
}

static size_t pool_index(const void *page)
{
	size_t offset = (size_t)((const u8 *)page - pool.page[0]);

	CHECK(offset % PAGE_SIZE == 0 && offset / PAGE_SIZE < POOL_PAGES);
	CHECK(pool.taken[offset / PAGE_SIZE]);
	return offset / PAGE_SIZE;
}

static void pool_free(void *ctx, void *page)
{
	CHECK(ctx == &pool);
	pool.taken[pool_index(page)] = false;
	pool.used--;
}

static u64 pool_to_phys(const void *page)
{
	return POOL_PHYS + pool_index(page) * PAGE_SIZE;
}

static void *pool_to_virt(u64 phys)
{
	size_t i = (phys - POOL_PHYS) / PAGE_SIZE;

	CHECK(phys % PAGE_SIZE == 0 && i < POOL_PAGES && pool.taken[i]);
	return pool.page[i];
}

static const struct ept_pages pages = { &pool, pool_alloc, pool_free,
					pool_to_phys, pool_to_virt };

/* Whether the tables map gpa as the first `count` changes say. */
static bool agrees(const struct ept *ept, u64 gpa, unsigned count)
{
	u64 hpa = 0;
	u32 access = 0;
	u8 type = 0;
	bool mapped = ept_lookup(ept, gpa, &hpa, &access, &type);

	while (count-- > 0) {
		const struct change *c = &changes[count];

		if (gpa < c->gpa || gpa - c->gpa >= c->bytes) {
			continue;
		}
		if (c->in_part && agrees(ept, gpa, count)) {
			return true;
		}
		return c->access == 0
			       ? !mapped
			       : mapped && hpa == c->hpa + (gpa - c->gpa) &&
					 access == c->access && type == c->type;
	}
	return !mapped;
}

static void check_all(const struct ept *ept)
{
	for (unsigned i = 0; i < change_count; i++) {
		u64 first = changes[i].gpa;
		u64 last = first + changes[i].bytes - 1;

		CHECK(agrees(ept, first, change_count));
		CHECK(agrees(ept, last, change_count));
		CHECK(agrees(ept, first + (last - first) / 3, change_count));
		CHECK(first == 0 || agrees(ept, first - 1, change_count));
		CHECK(agrees(ept, last + 1, change_count));
	}
	CHECK(ept_check(ept));
	CHECK(ept->tables == pool.used);
}

static u64 take_address(struct fuzz_input *in)
{
	u64 form = fuzz_take(in, 1);
	u64 value = fuzz_take(in, 2);

	switch (form & 3) {
	case 0:
		return value << 12;
	case 1:
		return value << 21;
	case 2:
		return (value & 0xff) << 30;
	default:
		return fuzz_take_number(in);
	}
}

static int apply(struct ept *ept, const struct change *c)
{
	return c->access == 0 ? ept_unmap(ept, c->gpa, c->bytes)
			      : ept_map(ept, c->gpa, c->hpa, c->bytes,
					c->access, c->type);
}

static bool whole_pages(const struct change *c)
{
	return c->bytes != 0 && (c->gpa | c->bytes) % PAGE_SIZE == 0 &&
	       (c->access == 0 || c->hpa % PAGE_SIZE == 0);
}

/* One change from the input. False: memory ran out. */
static bool change(struct ept *ept, struct fuzz_input *in)
{
	struct change c = { 0 };
	int err;

	c.gpa = take_address(in);
	c.bytes = take_address(in);
	c.hpa = take_address(in);
	c.access = (u32)fuzz_take(in, 1) & 0xf;
	c.type = (u8)fuzz_take(in, 1) & 0xf;
	err = apply(ept, &c);
	CHECK(err == 0 || err == ERR_INVALID || err == ERR_UNSUPPORTED ||
	      err == ERR_RANGE || err == ERR_NO_MEMORY);
	if (err == 0 || err == ERR_NO_MEMORY) {
		CHECK(whole_pages(&c));
		CHECK(c.gpa + c.bytes <= ept->gpa_limit);
		CHECK(c.access == 0 || c.hpa + c.bytes <= ept->phys_limit);
		CHECK(c.access == 0 || BIT(c.type) & MEMORY_TYPES);
		c.in_part = err == ERR_NO_MEMORY;
		changes[change_count++] = c;
	}
	return err != ERR_NO_MEMORY;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	struct fuzz_input in = { data, bytes };
	u64 caps = EPT_CAP_WALK_4 | EPT_CAP_WB | EPT_CAP_UC;
	u8 form = (u8)fuzz_take(&in, 1);
	struct ept ept;
	int err;

	caps |= form & 1 ? EPT_CAP_2MB : 0;
	caps |= form & 2 ? EPT_CAP_1GB : 0;
	caps |= form & 4 ? EPT_CAP_EXECUTE_ONLY : 0;
	pool.left = form & 8 ? fuzz_take(&in, 1) : POOL_PAGES;
	change_count = 0;
	err = ept_init(&ept, &pages, caps, 32 + form % 24);
	CHECK(err == 0 || err == ERR_INVALID || err == ERR_NO_MEMORY);
	if (err == 0) {
		while (in.left > 0 && change_count < CHANGES_MAX &&
		       change(&ept, &in)) {}
		check_all(&ept);
		ept_free(&ept);
	}
	CHECK(pool.used == 0);
	return 0;
}
