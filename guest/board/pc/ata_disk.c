/* The commands of hard disks. */
/* build: pure */
#include "guest/board/pc/ata_disk.h"

#include "guest/board/pc/ata_command.h"
#include "guest/board/pc/ata_identify.h"

#define POWER_ACTIVE 0xffu

static u64 lba48(const struct ata_registers *r)
{
	return (u64)r->lba[0] | (u64)r->lba[1] << 8 | (u64)r->lba[2] << 16 |
	       (u64)r->previous_lba[0] << 24 | (u64)r->previous_lba[1] << 32 |
	       (u64)r->previous_lba[2] << 40;
}

static u64 lba28(const struct ata_registers *r)
{
	return (u64)r->lba[0] | (u64)r->lba[1] << 8 | (u64)r->lba[2] << 16 |
	       (u64)(r->device & 15) << 24;
}

/* Sector 0 of a track is none: far beyond the end. */
static u64 by_geometry(const struct ata_registers *r)
{
	u64 cylinder = r->lba[1] | (u64)r->lba[2] << 8;
	u64 track = cylinder * ATA_HEADS + (r->device & 15u);

	return track * ATA_TRACK_SECTORS + r->lba[0] - 1u;
}

static bool is_ext(u8 command)
{
	return (command & 0x0f) == 4
		       ? command < 0x80
		       : (command & 0xf) == 9 || command == COMMAND_VERIFY_EXT;
}

/* The place and the length that the registers name; false: not on the disk. */
static bool find(const struct ata_channel *ata, u8 command, u64 *first,
		 u64 *count)
{
	const struct ata_registers *r = &ata->regs;
	const struct ata_medium *medium = &ata->drive[ata_selected(ata)].medium;

	if (is_ext(command)) {
		*first = lba48(r);
		*count = (u64)r->previous_count << 8 | r->count;
		*count = *count == 0 ? 65536 : *count;
	} else {
		*first = r->device & ATA_DEVICE_LBA ? lba28(r) : by_geometry(r);
		*count = r->count == 0 ? 256 : r->count;
	}
	return *first < medium->sectors && *count <= medium->sectors - *first;
}

/* The next block of a transfer between processor and medium. */
void ata_next_block(struct ata_channel *ata, u8 *at)
{
	u64 bytes = MIN(ata->sectors_left * ATA_SECTOR, ata->block_bytes);

	ata->sectors_left -= bytes / ATA_SECTOR;
	ata_request(ata, ata->transfer, at, (u32)bytes);
}

static void begin_transfer(struct ata_channel *ata, u8 command, bool writes,
			   u32 block)
{
	struct ata_drive *drive = ata_drive(ata);
	u64 first, count;

	if (!find(ata, command, &first, &count)) {
		ata_fail(ata, ATA_ERROR_NOT_FOUND);
		return;
	}
	if (block == 0 || (writes && drive->medium.read_only)) {
		ata_fail(ata, ATA_ERROR_ABORTED);
		return;
	}
	drive->error = 0;
	ata->block_bytes = block * ATA_SECTOR;
	ata->sectors_left = count;
	ata->transfer = writes ? ATA_TRANSFER_OUT : ATA_TRANSFER_IN;
	ata_next_block(ata, drive->medium.bytes + first * ATA_SECTOR);
	/* The first block that is written is asked for without one. */
	ata->interrupts = !writes;
}

static void verify(struct ata_channel *ata, u8 command)
{
	u64 first, count;

	if (find(ata, command, &first, &count)) {
		ata_done(ata);
	} else {
		ata_fail(ata, ATA_ERROR_NOT_FOUND);
	}
}

static void read_native_max(struct ata_channel *ata, bool ext)
{
	struct ata_registers *r = &ata->regs;
	u64 last = ata_drive(ata)->medium.sectors - 1;

	if (!ext) {
		last = MIN(last, 0xfffffffu);
		r->device = (u8)((r->device & 0xf0) | last >> 24);
	}
	for (u32 i = 0; i < 3; i++) {
		r->lba[i] = (u8)(last >> 8 * i);
		r->previous_lba[i] = (u8)(last >> (24 + 8 * i));
	}
	ata_done(ata);
}

static void set_multiple(struct ata_channel *ata)
{
	u8 count = ata->regs.count;

	if (count > ATA_MULTIPLE_MAX || (count & (count - 1)) != 0) {
		ata_fail(ata, ATA_ERROR_ABORTED);
		return;
	}
	ata_drive(ata)->multiple = count;
	ata_done(ata);
}

/* What is about neither sectors nor data. */
void ata_simple_command(struct ata_channel *ata, u8 command)
{
	switch (command) {
	case COMMAND_RECALIBRATE ... COMMAND_RECALIBRATE + 15:
	case COMMAND_SEEK ... COMMAND_SEEK + 15:
	case COMMAND_SET_GEOMETRY:
	case COMMAND_STANDBY_NOW ... COMMAND_IDLE:
	case COMMAND_FLUSH:
	case COMMAND_FLUSH_EXT:
	case COMMAND_SET_FEATURES:
		ata_done(ata);
		break;
	case COMMAND_CHECK_POWER:
		ata_done(ata);
		ata->regs.count = POWER_ACTIVE;
		break;
	case COMMAND_SET_MULTIPLE:
		set_multiple(ata);
		break;
	case COMMAND_READ_NATIVE_MAX:
	case COMMAND_READ_NATIVE_MAX_EXT:
		read_native_max(ata, command == COMMAND_READ_NATIVE_MAX_EXT);
		break;
	default:
		ata_fail(ata, ATA_ERROR_ABORTED);
		break;
	}
}

void ata_disk_command(struct ata_channel *ata, u8 command)
{
	u8 multiple = ata_drive(ata)->multiple;

	switch (command) {
	case COMMAND_READ:
	case COMMAND_READ_NO_RETRY:
	case COMMAND_READ_EXT:
		begin_transfer(ata, command, false, 1);
		break;
	case COMMAND_READ_MULTIPLE:
	case COMMAND_READ_MULTIPLE_EXT:
		begin_transfer(ata, command, false, multiple);
		break;
	case COMMAND_WRITE:
	case COMMAND_WRITE_NO_RETRY:
	case COMMAND_WRITE_EXT:
		begin_transfer(ata, command, true, 1);
		break;
	case COMMAND_WRITE_MULTIPLE:
	case COMMAND_WRITE_MULTIPLE_EXT:
		begin_transfer(ata, command, true, multiple);
		break;
	case COMMAND_VERIFY:
	case COMMAND_VERIFY_NO_RETRY:
	case COMMAND_VERIFY_EXT:
		verify(ata, command);
		break;
	case COMMAND_IDENTIFY:
		ata_identify(ata);
		break;
	default:
		ata_simple_command(ata, command);
		break;
	}
}
