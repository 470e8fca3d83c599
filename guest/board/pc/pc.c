/* Makes a PC, and carries time and interrupt lines between its devices. */
/* build: pure hot */
#include "guest/board/pc/pc.h"

#include "guest/board/pc/pc_clock.h"
#include "lib/string.h"

/* CMOS bytes by which a BIOS knows the machine. */
enum pc_cmos {
	CMOS_EQUIPMENT = 0x14,
	CMOS_BASE_LOW = 0x15,
	CMOS_BASE_HIGH = 0x16,
	CMOS_EXTENDED_LOW = 0x17,
	CMOS_EXTENDED_HIGH = 0x18,
	CMOS_EXTENDED_2_LOW = 0x30,
	CMOS_EXTENDED_2_HIGH = 0x31,
	CMOS_ABOVE_16M_LOW = 0x34,
	CMOS_ABOVE_16M_HIGH = 0x35,
	CMOS_BOOT_THIRD = 0x38,
	CMOS_BOOT_FIRST = 0x3d,
};
#define EQUIPMENT 0x06u /* a coprocessor and a mouse */
#define BASE_KIB 640u
#define EXTENDED_KIB_MAX 0xfc00u

static void set_word(struct mc146818 *rtc, u32 low, u32 value)
{
	rtc->bytes[low] = (u8)value;
	rtc->bytes[low + 1] = (u8)(value >> 8);
}

static void fill_cmos(struct pc *pc, const struct pc_parts *parts)
{
	u32 extended = MIN((parts->memory.ram_bytes - (u32)MIB) / (u32)KIB,
			   EXTENDED_KIB_MAX);
	u32 above = parts->memory.ram_bytes > 16 * MIB
			    ? (parts->memory.ram_bytes - 16 * (u32)MIB) >> 16
			    : 0;
	u8 *cmos = pc->rtc.bytes;

	cmos[CMOS_EQUIPMENT] = EQUIPMENT;
	set_word(&pc->rtc, CMOS_BASE_LOW, BASE_KIB);
	set_word(&pc->rtc, CMOS_EXTENDED_LOW, extended);
	set_word(&pc->rtc, CMOS_EXTENDED_2_LOW, extended);
	set_word(&pc->rtc, CMOS_ABOVE_16M_LOW, above);
	cmos[CMOS_BOOT_FIRST] = (u8)(parts->boot[0] | parts->boot[1] << 4);
	/* Its lowest bit: do not look for a boot signature on a floppy. */
	cmos[CMOS_BOOT_THIRD] = (u8)(parts->boot[2] << 4 | 1);
}

/* What a reset makes anew. */
static void init_devices(struct pc *pc, u64 now)
{
	i8259_init(&pc->pics);
	i8254_init(&pc->pit, now);
	i8042_init(&pc->kbc);
	i8237_init(&pc->dma);
	uart16550_init(&pc->serial);
	pci_config_init(&pc->pci, true);
	acpi_power_init(&pc->power);
	pc->deadline = PC_NEVER;
	pc->end = PC_RUNS;
}

void pc_init(struct pc *pc, const struct pc_owner_ops *ops, void *owner,
	     const struct pc_parts *parts)
{
	u64 now;

	memset(pc, 0, sizeof(*pc));
	pc->ops = ops;
	pc->owner = owner;
	pc->memory = parts->memory;
	now = ops->now(owner);
	mc146818_init(&pc->rtc, &parts->time, now);
	fill_cmos(pc, parts);
	fw_cfg_init(&pc->cfg, 1);
	vga_init(&pc->vga, parts->vga_memory, parts->vga_bytes,
		 parts->vga_text);
	for (u32 i = 0; i < PC_IDE_CHANNELS; i++) {
		ata_init(&pc->ide[i], &parts->drive[2 * i]);
	}
	init_devices(pc, now);
	pc->vga_changes = pc->vga.plain_changes;
}

void pc_reset(struct pc *pc)
{
	u64 now = pc->ops->now(pc->owner);

	init_devices(pc, now);
	vga_reset(&pc->vga);
	for (u32 i = 0; i < PC_IDE_CHANNELS; i++) {
		const struct ata_medium media[] = {
			pc->ide[i].drive[0].medium, pc->ide[i].drive[1].medium
		};

		ata_init(&pc->ide[i], media);
	}
	pc->vga_changes = pc->vga.plain_changes;
	pc_time_changed(pc, now);
	pc->ops->memory_changed(pc->owner);
}

void pc_time_changed(struct pc *pc, u64 now)
{
	u64 deadline = MIN(i8254_next_rise(&pc->pit, now),
			   mc146818_deadline(&pc->rtc, now));

	if (deadline != pc->deadline) {
		pc->deadline = deadline;
		pc->ops->deadline_changed(pc->owner);
	}
}

/* The timer's line falls and rises again with each period. */
void pc_advance(struct pc *pc)
{
	u64 now = pc->ops->now(pc->owner);

	if (i8254_has_risen(&pc->pit, now)) {
		i8259_set_line(&pc->pics, PC_LINE_TIMER, false);
		i8259_set_line(&pc->pics, PC_LINE_TIMER, true);
	}
	mc146818_advance(&pc->rtc, now);
	i8259_set_line(&pc->pics, PC_LINE_RTC, mc146818_line(&pc->rtc));
	pc_time_changed(pc, now);
}

/* A further byte that follows at once is a further edge. */
void pc_keyboard_changed(struct pc *pc)
{
	i8259_set_line(&pc->pics, PC_LINE_KEYBOARD, false);
	i8259_set_line(&pc->pics, PC_LINE_MOUSE, false);
	i8259_set_line(&pc->pics, PC_LINE_KEYBOARD,
		       i8042_keyboard_line(&pc->kbc));
	i8259_set_line(&pc->pics, PC_LINE_MOUSE, i8042_mouse_line(&pc->kbc));
}

void pc_serial_changed(struct pc *pc)
{
	i8259_set_line(&pc->pics, PC_LINE_SERIAL, uart16550_line(&pc->serial));
}
