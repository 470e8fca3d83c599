/*
 * Whole string instructions in the window. What programs fill and copy by the
 * screenful goes by the quick way: bytes, in planes, without odd/even or chained
 * addresses. The rest goes byte by byte.
 */
/* build: pure hot */
#include "guest/board/pc/vga_planes.h"

typedef u64 two_places __attribute__((may_alias, aligned(4)));

/* Whether each address is a place of all planes, one after the other. */
static bool is_planar(const struct vga *vga)
{
	return vga->path == VGA_PATH_LOGIC &&
	       (vga->sequencer[SEQ_MEMORY] &
		(SEQ_MEMORY_CHAIN4 | SEQ_MEMORY_SEQUENTIAL)) ==
		       SEQ_MEMORY_SEQUENTIAL &&
	       (vga->graphics[GFX_MODE] & GFX_MODE_ODD_EVEN) == 0 &&
	       (vga->graphics[GFX_MISC] & GFX_MISC_CHAIN_ODD_EVEN) == 0 &&
	       (vga->crtc[CRTC_UNDERLINE] & CRTC_UNDERLINE_DWORD) == 0;
}

/* Whether all of it is in the window, and in one piece of the planes. */
static bool is_one_piece(const struct vga *vga, u32 at, u32 bytes)
{
	u32 last = at - vga->window + bytes - 1;

	return bytes != 0 && at >= vga->window && last < vga->window_bytes &&
	       last >= bytes - 1 && vga->bank + last <= vga_last_place(vga);
}

/* Two places at a time, and four times that in a turn. */
static void fill_places(vga_dword *planes, u32 count, u32 value, u32 mask)
{
	u64 set = (value & mask) * 0x100000001ull;
	u64 keep = ~mask * 0x100000001ull;
	two_places *two = (two_places *)planes;

	for (; count >= 8; count -= 8, two += 4) {
		two[0] = (two[0] & keep) | set;
		two[1] = (two[1] & keep) | set;
		two[2] = (two[2] & keep) | set;
		two[3] = (two[3] & keep) | set;
	}
	for (planes = (vga_dword *)two; count != 0; count--, planes++) {
		*planes = (*planes & (u32)keep) | (u32)set;
	}
}

static bool is_one_byte_over(u32 value, u8 bytes)
{
	u32 all = (value & 0xff) * 0x01010101u;

	return ((value ^ all) & (0xffffffffu >> (32 - 8 * bytes))) == 0;
}

/* The latch stays the same, so each byte of a fill makes the same of planes. */
static bool fill_quickly(struct vga *vga, const struct vga_string *string,
			 u32 at, u32 value)
{
	u64 bytes = (u64)string->count * string->bytes;
	u32 first = string->down ? at - (u32)bytes + string->bytes : at;
	struct vga_place place;

	if (!is_planar(vga) || bytes > VGA_WINDOW_BYTES ||
	    !is_one_byte_over(value, string->bytes) ||
	    !is_one_piece(vga, first, (u32)bytes)) {
		return false;
	}
	place = vga_write_place(vga, first - vga->window);
	fill_places(vga_dword_at(vga, place.place), (u32)bytes,
		    vga_combine(vga, (u8)value), vga_spread(place.planes));
	vga->font_changes += place.planes >> 2 & 1;
	return true;
}

/* The address of the next element; below the window it is a huge one. */
static u32 next(const struct vga_string *string, u32 at)
{
	return string->down ? at - string->bytes : at + string->bytes;
}

void vga_fill(struct vga *vga, const struct vga_string *string, u32 at,
	      u32 value)
{
	if (fill_quickly(vga, string, at, value)) {
		return;
	}
	for (u32 i = 0; i < string->count && at < VGA_WINDOW_BYTES; i++) {
		for (u8 byte = 0; byte < string->bytes; byte++) {
			vga_memory_write(vga, at + byte,
					 (u8)(value >> 8 * byte));
		}
		at = next(string, at);
	}
}

/* Write mode 1, bytes: planes go from place to place by the latch. */
static bool move_quickly(struct vga *vga, const struct vga_string *string,
			 u32 to, u32 from)
{
	s32 step = string->down ? -1 : 1;
	u32 count = string->count, mask, planes = vga->latch;
	u32 back = string->down ? count - 1 : 0;
	struct vga_place place;
	vga_dword *target, *source;

	if (!is_planar(vga) || (vga->graphics[GFX_MODE] & 3) != 1 ||
	    string->bytes != 1 || count > VGA_WINDOW_BYTES ||
	    !is_one_piece(vga, to - back, count) ||
	    !is_one_piece(vga, from - back, count)) {
		return false;
	}
	place = vga_write_place(vga, to - vga->window);
	mask = vga_spread(place.planes);
	target = vga_dword_at(vga, place.place);
	source = vga_dword_at(vga, vga->bank + from - vga->window);
	for (; count != 0; count--) {
		planes = *source;
		*target = (*target & ~mask) | (planes & mask);
		source += step;
		target += step;
	}
	vga->latch = planes;
	vga->font_changes += place.planes >> 2 & 1;
	return true;
}

void vga_move(struct vga *vga, const struct vga_string *string, u32 to,
	      u32 from)
{
	u8 element[4];

	if (move_quickly(vga, string, to, from)) {
		return;
	}
	for (u32 i = 0; i < string->count && MAX(to, from) < VGA_WINDOW_BYTES;
	     i++) {
		for (u8 byte = 0; byte < string->bytes; byte++) {
			element[byte] = vga_memory_read(vga, from + byte);
		}
		for (u8 byte = 0; byte < string->bytes; byte++) {
			vga_memory_write(vga, to + byte, element[byte]);
		}
		to = next(string, to);
		from = next(string, from);
	}
}
