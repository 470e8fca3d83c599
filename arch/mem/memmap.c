/*
 * The map of physical memory: keeps regions sorted and without overlaps, in
 * whatever order firmware and kernel enter them. Pure; knows neither the
 * loader's format nor who uses the memory.
 */
/* build: pure */
#include "arch/mem/memmap.h"

#include "lib/error.h"
#include "lib/string.h"

static const char *const type_names[MEMMAP_TYPES] = {
	[MEMMAP_RAM] = "RAM",		[MEMMAP_MODULE] = "module",
	[MEMMAP_KERNEL] = "kernel",	[MEMMAP_ACPI_RECLAIM] = "ACPI tables",
	[MEMMAP_ACPI_NVS] = "ACPI NVS", [MEMMAP_RESERVED] = "reserved",
	[MEMMAP_BAD] = "bad RAM",
};

void memmap_init(struct memmap *m)
{
	memset(m, 0, sizeof(*m));
}

enum memmap_type memmap_type_from_e820(u32 e820_type)
{
	switch (e820_type) {
	case 1:
		return MEMMAP_RAM;
	case 3:
		return MEMMAP_ACPI_RECLAIM;
	case 4:
		return MEMMAP_ACPI_NVS;
	case 5:
		return MEMMAP_BAD;
	default:
		return MEMMAP_RESERVED;
	}
}

/* The first region that ends above addr; m->count if none does. */
static u32 first_ending_above(const struct memmap *m, u64 addr)
{
	u32 low = 0;
	u32 high = m->count;

	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (m->region[middle].end > addr) {
			high = middle;
		} else {
			low = middle + 1;
		}
	}
	return low;
}

/* Whether addr lies inside a region that a range of this type would replace. */
static bool splits(const struct memmap *m, u64 addr, enum memmap_type type)
{
	u32 i = first_ending_above(m, addr);

	return i < m->count && m->region[i].base < addr &&
	       m->region[i].type < type;
}

/* How many regions put() will add, before neighbours are joined. */
static u32 extra_regions(const struct memmap *m, u64 base, u64 end,
			 enum memmap_type type)
{
	u32 extra = 0;
	u64 cursor = base;
	u32 i;

	extra += splits(m, base, type) ? 1 : 0;
	extra += splits(m, end, type) ? 1 : 0;
	for (i = first_ending_above(m, base); cursor < end; i++) {
		if (i == m->count || m->region[i].base >= end) {
			return extra + 1;
		}
		if (m->region[i].base > cursor) {
			extra++;
		}
		cursor = m->region[i].end;
	}
	return extra;
}

static void insert_at(struct memmap *m, u32 i, u64 base, u64 end,
		      enum memmap_type type)
{
	memmove(&m->region[i + 1], &m->region[i],
		(m->count - i) * sizeof(m->region[0]));
	m->region[i].base = base;
	m->region[i].end = end;
	m->region[i].type = type;
	m->count++;
}

static void split_at(struct memmap *m, u64 addr, enum memmap_type type)
{
	u32 i = first_ending_above(m, addr);

	if (!splits(m, addr, type)) {
		return;
	}
	insert_at(m, i, m->region[i].base, addr, m->region[i].type);
	m->region[i + 1].base = addr;
}

/*
 * Enters a range; the caller has made sure that there is room. Changes the type
 * of regions that are more usable, and fills holes.
 */
static void put(struct memmap *m, u64 base, u64 end, enum memmap_type type)
{
	u64 cursor = base;
	u32 i;

	split_at(m, base, type);
	split_at(m, end, type);
	for (i = first_ending_above(m, base); cursor < end; i++) {
		if (i == m->count || m->region[i].base > cursor) {
			u64 gap_end = end;

			if (i < m->count) {
				gap_end = MIN(end, m->region[i].base);
			}
			insert_at(m, i, cursor, gap_end, type);
		} else if (m->region[i].type < type) {
			m->region[i].type = type;
		}
		cursor = m->region[i].end;
	}
}

static void join_neighbours(struct memmap *m)
{
	u32 kept = 0;
	u32 i;

	for (i = 1; i < m->count; i++) {
		struct memmap_region *last = &m->region[kept];

		if (last->end == m->region[i].base &&
		    last->type == m->region[i].type) {
			last->end = m->region[i].end;
		} else {
			m->region[++kept] = m->region[i];
		}
	}
	m->count = m->count == 0 ? 0 : kept + 1;
}

int memmap_add(struct memmap *m, u64 base, u64 length, enum memmap_type type)
{
	u64 end = base + length;

	if (length == 0 || (u32)type >= MEMMAP_TYPES) {
		return ERR_INVALID;
	}
	if (end < base) {
		return ERR_RANGE;
	}
	if (m->count + extra_regions(m, base, end, type) > MEMMAP_MAX_REGIONS) {
		return ERR_FULL;
	}
	put(m, base, end, type);
	join_neighbours(m);
	return 0;
}

int memmap_reserve(struct memmap *m, u64 base, u64 length,
		   enum memmap_type type)
{
	if (type == MEMMAP_RAM) {
		return ERR_INVALID;
	}
	return memmap_add(m, base, length, type);
}

const struct memmap_region *memmap_find(const struct memmap *m, u64 addr)
{
	u32 i = first_ending_above(m, addr);

	if (i == m->count || m->region[i].base > addr) {
		return NULL;
	}
	return &m->region[i];
}

bool memmap_is_ram(const struct memmap *m, u64 base, u64 length)
{
	const struct memmap_region *region = memmap_find(m, base);

	/*
	 * Neighbouring regions of RAM are always joined, so one region must
	 * hold the whole range.
	 */
	return length != 0 && region != NULL && region->type == MEMMAP_RAM &&
	       length <= region->end - base;
}

bool memmap_next_ram(const struct memmap *m, u32 *cursor, u64 *base, u64 *end)
{
	while (*cursor < m->count) {
		const struct memmap_region *region = &m->region[(*cursor)++];
		u64 last = ALIGN_DOWN(region->end, PAGE_SIZE);

		/*
		 * Skips a region in the last page of the address space:
		 * rounding up its base would wrap.
		 */
		if (region->type != MEMMAP_RAM || region->base > last) {
			continue;
		}
		if (ALIGN_UP(region->base, PAGE_SIZE) < last) {
			*base = ALIGN_UP(region->base, PAGE_SIZE);
			*end = last;
			return true;
		}
	}
	return false;
}

u64 memmap_usable_bytes(const struct memmap *m)
{
	u32 cursor = 0;
	u64 bytes = 0;
	u64 base;
	u64 end;

	while (memmap_next_ram(m, &cursor, &base, &end)) {
		bytes += end - base;
	}
	return bytes;
}

const char *memmap_type_name(enum memmap_type type)
{
	return (u32)type < MEMMAP_TYPES ? type_names[type] : "unknown";
}
