/* Two levels of 4-byte entries, or three of 8 bytes. */
/* build: pure */
#include "guest/memory/walk32.h"

#include "arch/x86.h"
#include "lib/string.h"

#define LARGE PAGING_PS
#define ACCESSED PAGING_A
#define DIRTY PAGING_D
#define PAE_ADDRESS 0x000ffffffffff000ull
/* Of a 4 MiB page with 4-byte entries, bits 20:13 are the address's 39:32. */
#define HIGH_SHIFT 13u
#define HIGH_MASK 0xffull

struct level {
	u64 table;
	u32 entry_bytes;
	u32 shift; /* of the linear address */
	u32 index_bits;
};

static u64 get(const u8 *at, u32 bytes)
{
	u64 value = 0;

	memcpy(&value, at, bytes);
	return value;
}

static void set(u8 *at, u32 bytes, u64 value)
{
	memcpy(at, &value, bytes);
}

static bool allowed(const struct walk32 *walk, u64 rights, u32 access)
{
	bool user = (access & PAGE_FAULT_U) != 0;

	if (user && !(rights & PAGING_US)) {
		return false;
	}
	return !(access & PAGE_FAULT_W) || (rights & PAGING_RW) != 0 ||
	       (!user && !walk->write_protect);
}

/* Where the page begins that a leaf maps. */
static u64 frame_of(const struct walk32 *walk, u64 entry, u32 shift)
{
	u64 frame;

	if (walk->pae) {
		return entry & PAE_ADDRESS & ~(BIT(shift) - 1);
	}
	frame = entry & ~(BIT(shift) - 1) & UINT32_MAX;
	return shift == 12 ? frame
			   : frame | (entry >> HIGH_SHIFT & HIGH_MASK) << 32;
}

/* The directory that PAE paging begins with; its pointer has no rights. */
static enum walk32_result find_directory(const struct walk32 *walk, u32 linear,
					 struct level *level)
{
	u64 at = (walk->cr3 & ~31u) + (linear >> 30) * 8u;
	const u8 *pointer = walk->entry(walk->ctx, at);

	if (pointer == NULL) {
		level->table = at;
		return WALK32_NO_TABLE;
	}
	if (!(get(pointer, 8) & PAGING_P)) {
		return WALK32_FAULT;
	}
	*level = (struct level){ get(pointer, 8) & PAE_ADDRESS, 8, 21, 9 };
	return WALK32_MAPPED;
}

static bool is_leaf(const struct walk32 *walk, u64 entry, u32 shift)
{
	return shift == 12 ||
	       ((entry & LARGE) != 0 && (walk->pae || walk->large_pages));
}

/* A walk on its way: the entry that was read last, and those before it. */
struct way {
	struct level level;
	u64 rights; /* of all entries together */
	u64 entry;
	u32 depth;
	u8 *path[2];
};

/* Down to the leaf; what keeps it from there otherwise. */
static enum walk32_result descend(const struct walk32 *walk, u32 linear,
				  struct way *way)
{
	struct level *level = &way->level;

	for (;;) {
		u32 index = linear >> level->shift &
			    (u32)(BIT(level->index_bits) - 1);
		u8 *at;

		level->table += index * level->entry_bytes;
		at = walk->entry(walk->ctx, level->table);
		if (at == NULL) {
			return WALK32_NO_TABLE;
		}
		way->entry = get(at, level->entry_bytes);
		if (!(way->entry & PAGING_P)) {
			return WALK32_FAULT;
		}
		way->rights &= way->entry;
		way->path[way->depth++] = at;
		if (is_leaf(walk, way->entry, level->shift)) {
			return WALK32_MAPPED;
		}
		level->table = walk->pae ? way->entry & PAE_ADDRESS
					 : way->entry & 0xfffff000u;
		level->shift = 12;
	}
}

static void set_flags(const struct way *way, u32 access)
{
	u32 bytes = way->level.entry_bytes;

	for (u32 i = 0; i < way->depth; i++) {
		bool leaf = i == way->depth - 1;
		u64 flags = ACCESSED |
			    (leaf && (access & PAGE_FAULT_W) ? DIRTY : 0);

		set(way->path[i], bytes, get(way->path[i], bytes) | flags);
	}
}

enum walk32_result walk32(const struct walk32 *walk, u32 linear, u32 access,
			  u64 *gpa, u32 *error_code)
{
	struct way way = { .level = { walk->cr3 & ~0xfffu, 4, 22, 10 },
			   .rights = PAGING_US | PAGING_RW };
	enum walk32_result result = WALK32_MAPPED;
	bool permitted = true;

	if (walk->pae) {
		result = find_directory(walk, linear, &way.level);
	}
	if (result == WALK32_MAPPED) {
		result = descend(walk, linear, &way);
	}
	if (result == WALK32_NO_TABLE) {
		*gpa = way.level.table;
		return result;
	}
	permitted =
		result != WALK32_MAPPED || allowed(walk, way.rights, access);
	if (result == WALK32_FAULT || !permitted) {
		*error_code = (permitted ? 0 : (u32)PAGE_FAULT_P) |
			      (access & (u32)(PAGE_FAULT_W | PAGE_FAULT_U));
		return WALK32_FAULT;
	}
	set_flags(&way, access);
	*gpa = frame_of(walk, way.entry, way.level.shift) |
	       (linear & (u32)(BIT(way.level.shift) - 1));
	return WALK32_MAPPED;
}
