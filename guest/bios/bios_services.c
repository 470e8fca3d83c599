/*
 * Composes BIOS calls and checks their answers, none of which is trusted. An
 * exchange (write the buffer, call, read the buffer) is one job for the core
 * that makes the call, so that exchanges of several cores do not mix.
 * Interrupts off.
 */
#include "guest/bios/bios_services.h"

#include "arch/machine.h"
#include "arch/smp.h"
#include "arch/x86.h"
#include "guest/far_ptr.h"
#include "lib/error.h"
#include "lib/string.h"

#define BUFFER (BIOS_BUFFER_SEGMENT << 4)
/*
 * The buffer: a block that is written and read, and behind it data that is only
 * read.
 */
#define BLOCK_BYTES 512u
#define DATA_SEGMENT (BIOS_BUFFER_SEGMENT + (BLOCK_BYTES >> 4))
#define DATA_BYTES (BIOS_BUFFER_BYTES - BLOCK_BYTES)

#define VECTOR_VIDEO 0x10
#define VECTOR_DISK 0x13
#define VECTOR_SYSTEM 0x15

#define SYSTEM_E820 0xe820
#define VBE_INFO 0x4f00
#define VBE_MODE_INFO 0x4f01
#define VBE_SET_MODE 0x4f02
#define VBE_GET_MODE 0x4f03

/* INT 13h: values of AX, and errors in AH. */
#define DISK_RESET 0x0000
#define DISK_READ 0x0200
#define DISK_GEOMETRY 0x0800
#define DISK_EXTENSIONS 0x4100
#define DISK_EXTENDED_READ 0x4200
#define DISK_PARAMETERS 0x4800
#define EXTENSIONS_ASK 0x55aa
#define EXTENSIONS_ANSWER 0xaa55
#define EXTENSIONS_PACKETS 0x1u
#define STATUS_INVALID_FUNCTION 1
#define SECTOR_BYTES 512
#define MAX_SECTOR_BYTES 4096
#define READ_TRIES 3

struct exchange {
	struct guest16 *guest;
	u8 vector;
	struct bios_regs regs;
	void *block;
	size_t block_bytes;
	void *data;
	size_t data_bytes;
	u32 data_address;
	int err;
};

bool bios_services_have_buffer(const struct guest16 *guest)
{
	return !guest->memory.plan->ram ||
	       memmap_is_ram(machine_memmap(), BUFFER, BIOS_BUFFER_BYTES);
}

static int error_of_end(enum vcpu_end end)
{
	switch (end) {
	case VCPU_END_DONE:
		return 0;
	case VCPU_END_TIMEOUT:
		return ERR_TIMEOUT;
	case VCPU_END_REFUSED:
		return ERR_UNSUPPORTED;
	case VCPU_END_INTERRUPTED:
		return ERR_INTERRUPTED;
	default:
		return ERR_FAULT;
	}
}

/* One exchange, on the core that makes the call. */
static void do_exchange(void *argument)
{
	struct exchange *x = argument;
	struct guest_memory *memory = &x->guest->memory;

	x->err = guest_memory_write(memory, BUFFER, x->block, x->block_bytes);
	if (x->err == 0) {
		x->err = error_of_end(bios_call(x->guest, x->vector, &x->regs,
						BIOS_DEFAULT_TIMEOUT_MS));
	}
	if (x->err == 0) {
		x->err = guest_memory_read(memory, BUFFER, x->block,
					   x->block_bytes);
	}
	if (x->err == 0) {
		x->err = guest_memory_read(memory, x->data_address, x->data,
					   x->data_bytes);
	}
}

/*
 * Begins an exchange: DS and ES are the buffer's segment, all other registers
 * 0.
 */
static void begin(struct exchange *x, struct guest16 *guest, u8 vector, u32 eax)
{
	memset(x, 0, sizeof(*x));
	x->guest = guest;
	x->vector = vector;
	x->data_address = DATA_SEGMENT << 4;
	x->regs.eax = eax;
	x->regs.eflags = (u32)(RFLAGS_IF | RFLAGS_FIXED_1);
	x->regs.ds = BIOS_BUFFER_SEGMENT;
	x->regs.es = BIOS_BUFFER_SEGMENT;
}

static void set_block(struct exchange *x, void *block, size_t bytes)
{
	x->block = block;
	x->block_bytes = bytes;
}

/* Makes the call. 0 if it came back; its caller judges the registers. */
static int call(struct exchange *x)
{
	if (!bios_services_have_buffer(x->guest)) {
		return ERR_UNSUPPORTED;
	}
	if (x->guest->board.kind->on_boot_core) {
		smp_call_boot_core(do_exchange, x);
	} else {
		do_exchange(x);
	}
	return x->err;
}

