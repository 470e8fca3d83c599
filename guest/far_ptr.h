/* Real-mode addresses: a segment and an offset, and the linear address. */
#pragma once

#include "lib/types.h"

struct far_ptr {
	u16 offset;
	u16 segment;
};
static_assert(sizeof(struct far_ptr) == 4, "as in the IVT");

/* Up to 10FFEFh: not wrapped at 1 MiB. */
static inline u32 far_to_linear(u16 segment, u16 offset)
{
	return ((u32)segment << 4) + offset;
}
