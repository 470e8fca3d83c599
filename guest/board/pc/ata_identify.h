/* What a drive says of itself. Pure. */
#pragma once

#include "guest/board/pc/ata_channel.h"

/* The geometry that it tells. */
#define ATA_HEADS 16u
#define ATA_TRACK_SECTORS 63u

/* Offers the 512 bytes of IDENTIFY DEVICE or IDENTIFY PACKET DEVICE. */
void ata_identify(struct ata_channel *ata);
