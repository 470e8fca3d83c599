/* Checksums: of tables that others made, and of memory that must not change. */
#pragma once

#include "lib/types.h"

/* The sum of n bytes, modulo 256; 0 means a valid ACPI or MP table. */
u8 checksum8(const void *p, size_t n);

/*
 * A checksum of n bytes that depends on every bit and its place. sum: 0, or the
 * checksum of what comes before. It shows changes by accident, not those by
 * intent.
 */
u64 checksum64(u64 sum, const void *p, size_t n);