static bool has_carry(const struct exchange *x)
{
	return (x->regs.eflags & RFLAGS_CF) != 0;
}

/*
 * Takes one range of an INT 15h/E820h call; *more becomes 0 at the end of the
 * list.
 */
static int take_range(const struct exchange *x,
		      const struct bios_e820_range *range, u32 *more)
{
	bool first = *more == 0;

	*more = 0;
	if (has_carry(x)) {
		/*
		 * Some BIOSes end the list by an error. An error at the first
		 * call is a refusal.
		 */
		return first ? ERR_UNSUPPORTED : ERR_NOT_FOUND;
	}
	if (x->regs.eax != BIOS_E820_SIGNATURE ||
	    x->regs.ecx < BIOS_E820_BYTES_WITHOUT_ATTRIBUTES ||
	    range->base + range->length < range->base) {
		return ERR_CORRUPT;
	}
	*more = x->regs.ebx;
	return 0;
}

int bios_15_e820(struct guest16 *guest, struct bios_e820_range *list, u32 max,
		 u32 *count)
{
	u32 more = 0;

	*count = 0;
	do {
		struct bios_e820_range range = { .attributes = 1 };
		struct exchange x;
		int err;

		begin(&x, guest, VECTOR_SYSTEM, SYSTEM_E820);
		set_block(&x, &range, sizeof(range));
		x.regs.ebx = more;
		x.regs.ecx = sizeof(range);
		x.regs.edx = BIOS_E820_SIGNATURE;
		err = call(&x);
		if (err == 0) {
			err = take_range(&x, &range, &more);
		}
		if (err != 0) {
			return err == ERR_NOT_FOUND ? 0 : err;
		}
		if (*count == max) {
			return ERR_FULL;
		}
		list[(*count)++] = range;
	} while (more != 0);
	return 0;
}

static void begin_disk(struct exchange *x, struct guest16 *guest,
		       const struct bios_13_disk *disk, u32 eax)
{
	begin(x, guest, VECTOR_DISK, eax);
	x->regs.edx = disk->drive;
}

/* A call of INT 13h; CF set becomes ERR_FAULT. */
static int call_disk(struct exchange *x, struct bios_13_disk *disk)
{
	int err = call(x);

	disk->status = has_carry(x) ? (u8)(x->regs.eax >> 8) : 0;
	return err == 0 && has_carry(x) ? ERR_FAULT : err;
}

/*
 * Asks for the extensions; false if the BIOS does not answer, for whatever
 * reason.
 */
static bool ask_extensions(struct guest16 *guest, struct bios_13_disk *disk)
{
	struct edd_parameters parameters = { .bytes = sizeof(parameters) };
	struct exchange x;

	begin_disk(&x, guest, disk, DISK_EXTENSIONS);
	x.regs.ebx = EXTENSIONS_ASK;
	if (call_disk(&x, disk) != 0 || (u16)x.regs.ebx != EXTENSIONS_ANSWER ||
	    !(x.regs.ecx & EXTENSIONS_PACKETS)) {
		return false;
	}
	begin_disk(&x, guest, disk, DISK_PARAMETERS);
	set_block(&x, &parameters, sizeof(parameters));
	if (call_disk(&x, disk) != 0) {
		return false;
	}
	disk->sectors = parameters.sectors;
	disk->sector_bytes = parameters.sector_bytes;
	return true;
}

static int ask_geometry(struct guest16 *guest, struct bios_13_disk *disk)
{
	struct exchange x;
	int err;

	begin_disk(&x, guest, disk, DISK_GEOMETRY);
	/* Some BIOSes expect ES:DI to be 0 here. */
	x.regs.es = 0;
	err = call_disk(&x, disk);
	disk->track_sectors = x.regs.ecx & 0x3f;
	if (err != 0 || disk->track_sectors == 0) {
		return err == 0 ? ERR_CORRUPT : err;
	}
	disk->cylinders =
		((x.regs.ecx >> 8 & 0xff) | (x.regs.ecx & 0xc0) << 2) + 1;
	disk->heads = (x.regs.edx >> 8 & 0xff) + 1;
	return 0;
}

int bios_13_geometry(struct guest16 *guest, u8 drive, struct bios_13_disk *disk)
{
	int err;

	memset(disk, 0, sizeof(*disk));
	disk->drive = drive;
	disk->sector_bytes = SECTOR_BYTES;
	disk->extended = ask_extensions(guest, disk);
	err = ask_geometry(guest, disk);
	if (disk->extended) {
		disk->status = 0;
		return 0;
	}
	return err == ERR_FAULT ? ERR_NOT_FOUND : err;
}

