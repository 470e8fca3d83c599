/* Measures whole BIOS calls, registers in and out included. */
#include "arch/cpu.h"
#include "arch/machine.h"
#include "arch/x86.h"
#include "guest/bios/call_list.h"
#include "guest/memory/bios_area.h"
#include "proof/bench/bench.h"

#define EFLAGS_IF_ON 0x202u
#define TELETYPES 32
#define DISK_READS 8
#define MODE_SETS 3
#define TEXT_MODE 3
#define SECTOR 16 /* of a CD the first that is in use */

/* The packet of INT 13h/42h (Phoenix, Enhanced Disk Drive Specification). */
struct disk_packet {
	u8 bytes;
	u8 reserved;
	u16 sectors;
	u16 offset;
	u16 segment;
	u64 sector;
} __attribute__((packed));
static_assert(sizeof(struct disk_packet) == 16, "by the specification");

/* Times a call; *regs goes in and comes out. */
static bool timed_call(struct bench_run *run, u8 vector, struct bios_regs *regs,
		       u64 *ticks)
{
	u64 start;
	enum vcpu_end end;

	regs->eflags = EFLAGS_IF_ON;
	start = rdtsc();
	end = bios_call(run->guest, vector, regs, BENCH_TIMEOUT_MS);
	*ticks = rdtsc() - start;
	return bench_came_back(run, run->guest, end);
}

/*
 * Times calls. The first one is not counted: it fills caches and makes pages.
 */
static bool calls(struct bench_run *run, u8 vector,
		  const struct bios_regs *regs, u32 count)
{
	for (u32 i = 0; i <= count; i++) {
		struct bios_regs copy = *regs;
		u64 ticks;

		if (!timed_call(run, vector, &copy, &ticks)) {
			return false;
		}
		if (i != 0) {
			bench_add(run, ticks, 1);
		}
	}
	return true;
}

static bool int11(struct bench_run *run)
{
	const struct bios_regs regs = { 0 };

	return calls(run, 0x11, &regs, BENCH_MAX_SAMPLES);
}

static bool teletype_one(struct bench_run *run, char character, u64 *ticks)
{
	struct bios_regs regs = { .eax = 0x0e00u | (u8)character, .ebx = 7 };

	return timed_call(run, 0x10, &regs, ticks);
}

/* Writes along one line of the screen, and then ends the line. */
static bool teletype(struct bench_run *run)
{
	u64 ticks;

	if (bios_area_read8(BDA_COLUMNS) <= TELETYPES) {
		return bench_skip(run, "no video BIOS with %u columns",
				  TELETYPES);
	}
	for (u32 i = 0; i < TELETYPES; i++) {
		if (!teletype_one(run, '.', &ticks)) {
			return false;
		}
		bench_add(run, ticks, 1);
	}
	return teletype_one(run, '\r', &ticks) &&
	       teletype_one(run, '\n', &ticks);
}

bool bench_disk_packet(struct bench_run *run, u8 *drive)
{
	const struct bootinfo_boot_device *boot =
		&machine_bootinfo()->boot_device;
	const struct disk_packet packet = {
		.bytes = sizeof(packet),
		.sectors = 1,
		.offset = BENCH_DATA,
		.segment = BENCH_SEGMENT,
		.sector = SECTOR,
	};

	if (!boot->present || boot->drive < FIRST_HARD_DISK) {
		return bench_skip(run, "not booted from a CD or hard disk");
	}
	guest_memory_write(&run->guest->memory,
			   (BENCH_SEGMENT << 4) + BENCH_PACKET, &packet,
			   sizeof(packet));
	*drive = (u8)boot->drive;
	return true;
}

bool bench_has_hard_disk(struct bench_run *run)
{
	return bios_area_read8(BDA_HARD_DISKS) != 0 ||
	       bench_skip(run, "no hard disk");
}

/*
 * For lists of calls: each call's share of the stay in the guest. Listing the
 * calls is measured by itself.
 */
#define BULK_CALLS 1000
#define LIST_CALLS 250
#define LINE_CHARACTERS 80
#define LINES 4
#define BULK_SECTORS 64
#define READ_ROUNDS 2

static void list_int11(struct call_list *list)
{
	for (u32 i = 0; i < LIST_CALLS; i++) {
		call_list_add(list, 0x11);
	}
}

static bool run_list(struct bench_run *run, struct call_list *list,
		     enum call_list_stop stop)
{
	u64 start = rdtsc();
	enum vcpu_end end = bios_call_list(list, stop, BENCH_TIMEOUT_MS);

	bench_add(run, (rdtsc() - start) / list->count, list->count);
	return bench_came_back(run, run->guest, end) &&
	       (list->made == list->count ||
		bench_skip(run, "carry after %u calls", list->made));
}

/*
 * Times `rounds` runs of a list that `fill` makes. The first run is not
 * counted.
 */
