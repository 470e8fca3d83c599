/*
 * C functions for BIOS services, made of bios_call(): callers see neither
 * registers nor guest memory. A guest with the board `machine` may be passed on
 * any core, any other guest on its own core only. Data of a service goes
 * through a buffer in guest memory, 30000h-3FFFFh, whose contents are not kept
 * from call to call.
 *
 * All return 0, or
 *	ERR_UNSUPPORTED	 the BIOS does not have this service, the guest's engine
 *			 cannot run it, or there is no RAM at 30000h
  *	ERR_TIMEOUT	 no return within BIOS_DEFAULT_TIMEOUT_MS
 *	ERR_FAULT	 the call went wrong, or the BIOS reports a failure
 *	ERR_CORRUPT	 the BIOS's answer contradicts the specification
 * or an error that the function's comment names.
 */
#pragma once

#include "guest/bios/bios.h"
#include "guest/bios/bios_formats.h"

#define BIOS_BUFFER_SEGMENT 0x3000
#define BIOS_BUFFER_BYTES 0x10000u

/* Whether the guest has RAM of its own where the services' buffer is. */
bool bios_services_have_buffer(const struct guest16 *guest);

/*
 * INT 15h AX=E820h: the memory map, up to max ranges, in the BIOS's order and
 * words; attributes is 1 where the BIOS has none. Sets *count in any case.
 * ERR_FULL: there are more than max.
 */
int bios_15_e820(struct guest16 *guest, struct bios_e820_range *list, u32 max,
		 u32 *count);

struct bios_13_disk {
	u8 drive;	  /* 80h and up: disks and CDs; 0 and up: floppies */
	bool extended;	  /* the BIOS reads it by AH=42h */
	u8 status;	  /* AH of the last call; 0: well */
	u16 sector_bytes; /* 512 or 2048, as a rule */
	u64 sectors;	  /* 0: not known */
	/* For AH=02h; heads 0: the BIOS names none. Sectors count from 1. */
	u32 cylinders, heads, track_sectors;
};

/*
 * INT 13h AH=41h, 48h and 08h: fills *disk for that drive. ERR_NOT_FOUND: the
 * BIOS knows no such drive, by either function.
 */
int bios_13_geometry(struct guest16 *guest, u8 drive,
		     struct bios_13_disk *disk);

/*
 * INT 13h AH=42h, or AH=02h where the BIOS does not have that: reads `sectors`
 * sectors from lba on to buffer, in as many calls as it takes; each may fail
 * twice, with a reset (AH=00h) in between. ERR_RANGE: the sectors do not fit in
 * `size` bytes, or reach beyond the disk's end, or a sector has fewer than 512
 * or more than 4096 bytes. After ERR_FAULT disk->status is the BIOS's reason,
 * and the buffer's contents are undefined.
 */
int bios_13_read(struct guest16 *guest, struct bios_13_disk *disk, u64 lba,
		 u32 sectors, void *buffer, size_t size);

#define BIOS_10_MAX_MODES 160

struct bios_10_vbe_info {
	u16 version; /* 0300h is VBE 3.0 */
	u32 memory_kib;
	u32 mode_count;
	u16 mode[BIOS_10_MAX_MODES];
};

/* INT 10h AX=4F00h; a list of modes that is too long is cut. */
int bios_10_vbe_info(struct guest16 *guest, struct bios_10_vbe_info *info);

/* A graphics mode with a linear framebuffer of direct colour. */
struct bios_10_vbe_mode {
	u16 number;
	u16 width, height; /* pixels */
	u32 pitch;	   /* bytes from row to row */
	u8 bits_per_pixel; /* 15, 16, 24 or 32 */
	struct vbe_field red, green, blue;
	u32 framebuffer; /* physical address */
};

/*
 * INT 10h AX=4F01h. ERR_NOT_FOUND: no such mode, or the hardware at hand cannot
 * show it. ERR_UNSUPPORTED: the mode has no linear framebuffer of direct
 * colour. ERR_CORRUPT also if framebuffer or pitch is impossible: rows overlap,
 * or the framebuffer is in RAM or reaches beyond 4 GiB.
 */
int bios_10_vbe_mode_info(struct guest16 *guest, u16 number,
			  struct bios_10_vbe_mode *mode);

/*
 * INT 10h AX=4F02h: sets the mode, clears the screen, and asks by AX=4F03h
 * whether the mode is set. With a guest on the board `machine` the screen then
 * shows what is written to phys_to_virt(mode->framebuffer).
 */
int bios_10_vbe_set_mode(struct guest16 *guest,
			 const struct bios_10_vbe_mode *mode);
