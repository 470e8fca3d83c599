/*
 * One channel of a PC's IDE controller, with up to two drives that move data by
 * the processor alone (PIO): hard disks with LBA48, and CD drives by ATAPI.
 * "AT Attachment with Packet Interface" (ATA/ATAPI-6). Pure.
 *
 * A medium is memory. A command takes no time, so that a drive is never busy
 * when it is looked at.
 */
#pragma once

#include "guest/board/pc/ata_channel.h"
#include "lib/types.h"

/* media: of master and slave. */
void ata_init(struct ata_channel *ata, const struct ata_medium media[2]);

/* `number` 0 to 7: 1F0h and up, or 170h; 0, the data, is read and written by
 * ata_read_data() and ata_write_data(). */
u8 ata_read(struct ata_channel *ata, u8 number);
void ata_write(struct ata_channel *ata, u8 number, u8 value);

/* The port of alternate status and device control, 3F6h or 376h. */
u8 ata_read_alternate(const struct ata_channel *ata);
void ata_write_control(struct ata_channel *ata, u8 value);

/*
 * The data port, 2 or 4 bytes wide, `bytes` in all, which is a multiple of the
 * width. Where the transfer ends before, the rest reads as ones and is lost.
 */
void ata_read_data(struct ata_channel *ata, u8 *to, u32 bytes);
void ata_write_data(struct ata_channel *ata, const u8 *from, u32 bytes);

bool ata_line(const struct ata_channel *ata);
