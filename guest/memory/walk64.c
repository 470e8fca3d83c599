/*
 * Walks a guest's page tables for the host: without EPT to fill the shadow
 * tables, and in all cases to find the operands of instructions that the host
 * emulates.
 */
/* build: pure */
#include "guest/memory/walk64.h"

#include "arch/x86.h"

#define LEVELS 4u
#define ENTRIES 512u
#define ADDRESS 0x000ffffffffff000ull
#define LARGE_PAGE_PAT BIT(12)

static u64 level_bytes(u32 level)
{
	return (u64)PAGE_SIZE << (9u * (level - 1));
}

bool walk64_is_canonical(u64 linear)
{
	u64 top = linear >> 47;

	return top == 0 || top == 0x1ffff;
}

static bool is_leaf(u64 entry, u32 level)
{
	return level == 1 || (level < LEVELS && (entry & PAGING_PS) != 0);
}

/* Whether a present entry has a reserved bit set. */
static bool has_reserved(const struct walk64 *walk, u64 entry, u32 level)
{
	u64 reserved = ADDRESS & ~(BIT(walk->physical_bits) - 1);

	if (!walk->execute_disable) {
		reserved |= PAGING_XD;
	}
	if (level == LEVELS || (level == 3 && !walk->pages_1gb)) {
		reserved |= PAGING_PS;
	}
	if (level > 1 && is_leaf(entry, level)) {
		reserved |=
			(level_bytes(level) - 1) & ADDRESS & ~LARGE_PAGE_PAT;
	}
	return (entry & reserved) != 0;
}

static bool allowed(const struct walk64 *walk, const struct walk64_found *page,
		    u32 access)
{
	bool user = (access & PAGE_FAULT_U) != 0;

	if (user && !page->user) {
		return false;
	}
	if ((access & PAGE_FAULT_I) && !page->executable) {
		return false;
	}
	return !(access & PAGE_FAULT_W) || page->writable ||
	       (!user && !walk->write_protect);
}

static enum walk64_result fault(const struct walk64 *walk, u32 access, u64 why,
				struct walk64_found *found)
{
	u32 kept = PAGE_FAULT_W | PAGE_FAULT_U;

	/*
	 * The error code says that the access was a fetch only if
	 * execute-disable is on.
	 */
	if (walk->execute_disable) {
		kept |= PAGE_FAULT_I;
	}
	found->error_code = (access & kept) | (u32)why;
	return WALK64_FAULT;
}

static void set_flags(u64 *const entries[], u32 leaf, u32 access)
{
	for (u32 level = LEVELS; level >= leaf; level--) {
		*entries[level] |= PAGING_A;
	}
	if (access & PAGE_FAULT_W) {
		*entries[leaf] |= PAGING_D;
	}
}

enum walk64_result walk64(const struct walk64 *walk, u64 linear, u32 access,
			  struct walk64_found *found)
{
	u64 *entries[LEVELS + 1];
	u64 table = walk->cr3 & ADDRESS;
	u32 level = LEVELS + 1;
	u64 entry;

	*found = (struct walk64_found){ .writable = true,
					.user = true,
					.executable = true };
	do {
		level--;
		found->gpa = table + linear / level_bytes(level) % ENTRIES * 8;
		entries[level] = walk->entry(walk->ctx, found->gpa);
		if (entries[level] == NULL) {
			return WALK64_NO_TABLE;
		}
		entry = *entries[level];
		if (!(entry & PAGING_P)) {
			return fault(walk, access, 0, found);
		}
		if (has_reserved(walk, entry, level)) {
			return fault(walk, access,
				     PAGE_FAULT_P | PAGE_FAULT_RSVD, found);
		}
		found->writable &= (entry & PAGING_RW) != 0;
		found->user &= (entry & PAGING_US) != 0;
		found->executable &= (entry & PAGING_XD) == 0;
		table = entry & ADDRESS;
	} while (!is_leaf(entry, level));

	if (!allowed(walk, found, access)) {
		return fault(walk, access, PAGE_FAULT_P, found);
	}
	set_flags(entries, level, access);
	found->dirty = (*entries[level] & PAGING_D) != 0;
	found->gpa = (entry & ADDRESS & ~(level_bytes(level) - 1)) +
		     linear % level_bytes(level);
	return WALK64_MAPPED;
}
