/*
 * Builds, reads and checks extended page tables. Pure: the caller's functions
 * give pages and their addresses, and the caller decides what is mapped where,
 * with which memory type. Entries that point to tables allow all accesses, so
 * that only the leaf decides.
 */
/* build: pure */
#include "vmm/vmx/ept.h"

#include "arch/msr.h"
#include "lib/error.h"
#include "vmm/vmx/vmx_cap_bits.h"

#define ENTRIES 512u
#define LEVELS 4u /* 4 is the root's, 1 that of 4 KiB pages */
#define GPA_BITS 48u
#define PHYS_BITS_MIN 32u
#define PHYS_BITS_MAX 52u

#define ENTRY_ACCESS 0x7ull
#define ENTRY_TYPE_SHIFT 3
#define ENTRY_TYPE 0x38ull
#define ENTRY_LARGE BIT(7)
#define ENTRY_ADDRESS 0x000ffffffffff000ull
/*
 * Bits that must be 0 in an entry that points to a table, besides ENTRY_LARGE.
 */
#define ENTRY_TABLE_RESERVED 0x78ull

#define EPTP_WALK_4 (3ull << 3)
#define EPTP_ACCESSED_DIRTY BIT(6)

/* How many bytes an entry of this level covers. */
static u64 level_bytes(u32 level)
{
	return (u64)PAGE_SIZE << (9u * (level - 1));
}

static u32 level_index(u64 gpa, u32 level)
{
	return (u32)(gpa / level_bytes(level)) % ENTRIES;
}

static bool is_leaf(u64 entry, u32 level)
{
	return level == 1 || (entry & ENTRY_LARGE) != 0;
}

static bool has_large(const struct ept *ept, u32 level)
{
	switch (level) {
	case 2:
		return (ept->caps & EPT_CAP_2MB) != 0;
	case 3:
		return (ept->caps & EPT_CAP_1GB) != 0;
	default:
		return false;
	}
}

/*
 * Whether an entry may be a leaf. Large pages begin at 2 MiB, because the first
 * megabyte has many memory types.
 */
static bool may_be_leaf(const struct ept *ept, u32 level, u64 gpa)
{
	return level == 1 || (has_large(ept, level) && gpa >= level_bytes(2));
}

static bool type_exists(u8 type)
{
	return type < 8 && (MEMORY_TYPES & BIT(type)) != 0;
}

static bool access_works(const struct ept *ept, u64 access)
{
	return (access & EPT_READ) != 0 ||
	       (access == EPT_EXECUTE && (ept->caps & EPT_CAP_EXECUTE_ONLY));
}

static u64 *table_of(const struct ept *ept, u64 entry)
{
	return ept->pages.to_virt(entry & ENTRY_ADDRESS);
}

static u64 *table_get(struct ept *ept)
{
	u64 *table = ept->pages.alloc(ept->pages.ctx);

	if (table != NULL) {
		ept->tables++;
	}
	return table;
}

static void table_put(struct ept *ept, u64 *table)
{
	ept->pages.free(ept->pages.ctx, table);
	ept->tables--;
}

/* Gives back a table of this level and all below it. */
static void free_tables(struct ept *ept, u64 *table, u32 level)
{
	for (u32 i = 0; level > 1 && i < ENTRIES; i++) {
		if (table[i] != 0 && !is_leaf(table[i], level)) {
			free_tables(ept, table_of(ept, table[i]), level - 1);
		}
	}
	table_put(ept, table);
}

static bool is_empty(const u64 *table)
{
	for (u32 i = 0; i < ENTRIES; i++) {
		if (table[i] != 0) {
			return false;
		}
	}
	return true;
}

