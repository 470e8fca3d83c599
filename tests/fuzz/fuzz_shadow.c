/*
 * guest/memory/guest64_tables.c and shadow64.c: a 64-bit guest's first tables,
 * changed anyhow, and shadow tables filled from walks of them. The shadow never
 * allows what the guest's own tables do not, leads to the page it was given,
 * and keeps to its own pages.
 */
#include "guest/memory/guest64_tables.h"
#include "guest/memory/shadow64.h"
#include "tests/fuzz/fuzz.h"

#define P 1ull
#define RW 2ull
#define US 4ull
#define D 0x40ull
#define XD (1ull << 63)
#define WRITE 2u
#define USER 4u
#define FETCH 16u

#define SHADOW_PHYS 0x5000000ull
#define HOST_PHYS 0x8000000000ull
#define RAM_BYTES (GUEST64_RAM_END - GUEST64_RAM_BASE)
#define TABLE_ENTRIES (4 * 512u)

static u64 ram[RAM_BYTES / 8];
static u64 shadow_tables[(SHADOW64_PAGES + 1) * 512];

static u64 *entry_at(void *ctx, u64 gpa)
{
	CHECK(ctx == ram && gpa % 8 == 0);
	return gpa >= GUEST64_RAM_BASE && gpa < GUEST64_RAM_END
		       ? &ram[(gpa - GUEST64_RAM_BASE) / 8]
		       : NULL;
}

/* As they are built, all of what they map is mapped to itself. */
static void check_identity(struct walk64 *w, bool large, u64 linear)
{
	struct walk64_found found;
	u64 limit = large ? GIB : 2 * MIB;
	bool mapped = walk64(w, linear, WRITE | USER | FETCH, &found) ==
		      WALK64_MAPPED;

	CHECK(mapped == (linear < limit));
	CHECK(!mapped || found.gpa == linear);
}

/* At a random place of the four tables, or of all RAM. */
static void change(struct fuzz_input *in)
{
	u64 where = fuzz_take(in, 2);
	u64 value = fuzz_take(in, 3);

	if (where & 0x8000) {
		value |= fuzz_take(in, 5) << 24;
	}
	ram[where % TABLE_ENTRIES] = value | (where & 0x4000 ? XD : 0);
}

static void check_fill(struct shadow64 *shadow, struct walk64 *w, u64 linear,
		       u32 access)
{
	struct walk64_found found;
	u64 host, leaf;

	if (walk64(w, linear, access, &found) != WALK64_MAPPED) {
		return;
	}
	host = HOST_PHYS + (found.gpa & 0xfffffffff000);
	shadow64_fill(shadow, w, linear, access, &found, host);
	leaf = shadow64_lookup(shadow, linear);
	CHECK((leaf & 0xffffffffff000) == (host & 0xffffffffff000));
	CHECK((leaf & P) && shadow->used <= SHADOW64_PAGES);
	CHECK(!(leaf & US) || found.user);
	CHECK((leaf & XD) || found.executable);
	CHECK(!(leaf & RW) || (leaf & D));
	/* A page that is not writable is so for a supervisor without WP alone. */
	CHECK(!(leaf & RW) || found.writable ||
	      (!w->write_protect && !(leaf & US)));
	/* And the access for which it was filled goes through. */
	CHECK(!(access & WRITE) || (leaf & RW));
	CHECK(!(access & USER) || (leaf & US));
	CHECK(!(access & FETCH) || !(leaf & XD) || !w->execute_disable);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	struct fuzz_input in = { data, bytes };
	u8 form = (u8)fuzz_take(&in, 1);
	struct walk64 w = { .cr3 = GUEST64_TABLES,
			    .write_protect = form & 2,
			    .execute_disable = form & 4,
			    .pages_1gb = form & 8,
			    .physical_bits = 36 + form / 16,
			    .ctx = ram,
			    .entry = entry_at };
	u64 *end = shadow_tables + SHADOW64_PAGES * 512;
	struct shadow64 shadow;

	memset(ram, 0, sizeof(ram));
	guest64_tables_build((u8 *)ram,
			     form & 1 ? GUEST64_PAGES_2M : GUEST64_PAGES_4K);
	check_identity(&w, form & 1, fuzz_take(&in, 5));
	memset(shadow_tables, 0x5a, sizeof(shadow_tables));
	shadow64_init(&shadow, shadow_tables, SHADOW_PHYS);
	while (in.left > 0) {
		u8 what = (u8)fuzz_take(&in, 1);

		switch (what % 8) {
		case 0:
			change(&in);
			break;
		case 1:
			shadow64_flush(&shadow);
			break;
		default:
			check_fill(&shadow, &w, fuzz_take(&in, 4),
				   what >> 3 & (WRITE | USER | FETCH));
			break;
		}
	}
	for (unsigned i = 0; i < 512; i++) {
		CHECK(end[i] == 0x5a5a5a5a5a5a5a5a);
	}
	return 0;
}
