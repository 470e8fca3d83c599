/* Items by their selector; the first file's is 20h. */
/* build: pure */
#include "guest/board/pc/fw_cfg.h"

#include "lib/error.h"
#include "lib/str.h"
#include "lib/string.h"

enum fw_cfg_selector {
	ITEM_SIGNATURE = 0x00,
	ITEM_ID = 0x01,
	ITEM_CPUS = 0x05,
	ITEM_CPUS_MAX = 0x0f,
	ITEM_DIRECTORY = 0x19,
	ITEM_FIRST_FILE = 0x20,
};

static const char signature[4] = { 'Q', 'E', 'M', 'U' };
static const u8 id[4] = { 1, 0, 0, 0 }; /* there are files, and no DMA */

void fw_cfg_init(struct fw_cfg *cfg, u16 cpus)
{
	memset(cfg, 0, sizeof(*cfg));
	cfg->cpus = cpus;
}

static void put_be(u8 *to, u32 bytes, u32 value)
{
	for (u32 i = 0; i < bytes; i++) {
		to[i] = (u8)(value >> 8 * (bytes - 1 - i));
	}
}

int fw_cfg_add_file(struct fw_cfg *cfg, const char *name, const void *bytes,
		    u32 length)
{
	u32 number = cfg->files;

	if (number == FW_CFG_FILES) {
		return ERR_FULL;
	}
	str_copy(cfg->file[number].name, FW_CFG_NAME, name);
	cfg->file[number].item = (struct fw_cfg_item){ bytes, length };
	put_be(cfg->directory.entry[number].length, 4, length);
	put_be(cfg->directory.entry[number].selector, 2,
	       ITEM_FIRST_FILE + number);
	memcpy(cfg->directory.entry[number].name, cfg->file[number].name,
	       FW_CFG_NAME);
	cfg->files++;
	put_be(cfg->directory.count, 4, cfg->files);
	return 0;
}

void fw_cfg_select(struct fw_cfg *cfg, u16 selector)
{
	cfg->selector = selector;
	cfg->offset = 0;
}

u16 fw_cfg_selected(const struct fw_cfg *cfg)
{
	return cfg->selector;
}

static struct fw_cfg_item item(const struct fw_cfg *cfg)
{
	switch (cfg->selector) {
	case ITEM_SIGNATURE:
		return (struct fw_cfg_item){ signature, sizeof(signature) };
	case ITEM_ID:
		return (struct fw_cfg_item){ id, sizeof(id) };
	case ITEM_CPUS:
	case ITEM_CPUS_MAX:
		return (struct fw_cfg_item){ &cfg->cpus, sizeof(cfg->cpus) };
	case ITEM_DIRECTORY:
		return (struct fw_cfg_item){ &cfg->directory,
					     sizeof(cfg->directory) };
	case ITEM_FIRST_FILE ... ITEM_FIRST_FILE + FW_CFG_FILES - 1:
		/* Where there is no file, there is no byte. */
		return cfg->file[cfg->selector - ITEM_FIRST_FILE].item;
	default:
		return (struct fw_cfg_item){ NULL, 0 };
	}
}

void fw_cfg_read(struct fw_cfg *cfg, u8 *to, u32 bytes)
{
	struct fw_cfg_item from = item(cfg);
	u32 there = from.length > cfg->offset ? from.length - cfg->offset : 0;
	u32 piece = MIN(bytes, there);

	if (piece != 0) {
		memcpy(to, (const u8 *)from.bytes + cfg->offset, piece);
	}
	memset(to + piece, 0, bytes - piece);
	cfg->offset += piece;
}
