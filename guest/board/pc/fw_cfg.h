/*
 * What QEMU calls its firmware configuration device: items of bytes that a BIOS
 * reads by a selector at port 510h and a data port 511h; QEMU,
 * docs/specs/fw_cfg. Some items are files with names. Without its DMA, and
 * nothing can be written. Pure.
 */
#pragma once

#include "lib/types.h"

#define FW_CFG_SELECTOR_PORT 0x510u
#define FW_CFG_DATA_PORT 0x511u
#define FW_CFG_FILES 12u
#define FW_CFG_NAME 56u

/* Bytes that belong to somebody else and stay as they are. */
struct fw_cfg_item {
	const void *bytes;
	u32 length;
};

struct fw_cfg_file {
	char name[FW_CFG_NAME];
	struct fw_cfg_item item;
};

/* As it is read: numbers have their highest byte first. */
struct fw_cfg_directory {
	u8 count[4];
	struct {
		u8 length[4];
		u8 selector[2];
		u8 reserved[2];
		char name[FW_CFG_NAME];
	} entry[FW_CFG_FILES];
};
static_assert(sizeof(struct fw_cfg_directory) == 4 + 64 * FW_CFG_FILES,
	      "QEMU, docs/specs/fw_cfg");

struct fw_cfg {
	u16 selector;
	u32 offset;
	u32 files;
	struct fw_cfg_file file[FW_CFG_FILES];
	struct fw_cfg_directory directory;
	u16 cpus;
};

void fw_cfg_init(struct fw_cfg *cfg, u16 cpus);

/* 0 or ERR_FULL. name: at most 55 characters. */
int fw_cfg_add_file(struct fw_cfg *cfg, const char *name, const void *bytes,
		    u32 length);

void fw_cfg_select(struct fw_cfg *cfg, u16 selector);
u16 fw_cfg_selected(const struct fw_cfg *cfg);

/* The next bytes of the item; behind its end they are 0. */
void fw_cfg_read(struct fw_cfg *cfg, u8 *to, u32 bytes);
