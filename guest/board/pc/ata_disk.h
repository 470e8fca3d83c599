/* The commands of hard disks, and those that any drive has. Pure. */
#pragma once

#include "guest/board/pc/ata_channel.h"

void ata_disk_command(struct ata_channel *ata, u8 command);
void ata_simple_command(struct ata_channel *ata, u8 command);

/* The next block of sectors of a transfer, at that place of the medium. */
void ata_next_block(struct ata_channel *ata, u8 *at);
