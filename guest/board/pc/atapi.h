/* Commands of a CD drive, which come in packets of 12 bytes. Pure. */
#pragma once

#include "guest/board/pc/ata_channel.h"

/* The command PACKET; its 12 bytes, which are in the buffer; a block is fetched. */
void atapi_begin(struct ata_channel *ata);
void atapi_packet(struct ata_channel *ata);
void atapi_block_done(struct ata_channel *ata);
