/* How commands end, and how bytes are asked for. */
/* build: pure */
#include "guest/board/pc/ata_channel.h"

void ata_done(struct ata_channel *ata)
{
	struct ata_drive *drive = ata_drive(ata);

	ata->transfer = ATA_TRANSFER_NONE;
	ata->left = 0;
	ata->sectors_left = 0;
	drive->status = ATA_STATUS_READY | ATA_STATUS_SEEK;
	drive->error = 0;
	ata->interrupts = true;
}

void ata_fail(struct ata_channel *ata, u8 error)
{
	ata_done(ata);
	ata_drive(ata)->status |= ATA_STATUS_ERROR;
	ata_drive(ata)->error = error;
}

void ata_request(struct ata_channel *ata, enum ata_transfer transfer, u8 *at,
		 u32 bytes)
{
	ata->transfer = transfer;
	ata->at = at;
	ata->left = bytes;
	ata_drive(ata)->status =
		ATA_STATUS_READY | ATA_STATUS_SEEK | ATA_STATUS_REQUEST;
}

void ata_offer(struct ata_channel *ata, u8 *at, u32 bytes)
{
	ata_request(ata, ATA_TRANSFER_IN, at, bytes);
	ata->interrupts = true;
}
