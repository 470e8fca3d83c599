/*
 * Structures that BIOS services write and read in memory, by their
 * specifications: E820 (ACPI, System Address Map Interfaces), disks (EDD),
 * video (VBE).
 */
#pragma once

#include "lib/types.h"

/* INT 15h AX=E820h. Older BIOSes know nothing of the attributes. */
struct bios_e820_range {
	u64 base;
	u64 length;
	u32 type;
	u32 attributes;
} __attribute__((packed));
static_assert(sizeof(struct bios_e820_range) == 24, "ACPI format");
#define BIOS_E820_BYTES_WITHOUT_ATTRIBUTES 20
#define BIOS_E820_SIGNATURE 0x534d4150u /* "SMAP" in EAX and EDX */

/* INT 13h AH=42h: the disk address packet. */
struct edd_packet {
	u8 bytes; /* of this packet */
	u8 reserved;
	u16 sectors;
	u16 offset;
	u16 segment;
	u64 lba;
} __attribute__((packed));
static_assert(sizeof(struct edd_packet) == 16, "EDD format");

/* INT 13h AH=48h: drive parameters, as far as version 1 goes. */
struct edd_parameters {
	u16 bytes; /* in: of the buffer; out: of the data written */
	u16 flags;
	u32 cylinders;
	u32 heads;
	u32 track_sectors;
	u64 sectors;
	u16 sector_bytes;
} __attribute__((packed));
static_assert(sizeof(struct edd_parameters) == 26, "EDD format");

/* INT 10h AX=4F00h: VbeInfoBlock. "VBE2" asks for all 512 bytes. */
struct vbe_info_block {
	u8 signature[4];
	u16 version;
	u32 oem_string;
	u32 capabilities;
	u16 modes_offset; /* of a list that ends with FFFFh */
	u16 modes_segment;
	u16 memory_64k; /* in units of 64 KiB */
	u8 others[492];
} __attribute__((packed));
static_assert(sizeof(struct vbe_info_block) == 512, "VBE format");

struct vbe_field {
	u8 bits;
	u8 position;
} __attribute__((packed));

/* INT 10h AX=4F01h: ModeInfoBlock. */
struct vbe_mode_block {
	u16 attributes;
	u8 windows[14];
	u16 pitch; /* bytes from row to row */
	u16 width;
	u16 height;
	u8 character_width;
	u8 character_height;
	u8 planes;
	u8 bits_per_pixel;
	u8 banks;
	u8 memory_model;
	u8 bank_kib;
	u8 pages;
	u8 reserved;
	struct vbe_field red, green, blue, unused;
	u8 direct_colour;
	u32 framebuffer; /* physical */
	u8 reserved_2[6];
	/* The linear framebuffer's own, from VBE 3.0 on; before, 0. */
	u16 linear_pitch;
	u8 linear_banked_pages;
	u8 linear_pages;
	struct vbe_field linear_red, linear_green, linear_blue, linear_unused;
	u8 others[194];
} __attribute__((packed));
static_assert(offsetof(struct vbe_mode_block, framebuffer) == 40, "VBE format");
static_assert(offsetof(struct vbe_mode_block, linear_pitch) == 50, "VBE 3.0");
static_assert(sizeof(struct vbe_mode_block) == 256, "VBE format");

#define VBE_ATTRIBUTE_SUPPORTED 0x01u
#define VBE_ATTRIBUTE_GRAPHICS 0x10u
#define VBE_ATTRIBUTE_LINEAR 0x80u
#define VBE_MODEL_DIRECT_COLOUR 6
#define VBE_MODE_LINEAR 0x4000u /* in BX of AX=4F02h */
#define VBE_MODE_NUMBER 0x3fffu
#define VBE_LIST_END 0xffffu
#define VBE_SUCCESS 0x004fu