static bool bulk(struct bench_run *run, u32 rounds,
		 void (*fill)(struct call_list *list), enum call_list_stop stop)
{
	struct call_list list;

	for (u32 i = 0; i <= rounds; i++) {
		if (call_list_begin(&list, run->guest) != 0) {
			return bench_skip(run, "no memory");
		}
		fill(&list);
		if (!run_list(run, &list, stop)) {
			return false;
		}
		if (i == 0) {
			run->samples = 0;
			run->operations = 0;
		}
	}
	return true;
}

static bool int11_bulk(struct bench_run *run)
{
	return bulk(run, BULK_CALLS / LIST_CALLS, list_int11,
		    CALL_LIST_TO_THE_END);
}

static void list_line(struct call_list *list)
{
	for (u32 i = 0; i < LINE_CHARACTERS; i++) {
		struct listed_call *call = call_list_add(list, 0x10);

		call->eax = 0x0e00u | '.';
		call->ebx = 7;
	}
}

static void list_home(struct call_list *list)
{
	struct listed_call *call = call_list_add(list, 0x10);

	call->eax = 0x0200;
}

/* A line of the screen, its last character's wrap included. */
static bool teletype_bulk(struct bench_run *run)
{
	struct bench_run home = { .guest = run->guest };

	if (bios_area_read8(BDA_COLUMNS) != LINE_CHARACTERS) {
		return bench_skip(run, "no video BIOS with %u columns",
				  LINE_CHARACTERS);
	}
	return bulk(&home, 0, list_home, CALL_LIST_TO_THE_END) &&
	       bulk(run, LINES, list_line, CALL_LIST_TO_THE_END);
}

/* What listing a call takes, its registers not counted. */
static bool list_call(struct bench_run *run)
{
	struct call_list list;

	for (u32 i = 0; i < BENCH_MAX_SAMPLES; i++) {
		u64 start = rdtsc();

		if (call_list_begin(&list, run->guest) != 0) {
			return bench_skip(run, "no memory");
		}
		list_int11(&list);
		bench_add(run, (rdtsc() - start) / LIST_CALLS, LIST_CALLS);
	}
	return true;
}

static bool disk_reads(struct bench_run *run, const struct bios_regs *call)
{
	for (u32 i = 0; i <= DISK_READS; i++) {
		struct bios_regs regs = *call;
		u64 ticks;

		if (!timed_call(run, 0x13, &regs, &ticks)) {
			return false;
		}
		if (regs.eflags & RFLAGS_CF) {
			return bench_skip(run, "drive %02x: status %02x",
					  (u8)call->edx, (u8)(regs.eax >> 8));
		}
		if (i != 0) {
			bench_add(run, ticks, 1);
		}
	}
	return true;
}

static bool disk_read(struct bench_run *run)
{
	struct bios_regs call = { .eax = 0x4200,
				  .esi = BENCH_PACKET,
				  .ds = BENCH_SEGMENT };
	u8 drive = 0;

	if (!bench_disk_packet(run, &drive)) {
		return false;
	}
	call.edx = drive;
	return disk_reads(run, &call);
}

static u8 bulk_drive;

static void list_disk_reads(struct call_list *list)
{
	for (u32 i = 0; i < BULK_SECTORS; i++) {
		struct listed_call *call = call_list_add(list, 0x13);

		call->eax = 0x4200;
		call->edx = bulk_drive;
		call->ds = BENCH_SEGMENT;
		call->esi = BENCH_PACKET;
	}
}

static bool disk_read_bulk(struct bench_run *run)
{
	return bench_disk_packet(run, &bulk_drive) &&
	       bulk(run, READ_ROUNDS, list_disk_reads, CALL_LIST_STOP_AT_CARRY);
}

static bool sector_read(struct bench_run *run)
{
	const struct bios_regs call = { .eax = 0x0201,
					.ecx = 1,
					.edx = FIRST_HARD_DISK,
					.ebx = BENCH_DATA,
					.es = BENCH_SEGMENT };

	return bench_has_hard_disk(run) && disk_reads(run, &call);
}

bool bench_in_text_mode(struct bench_run *run)
{
	return bios_area_read8(BDA_VIDEO_MODE) == TEXT_MODE ||
	       bench_skip(run, "the screen is not in mode 3");
}

static bool mode_set(struct bench_run *run)
{
	const struct bios_regs regs = { .eax = TEXT_MODE };

	return bench_in_text_mode(run) && calls(run, 0x10, &regs, MODE_SETS);
}

const struct benchmark bench_calls[] = {
	{ "int11-call", false, &board_private, int11 },
	{ "int11-call-machine", false, &board_machine, int11 },
	{ "teletype", false, &board_machine, teletype },
	{ "disk-read", false, &board_machine, disk_read },
	{ "list-call", false, &board_private, list_call },
	{ "int11-bulk", false, &board_private, int11_bulk },
	{ "teletype-bulk", false, &board_machine, teletype_bulk },
	{ "disk-read-bulk", false, &board_machine, disk_read_bulk },
	{ "sector-read", false, &board_machine, sector_read },
	{ "mode-set", false, &board_machine, mode_set },
	{ 0 },
};
