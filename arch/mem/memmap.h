/*
 * The map of physical memory: sorted regions that never overlap. Pure; built
 * on one core at boot and only read afterwards, so it needs no lock.
 */
#pragma once

#include "lib/types.h"

#define MEMMAP_MAX_REGIONS 512

/*
 * In the order from most to least usable: where two overlap, the later type
 * wins.
 */
enum memmap_type {
	MEMMAP_RAM,	     /* free to be used */
	MEMMAP_MODULE,	     /* ours: a file the loader read */
	MEMMAP_KERNEL,	     /* ours: the kernel's image */
	MEMMAP_ACPI_RECLAIM, /* free once the ACPI tables are read */
	MEMMAP_ACPI_NVS,
	MEMMAP_RESERVED,
	MEMMAP_BAD,
	MEMMAP_TYPES, /* how many there are */
};

struct memmap_region {
	u64 base;
	u64 end; /* the first byte after it */
	enum memmap_type type;
};

/* Addresses in no region are holes: no known memory. */
struct memmap {
	u32 count;
	struct memmap_region region[MEMMAP_MAX_REGIONS];
};

void memmap_init(struct memmap *m);

/* The type for an E820 (and Multiboot2) number; reserved for an unknown one. */
enum memmap_type memmap_type_from_e820(u32 e820_type);

/*
 * Enters [base, base + length). The order of calls does not matter: where
 * ranges overlap, the less usable type wins. Neighbours of one type are joined.
 * ERR_INVALID: length 0 or an unknown type. ERR_RANGE: the range reaches the
 * end of the 64-bit space. ERR_FULL: there is no room for the pieces before
 * they are joined. After an error the map is as it was.
 */
int memmap_add(struct memmap *m, u64 base, u64 length, enum memmap_type type);

/*
 * Takes a range out of the RAM, for us or the firmware: as memmap_add(), but
 * refuses MEMMAP_RAM (ERR_INVALID). Parts that are less usable already keep
 * their type.
 */
int memmap_reserve(struct memmap *m, u64 base, u64 length,
		   enum memmap_type type);

/* The region that addr lies in, or NULL for a hole. */
const struct memmap_region *memmap_find(const struct memmap *m, u64 addr);

/* True if length is not 0 and every byte of the range is free RAM. */
bool memmap_is_ram(const struct memmap *m, u64 base, u64 length);

/*
 * Walks the free RAM upwards, in whole pages. Start with *cursor = 0. Each call
 * that returns true gives one run [*base, *end), rounded inwards to pages and
 * never empty.
 */
bool memmap_next_ram(const struct memmap *m, u32 *cursor, u64 *base, u64 *end);

/* The sum of all runs of memmap_next_ram(), in bytes. */
u64 memmap_usable_bytes(const struct memmap *m);

/* The type's name for a person: "RAM", "ACPI NVS"; "unknown" for others. */
const char *memmap_type_name(enum memmap_type type);
