/*
 * Commands in packets, of a CD drive: "SCSI Primary Commands" and "Multimedia
 * Commands" (MMC-3), as many as systems use to read a CD.
 */
/* build: pure */
#include "guest/board/pc/atapi.h"

#include "lib/string.h"

#define PACKET_BYTES 12u
#define REASON_COMMAND 0x01u /* in the count register: what is moved ... */
#define REASON_IN 0x02u	     /* ... and where to */
#define SENSE_ILLEGAL 5u
#define CODE_BAD_COMMAND 0x20u
#define CODE_BAD_ADDRESS 0x21u
#define CODE_BAD_FIELD 0x24u
#define TRACK_DATA 0x14u
#define TRACK_LEAD_OUT 0xaau
#define BLOCK_MAX 0xfffeu

enum packet_command {
	PACKET_TEST_READY = 0x00,
	PACKET_REQUEST_SENSE = 0x03,
	PACKET_INQUIRY = 0x12,
	PACKET_START_STOP = 0x1b,
	PACKET_LOCK = 0x1e,
	PACKET_READ_CAPACITY = 0x25,
	PACKET_READ_10 = 0x28,
	PACKET_SEEK = 0x2b,
	PACKET_READ_TOC = 0x43,
	PACKET_GET_CONFIGURATION = 0x46,
	PACKET_EVENT_STATUS = 0x4a,
	PACKET_MODE_SENSE_10 = 0x5a,
	PACKET_READ_12 = 0xa8,
};

static u32 get_be(const u8 *bytes, u32 count)
{
	u32 value = 0;

	for (u32 i = 0; i < count; i++) {
		value = value << 8 | bytes[i];
	}
	return value;
}

static void put_be(u8 *bytes, u32 count, u64 value)
{
	for (u32 i = 0; i < count; i++) {
		bytes[i] = (u8)(value >> 8 * (count - 1 - i));
	}
}

static void finish(struct ata_channel *ata)
{
	ata_done(ata);
	ata->regs.count = REASON_COMMAND | REASON_IN;
}

/* The sense key is in the error register as well. */
static void fail(struct ata_channel *ata, u8 key, u8 code)
{
	ata_drive(ata)->sense_key = key;
	ata_drive(ata)->sense_code = code;
	ata_fail(ata, (u8)((u32)key << 4 | ATA_ERROR_ABORTED));
	ata->regs.count = REASON_COMMAND | REASON_IN;
}

void atapi_begin(struct ata_channel *ata)
{
	struct ata_drive *drive = ata_drive(ata);
	u32 limit = ata->regs.lba[1] | (u32)ata->regs.lba[2] << 8;

	/* 0 and FFFFh: as many as can be said. */
	ata->packet_limit = limit == 0 || limit > BLOCK_MAX ? BLOCK_MAX : limit;
	ata->transfer = ATA_TRANSFER_PACKET;
	ata->at = ata->buffer;
	ata->left = PACKET_BYTES;
	ata->regs.count = REASON_COMMAND;
	drive->error = 0;
	drive->status = ATA_STATUS_READY | ATA_STATUS_SEEK | ATA_STATUS_REQUEST;
}

/* The next bytes of `more`, in the size that the register asks for. */
static void offer_block(struct ata_channel *ata)
{
	u32 limit = ata->packet_limit;
	u32 bytes;

	/* Only the last block may be odd. */
	if (limit < ata->packet_left && limit > 1) {
		limit &= ~1u;
	}
	bytes = MIN(limit, ata->packet_left);
	ata->packet_left -= bytes;
	ata->regs.count = REASON_IN;
	ata->regs.lba[1] = (u8)bytes;
	ata->regs.lba[2] = (u8)(bytes >> 8);
	ata_offer(ata, ata->more, bytes);
	ata->more += bytes;
}

void atapi_block_done(struct ata_channel *ata)
{
	if (ata->packet_left != 0) {
		offer_block(ata);
	} else {
		finish(ata);
	}
}

static void answer(struct ata_channel *ata, u8 *at, u32 bytes, u32 allowed)
{
	ata->more = at;
	ata->packet_left = MIN(bytes, allowed);
	atapi_block_done(ata);
}

static void request_sense(struct ata_channel *ata, u32 allowed)
{
	struct ata_drive *drive = ata_drive(ata);
	u8 *b = ata->buffer;

	memset(b, 0, 18);
	b[0] = 0x70; /* of the last command, in the fixed format */
	b[2] = drive->sense_key;
	b[7] = 10;
	b[12] = drive->sense_code;
	drive->sense_key = 0;
	drive->sense_code = 0;
	answer(ata, b, 18, allowed);
}

static void inquiry(struct ata_channel *ata, u32 allowed)
{
	u8 *b = ata->buffer;

	memset(b, 0, 36);
	b[0] = 5;    /* CD or DVD */
	b[1] = 0x80; /* removable */
	b[3] = 0x21;
	b[4] = 31;
	memcpy(b + 8, "BIOSPHERVirtual CD-ROM  1.0 ", 28);
	answer(ata, b, 36, allowed);
}

static void read_capacity(struct ata_channel *ata)
{
	u8 *b = ata->buffer;

	put_be(b, 4, ata_drive(ata)->medium.sectors - 1);
	put_be(b + 4, 4, ATA_CD_SECTOR);
	answer(ata, b, 8, 8);
}

static void read_sectors(struct ata_channel *ata, u64 first, u64 count)
{
	const struct ata_medium *medium = &ata_drive(ata)->medium;

	if (first > medium->sectors || count > medium->sectors - first) {
		fail(ata, SENSE_ILLEGAL, CODE_BAD_ADDRESS);
		return;
	}
	/* More than 4 GiB in one command is no CD's. */
	count = MIN(count, (u64)UINT32_MAX / ATA_CD_SECTOR);
	answer(ata, medium->bytes + first * ATA_CD_SECTOR,
	       (u32)count * ATA_CD_SECTOR, UINT32_MAX);
}

