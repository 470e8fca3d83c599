/*
 * A PC as a guest: processor, memory and board, from the reset on. It is made,
 * run and given up on one core, which must be in VMX operation, interrupts off;
 * between runs another core may look at its screen and type into it.
 */
#pragma once

#include "guest/board/pc_board.h"
#include "guest/code16/guest16.h"
#include "lib/types.h"

#define PC_GUEST_RAM_MIN_MB 1u
#define PC_GUEST_RAM_MAX_MB 3072u
#define PC_GUEST_TYPED_BYTES 512u

struct pc_guest_config {
	u32 ram_mb;
	const u8 *rom; /* of whole pages, on a page boundary */
	u32 rom_bytes;
	const u8 *vga_rom; /* or NULL */
	u32 vga_rom_bytes;
	struct ata_medium drive[PC_DRIVES];
	const u8 *floppy; /* an image that the BIOS is to copy; or NULL */
	u32 floppy_bytes;
	u8 boot[3]; /* as struct pc_parts has it */
};

/* Why a run is over, where not for the processor's sake. */
enum pc_stop {
	PC_STOP_NONE,
	PC_STOP_UNTIL,	/* the text is there */
	PC_STOP_PERSON, /* somebody at the console wants the prompt */
};

struct pc_guest {
	struct guest16 guest; /* first: handlers get from it to this */
	struct pc_board board;
	u8 *ram, *vga_memory, *vga_text;
	u64 ram_pages;
	struct {
		u64 address, bytes;
		u32 type;
	} __attribute__((packed)) e820;
	u32 e820_bytes;
	/* The present run: what ends it, and what is typed into it. */
	bool has_console;  /* what is typed here is typed into it */
	const char *until; /* or NULL */
	bool until_seen;
	enum pc_stop stop;
	u32 looks; /* since the screen was last searched */
	/* Codes of keys that wait until the guest has read those before. */
	u32 typed_first, typed_count;
	u8 typed[PC_GUEST_TYPED_BYTES];
	/* Or NULL: called fifty times a second, on the guest's core. */
	void (*on_look)(void);
};

/*
 * Makes the PC in *pc, which is zero, on the calling core, switched on and not
 * run yet. The ROMs and media of the config stay as long as the PC. 0,
 * ERR_NO_MEMORY or ERR_UNSUPPORTED where the processor lacks something (logged
 * by name); then there is nothing to free.
 */
int pc_guest_init(struct pc_guest *pc, const struct pc_guest_config *config);
void pc_guest_free(struct pc_guest *pc);

/* The reset line: the processor begins anew, memory stays. */
void pc_guest_reset(struct pc_guest *pc);

/*
 * Runs it until `until` (or NULL) has appeared on its screen or its serial line,
 * it is switched off or reset, a person wants it to stop, or the time is over:
 * pc->stop, pc->board.pc.end and the result, as vcpu_run() has it, say which.
 * After VCPU_END_DONE and after what stops it from outside it can go on.
 */
enum vcpu_end pc_guest_run(struct pc_guest *pc, u64 timeout_us,
			   const char *until);

/*
 * Runs it from the reset until the BIOS has started the boot sector of its disk,
 * whose first instruction must be VMCALL: then the BIOS serves calls. 0, or
 * ERR_TIMEOUT.
 */
int pc_guest_post(struct pc_guest *pc, u64 timeout_us);

/* Adds the codes of a key (set 1) to what is typed. False: there is no room. */
bool pc_guest_type(struct pc_guest *pc, const u8 *codes, u32 count);
