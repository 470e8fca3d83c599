/*
 * One channel of an IDE controller with its drives, as they are between and
 * during commands: "AT Attachment with Packet Interface" (ATA/ATAPI-6). Pure.
 */
#pragma once

#include "lib/types.h"

#define ATA_SECTOR 512u
#define ATA_CD_SECTOR 2048u

struct ata_medium {
	u8 *bytes;   /* NULL: no drive */
	u64 sectors; /* of ATA_SECTOR, or ATA_CD_SECTOR for a CD */
	bool is_cd;
	bool read_only;
};

enum ata_transfer {
	ATA_TRANSFER_NONE,
	ATA_TRANSFER_IN,  /* to the processor */
	ATA_TRANSFER_OUT, /* to the medium */
	ATA_TRANSFER_PACKET,
};

/* The task file. For LBA48 the registers keep what was written before, too. */
struct ata_registers {
	u8 feature, count, lba[3], device;
	u8 previous_feature, previous_count, previous_lba[3];
};

struct ata_drive {
	struct ata_medium medium;
	u8 status, error;
	u8 multiple; /* sectors of an interrupt, by SET MULTIPLE MODE; 0: off */
	/* Of a CD: what REQUEST SENSE tells. */
	u8 sense_key, sense_code;
};

struct ata_channel {
	struct ata_drive drive[2];
	struct ata_registers regs;
	u8 control;
	bool interrupts; /* INTRQ, before the control register's gate */
	u8 command;
	enum ata_transfer transfer;
	/* The bytes of this interrupt: at the medium, or in the buffer. */
	u8 *at;
	u32 left;
	u64 sectors_left; /* after them */
	u32 block_bytes;  /* of an interrupt at most */
	u32 packet_left;  /* bytes in `buffer` or at `more`, after this block */
	u32 packet_limit;
	u8 *more;
	u8 buffer[ATA_SECTOR];
};

#define ATA_STATUS_ERROR 0x01u
#define ATA_STATUS_REQUEST 0x08u
#define ATA_STATUS_SEEK 0x10u
#define ATA_STATUS_FAULT 0x20u
#define ATA_STATUS_READY 0x40u
#define ATA_STATUS_BUSY 0x80u
#define ATA_ERROR_ABORTED 0x04u
#define ATA_ERROR_NOT_FOUND 0x10u
#define ATA_DEVICE_SLAVE 0x10u
#define ATA_DEVICE_LBA 0x40u

#define ATA_MULTIPLE_MAX 16u

static inline u32 ata_selected(const struct ata_channel *ata)
{
	return (ata->regs.device & ATA_DEVICE_SLAVE) != 0;
}

static inline struct ata_drive *ata_drive(struct ata_channel *ata)
{
	return &ata->drive[ata_selected(ata)];
}

/* The command is over; an interrupt tells it. */
void ata_done(struct ata_channel *ata);
void ata_fail(struct ata_channel *ata, u8 error);

/* Bytes to be moved, from or to `at`; an interrupt is the caller's. */
void ata_request(struct ata_channel *ata, enum ata_transfer transfer, u8 *at,
		 u32 bytes);

/* Bytes for the processor to fetch, with an interrupt. */
void ata_offer(struct ata_channel *ata, u8 *at, u32 bytes);
