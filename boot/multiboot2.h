/*
 * The Multiboot2 format, as in the Multiboot2 Specification and as GRUB fills
 * it in: the header the loader looks for and the tags it hands over. The
 * constants may be used from assembly; the structs are for C alone.
 */
#pragma once

/* The kernel's header: within the first 32 KiB of the file, 8-byte aligned. */
#define MULTIBOOT2_HEADER_MAGIC 0xe85250d6
#define MULTIBOOT2_HEADER_ALIGN 8
#define MULTIBOOT2_HEADER_SEARCH_BYTES 32768
#define MULTIBOOT2_ARCHITECTURE_I386 0

/* In EAX at the entry, with the information's physical address in EBX. */
#define MULTIBOOT2_BOOTLOADER_MAGIC 0x36d76289

/* Tags of the header (u16 type, u16 flags, u32 size; 8-byte aligned). */
#define MULTIBOOT2_HEADER_TAG_END 0
#define MULTIBOOT2_HEADER_TAG_INFORMATION_REQUEST 1
#define MULTIBOOT2_HEADER_TAG_ADDRESS 2
#define MULTIBOOT2_HEADER_TAG_ENTRY_ADDRESS 3
#define MULTIBOOT2_HEADER_TAG_CONSOLE_FLAGS 4
#define MULTIBOOT2_HEADER_TAG_FRAMEBUFFER 5
#define MULTIBOOT2_HEADER_TAG_MODULE_ALIGN 6
#define MULTIBOOT2_HEADER_TAG_EFI_BOOT_SERVICES 7
#define MULTIBOOT2_HEADER_TAG_ENTRY_ADDRESS_EFI32 8
#define MULTIBOOT2_HEADER_TAG_ENTRY_ADDRESS_EFI64 9
#define MULTIBOOT2_HEADER_TAG_RELOCATABLE 10
#define MULTIBOOT2_HEADER_TAG_NOTHING 0x7fff /* ours: no loader knows it */

#define MULTIBOOT2_HEADER_FLAG_OPTIONAL 1
#define MULTIBOOT2_CONSOLE_REQUIRED 1
#define MULTIBOOT2_CONSOLE_EGA_TEXT_SUPPORTED 2

/* Tags of the information. */
#define MULTIBOOT2_TAG_END 0
#define MULTIBOOT2_TAG_CMDLINE 1
#define MULTIBOOT2_TAG_LOADER_NAME 2
#define MULTIBOOT2_TAG_MODULE 3
#define MULTIBOOT2_TAG_BASIC_MEMORY 4
#define MULTIBOOT2_TAG_BIOS_BOOT_DEVICE 5
#define MULTIBOOT2_TAG_MEMORY_MAP 6
#define MULTIBOOT2_TAG_VBE 7
#define MULTIBOOT2_TAG_FRAMEBUFFER 8
#define MULTIBOOT2_TAG_ELF_SECTIONS 9
#define MULTIBOOT2_TAG_APM 10
#define MULTIBOOT2_TAG_EFI32_SYSTEM_TABLE 11
#define MULTIBOOT2_TAG_EFI64_SYSTEM_TABLE 12
#define MULTIBOOT2_TAG_SMBIOS 13
#define MULTIBOOT2_TAG_ACPI_OLD 14
#define MULTIBOOT2_TAG_ACPI_NEW 15
#define MULTIBOOT2_TAG_NETWORK 16
#define MULTIBOOT2_TAG_EFI_MEMORY_MAP 17
#define MULTIBOOT2_TAG_EFI_BOOT_SERVICES 18
#define MULTIBOOT2_TAG_EFI32_IMAGE_HANDLE 19
#define MULTIBOOT2_TAG_EFI64_IMAGE_HANDLE 20
#define MULTIBOOT2_TAG_LOAD_BASE 21

#define MULTIBOOT2_TAG_ALIGN 8

#define MULTIBOOT2_FRAMEBUFFER_INDEXED 0
#define MULTIBOOT2_FRAMEBUFFER_RGB 1
#define MULTIBOOT2_FRAMEBUFFER_EGA_TEXT 2

/* Memory-map types are E820's; others are treated as reserved. */
#define MULTIBOOT2_MEMORY_AVAILABLE 1
#define MULTIBOOT2_MEMORY_RESERVED 2
#define MULTIBOOT2_MEMORY_ACPI_RECLAIMABLE 3
#define MULTIBOOT2_MEMORY_NVS 4
#define MULTIBOOT2_MEMORY_BADRAM 5

#ifndef __ASSEMBLER__

#include "lib/types.h"

/*
 * The information that EBX points to; total_size includes this header and the
 * end tag.
 */
