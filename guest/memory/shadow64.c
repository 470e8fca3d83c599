/*
 * Fills and empties shadow page tables. Entries that point to tables allow all
 * accesses, so that only the leaf decides.
 */
/* build: pure */
#include "guest/memory/shadow64.h"

#include "arch/x86.h"
#include "lib/string.h"

#define LEVELS 4u
#define ENTRIES 512u
#define ADDRESS 0x000ffffffffff000ull
#define TABLE_FLAGS (PAGING_P | PAGING_RW | PAGING_US | PAGING_A)

static u32 index_of(u64 linear, u32 level)
{
	return (u32)(linear >> (PAGE_SHIFT + 9 * (level - 1))) % ENTRIES;
}

static u64 *table_at(const struct shadow64 *shadow, u64 entry)
{
	return shadow->tables + ((entry & ADDRESS) - shadow->phys) / 8;
}

void shadow64_flush(struct shadow64 *shadow)
{
	memset(shadow->tables, 0, PAGE_SIZE);
	shadow->used = 1;
}

void shadow64_init(struct shadow64 *shadow, void *tables, u64 phys)
{
	shadow->tables = tables;
	shadow->phys = phys;
	shadow64_flush(shadow);
}

/* The place of the leaf entry; makes the tables that lead to it. */
static u64 *make_leaf(struct shadow64 *shadow, u64 linear)
{
	u64 *table;

	if (shadow->used + LEVELS - 1 > SHADOW64_PAGES) {
		shadow64_flush(shadow);
	}
	table = shadow->tables;
	for (u32 level = LEVELS; level > 1; level--) {
		u64 *entry = &table[index_of(linear, level)];

		if (*entry == 0) {
			u64 offset = (u64)shadow->used++ * PAGE_SIZE;

			memset((u8 *)shadow->tables + offset, 0, PAGE_SIZE);
			*entry = (shadow->phys + offset) | TABLE_FLAGS;
		}
		table = table_at(shadow, *entry);
	}
	return &table[index_of(linear, 1)];
}

void shadow64_fill(struct shadow64 *shadow, const struct walk64 *walk,
		   u64 linear, u32 access, const struct walk64_found *found,
		   u64 host_phys)
{
	u64 leaf = (host_phys & ADDRESS) | PAGING_P | PAGING_A;

	if (found->dirty) {
		leaf |= PAGING_D;
	}
	if (found->user) {
		leaf |= PAGING_US;
	}
	if (found->writable && found->dirty) {
		leaf |= PAGING_RW;
	}
	if (!found->executable) {
		leaf |= PAGING_XD;
	}
	/*
	 * The processor always runs with CR0.WP set. If the guest has cleared
	 * its WP and a supervisor writes to a read-only page, the shadow entry
	 * becomes a supervisor page that is writable. User code faults on it,
	 * and then gets the read-only user page back.
	 */
	if ((access & PAGE_FAULT_W) && !found->writable &&
	    !walk->write_protect) {
		leaf = (leaf & ~PAGING_US) | PAGING_RW;
	}
	*make_leaf(shadow, linear) = leaf;
}

u64 shadow64_lookup(const struct shadow64 *shadow, u64 linear)
{
	const u64 *table = shadow->tables;

	for (u32 level = LEVELS; level > 1; level--) {
		u64 entry = table[index_of(linear, level)];

		if (entry == 0) {
			return 0;
		}
		table = table_at(shadow, entry);
	}
	return table[index_of(linear, 1)];
}
