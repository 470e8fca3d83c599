/* The life of a PC, and what goes in and out of it while it runs. */
#include "guest/system/pc_guest.h"

#include "arch/console/console.h"
#include "arch/console/input.h"
#include "arch/mem/pages.h"
#include "arch/rtc.h"
#include "guest/board/pc/pc_keys.h"
#include "guest/board/pc/vga_ascii.h"
#include "guest/code16/guest16_run.h"
#include "guest/system/whole.h"
#include "lib/error.h"
#include "lib/str.h"
#include "lib/string.h"
#include "vmm/vcpu_events.h"

#define VGA_MEMORY_BYTES (4 * (u32)MIB)
#define VGA_TEXT_PAGES (VGA_TEXT_BYTES / PAGE_SIZE)
#define E820_RAM 1u
#define BOOT_SECTOR_IP 0x7c00u
#define LINE_BYTES 160u
/* The screen is searched at each tenth look, which is five times a second. */
#define LOOKS_FOR_SCREEN 10u
#define BYTE_TO_PROMPT 0x1d /* Ctrl-] */

static void free_memory(struct pc_guest *pc)
{
	if (pc->ram != NULL) {
		pages_put(pc->ram, pc->ram_pages);
	}
	if (pc->vga_memory != NULL) {
		pages_put(pc->vga_memory, VGA_MEMORY_BYTES / PAGE_SIZE);
	}
	if (pc->vga_text != NULL) {
		pages_put(pc->vga_text, VGA_TEXT_PAGES);
	}
}

static int get_memory(struct pc_guest *pc, u32 ram_mb)
{
	pc->ram_pages = ram_mb * MIB / PAGE_SIZE;
	pc->ram = pages_get(pc->ram_pages);
	pc->vga_memory = pages_get(VGA_MEMORY_BYTES / PAGE_SIZE);
	pc->vga_text = pages_get(VGA_TEXT_PAGES);
	return pc->ram == NULL || pc->vga_memory == NULL || pc->vga_text == NULL
		       ? ERR_NO_MEMORY
		       : 0;
}

static u32 from_bcd(u8 value)
{
	return (value & 15u) + (value >> 4) * 10u;
}

/* Sakamoto's way to the day of the week, 1 for Sunday. */
static u8 weekday_of(u32 year, u32 month, u32 day)
{
	static const u8 shift[] = { 0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4 };

	year -= month < 3;
	return (u8)((year + year / 4 - year / 100 + year / 400 +
		     shift[(month - 1) % 12] + day) %
			    7 +
		    1);
}

static struct mc146818_time time_of_machine(void)
{
	struct rtc_time now;
	u32 year;

	rtc_read(&now);
	year = from_bcd(now.century) * 100 + from_bcd(now.year);
	return (struct mc146818_time){
		.year = (u16)year,
		.month = (u8)from_bcd(now.month),
		.day = (u8)from_bcd(now.day),
		.hour = (u8)from_bcd(now.hours),
		.minute = (u8)from_bcd(now.minutes),
		.second = (u8)from_bcd(now.seconds),
		.weekday = weekday_of(year, from_bcd(now.month),
				      from_bcd(now.day)),
	};
}

/* The BIOS finds its VGA's ROM by the adapter's numbers. */
static void add_files(struct pc_guest *pc, const struct pc_guest_config *config)
{
	struct fw_cfg *cfg = &pc->board.pc.cfg;

	pc->e820.bytes = pc->ram_pages * PAGE_SIZE;
	pc->e820.type = E820_RAM;
	fw_cfg_add_file(cfg, "etc/e820", &pc->e820, sizeof(pc->e820));
	if (config->vga_rom != NULL) {
		fw_cfg_add_file(cfg, "pci1234,1111.rom", config->vga_rom,
				config->vga_rom_bytes);
	}
	if (config->floppy != NULL) {
		fw_cfg_add_file(cfg, "floppyimg/floppy", config->floppy,
				config->floppy_bytes);
	}
}

static int attach(struct pc_guest *pc, const struct pc_guest_config *config)
{
	struct pc_parts parts = {
		.memory = { .ram = pc->ram,
			    .ram_bytes = (u32)(pc->ram_pages * PAGE_SIZE),
			    .rom = config->rom,
			    .rom_bytes = config->rom_bytes },
		.time = time_of_machine(),
		.vga_memory = pc->vga_memory,
		.vga_text = pc->vga_text,
		.vga_bytes = VGA_MEMORY_BYTES,
	};
	int err;

	memcpy(parts.drive, config->drive, sizeof(parts.drive));
	memcpy(parts.boot, config->boot, sizeof(parts.boot));
	err = pc_board_attach(&pc->board, &pc->guest.board, &parts);
	if (err == 0) {
		add_files(pc, config);
		whole_reset(&pc->guest);
	}
	return err;
}

static void serial_line(void *context, const char *line)
{
	struct pc_guest *pc = context;

	console_printf("guest: %s\n", line);
	if (pc->until != NULL && str_contains(line, pc->until)) {
		pc->until_seen = true;
	}
}

