/*
 * guest/memory/walk64.c: any page tables of a guest. Where an address lies,
 * what is allowed and why not are those of a second reading of the SDM (volume
 * 3, "4-Level Paging and 5-Level Paging"); flags are set only where it is
 * mapped.
 */
#include "guest/memory/walk64.h"
#include "tests/fuzz/fuzz.h"

#define TABLES 6u
#define ENTRIES 512u

/* As in an error code. */
#define WRITE 2u
#define USER 4u
#define FETCH 16u

static u64 tables[TABLES * ENTRIES];

static u64 *entry_at(void *ctx, u64 gpa)
{
	CHECK(ctx == tables && gpa % 8 == 0);
	return gpa < sizeof(tables) ? &tables[gpa / 8] : NULL;
}

/* Of one level: its entry's index in the address, and its reserved bits. */
static u64 reserved_bits(const struct walk64 *w, unsigned level, u64 entry)
{
	u64 bits = 0;

	for (u32 i = w->physical_bits; i < 52; i++) {
		bits |= 1ull << i;
	}
	if (!w->execute_disable) {
		bits |= 1ull << 63;
	}
	if (level == 4 || (level == 3 && !w->pages_1gb)) {
		bits |= 1ull << 7;
	}
	if ((entry & 0x80) && level == 3) {
		bits |= 0x3fffe000;
	}
	if ((entry & 0x80) && level == 2) {
		bits |= 0x1fe000;
	}
	return bits;
}

static enum walk64_result expected(const struct walk64 *w, u64 linear,
				   u32 access, u64 *gpa, u32 *error)
{
	u64 at = w->cr3 & 0xffffffffff000;
	bool user = true, writable = true, executable = true;
	u32 shown = access & (WRITE | USER | (w->execute_disable ? FETCH : 0));

	for (unsigned level = 4;; level--) {
		unsigned shift = 3 + 9 * level;
		u64 entry;

		*gpa = at + (linear >> shift & 511) * 8;
		if (*gpa >= sizeof(tables)) {
			return WALK64_NO_TABLE;
		}
		entry = tables[*gpa / 8];
		*error = shown;
		if ((entry & 1) == 0) {
			return WALK64_FAULT;
		}
		*error = shown | 9;
		if (entry & reserved_bits(w, level, entry)) {
			return WALK64_FAULT;
		}
		writable &= entry >> 1 & 1;
		user &= entry >> 2 & 1;
		executable &= !(entry >> 63);
		at = entry & 0xffffffffff000;
		if (level == 1 || (entry & 0x80)) {
			u64 inside = (1ull << shift) - 1;

			*gpa = (at & ~inside) | (linear & inside);
			break;
		}
	}
	*error = shown | 1;
	if (((access & USER) && !user) || ((access & FETCH) && !executable)) {
		return WALK64_FAULT;
	}
	if ((access & WRITE) && !writable &&
	    ((access & USER) || w->write_protect)) {
		return WALK64_FAULT;
	}
	return WALK64_MAPPED;
}

/* Table, index, and an entry that mostly points to another table. */
static void put_entry(struct fuzz_input *in)
{
	u32 where = (u32)fuzz_take(in, 2);
	u64 form = fuzz_take(in, 2);
	u64 entry = (form & 0xff) | (form >> 8 & 7) << 12;

	if (form & 0x4000) {
		entry |= fuzz_take(in, 8);
	}
	entry |= form >> 15 << 63;
	tables[(where >> 9) % TABLES * ENTRIES + where % 4] = entry;
}

/* Present, writable and so on may change by accessed and dirty alone. */
static void check_flags(const u64 *before, bool mapped)
{
	for (size_t i = 0; i < sizeof(tables) / 8; i++) {
		u64 changed = before[i] ^ tables[i];

		CHECK((changed & ~0x60ull) == 0);
		CHECK((before[i] & changed) == 0);
		CHECK(mapped || changed == 0);
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	static u64 before[TABLES * ENTRIES];
	struct fuzz_input in = { data, bytes };
	u8 form = (u8)fuzz_take(&in, 1);
	u32 access = (u32)fuzz_take(&in, 1) & (WRITE | USER | FETCH);
	struct walk64 w = {
		.cr3 = fuzz_take(&in, 1) % 8 << 12,
		.write_protect = form & 1,
		.execute_disable = form & 2,
		.pages_1gb = form & 4,
		.physical_bits = 32 + (form >> 3) % 21,
		.ctx = tables,
		.entry = entry_at,
	};
	u64 linear = fuzz_take(&in, 6);
	struct walk64_found found;
	u64 gpa = 0;
	u32 error = 0;
	enum walk64_result result, wanted;

	/* The tables' first entries are the ones that are filled in. */
	linear &= 0x18060301fffull | (form & 0x80 ? 0x3fe00000 : 0);
	memset(tables, 0, sizeof(tables));
	while (in.left > 0) {
		put_entry(&in);
	}
	memcpy(before, tables, sizeof(tables));
	wanted = expected(&w, linear, access, &gpa, &error);
	result = walk64(&w, linear, access, &found);
	CHECK(result == wanted);
	CHECK(result == WALK64_FAULT || found.gpa == gpa);
	CHECK(result != WALK64_FAULT || found.error_code == error);
	check_flags(before, result == WALK64_MAPPED);
	return 0;
}
