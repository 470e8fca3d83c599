/*
 * Computes the picture in integers, each pixel by itself. All lengths are
 * fractions of the screen's height, and angles are 65536 to the turn, so that
 * they wrap as they should.
 */
/* build: pure */
#include "monitor/picture.h"

#define UNITS 60 /* to the height */
#define GLOBE_Y 24
#define GLOBE_RADIUS 19
#define LETTERS_Y 47
#define BARS_Y 56
#define FRAME 1
#define LETTER_COLUMNS 6 /* with the gap */
#define LETTER_ROWS 7

#define BLACK 0u
#define WHITE 0xffffffu
#define STAR 0xc0c8d8u
#define SEA 0x1c5cb4u
#define LAND 0x3c963cu
#define ICE 0xe6eef6u
#define ICE_LATITUDE 12900 /* 71 degrees */

/*
 * Land and sea in 5.6 degree cells from the north pole down; the leftmost bit
 * is at 75 degrees west, the rightmost at 105 east.
 */
#define CELL 1024
#define MAP_COLUMNS 32
#define MAP_ROWS 32
#define MIDDLE_LONGITUDE (MAP_COLUMNS / 2 * CELL)
static const u32 land[MAP_ROWS] = {
	0x00000000, 0x1f800000, 0x7fc00003, 0x1f80403f, 0x0c01bfff, 0xc003ffff,
	0xe00bffff, 0xf007ffff, 0x000dedff, 0x000a1fff, 0x000fffff, 0x001ffeff,
	0x003ffe3b, 0x003ffc11, 0xe01ffc00, 0xf001fc00, 0xfc01f800, 0xfe00f000,
	0xfc00f000, 0x7c00f400, 0x7800e000, 0xf000e000, 0xe0000000, 0xc0000000,
	0xc0000000, 0x00000000, 0x00000000, 0x00000000, 0x0007ffff, 0x1fffffff,
	0xffffffff, 0xffffffff,
};

/* B, I, O, S, P, H, E, R: rows of five bits. */
static const char name[] = "BIOSPHERE";
static const struct {
	char letter;
	u8 row[LETTER_ROWS];
} font[] = {
	{ 'B', { 0x1e, 0x11, 0x11, 0x1e, 0x11, 0x11, 0x1e } },
	{ 'I', { 0x0e, 0x04, 0x04, 0x04, 0x04, 0x04, 0x0e } },
	{ 'O', { 0x0e, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0e } },
	{ 'S', { 0x0f, 0x10, 0x10, 0x0e, 0x01, 0x01, 0x1e } },
	{ 'P', { 0x1e, 0x11, 0x11, 0x1e, 0x10, 0x10, 0x10 } },
	{ 'H', { 0x11, 0x11, 0x11, 0x1f, 0x11, 0x11, 0x11 } },
	{ 'E', { 0x1f, 0x10, 0x10, 0x1e, 0x10, 0x10, 0x1f } },
	{ 'R', { 0x1e, 0x11, 0x11, 0x1e, 0x14, 0x12, 0x11 } },
};

static s32 square_root(s32 value)
{
	s32 root = 0;

	for (s32 bit = 1 << 15; bit != 0; bit >>= 1) {
		s64 next = root | bit;

		if (next * next <= value) {
			root |= bit;
		}
	}
	return root;
}

/* Of the vector (x, y), to a quarter of a degree. */
static s32 angle_of(s32 y, s32 x)
{
	s32 ax = x < 0 ? -x : x;
	s32 ay = y < 0 ? -y : y;
	bool steep = ay > ax;
	s32 t = (steep ? ax : ay) * 1024 / MAX(MAX(ax, ay), 1);
	/* atan(t) is about t * (pi / 4 + 0.273 * (1 - t)) up to t = 1. */
	s32 angle = t * (8192 + 2847 * (1024 - t) / 1024) / 1024;

	if (steep) {
		angle = 16384 - angle;
	}
	if (x < 0) {
		angle = 32768 - angle;
	}
	return y < 0 ? -angle : angle;
}

/* Each part of the colour times level / 256. */
static u32 shade(u32 colour, s32 level)
{
	u32 shaded = 0;

	for (u32 shift = 0; shift < 24; shift += 8) {
		u32 part = (colour >> shift & 0xff) * (u32)level / 256;

		shaded |= MIN(part, 0xffu) << shift;
	}
	return shaded;
}

static s32 cell(s32 row, s32 column)
{
	row = MIN(MAX(row, 0), MAP_ROWS - 1);
	column = MIN(MAX(column, 0), MAP_COLUMNS - 1);
	return land[row] >> (MAP_COLUMNS - 1 - column) & 1;
}

