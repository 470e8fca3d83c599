/*
 * The boot loader's information in a format of our own, of fixed size, so that
 * the loader's memory can soon be used. Plain data, open to all folders;
 * boot/mbi.c fills it in.
 */
#pragma once

#include "lib/types.h"

#define BOOTINFO_CMDLINE_BYTES 4096
#define BOOTINFO_LOADER_BYTES 64
#define BOOTINFO_MAX_MEMORY 512
#define BOOTINFO_MAX_MODULES 32
#define BOOTINFO_MODULE_CMDLINE_BYTES 128
#define BOOTINFO_RSDP_BYTES 36
#define BOOTINFO_MAX_PROBLEMS 16
#define BOOTINFO_PROBLEM_BYTES 120

/* As the loader gave it: not sorted, may overlap. type is E820's. */
struct bootinfo_memory {
	u64 base;
	u64 length;
	u32 type;
};

struct bootinfo_module {
	u64 start; /* physical */
	u64 end;   /* the first byte after it; start == end is an empty file */
	char cmdline[BOOTINFO_MODULE_CMDLINE_BYTES];
};

enum bootinfo_framebuffer_type {
	BOOTINFO_FRAMEBUFFER_INDEXED = 0,
	BOOTINFO_FRAMEBUFFER_RGB = 1,
	BOOTINFO_FRAMEBUFFER_EGA_TEXT = 2,
};

struct bootinfo_framebuffer {
	bool present;
	u8 type; /* enum bootinfo_framebuffer_type, or an unknown one */
	u8 bpp;	 /* bits in a pixel; 16 for EGA text */
	u64 address;
	u32 pitch;  /* bytes from one row to the next */
	u32 width;  /* pixels; characters for EGA text */
	u32 height; /* the same */
	/* Lowest bit and width of each colour; all 0 unless type is RGB. */
	u8 red_position, red_bits;
	u8 green_position, green_bits;
	u8 blue_position, blue_bits;
};

struct bootinfo_boot_device {
	bool present;
	u32 drive; /* as INT 13h numbers it: 80h = first hard disk */
	u32 partition;
	u32 sub_partition;
};

struct bootinfo_efi {
	bool table32;	    /* there is a 32-bit EFI system table */
	bool table64;	    /* there is a 64-bit one */
	bool boot_services; /* ExitBootServices was not yet called */
	u64 system_table;   /* physical; the 64-bit one if both are given */
	u64 image_handle;   /* 0 = not given */
};

struct bootinfo {
	char cmdline[BOOTINFO_CMDLINE_BYTES]; /* "" if none was given */
	bool cmdline_truncated;
	char loader[BOOTINFO_LOADER_BYTES];

	u32 memory_count;
	u32 memory_left_out; /* entries beyond BOOTINFO_MAX_MEMORY */
	struct bootinfo_memory memory[BOOTINFO_MAX_MEMORY];
	u32 memory_lower_kib; /* tag 4; 0 if it is missing */
	u32 memory_upper_kib;

	u32 module_count;
	u32 module_left_out;
	struct bootinfo_module module[BOOTINFO_MAX_MODULES];

	/* A copy of the ACPI root pointer: 0 (none), 20 or 36 bytes. */
	u32 rsdp_bytes;
	u8 rsdp[BOOTINFO_RSDP_BYTES];

	struct bootinfo_framebuffer framebuffer;
	struct bootinfo_boot_device boot_device;
	struct bootinfo_efi efi;

	/* The errors in the loader's data, a line each, for the log. */
	u32 problem_count;
	u32 problem_left_out;
	char problem[BOOTINFO_MAX_PROBLEMS][BOOTINFO_PROBLEM_BYTES];
};
