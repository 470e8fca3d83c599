/* The VGA's registers by name, in the order of their numbers, and their bits. */
#pragma once

#include "guest/board/pc/vga.h"

#define MISC_COLOUR BIT(0) /* the CRTC is at 3D4h, not at 3B4h */

#define SEQ_CLOCKING 1
#define SEQ_CLOCKING_8_DOTS BIT(0)
#define SEQ_CLOCKING_HALF BIT(3)
#define SEQ_CLOCKING_OFF BIT(5)
#define SEQ_PLANES 2
#define SEQ_FONTS 3
#define SEQ_MEMORY 4
#define SEQ_MEMORY_SEQUENTIAL BIT(2) /* no odd/even writes */
#define SEQ_MEMORY_CHAIN4 BIT(3)

#define GFX_SET 0
#define GFX_SET_ENABLE 1
#define GFX_COMPARE 2
#define GFX_ROTATE 3
#define GFX_READ_PLANE 4
#define GFX_MODE 5
#define GFX_MODE_READ_COMPARES BIT(3)
#define GFX_MODE_ODD_EVEN BIT(4)
#define GFX_MISC 6
#define GFX_MISC_GRAPHICS BIT(0)
#define GFX_MISC_CHAIN_ODD_EVEN BIT(1)
#define GFX_DONT_CARE 7
#define GFX_BIT_MASK 8

#define CRTC_H_TOTAL 0x00
#define CRTC_H_END 0x01
#define CRTC_V_TOTAL 0x06
#define CRTC_OVERFLOW 0x07
#define CRTC_PRESET 0x08
#define CRTC_SCANS 0x09
#define CRTC_SCANS_DOUBLE BIT(7)
#define CRTC_CURSOR_START 0x0a
#define CRTC_CURSOR_START_OFF BIT(5)
#define CRTC_CURSOR_END 0x0b
#define CRTC_START_HIGH 0x0c
#define CRTC_START_LOW 0x0d
#define CRTC_CURSOR_HIGH 0x0e
#define CRTC_CURSOR_LOW 0x0f
#define CRTC_V_SYNC 0x10
#define CRTC_V_SYNC_END 0x11
#define CRTC_V_SYNC_END_PROTECT BIT(7)
#define CRTC_V_END 0x12
#define CRTC_PITCH 0x13
#define CRTC_UNDERLINE 0x14
#define CRTC_UNDERLINE_DWORD BIT(6)
#define CRTC_MODE 0x17
#define CRTC_MODE_NO_CGA BIT(0)	     /* row scan 0 is not address bit 13 */
#define CRTC_MODE_NO_HERCULES BIT(1) /* likewise 1 and 14 */
#define CRTC_MODE_BYTE BIT(6)
#define CRTC_COMPARE 0x18
#define CRTC_LAST 0x18

#define ATTR_MODE 0x10
#define ATTR_MODE_LINES BIT(2)
#define ATTR_MODE_BLINK BIT(3)
#define ATTR_MODE_PAN_SPLIT BIT(5)
#define ATTR_MODE_PAGE BIT(7)
#define ATTR_PLANES 0x12
#define ATTR_PAN 0x13
#define ATTR_PAGE 0x14
#define ATTR_LAST 0x14
#define ATTR_INDEX_DISPLAY BIT(5)

#define VBE_ID 0
#define VBE_WIDTH 1
#define VBE_HEIGHT 2
#define VBE_DEPTH 3
#define VBE_ENABLE 4
#define VBE_ENABLE_ON BIT(0)
#define VBE_ENABLE_LIMITS BIT(1) /* reads tell what is possible */
#define VBE_ENABLE_WIDE_DAC BIT(5)
#define VBE_ENABLE_KEEP BIT(7) /* memory is not cleared */
#define VBE_BANK 5
#define VBE_VIRTUAL_WIDTH 6
#define VBE_VIRTUAL_HEIGHT 7
#define VBE_X 8
#define VBE_Y 9
#define VBE_MEMORY 10 /* in banks; read only */
#define VGA_VBE_BANK_BYTES 0x10000u
#define VBE_ID_OLDEST 0xb0c0
#define VBE_ID_NEWEST 0xb0c5

static inline bool vga_vbe_is_on(const struct vga *vga)
{
	return (vga->vbe.at[VBE_ENABLE] & VBE_ENABLE_ON) != 0;
}

/* A picture of VBE's that has a pixel's bits side by side: all but 4 bits. */
static inline bool vga_vbe_is_packed(const struct vga *vga)
{
	return vga_vbe_is_on(vga) && vga->vbe.at[VBE_DEPTH] != 4;
}