/* Reads sectors by one call of AH=42h. */
static int read_extended(struct guest16 *guest, struct bios_13_disk *disk,
			 u64 lba, u32 sectors, void *buffer)
{
	struct edd_packet packet = {
		.bytes = sizeof(packet),
		.sectors = (u16)sectors,
		.segment = DATA_SEGMENT,
		.lba = lba,
	};
	struct exchange x;

	begin_disk(&x, guest, disk, DISK_EXTENDED_READ);
	set_block(&x, &packet, sizeof(packet));
	x.data = buffer;
	x.data_bytes = (size_t)sectors * disk->sector_bytes;
	return call_disk(&x, disk);
}

/* Reads sectors of one track by one call of AH=02h. */
static int read_track(struct guest16 *guest, struct bios_13_disk *disk, u64 lba,
		      u32 sectors, void *buffer)
{
	u32 track = (u32)(lba / disk->track_sectors);
	u32 sector = (u32)(lba % disk->track_sectors) + 1;
	u32 cylinder = track / disk->heads;
	struct exchange x;

	begin_disk(&x, guest, disk, DISK_READ | sectors);
	x.regs.ecx = (cylinder & 0xff) << 8 | (cylinder >> 2 & 0xc0) | sector;
	x.regs.edx |= track % disk->heads << 8;
	x.regs.es = DATA_SEGMENT;
	x.data = buffer;
	x.data_bytes = (size_t)sectors * SECTOR_BYTES;
	return call_disk(&x, disk);
}

static void reset(struct guest16 *guest, struct bios_13_disk *disk)
{
	struct exchange x;

	begin_disk(&x, guest, disk, DISK_RESET);
	call(&x);
}

/*
 * Reads as many sectors as one call can, and sets *sectors to their number. The
 * buffer of 64 KiB also holds the packet, which leaves room for 31 sectors of a
 * CD or 127 of a disk. Every BIOS reads that much in one call: SeaBIOS 1.16.2
 * refuses more than 64 KiB with status 09h, and AH=42h allows at most 127
 * sectors.
 */
static int read_some(struct guest16 *guest, struct bios_13_disk *disk, u64 lba,
		     u32 *sectors, void *buffer)
{
	u32 wanted = MIN(*sectors, DATA_BYTES / disk->sector_bytes);
	int err = ERR_FAULT;

	for (u32 i = 0; i < READ_TRIES && err == ERR_FAULT; i++) {
		if (i != 0) {
			reset(guest, disk);
		}
		if (disk->extended) {
			*sectors = wanted;
			err = read_extended(guest, disk, lba, wanted, buffer);
			/* Some BIOSes have AH=42h, but not for this drive. */
			disk->extended =
				err != ERR_FAULT || disk->heads == 0 ||
				disk->status != STATUS_INVALID_FUNCTION;
			continue;
		}
		if (disk->sector_bytes != SECTOR_BYTES || disk->heads == 0 ||
		    lba >= (u64)disk->cylinders * disk->heads *
				    disk->track_sectors) {
			return ERR_RANGE;
		}
		*sectors =
			MIN(wanted, disk->track_sectors -
					    (u32)(lba % disk->track_sectors));
		err = read_track(guest, disk, lba, *sectors, buffer);
	}
	return err;
}

int bios_13_read(struct guest16 *guest, struct bios_13_disk *disk, u64 lba,
		 u32 sectors, void *buffer, size_t size)
{
	u8 *next = buffer;

	if (disk->sector_bytes < SECTOR_BYTES ||
	    disk->sector_bytes > MAX_SECTOR_BYTES ||
	    (u64)sectors * disk->sector_bytes > size || lba + sectors < lba ||
	    (disk->sectors != 0 && lba + sectors > disk->sectors)) {
		return ERR_RANGE;
	}
	while (sectors != 0) {
		u32 done = sectors;
		int err = read_some(guest, disk, lba, &done, next);

		if (err != 0) {
			return err;
		}
		lba += done;
		sectors -= done;
		next += (size_t)done * disk->sector_bytes;
	}
	return 0;
}

static int call_vbe(struct exchange *x)
{
	int err = call(x);

	if (err != 0 || (u16)x->regs.eax == VBE_SUCCESS) {
		return err;
	}
	return (u8)x->regs.eax == (u8)VBE_SUCCESS ? ERR_FAULT : ERR_UNSUPPORTED;
}

