/*
 * The picture that the command `picture` draws: the globe, its name and three
 * ramps of colour. Pure: a colour for each pixel of a screen of any size.
 */
#pragma once

#include "lib/types.h"

/* 0xRRGGBB at (x, y) of a screen of width x height, both 64 to 16384. */
u32 picture_colour(s32 x, s32 y, s32 width, s32 height);

/*
 * The next value of a checksum over pixels in reading order (FNV-1a over the
 * bytes red, green, blue of each); it begins with PICTURE_CHECKSUM_START.
 */
#define PICTURE_CHECKSUM_START 0x811c9dc5u
u32 picture_checksum(u32 checksum, u32 colour);