int ept_init(struct ept *ept, const struct ept_pages *pages, u64 caps,
	     u32 phys_bits)
{
	u64 *root;

	*ept = (struct ept){ .pages = *pages, .caps = caps };
	if (phys_bits < PHYS_BITS_MIN || phys_bits > PHYS_BITS_MAX) {
		return ERR_INVALID;
	}
	if (!(caps & EPT_CAP_WALK_4) || !(caps & (EPT_CAP_WB | EPT_CAP_UC))) {
		return ERR_UNSUPPORTED;
	}
	if (!(caps & EPT_CAP_2MB)) {
		/* A split takes one step down: to 2 MiB pages, here. */
		ept->caps &= ~EPT_CAP_1GB;
	}
	root = table_get(ept);
	if (root == NULL) {
		return ERR_NO_MEMORY;
	}
	ept->root_phys = pages->to_phys(root);
	ept->phys_limit = BIT(phys_bits);
	ept->gpa_limit = BIT(MIN(phys_bits, GPA_BITS));
	return 0;
}

void ept_free(struct ept *ept)
{
	if (ept->tables != 0) {
		free_tables(ept, table_of(ept, ept->root_phys), LEVELS);
		ept->root_phys = 0;
		ept->gpa_limit = 0;
	}
}

/*
 * Replaces an entry of this level by a leaf, or by nothing if leaf is 0, and
 * frees what was below.
 */
static void replace(struct ept *ept, u64 *entry, u32 level, u64 leaf)
{
	u64 old = *entry;

	*entry = leaf;
	if (old != 0 && !is_leaf(old, level)) {
		free_tables(ept, table_of(ept, old), level - 1);
	}
}

/*
 * The table below an entry. If there is none it is made, and maps what the
 * entry has mapped by smaller pages. NULL without memory.
 */
static u64 *descend(struct ept *ept, u64 *entry, u32 level)
{
	u64 *table;

	if (*entry != 0 && !is_leaf(*entry, level)) {
		return table_of(ept, *entry);
	}
	table = table_get(ept);
	if (table == NULL) {
		return NULL;
	}
	for (u32 i = 0; *entry != 0 && i < ENTRIES; i++) {
		table[i] = *entry + i * level_bytes(level - 1);
		if (level == 2) {
			table[i] &= ~ENTRY_LARGE;
		}
	}
	*entry = ept->pages.to_phys(table) | EPT_ALL;
	return table;
}

/* How a range is changed. */
struct change {
	u64 gpa;
	u64 end;
	u64 hpa;
	u64 bits; /* a leaf's bits without address and size; 0: unmap */
};

static int change_table(struct ept *ept, u64 *table, u32 level,
			const struct change *change);

/* part: the part of the change that lies within this entry. */
static int change_entry(struct ept *ept, u64 *entry, u32 level,
			const struct change *part)
{
	u64 span = level_bytes(level);
	bool whole = part->end - part->gpa == span;
	u64 *table;
	int err;

	if (part->bits == 0 && (whole || *entry == 0)) {
		replace(ept, entry, level, 0);
		return 0;
	}
	if (whole && part->hpa % span == 0 &&
	    may_be_leaf(ept, level, part->gpa)) {
		replace(ept, entry, level,
			part->hpa | part->bits | (level > 1 ? ENTRY_LARGE : 0));
		return 0;
	}
	table = descend(ept, entry, level);
	if (table == NULL) {
		return ERR_NO_MEMORY;
	}
	err = change_table(ept, table, level - 1, part);
	if (is_empty(table)) {
		*entry = 0;
		table_put(ept, table);
	}
	return err;
}

static int change_table(struct ept *ept, u64 *table, u32 level,
			const struct change *change)
{
	struct change part = *change;
	int err = 0;

	while (err == 0 && part.gpa < change->end) {
		u64 span = level_bytes(level);

		part.hpa = change->hpa + (part.gpa - change->gpa);
		part.end = MIN(change->end, ALIGN_DOWN(part.gpa, span) + span);
		err = change_entry(ept, &table[level_index(part.gpa, level)],
				   level, &part);
		part.gpa = part.end;
	}
	return err;
}

/* Checks that a range is whole pages, at least one, all below limit. */
static int check_range(u64 base, u64 bytes, u64 limit)
{
	if (bytes == 0 || bytes % PAGE_SIZE != 0 || base % PAGE_SIZE != 0) {
		return ERR_INVALID;
	}
	return base > limit || bytes > limit - base ? ERR_RANGE : 0;
}

