/*
 * An access to the window: which byte of which planes it reaches, and the data
 * path between the guest and the planes (rotate, set/reset, the logical
 * function, bit mask, latches, compare). IBM's reference, "Graphics Controller
 * Registers" and "Sequencer Registers".
 *
 * The CRT controller's word and doubleword modes leave out bytes of the planes
 * on a real VGA. Here addresses are divided instead when the guest writes, as
 * QEMU does, so that text and 256 colours lie without gaps. Fonts are written
 * with odd/even addressing off and lie as they do there.
 */
/* build: pure hot */
#include "guest/board/pc/vga_planes.h"

#define FUNCTION_SHIFT 3

/* Where in the chosen part an address is; false: there is nothing. */
static bool inside(const struct vga *vga, u32 *at)
{
	if (*at - vga->window >= vga->window_bytes) {
		return false;
	}
	*at -= vga->window;
	return true;
}

/* The byte of plain memory behind an address, or NULL. */
static u8 *plain_byte(const struct vga *vga, u32 at)
{
	switch (vga->path) {
	case VGA_PATH_TEXT:
		return vga->text + at;
	case VGA_PATH_LINEAR:
		return vga->memory + vga->bank + at;
	default:
		return NULL;
	}
}

/* odd_even: of the access, which reads and writes choose by different bits. */
static u8 shift_of(const struct vga *vga, bool odd_even)
{
	if ((vga->crtc[CRTC_UNDERLINE] & CRTC_UNDERLINE_DWORD) != 0) {
		return 2;
	}
	return odd_even && (vga->crtc[CRTC_MODE] & CRTC_MODE_BYTE) == 0;
}

struct vga_place vga_write_place(const struct vga *vga, u32 at)
{
	u8 memory = vga->sequencer[SEQ_MEMORY];
	u8 planes = vga->sequencer[SEQ_PLANES];
	bool odd_even = (memory & SEQ_MEMORY_SEQUENTIAL) == 0;

	at += vga->bank;
	if ((memory & SEQ_MEMORY_CHAIN4) != 0) {
		planes &= (u8)(1u << at % 4);
		at &= ~3u;
		odd_even = false;
	} else if (odd_even) {
		planes &= at % 2 ? 0x0a : 0x05;
	}
	if ((vga->graphics[GFX_MISC] & GFX_MISC_CHAIN_ODD_EVEN) != 0) {
		at &= ~1u;
	}
	return (struct vga_place){
		at >> shift_of(vga, odd_even) & vga_last_place(vga), planes
	};
}

/* As above; the plane is the one that read mode 0 gives. */
static u32 read_place(const struct vga *vga, u32 at, u8 *plane)
{
	u8 chosen = vga->graphics[GFX_READ_PLANE];
	bool odd_even = (vga->graphics[GFX_MODE] & GFX_MODE_ODD_EVEN) != 0;

	at += vga->bank;
	if ((vga->sequencer[SEQ_MEMORY] & SEQ_MEMORY_CHAIN4) != 0) {
		*plane = at % 4;
		at &= ~3u;
		odd_even = false;
	} else {
		*plane = odd_even ? (chosen & 2) | (at & 1) : chosen;
	}
	if ((vga->graphics[GFX_MISC] & GFX_MISC_CHAIN_ODD_EVEN) != 0) {
		at &= ~1u;
	}
	return at >> shift_of(vga, odd_even) & vga_last_place(vga);
}

static u8 rotated(const struct vga *vga, u8 value)
{
	u8 by = vga->graphics[GFX_ROTATE] & 7;

	return (u8)(value >> by | value << (8 - by));
}

static u32 on_all_planes(u8 value)
{
	return value * 0x01010101u;
}

static u32 with_latch(const struct vga *vga, u32 planes, u8 mask)
{
	u32 bits = on_all_planes(mask);

	switch (vga->graphics[GFX_ROTATE] >> FUNCTION_SHIFT) {
	case 1:
		planes &= vga->latch;
		break;
	case 2:
		planes |= vga->latch;
		break;
	case 3:
		planes ^= vga->latch;
		break;
	default:
		break;
	}
	return (planes & bits) | (vga->latch & ~bits);
}

u32 vga_combine(const struct vga *vga, u8 value)
{
	const u8 *graphics = vga->graphics;
	u32 set = vga_spread(graphics[GFX_SET]);
	u32 enabled = vga_spread(graphics[GFX_SET_ENABLE]);
	u8 mask = graphics[GFX_BIT_MASK];

	switch (graphics[GFX_MODE] & 3) {
	case 0:
		value = rotated(vga, value);
		return with_latch(vga,
				  (on_all_planes(value) & ~enabled) |
					  (set & enabled),
				  mask);
	case 1:
		return vga->latch;
	case 2:
		return with_latch(vga, vga_spread(value), mask);
	default:
		return with_latch(vga, set, mask & rotated(vga, value));
	}
}

static u8 read_by_logic(struct vga *vga, u32 at)
{
	const u8 *graphics = vga->graphics;
	u32 different;
	u8 plane;

	vga->latch = *vga_dword_at(vga, read_place(vga, at, &plane));
	if ((graphics[GFX_MODE] & GFX_MODE_READ_COMPARES) == 0) {
		return (u8)(vga->latch >> 8 * plane);
	}
	different = (vga->latch ^ vga_spread(graphics[GFX_COMPARE])) &
		    vga_spread(graphics[GFX_DONT_CARE]);
	different |= different >> 16;
	return (u8) ~(different | different >> 8);
}

static void write_by_logic(struct vga *vga, u32 at, u8 value)
{
	struct vga_place place = vga_write_place(vga, at);
	vga_dword *planes = vga_dword_at(vga, place.place);
	u32 mask = vga_spread(place.planes);

	*planes = (*planes & ~mask) | (vga_combine(vga, value) & mask);
	vga->font_changes += place.planes >> 2 & 1;
}

u8 vga_memory_read(struct vga *vga, u32 at)
{
	const u8 *plain;

	if (!inside(vga, &at)) {
		return 0xff;
	}
	plain = plain_byte(vga, at);
	return plain != NULL ? *plain : read_by_logic(vga, at);
}

void vga_memory_write(struct vga *vga, u32 at, u8 value)
{
	u8 *plain;

	if (!inside(vga, &at)) {
		return;
	}
	plain = plain_byte(vga, at);
	if (plain != NULL) {
		*plain = value;
	} else {
		write_by_logic(vga, at, value);
	}
}
