/*
 * A PC as its devices: what a board of this kind has besides processor and
 * memory, and how the devices hang together. Nothing of it is the machine's.
 * Pure: its owner gives the time, and is told what concerns memory, the
 * processor and the world outside.
 *
 * The owner calls pc_advance() at pc->deadline or behind it; interrupts then
 * wait at pc->pics.
 */
#pragma once

#include "guest/board/pc/acpi_power.h"
#include "guest/board/pc/ata.h"
#include "guest/board/pc/fw_cfg.h"
#include "guest/board/pc/i8042.h"
#include "guest/board/pc/i8237.h"
#include "guest/board/pc/i8254.h"
#include "guest/board/pc/i8259.h"
#include "guest/board/pc/mc146818.h"
#include "guest/board/pc/pci_config.h"
#include "guest/board/pc/uart16550.h"
#include "guest/board/pc/vga.h"
#include "lib/types.h"

#define PC_IDE_CHANNELS 2u
#define PC_DRIVES (2u * PC_IDE_CHANNELS)
#define PC_SERIAL_PORT 0x3f8u
#define PC_DEBUG_PORT 0x402u

#define PC_LINE_TIMER 0u
#define PC_LINE_KEYBOARD 1u
#define PC_LINE_SERIAL 4u
#define PC_LINE_RTC 8u
#define PC_LINE_POWER 9u
#define PC_LINE_MOUSE 12u
#define PC_LINE_IDE 14u /* and 15 */

/* What has happened to the machine as a whole. */
enum pc_end {
	PC_RUNS,
	PC_RESET, /* its reset line was pulled: by port 64h, 92h or CF9h */
	PC_OFF,	  /* it has gone to S5 */
};

struct pc_owner_ops {
	/* The time, in ticks of guest/board/pc/pc_clock.h; never goes back. */
	u64 (*now)(void *owner);
	/* PAM, A20, VGA's window or a BAR: what is where has changed. */
	void (*memory_changed)(void *owner);
	/* pc->deadline is earlier or later than it was. */
	void (*deadline_changed)(void *owner);
	/* A byte has left the serial port, or come to the debug port. */
	void (*sent)(void *owner, u16 port, u8 byte);
};

/* Bytes that somebody else has and keeps as long as the PC is there. */
struct pc_memory {
	u8 *ram; /* from address 0; what A0000h-BFFFFh hide is not used */
	u32 ram_bytes;
	const u8 *rom; /* ends at 4 GiB; its last 128 KiB also at 1 MiB */
	u32 rom_bytes;
};

struct pc {
	const struct pc_owner_ops *ops;
	void *owner;
	struct pc_memory memory;
	u64 deadline;
	enum pc_end end;
	struct i8259 pics;
	struct i8254 pit;
	struct mc146818 rtc;
	struct i8042 kbc;
	struct i8237 dma;
	struct uart16550 serial;
	struct pci_config pci;
	struct acpi_power power;
	struct ata_channel ide[PC_IDE_CHANNELS];
	struct fw_cfg cfg;
	struct vga vga;
	u32 vga_changes; /* vga.plain_changes, when the owner was last told */
};

/* What it is made of. */
struct pc_parts {
	struct ata_medium drive[PC_DRIVES]; /* without bytes: there is none */
	struct pc_memory memory; /* whole pages; RAM at least 1 MiB */
	struct mc146818_time time;
	u8 *vga_memory, *vga_text; /* as vga_init() has it */
	u32 vga_bytes;
	/* The order to boot in: 1 floppy, 2 disk, 3 CD; 0 ends it. */
	u8 boot[3];
};

/* A PC that has just been switched on. fw_cfg's files are its owner's to add. */
void pc_init(struct pc *pc, const struct pc_owner_ops *ops, void *owner,
	     const struct pc_parts *parts);

/* The reset line: all devices, but for time and CMOS; media and memory stay. */
void pc_reset(struct pc *pc);

/* Lets the devices do what is due by now. */
void pc_advance(struct pc *pc);

/*
 * Where the byte at a physical address is, valid to the end of its page. NULL:
 * a read finds no memory, a write neither or a ROM; then pc_read_byte() and
 * pc_write_byte() are the access.
 */
const u8 *pc_readable(const struct pc *pc, u64 address);
u8 *pc_writable(const struct pc *pc, u64 address);

u8 pc_read_byte(struct pc *pc, u64 address);
void pc_write_byte(struct pc *pc, u64 address, u8 value);

/* After a device has changed, by its owner's doing: its line, and its time. */
void pc_keyboard_changed(struct pc *pc);
void pc_serial_changed(struct pc *pc);

/* After an access to what counts time: the deadline anew. */
void pc_time_changed(struct pc *pc, u64 now);
