/* Reads the Multiboot2 information into a struct bootinfo. Pure. */
#pragma once

#include "boot/bootinfo.h"
#include "lib/types.h"

/*
 * Fills all of *out from the Multiboot2 information at mbi, of which at most
 * max_bytes may be read; mbi need not be aligned, and nothing in *out points
 * into it. Damage is survived: what is good is kept and out->problem says
 * what was not.
 *
 * Returns the number of problems (0 = all is well), ERR_INVALID for a null
 * pointer, or ERR_CORRUPT if not even the first 8 bytes make sense; *out is
 * then empty but for its problem.
 */
int mbi_parse(struct bootinfo *out, const void *mbi, size_t max_bytes);
