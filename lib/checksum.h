/* Checksums of other people's tables. */
#pragma once

#include "lib/types.h"

/* The sum of n bytes, modulo 256; 0 means a valid ACPI or MP table. */
u8 checksum8(const void *p, size_t n);
