/* Registers, and who gets a command. */
/* build: pure */
#include "guest/board/pc/ata.h"

#include "guest/board/pc/ata_command.h"
#include "guest/board/pc/ata_disk.h"
#include "guest/board/pc/ata_identify.h"
#include "guest/board/pc/atapi.h"
#include "lib/string.h"

#define CONTROL_NO_INTERRUPT 0x02u
#define CONTROL_RESET 0x04u
#define CONTROL_HIGH_ORDER 0x80u
#define DIAGNOSTIC_PASSED 0x01u

enum ata_register {
	REGISTER_ERROR = 1, /* written: features */
	REGISTER_COUNT,
	REGISTER_LBA_LOW,
	REGISTER_LBA_MID,
	REGISTER_LBA_HIGH,
	REGISTER_DEVICE,
	REGISTER_STATUS, /* written: command */
};

static bool is_there(const struct ata_channel *ata)
{
	return ata->drive[ata_selected(ata)].medium.bytes != NULL;
}

/* A CD drive has a mark in the registers, by which software knows it. */
static void set_signature(struct ata_channel *ata)
{
	const struct ata_medium *medium = &ata_drive(ata)->medium;

	ata->regs.count = 1;
	ata->regs.lba[0] = 1;
	ata->regs.lba[1] = medium->bytes == NULL ? 0xff
			   : medium->is_cd	 ? 0x14
						 : 0;
	ata->regs.lba[2] = medium->bytes == NULL ? 0xff
			   : medium->is_cd	 ? 0xeb
						 : 0;
}

/* A CD drive is not ready for ATA commands after a reset. */
static void reset_drive(struct ata_drive *drive)
{
	drive->error = DIAGNOSTIC_PASSED;
	drive->status =
		drive->medium.is_cd ? 0 : ATA_STATUS_READY | ATA_STATUS_SEEK;
	drive->multiple = ATA_MULTIPLE_MAX;
}

static void reset(struct ata_channel *ata)
{
	ata->transfer = ATA_TRANSFER_NONE;
	ata->left = 0;
	ata->sectors_left = 0;
	ata->interrupts = false;
	ata->regs.device = 0;
	reset_drive(&ata->drive[0]);
	reset_drive(&ata->drive[1]);
	set_signature(ata);
}

void ata_init(struct ata_channel *ata, const struct ata_medium media[2])
{
	memset(ata, 0, sizeof(*ata));
	ata->drive[0].medium = media[0];
	ata->drive[1].medium = media[1];
	reset(ata);
}

bool ata_line(const struct ata_channel *ata)
{
	return ata->interrupts && is_there(ata) &&
	       (ata->control & CONTROL_NO_INTERRUPT) == 0;
}

/* The commands of disks tell a CD drive's mark, and fail. */
static void do_cd_command(struct ata_channel *ata, u8 command)
{
	switch (command) {
	case COMMAND_PACKET:
		atapi_begin(ata);
		break;
	case COMMAND_IDENTIFY_PACKET:
		ata_identify(ata);
		break;
	case COMMAND_DEVICE_RESET:
		reset_drive(ata_drive(ata));
		set_signature(ata);
		break;
	case COMMAND_STANDBY_NOW ... COMMAND_CHECK_POWER:
	case COMMAND_SET_FEATURES:
	case COMMAND_FLUSH:
		ata_simple_command(ata, command);
		break;
	case COMMAND_IDENTIFY:
	case COMMAND_READ:
		set_signature(ata);
		ata_fail(ata, ATA_ERROR_ABORTED);
		break;
	default:
		ata_fail(ata, ATA_ERROR_ABORTED);
		break;
	}
}

static void do_command(struct ata_channel *ata, u8 command)
{
	if (command == COMMAND_DIAGNOSTIC) {
		reset(ata);
		ata->interrupts = true;
		return;
	}
	if (!is_there(ata)) {
		return;
	}
	ata->command = command;
	ata->interrupts = false;
	ata->transfer = ATA_TRANSFER_NONE;
	ata->sectors_left = 0;
	if (ata_drive(ata)->medium.is_cd) {
		do_cd_command(ata, command);
	} else {
		ata_disk_command(ata, command);
	}
}