/* An address in a table of contents: a sector, or minutes, seconds, frames. */
static void put_place(u8 *b, u64 sector, bool by_time)
{
	u64 frames = sector + 150;

	if (!by_time) {
		put_be(b, 4, sector);
		return;
	}
	b[0] = 0;
	b[1] = (u8)(frames / 75 / 60);
	b[2] = (u8)(frames / 75 % 60);
	b[3] = (u8)(frames % 75);
}

/* One track of data, and the lead-out. */
static void read_toc(struct ata_channel *ata, const u8 *packet)
{
	u64 sectors = ata_drive(ata)->medium.sectors;
	u32 format = packet[2] & 15u ? packet[2] & 15u : packet[9] >> 6;
	bool by_time = (packet[1] & 2) != 0;
	u32 allowed = get_be(packet + 7, 2);
	u8 first = packet[6];
	u8 *b = ata->buffer;

	if (format > 1 ||
	    (format == 0 && first > 1 && first != TRACK_LEAD_OUT)) {
		fail(ata, SENSE_ILLEGAL, CODE_BAD_FIELD);
		return;
	}
	memset(b, 0, 20);
	b[2] = 1; /* first and last track, or session */
	b[3] = 1;
	b[5] = TRACK_DATA;
	b[6] = 1;
	put_place(b + 8, 0, by_time);
	if (format == 1) {
		put_be(b, 2, 10);
		answer(ata, b, 12, allowed);
		return;
	}
	b[13] = TRACK_DATA;
	b[14] = TRACK_LEAD_OUT;
	put_place(b + 16, sectors, by_time);
	if (first == TRACK_LEAD_OUT) {
		memcpy(b + 4, b + 12, 8);
	}
	put_be(b, 2, first == TRACK_LEAD_OUT ? 10 : 18);
	answer(ata, b, first == TRACK_LEAD_OUT ? 12 : 20, allowed);
}

/* A header, and the capabilities page of a drive that reads CDs. */
static void mode_sense(struct ata_channel *ata, const u8 *packet)
{
	u32 allowed = get_be(packet + 7, 2);
	u8 page = packet[2] & 0x3f;
	u8 *b = ata->buffer;
	u32 bytes = page == 0x2a || page == 0x3f ? 28 : 8;

	if (bytes == 8 && page != 0x01) {
		fail(ata, SENSE_ILLEGAL, CODE_BAD_FIELD);
		return;
	}
	memset(b, 0, 28);
	put_be(b, 2, bytes - 2);
	b[2] = 1; /* a data CD, 120 mm */
	b[8] = 0x2a;
	b[9] = 18;
	b[12] = 0x70;
	b[14] = 0x29;
	put_be(b + 16, 2, 706); /* KB a second */
	put_be(b + 20, 2, 512); /* KB of buffer */
	put_be(b + 22, 2, 706);
	answer(ata, b, bytes, allowed);
}

static void get_configuration(struct ata_channel *ata, const u8 *packet)
{
	u8 *b = ata->buffer;

	memset(b, 0, 8);
	put_be(b, 4, 4);
	put_be(b + 6, 2, 8); /* the profile: CD-ROM */
	answer(ata, b, 8, get_be(packet + 7, 2));
}

/* Nothing has happened to the medium. */
static void event_status(struct ata_channel *ata, const u8 *packet)
{
	u8 *b = ata->buffer;

	if (!(packet[1] & 1)) {
		fail(ata, SENSE_ILLEGAL, CODE_BAD_FIELD);
		return;
	}
	memset(b, 0, 8);
	put_be(b, 2, 6);
	b[2] = 4;
	b[3] = 0x10;
	b[5] = 2; /* there is a medium */
	answer(ata, b, 8, get_be(packet + 7, 2));
}

static void do_packet(struct ata_channel *ata, const u8 *packet)
{
	switch ((enum packet_command)packet[0]) {
	case PACKET_TEST_READY:
	case PACKET_START_STOP:
	case PACKET_LOCK:
	case PACKET_SEEK:
		finish(ata);
		break;
	case PACKET_REQUEST_SENSE:
		request_sense(ata, packet[4]);
		break;
	case PACKET_INQUIRY:
		inquiry(ata, packet[4]);
		break;
	case PACKET_READ_CAPACITY:
		read_capacity(ata);
		break;
	case PACKET_READ_10:
		read_sectors(ata, get_be(packet + 2, 4), get_be(packet + 7, 2));
		break;
	case PACKET_READ_12:
		read_sectors(ata, get_be(packet + 2, 4), get_be(packet + 6, 4));
		break;
	case PACKET_READ_TOC:
		read_toc(ata, packet);
		break;
	case PACKET_GET_CONFIGURATION:
		get_configuration(ata, packet);
		break;
	case PACKET_EVENT_STATUS:
		event_status(ata, packet);
		break;
	case PACKET_MODE_SENSE_10:
		mode_sense(ata, packet);
		break;
	default:
		fail(ata, SENSE_ILLEGAL, CODE_BAD_COMMAND);
		break;
	}
}

/* The answer may be made where the packet is. */
void atapi_packet(struct ata_channel *ata)
{
	u8 packet[PACKET_BYTES];

	memcpy(packet, ata->buffer, sizeof(packet));
	ata->transfer = ATA_TRANSFER_NONE;
	ata->packet_left = 0;
	do_packet(ata, packet);
}