int ept_map(struct ept *ept, u64 gpa, u64 hpa, u64 bytes, u32 access, u8 type)
{
	struct change change = { gpa, gpa + bytes, hpa, 0 };
	int err = check_range(gpa, bytes, ept->gpa_limit);

	if (err == 0) {
		err = check_range(hpa, bytes, ept->phys_limit);
	}
	if (err != 0) {
		return err;
	}
	if (access == 0 || access > EPT_ALL || !type_exists(type) ||
	    (access & (EPT_READ | EPT_WRITE)) == EPT_WRITE) {
		return ERR_INVALID;
	}
	if (!access_works(ept, access)) {
		return ERR_UNSUPPORTED;
	}
	change.bits = access | (u64)type << ENTRY_TYPE_SHIFT;
	return change_table(ept, table_of(ept, ept->root_phys), LEVELS,
			    &change);
}

int ept_unmap(struct ept *ept, u64 gpa, u64 bytes)
{
	struct change change = { gpa, gpa + bytes, 0, 0 };
	int err = check_range(gpa, bytes, ept->gpa_limit);

	if (err != 0) {
		return err;
	}
	return change_table(ept, table_of(ept, ept->root_phys), LEVELS,
			    &change);
}

bool ept_lookup(const struct ept *ept, u64 gpa, u64 *hpa, u32 *access, u8 *type)
{
	u64 entry = ept->root_phys;
	u32 level = LEVELS + 1;
	u64 offset;

	if (gpa >= ept->gpa_limit) {
		return false;
	}
	do {
		level--;
		entry = table_of(ept, entry)[level_index(gpa, level)];
		if (entry == 0) {
			return false;
		}
	} while (!is_leaf(entry, level));
	offset = gpa % level_bytes(level);
	*hpa = (entry & ENTRY_ADDRESS) + offset;
	*access = (u32)(entry & ENTRY_ACCESS);
	*type = (u8)((entry & ENTRY_TYPE) >> ENTRY_TYPE_SHIFT);
	return true;
}

u64 ept_pointer(const struct ept *ept, bool accessed_dirty)
{
	u64 value = ept->root_phys | EPTP_WALK_4;

	value |= ept->caps & EPT_CAP_WB ? MEMORY_TYPE_WB : MEMORY_TYPE_UC;
	if (accessed_dirty && (ept->caps & EPT_CAP_ACCESSED_DIRTY)) {
		value |= EPTP_ACCESSED_DIRTY;
	}
	return value;
}

static bool check_entry(const struct ept *ept, u64 entry, u32 level, u64 gpa)
{
	u64 address = entry & ENTRY_ADDRESS;

	if (!access_works(ept, entry & ENTRY_ACCESS) ||
	    address >= ept->phys_limit) {
		return false;
	}
	if (!is_leaf(entry, level)) {
		return (entry & ENTRY_TABLE_RESERVED) == 0;
	}
	return may_be_leaf(ept, level, gpa) &&
	       address % level_bytes(level) == 0 &&
	       type_exists((u8)((entry & ENTRY_TYPE) >> ENTRY_TYPE_SHIFT));
}

/* Checks a table and those below; adds their number to *tables. */
static bool check_table(const struct ept *ept, const u64 *table, u32 level,
			u64 gpa, u64 *tables)
{
	++*tables;
	for (u32 i = 0; i < ENTRIES; i++, gpa += level_bytes(level)) {
		if (table[i] == 0) {
			continue;
		}
		if (!check_entry(ept, table[i], level, gpa)) {
			return false;
		}
		if (!is_leaf(table[i], level) &&
		    !check_table(ept, table_of(ept, table[i]), level - 1, gpa,
				 tables)) {
			return false;
		}
	}
	return true;
}

bool ept_check(const struct ept *ept)
{
	u64 tables = 0;

	return check_table(ept, table_of(ept, ept->root_phys), LEVELS, 0,
			   &tables) &&
	       tables == ept->tables;
}