static void write_pair(u8 *now, u8 *previous, u8 value)
{
	*previous = *now;
	*now = value;
}

void ata_write(struct ata_channel *ata, u8 number, u8 value)
{
	struct ata_registers *r = &ata->regs;

	switch ((enum ata_register)number) {
	case REGISTER_ERROR:
		write_pair(&r->feature, &r->previous_feature, value);
		break;
	case REGISTER_COUNT:
		write_pair(&r->count, &r->previous_count, value);
		break;
	case REGISTER_LBA_LOW:
	case REGISTER_LBA_MID:
	case REGISTER_LBA_HIGH:
		number -= REGISTER_LBA_LOW;
		write_pair(&r->lba[number], &r->previous_lba[number], value);
		break;
	case REGISTER_DEVICE:
		r->device = value;
		break;
	case REGISTER_STATUS:
		do_command(ata, value);
		break;
	default:
		break;
	}
	ata->control &= (u8)~CONTROL_HIGH_ORDER;
}

u8 ata_read_alternate(const struct ata_channel *ata)
{
	if (!is_there(ata)) {
		return 0;
	}
	return ata->control & CONTROL_RESET
		       ? ATA_STATUS_BUSY
		       : ata->drive[ata_selected(ata)].status;
}

u8 ata_read(struct ata_channel *ata, u8 number)
{
	const struct ata_registers *r = &ata->regs;
	bool high = (ata->control & CONTROL_HIGH_ORDER) != 0;

	if (ata->drive[0].medium.bytes == NULL &&
	    ata->drive[1].medium.bytes == NULL) {
		return number == REGISTER_STATUS ? 0 : 0xff;
	}
	switch ((enum ata_register)number) {
	case REGISTER_ERROR:
		return is_there(ata) ? ata_drive(ata)->error : 0;
	case REGISTER_COUNT:
		return high ? r->previous_count : r->count;
	case REGISTER_LBA_LOW:
	case REGISTER_LBA_MID:
	case REGISTER_LBA_HIGH:
		number -= REGISTER_LBA_LOW;
		return high ? r->previous_lba[number] : r->lba[number];
	case REGISTER_DEVICE:
		return r->device | 0xa0;
	case REGISTER_STATUS:
		ata->interrupts = false;
		return ata_read_alternate(ata);
	default:
		return 0xff;
	}
}

void ata_write_control(struct ata_channel *ata, u8 value)
{
	bool was_reset = (ata->control & CONTROL_RESET) != 0;

	ata->control = value;
	if (was_reset && !(value & CONTROL_RESET)) {
		reset(ata);
	}
}

/* All bytes of a block have been moved. */
static void block_done(struct ata_channel *ata)
{
	if (ata->transfer == ATA_TRANSFER_PACKET) {
		atapi_packet(ata);
	} else if (ata->command == COMMAND_PACKET) {
		atapi_block_done(ata);
	} else if (ata->sectors_left != 0) {
		ata_next_block(ata, ata->at);
		ata->interrupts = true;
	} else {
		bool tells = ata->transfer == ATA_TRANSFER_OUT;

		ata_done(ata);
		ata->interrupts = tells;
	}
}

void ata_read_data(struct ata_channel *ata, u8 *to, u32 bytes)
{
	while (bytes != 0) {
		u32 piece = MIN(bytes, ata->left);

		if (ata->transfer != ATA_TRANSFER_IN || piece == 0) {
			memset(to, 0xff, bytes);
			return;
		}
		memcpy(to, ata->at, piece);
		ata->at += piece;
		ata->left -= piece;
		to += piece;
		bytes -= piece;
		if (ata->left == 0) {
			block_done(ata);
		}
	}
}

void ata_write_data(struct ata_channel *ata, const u8 *from, u32 bytes)
{
	while (bytes != 0) {
		u32 piece = MIN(bytes, ata->left);

		if ((ata->transfer != ATA_TRANSFER_OUT &&
		     ata->transfer != ATA_TRANSFER_PACKET) ||
		    piece == 0) {
			return;
		}
		memcpy(ata->at, from, piece);
		ata->at += piece;
		ata->left -= piece;
		from += piece;
		bytes -= piece;
		if (ata->left == 0) {
			block_done(ata);
		}
	}
}