/* Coasts run where the mean of the four cells around is half land. */
static bool is_land(s32 latitude, s32 longitude)
{
	s32 down = 16384 - latitude - CELL / 2 + CELL;
	s32 right = longitude + MIDDLE_LONGITUDE - CELL / 2 + CELL;
	s32 row = down / CELL - 1, column = right / CELL - 1;
	s32 v = down % CELL, u = right % CELL;
	s32 upper = cell(row, column) * (CELL - u) + cell(row, column + 1) * u;
	s32 lower = cell(row + 1, column) * (CELL - u) +
		    cell(row + 1, column + 1) * u;

	return (upper * (CELL - v) + lower * v) > CELL * CELL / 2;
}

/* A point of the visible half, the axis leaning by 12 degrees. */
static u32 globe(s32 x, s32 y, s32 radius)
{
	s32 z = square_root(radius * radius - x * x - y * y);
	s32 east = (x * 1002 + y * 213) / 1024;
	s32 north = (x * 213 - y * 1002) / 1024;
	s32 around = square_root(MAX(radius * radius - north * north, 0));
	s32 latitude = angle_of(north, around);
	/* Light comes from the upper left, and from behind the viewer. */
	s32 light = (z * 200 - x * 120 - y * 110) / radius;
	u32 colour = is_land(latitude, angle_of(east, z)) ? LAND : SEA;

	if (latitude > ICE_LATITUDE || (latitude < -10900 && colour == LAND)) {
		colour = ICE;
	}
	return shade(colour, 40 + MAX(light, 0));
}

/* Darker upwards, with stars, and with a glow around the globe. */
static u32 sky(s32 x, s32 y, s32 height, s32 distance, s32 radius)
{
	u32 noise = ((u32)x * 0x9e3779b1u ^ (u32)y * 0x85ebca6bu) * 0xc2b2ae35u;
	s32 width = radius / 6;
	s32 beyond = distance - radius;

	if (beyond < width) {
		s32 glow = 256 * (width - beyond) / width;

		return shade(0x3070d0, glow * glow / 256 * 3 / 4) +
		       shade(0x081838, 256 * y / height * (256 - glow) / 256);
	}
	if (noise >> 21 == 0) {
		return STAR;
	}
	return shade(0x081838, 256 * y / height);
}

static bool in_letters(s32 x, s32 y, s32 pixel)
{
	s32 column = x / pixel, row = y / pixel;
	char letter;

	if (x < 0 || y < 0 || row >= LETTER_ROWS ||
	    column >= (s32)sizeof(name) * LETTER_COLUMNS) {
		return false;
	}
	letter = name[column / LETTER_COLUMNS];
	for (size_t i = 0; i < ARRAY_SIZE(font); i++) {
		if (font[i].letter == letter) {
			return (font[i].row[row] << column % LETTER_COLUMNS &
				0x10) != 0;
		}
	}
	return false;
}

/* Red, green and blue, each from black to full, one below the other. */
static u32 bars(s32 x, s32 y, s32 width, s32 unit)
{
	u32 level = (u32)(x * 255 / (width - 1));

	return level << (16 - 8 * MIN(y / MAX(unit * 2 / 3, 1), 2));
}

u32 picture_colour(s32 x, s32 y, s32 width, s32 height)
{
	s32 unit = height / UNITS > 0 ? height / UNITS : 1;
	s32 edge = MIN(MIN(x, width - 1 - x), MIN(y, height - 1 - y));
	s32 radius = GLOBE_RADIUS * height / UNITS;
	s32 dx = x - width / 2, dy = y - GLOBE_Y * height / UNITS;
	s32 letters_width = ((s32)sizeof(name) - 1) * LETTER_COLUMNS * unit;
	s32 left = (width - letters_width + unit) / 2;
	s32 bars_y = BARS_Y * height / UNITS;
	s32 bars_width = letters_width - unit;

	if (edge < FRAME * unit) {
		/* The outermost pixels are white: they show what is cut off. */
		return edge == 0 ? WHITE : edge > unit / 2 ? BLACK : 0x4070a0;
	}
	if (y >= bars_y && y < bars_y + 2 * unit && x >= left &&
	    x < left + bars_width) {
		return bars(x - left, y - bars_y, bars_width, unit);
	}
	if (in_letters(x - left, y - LETTERS_Y * height / UNITS, unit)) {
		return WHITE;
	}
	if (dx * dx + dy * dy < radius * radius) {
		return globe(dx, dy, radius);
	}
	return sky(x, y, height, square_root(dx * dx + dy * dy), radius);
}

u32 picture_checksum(u32 checksum, u32 colour)
{
	for (u32 shift = 24; shift != 0; shift -= 8) {
		checksum = (checksum ^ (colour >> (shift - 8) & 0xff)) *
			   0x01000193u;
	}
	return checksum;
}