struct multiboot2_info {
	u32 total_size;
	u32 reserved;
} __attribute__((packed));
static_assert(sizeof(struct multiboot2_info) == 8, "Multiboot2 information");

/* The start of every tag; size does not include the padding to 8 bytes. */
struct multiboot2_tag {
	u32 type;
	u32 size;
} __attribute__((packed));
static_assert(sizeof(struct multiboot2_tag) == 8, "Multiboot2 tag");

/* Followed by a zero-terminated string. */
struct multiboot2_tag_module {
	struct multiboot2_tag tag;
	u32 start;
	u32 end; /* the first byte after it */
} __attribute__((packed));
static_assert(sizeof(struct multiboot2_tag_module) == 16, "module tag");

struct multiboot2_tag_basic_memory {
	struct multiboot2_tag tag;
	u32 lower_kib; /* from 0 */
	u32 upper_kib; /* from 1 MiB up to the first hole */
} __attribute__((packed));
static_assert(sizeof(struct multiboot2_tag_basic_memory) == 16,
	      "basic memory tag");

struct multiboot2_tag_bios_boot_device {
	struct multiboot2_tag tag;
	u32 drive; /* as INT 13h numbers it */
	u32 partition;
	u32 sub_partition;
} __attribute__((packed));
static_assert(sizeof(struct multiboot2_tag_bios_boot_device) == 20,
	      "BIOS boot device tag");

/* Followed by entries, each entry_size bytes apart. */
struct multiboot2_tag_memory_map {
	struct multiboot2_tag tag;
	u32 entry_size;
	u32 entry_version;
} __attribute__((packed));
static_assert(sizeof(struct multiboot2_tag_memory_map) == 16, "memory map tag");

struct multiboot2_memory_entry {
	u64 base;
	u64 length;
	u32 type;
	u32 reserved;
} __attribute__((packed));
static_assert(sizeof(struct multiboot2_memory_entry) == 24, "memory map entry");

/* Followed by the firmware's descriptors, each descriptor_size bytes apart. */
struct multiboot2_tag_efi_memory_map {
	struct multiboot2_tag tag;
	u32 descriptor_size;
	u32 descriptor_version;
} __attribute__((packed));
static_assert(sizeof(struct multiboot2_tag_efi_memory_map) == 16,
	      "EFI memory map tag");

/* UEFI Specification, "EFI_BOOT_SERVICES.GetMemoryMap()". */
struct efi_memory_descriptor {
	u32 type;
	u32 padding;
	u64 physical_start;
	u64 virtual_start;
	u64 pages; /* of 4 KiB */
	u64 attribute;
} __attribute__((packed));
static_assert(sizeof(struct efi_memory_descriptor) == 40, "EFI descriptor");

/* Memory that is free once the boot services have ended, and two more kinds. */
#define EFI_LOADER_CODE 1
#define EFI_LOADER_DATA 2
#define EFI_BOOT_SERVICES_CODE 3
#define EFI_BOOT_SERVICES_DATA 4
#define EFI_CONVENTIONAL_MEMORY 7
#define EFI_UNUSABLE_MEMORY 8
#define EFI_ACPI_RECLAIM_MEMORY 9
#define EFI_ACPI_MEMORY_NVS 10

/* Followed by the palette or by the colour fields, as type says. */
struct multiboot2_tag_framebuffer {
	struct multiboot2_tag tag;
	u64 address;
	u32 pitch;
	u32 width;
	u32 height;
	u8 bpp;
	u8 type;
	u16 reserved; /* one byte in the text of the standard, two in GRUB */
} __attribute__((packed));
static_assert(sizeof(struct multiboot2_tag_framebuffer) == 32,
	      "framebuffer tag");

/* Where a colour lies in a pixel: lowest bit and number of bits. */
struct multiboot2_framebuffer_rgb {
	u8 red_position;
	u8 red_bits;
	u8 green_position;
	u8 green_bits;
	u8 blue_position;
	u8 blue_bits;
} __attribute__((packed));
static_assert(sizeof(struct multiboot2_framebuffer_rgb) == 6,
	      "framebuffer colours");

/* EFI system table and image handle, in two widths. */
struct multiboot2_tag_pointer32 {
	struct multiboot2_tag tag;
	u32 pointer;
} __attribute__((packed));
static_assert(sizeof(struct multiboot2_tag_pointer32) == 12, "32-bit tag");

struct multiboot2_tag_pointer64 {
	struct multiboot2_tag tag;
	u64 pointer;
} __attribute__((packed));
static_assert(sizeof(struct multiboot2_tag_pointer64) == 16, "64-bit tag");

#endif