int bios_10_vbe_info(struct guest16 *guest, struct bios_10_vbe_info *info)
{
	struct vbe_info_block block;
	int err = 0;

	memset(info, 0, sizeof(*info));
	/*
	 * The first call tells where the list of modes is, the second reads it.
	 */
	for (u32 i = 0; i < 2 && err == 0; i++) {
		struct exchange x;

		begin(&x, guest, VECTOR_VIDEO, VBE_INFO);
		set_block(&x, &block, sizeof(block));
		if (i != 0) {
			x.data_address = far_to_linear(block.modes_segment,
						       block.modes_offset);
			x.data = info->mode;
			x.data_bytes = sizeof(info->mode);
		}
		memset(&block, 0, sizeof(block));
		memcpy(block.signature, "VBE2", sizeof(block.signature));
		err = call_vbe(&x);
		if (err == 0 && memcmp(block.signature, "VESA",
				       sizeof(block.signature)) != 0) {
			err = ERR_CORRUPT;
		}
	}
	info->version = block.version;
	info->memory_kib = block.memory_64k * 64u;
	while (err == 0 && info->mode_count < BIOS_10_MAX_MODES &&
	       info->mode[info->mode_count] != VBE_LIST_END) {
		info->mode_count++;
	}
	return err;
}

static bool is_field(struct vbe_field field)
{
	return field.bits <= 8 && field.position <= 24;
}

/*
 * Checks that the rows do not overlap and that the framebuffer is in device
 * memory.
 */
static int check_framebuffer(const struct bios_10_vbe_mode *mode)
{
	u64 row = (u64)mode->width * ((mode->bits_per_pixel + 7u) / 8u);
	u64 end = mode->framebuffer + (u64)mode->pitch * mode->height;

	if (row == 0 || mode->height == 0 || mode->pitch < row ||
	    mode->framebuffer == 0 || end > UINT32_MAX ||
	    !is_field(mode->red) || !is_field(mode->green) ||
	    !is_field(mode->blue)) {
		return ERR_CORRUPT;
	}
	for (u64 at = mode->framebuffer; at < end; at += PAGE_SIZE) {
		if (!machine_is_open_to_guests(at)) {
			return ERR_CORRUPT;
		}
	}
	return 0;
}

int bios_10_vbe_mode_info(struct guest16 *guest, u16 number,
			  struct bios_10_vbe_mode *mode)
{
	struct vbe_mode_block block;
	struct exchange x;
	bool linear;
	int err;

	memset(&block, 0, sizeof(block));
	begin(&x, guest, VECTOR_VIDEO, VBE_MODE_INFO);
	set_block(&x, &block, sizeof(block));
	x.regs.ecx = number;
	err = call_vbe(&x);
	linear = block.linear_pitch != 0;
	if (err != 0 || !(block.attributes & VBE_ATTRIBUTE_SUPPORTED)) {
		return err == 0 || err == ERR_FAULT ? ERR_NOT_FOUND : err;
	}
	if (!(block.attributes & VBE_ATTRIBUTE_LINEAR) ||
	    !(block.attributes & VBE_ATTRIBUTE_GRAPHICS) ||
	    block.memory_model != VBE_MODEL_DIRECT_COLOUR ||
	    block.bits_per_pixel < 15 || block.bits_per_pixel > 32) {
		return ERR_UNSUPPORTED;
	}
	*mode = (struct bios_10_vbe_mode){
		.number = number,
		.width = block.width,
		.height = block.height,
		.pitch = linear ? block.linear_pitch : block.pitch,
		.bits_per_pixel = block.bits_per_pixel,
		.red = linear ? block.linear_red : block.red,
		.green = linear ? block.linear_green : block.green,
		.blue = linear ? block.linear_blue : block.blue,
		.framebuffer = block.framebuffer,
	};
	return check_framebuffer(mode);
}

int bios_10_vbe_set_mode(struct guest16 *guest,
			 const struct bios_10_vbe_mode *mode)
{
	struct exchange x;
	int err;

	begin(&x, guest, VECTOR_VIDEO, VBE_SET_MODE);
	x.regs.ebx = mode->number | VBE_MODE_LINEAR;
	err = call_vbe(&x);
	if (err == 0) {
		begin(&x, guest, VECTOR_VIDEO, VBE_GET_MODE);
		err = call_vbe(&x);
	}
	return err == 0 && (x.regs.ebx & VBE_MODE_NUMBER) != mode->number
		       ? ERR_FAULT
		       : err;
}