void pc_guest_free(struct pc_guest *pc)
{
	guest16_free(&pc->guest);
	free_memory(pc);
}

void pc_guest_reset(struct pc_guest *pc)
{
	pc_board_reset(&pc->board);
	whole_reset(&pc->guest);
	pc->typed_count = 0;
}

/* What the last run was to be given and did not get. */
static void redeliver(struct vcpu *vcpu)
{
	if (vcpu->undelivered & INTERRUPTION_INFO_VALID) {
		vcpu_inject(vcpu, vcpu->undelivered,
			    vcpu->undelivered_error_code);
	}
}

enum vcpu_end pc_guest_run(struct pc_guest *pc, u64 timeout_us,
			   const char *until)
{
	struct vcpu *vcpu = &pc->guest.vcpu;
	enum vcpu_end end;

	pc->until = until;
	pc->until_seen = false;
	pc->stop = PC_STOP_NONE;
	pc->has_console = true;
	vcpu_load(vcpu);
	redeliver(vcpu);
	end = guest16_run(&pc->guest, timeout_us);
	pc->has_console = false;
	pc->until = NULL;
	return end;
}

int pc_guest_post(struct pc_guest *pc, u64 timeout_us)
{
	struct vcpu *vcpu = &pc->guest.vcpu;

	vcpu->return_cs = 0;
	vcpu->return_rip = BOOT_SECTOR_IP;
	vcpu_load(vcpu);
	return guest16_run(&pc->guest, timeout_us) == VCPU_END_DONE &&
			       pc->board.pc.end == PC_RUNS
		       ? 0
		       : ERR_TIMEOUT;
}

bool pc_guest_type(struct pc_guest *pc, const u8 *codes, u32 count)
{
	if (pc->typed_count + count > PC_GUEST_TYPED_BYTES) {
		return false;
	}
	for (u32 i = 0; i < count; i++) {
		pc->typed[(pc->typed_first + pc->typed_count) %
			  PC_GUEST_TYPED_BYTES] = codes[i];
		pc->typed_count++;
	}
	return true;
}

/* One code a look, once the guest has read the last one. */
static void type_next(struct pc_guest *pc)
{
	struct i8042 *kbc = &pc->board.pc.kbc;
	u8 code = pc->typed[pc->typed_first];

	if (pc->typed_count == 0 || kbc->full ||
	    kbc->keyboard.queue.count != 0 || !i8042_key(kbc, &code, 1)) {
		return;
	}
	pc->typed_first = (pc->typed_first + 1) % PC_GUEST_TYPED_BYTES;
	pc->typed_count--;
	pc_keyboard_changed(&pc->board.pc);
}

/* What a person types is typed into the guest; false: but for Ctrl-]. */
static bool take_input(struct pc_guest *pc)
{
	u8 codes[PC_KEYS_CODES];
	int byte;

	while (pc->typed_count + PC_KEYS_CODES <= PC_GUEST_TYPED_BYTES &&
	       (byte = input_get()) >= 0) {
		if (byte == BYTE_TO_PROMPT) {
			return false;
		}
		pc_guest_type(pc, codes, pc_keys_of((char)byte, codes));
	}
	return true;
}

static bool screen_has(const struct pc_guest *pc, const char *text)
{
	const struct vga *vga = &pc->board.pc.vga;
	struct vga_text_size size = vga_text_size(vga);
	char line[LINE_BYTES];

	for (u32 row = 0; row < size.rows; row++) {
		vga_text_line(vga, row, line, sizeof(line));
		if (str_contains(line, text)) {
			return true;
		}
	}
	return false;
}

static bool sees_until(struct pc_guest *pc)
{
	if (pc->until == NULL) {
		return false;
	}
	if (++pc->looks >= LOOKS_FOR_SCREEN) {
		pc->looks = 0;
		pc->until_seen |= screen_has(pc, pc->until);
	}
	return pc->until_seen;
}

/* Now and then: keys, and whether the run is to end. */
static bool goes_on(void *context)
{
	struct pc_guest *pc = context;

	if (pc->on_look != NULL) {
		pc->on_look();
	}
	if (pc->has_console && !take_input(pc)) {
		pc->stop = PC_STOP_PERSON;
	} else if (sees_until(pc)) {
		pc->stop = PC_STOP_UNTIL;
	} else {
		type_next(pc);
	}
	return pc->stop == PC_STOP_NONE;
}

int pc_guest_init(struct pc_guest *pc, const struct pc_guest_config *config)
{
	int err = get_memory(pc, config->ram_mb);

	if (err == 0) {
		err = guest16_init(&pc->guest, &engine_whole, &board_pc, false);
	}
	if (err != 0) {
		free_memory(pc);
		return err;
	}
	err = attach(pc, config);
	if (err != 0) {
		pc_guest_free(pc);
		return err;
	}
	pc->board.on_line = serial_line;
	pc->board.goes_on = goes_on;
	pc->board.context = pc;
	return 0;
}
