/* Checksums: of other people's tables, and of memory that must stay as it is. */
#pragma once

#include "lib/types.h"

/* The sum of n bytes, modulo 256; 0 means a valid ACPI or MP table. */
u8 checksum8(const void *p, size_t n);

/*
 * A sum of n bytes in which each bit and each place counts, going on from
 * another one or from 0. No two sums agree by chance; it is no secret, though.
 */
u64 checksum64(u64 sum, const void *p, size_t n);
