/*
 * Which port is whose. A port without a device reads all ones, and so does each
 * byte of a device that only knows wider accesses.
 */
/* build: pure hot */
#include "guest/board/pc/pc_ports.h"

#include "guest/board/pc/pc.h"
#include "guest/board/pc/pc_clock.h"
#include "lib/string.h"

#define PORT_92 0x92u
#define PORT_92_RESET 0x01u
#define PORT_92_A20 0x02u
#define DEBUG_PRESENT 0xe9u
#define NANOSECONDS 1000000000ull

static inline struct pc *pc_of(void *context)
{
	return *(struct pc **)context;
}

static inline u64 now_of(const struct pc *pc)
{
	return pc->ops->now(pc->owner);
}

static u64 ones(u8 bytes)
{
	return BIT(8 * bytes) - 1;
}

static u64 read_pics(void *context, u64 at, u8 bytes)
{
	(void)bytes;
	return i8259_read(&pc_of(context)->pics, (u16)at);
}

static bool write_pics(void *context, u64 at, u8 bytes, u64 value)
{
	(void)bytes;
	i8259_write(&pc_of(context)->pics, (u16)at, (u8)value);
	return true;
}

static u64 read_pit(void *context, u64 at, u8 bytes)
{
	struct pc *pc = pc_of(context);

	(void)bytes;
	return i8254_read(&pc->pit, (u16)at, now_of(pc));
}

/* What was due before the write is told first. */
static bool write_pit(void *context, u64 at, u8 bytes, u64 value)
{
	struct pc *pc = pc_of(context);
	u64 now = now_of(pc);

	(void)bytes;
	if (now >= pc->deadline) {
		pc_advance(pc);
	}
	i8254_write(&pc->pit, (u16)at, (u8)value, now);
	pc_time_changed(pc, now);
	return true;
}

static u64 read_speaker(void *context, u64 at, u8 bytes)
{
	struct pc *pc = pc_of(context);

	(void)at;
	(void)bytes;
	return i8254_read_speaker(&pc->pit, now_of(pc));
}

static bool write_speaker(void *context, u64 at, u8 bytes, u64 value)
{
	struct pc *pc = pc_of(context);

	(void)at;
	(void)bytes;
	i8254_write_speaker(&pc->pit, (u8)value, now_of(pc));
	return true;
}

static u64 read_rtc(void *context, u64 at, u8 bytes)
{
	struct pc *pc = pc_of(context);
	u64 now = now_of(pc);
	u8 value = mc146818_read(&pc->rtc, (u16)at, now);

	(void)bytes;
	i8259_set_line(&pc->pics, PC_LINE_RTC, mc146818_line(&pc->rtc));
	pc_time_changed(pc, now);
	return value;
}

static bool write_rtc(void *context, u64 at, u8 bytes, u64 value)
{
	struct pc *pc = pc_of(context);
	u64 now;

	(void)bytes;
	if (at != MC146818_DATA_PORT) {
		mc146818_write(&pc->rtc, (u16)at, (u8)value, 0);
		return true;
	}
	now = now_of(pc);
	mc146818_write(&pc->rtc, (u16)at, (u8)value, now);
	i8259_set_line(&pc->pics, PC_LINE_RTC, mc146818_line(&pc->rtc));
	pc_time_changed(pc, now);
	return true;
}

/* False: the machine has been reset, and the run is over. */
static bool goes_on(struct pc *pc, bool resets)
{
	if (resets) {
		pc->end = PC_RESET;
	}
	return pc->end == PC_RUNS;
}

static u64 read_kbc(void *context, u64 at, u8 bytes)
{
	struct pc *pc = pc_of(context);
	u8 value = i8042_read(&pc->kbc, (u16)at);

	(void)bytes;
	if (at == I8042_DATA_PORT) {
		pc_keyboard_changed(pc);
	}
	return value;
}

static bool write_kbc(void *context, u64 at, u8 bytes, u64 value)
{
	struct pc *pc = pc_of(context);
	bool was_open = i8042_a20_is_open(&pc->kbc);

	(void)bytes;
	i8042_write(&pc->kbc, (u16)at, (u8)value);
	pc_keyboard_changed(pc);
	if (i8042_a20_is_open(&pc->kbc) != was_open) {
		pc->ops->memory_changed(pc->owner);
	}
	return goes_on(pc, pc->kbc.resets);
}

/* The chipset's other way to the gate and to the reset line. */
static u64 read_port_92(void *context, u64 at, u8 bytes)
{
	(void)at;
	(void)bytes;
	return i8042_a20_is_open(&pc_of(context)->kbc) ? PORT_92_A20 : 0;
}

static bool write_port_92(void *context, u64 at, u8 bytes, u64 value)
{
	struct pc *pc = pc_of(context);
	bool open = (value & PORT_92_A20) != 0;

	(void)at;
	(void)bytes;
	if (open != i8042_a20_is_open(&pc->kbc)) {
		i8042_set_a20(&pc->kbc, open);
		pc->ops->memory_changed(pc->owner);
	}
	return goes_on(pc, (value & PORT_92_RESET) != 0);
}

static u64 read_dma(void *context, u64 at, u8 bytes)
{
	(void)bytes;
	return i8237_read(&pc_of(context)->dma, (u16)at);
}

static bool write_dma(void *context, u64 at, u8 bytes, u64 value)
{
	(void)bytes;
	i8237_write(&pc_of(context)->dma, (u16)at, (u8)value);
	return true;
}

static u64 read_serial(void *context, u64 at, u8 bytes)
{
	struct pc *pc = pc_of(context);
	u8 value = uart16550_read(&pc->serial, (u8)(at & 7));

	(void)bytes;
	pc_serial_changed(pc);
	return value;
}

static bool write_serial(void *context, u64 at, u8 bytes, u64 value)
{
	struct pc *pc = pc_of(context);

	(void)bytes;
	uart16550_write(&pc->serial, (u8)(at & 7), (u8)value);
	if (pc->serial.has_sent) {
		pc->serial.has_sent = false;
		pc->ops->sent(pc->owner, PC_SERIAL_PORT, pc->serial.sent);
	}
	pc_serial_changed(pc);
	return true;
}

static u64 read_debug(void *context, u64 at, u8 bytes)
{
	(void)context;
	(void)at;
	(void)bytes;
	return DEBUG_PRESENT;
}

static bool write_debug(void *context, u64 at, u8 bytes, u64 value)
{
	struct pc *pc = pc_of(context);

	(void)bytes;
	pc->ops->sent(pc->owner, (u16)at, (u8)value);
	return true;
}

static u64 read_pci(void *context, u64 at, u8 bytes)
{
	return pci_config_read(&pc_of(context)->pci, (u16)at, bytes);
}

static bool write_pci(void *context, u64 at, u8 bytes, u64 value)
{
	struct pc *pc = pc_of(context);

	pci_config_write(&pc->pci, (u16)at, bytes, (u32)value);
	if (pc->pci.memory_changed) {
		pc->pci.memory_changed = false;
		pc->ops->memory_changed(pc->owner);
	}
	return goes_on(pc, pc->pci.resets);
}

/* Ports that the configuration space moves: those of power management. */
static bool is_power(const struct pc *pc, u64 at)
{
	u16 base = pci_config_power_port(&pc->pci);

	return base != 0 && at >= base && at < base + ACPI_POWER_PORTS;
}

static u64 read_moved(void *context, u64 at, u8 bytes)
{
	struct pc *pc = pc_of(context);

	if (!is_power(pc, at)) {
		return ones(bytes);
	}
	return acpi_power_read(&pc->power, at % ACPI_POWER_PORTS, bytes,
			       now_of(pc));
}

static bool write_moved(void *context, u64 at, u8 bytes, u64 value)
{
	struct pc *pc = pc_of(context);

	if (!is_power(pc, at)) {
		return true;
	}
	acpi_power_write(&pc->power, at % ACPI_POWER_PORTS, bytes, (u32)value);
	i8259_set_line(&pc->pics, PC_LINE_POWER, acpi_power_line(&pc->power));
	if (pc->power.off) {
		pc->end = PC_OFF;
	}
	return pc->end == PC_RUNS;
}

static u32 channel_at(u64 at)
{
	return at & 0x80 ? 0 : 1;
}

static void update_ide(struct pc *pc, u32 channel)
{
	i8259_set_line(&pc->pics, (u8)(PC_LINE_IDE + channel),
		       ata_line(&pc->ide[channel]));
}

static u64 read_ide(void *context, u64 at, u8 bytes)
{
	struct pc *pc = pc_of(context);
	u32 channel = channel_at(at);
	u8 data[4] = { 0 };
	u32 value;

	if ((at & 7) == 0) {
		ata_read_data(&pc->ide[channel], data, bytes);
		memcpy(&value, data, sizeof(value));
	} else {
		value = bytes == 1 ? ata_read(&pc->ide[channel], at & 7)
				   : (u32)ones(bytes);
	}
	update_ide(pc, channel);
	return value;
}

static bool write_ide(void *context, u64 at, u8 bytes, u64 value)
{
	struct pc *pc = pc_of(context);
	u32 channel = channel_at(at);

	if ((at & 7) == 0) {
		ata_write_data(&pc->ide[channel], (const u8 *)&value, bytes);
	} else {
		for (u8 i = 0; i < bytes; i++) {
			ata_write(&pc->ide[channel], (u8)((at + i) & 7),
				  (u8)(value >> 8 * i));
		}
	}
	update_ide(pc, channel);
	return true;
}

static void read_ide_string(void *context, u64 at, u8 bytes, u8 *to, u32 count)
{
	struct pc *pc = pc_of(context);
	u32 channel = channel_at(at);

	ata_read_data(&pc->ide[channel], to, bytes * count);
	update_ide(pc, channel);
}

static void write_ide_string(void *context, u64 at, u8 bytes, const u8 *from,
			     u32 count)
{
	struct pc *pc = pc_of(context);
	u32 channel = channel_at(at);

	ata_write_data(&pc->ide[channel], from, bytes * count);
	update_ide(pc, channel);
}

static u64 read_ide_control(void *context, u64 at, u8 bytes)
{
	(void)bytes;
	return ata_read_alternate(&pc_of(context)->ide[channel_at(at)]);
}

static bool write_ide_control(void *context, u64 at, u8 bytes, u64 value)
{
	struct pc *pc = pc_of(context);

	(void)bytes;
	ata_write_control(&pc->ide[channel_at(at)], (u8)value);
	update_ide(pc, channel_at(at));
	return true;
}

static u64 read_cfg(void *context, u64 at, u8 bytes)
{
	struct pc *pc = pc_of(context);
	u8 byte;

	if (at == FW_CFG_SELECTOR_PORT) {
		return bytes == 2 ? fw_cfg_selected(&pc->cfg) : ones(bytes);
	}
	fw_cfg_read(&pc->cfg, &byte, 1);
	return byte;
}

static bool write_cfg(void *context, u64 at, u8 bytes, u64 value)
{
	if (at == FW_CFG_SELECTOR_PORT && bytes == 2) {
		fw_cfg_select(&pc_of(context)->cfg, (u16)value);
	}
	return true;
}

/* Of the data port alone, a byte wide. */
static void read_cfg_string(void *context, u64 at, u8 bytes, u8 *to, u32 count)
{
	if (at == FW_CFG_DATA_PORT && bytes == 1) {
		fw_cfg_read(&pc_of(context)->cfg, to, count);
	} else {
		memset(to, 0xff, bytes * count);
	}
}

/* Text and graphics may have changed places. */
static void vga_changed(struct pc *pc)
{
	if (pc->vga.plain_changes != pc->vga_changes) {
		pc->vga_changes = pc->vga.plain_changes;
		pc->ops->memory_changed(pc->owner);
	}
}

static u64 read_vga(void *context, u64 at, u8 bytes)
{
	struct pc *pc = pc_of(context);
	u64 now = now_of(pc);

	(void)bytes;
	return vga_port_read(&pc->vga, (u16)at,
			     now / PC_CLOCK_HZ * NANOSECONDS +
				     now % PC_CLOCK_HZ * NANOSECONDS /
					     PC_CLOCK_HZ);
}

static bool write_vga(void *context, u64 at, u8 bytes, u64 value)
{
	struct pc *pc = pc_of(context);

	(void)bytes;
	vga_port_write(&pc->vga, (u16)at, (u8)value);
	vga_changed(pc);
	return true;
}

static u64 read_vbe(void *context, u64 at, u8 bytes)
{
	return bytes == 2 && at <= VGA_VBE_PORT_LAST
		       ? vga_vbe_read(&pc_of(context)->vga, (u16)at)
		       : ones(bytes);
}

static bool write_vbe(void *context, u64 at, u8 bytes, u64 value)
{
	struct pc *pc = pc_of(context);

	if (bytes == 2 && at <= VGA_VBE_PORT_LAST) {
		vga_vbe_write(&pc->vga, (u16)at, (u16)value);
		vga_changed(pc);
	}
	return true;
}

static const struct bus_device
	pics = { read_pics, write_pics, 1, NULL, NULL },
	pit = { read_pit, write_pit, 1, NULL, NULL },
	speaker = { read_speaker, write_speaker, 1, NULL, NULL },
	rtc = { read_rtc, write_rtc, 1, NULL, NULL },
	kbc = { read_kbc, write_kbc, 1, NULL, NULL },
	port_92 = { read_port_92, write_port_92, 1, NULL, NULL },
	dma = { read_dma, write_dma, 1, NULL, NULL },
	serial = { read_serial, write_serial, 1, NULL, NULL },
	debug = { read_debug, write_debug, 1, NULL, NULL },
	pci = { read_pci, write_pci, 4, NULL, NULL },
	moved = { read_moved, write_moved, 4, NULL, NULL },
	ide = { read_ide, write_ide, 4, read_ide_string, write_ide_string },
	ide_control = { read_ide_control, write_ide_control, 1, NULL, NULL },
	cfg = { read_cfg, write_cfg, 2, read_cfg_string, NULL },
	vga = { read_vga, write_vga, 1, NULL, NULL },
	vbe = { read_vbe, write_vbe, 2, NULL, NULL };

static const struct bus_range ranges[] = {
	{ I8237_FIRST_PORT, I8237_FIRST_PORT + 15, &dma },
	{ I8259_MASTER_COMMAND, I8259_MASTER_DATA, &pics },
	{ I8254_PORT, I8254_CONTROL, &pit },
	{ I8042_DATA_PORT, I8042_DATA_PORT, &kbc },
	{ I8254_SPEAKER_PORT, I8254_SPEAKER_PORT, &speaker },
	{ I8042_COMMAND_PORT, I8042_COMMAND_PORT, &kbc },
	{ MC146818_INDEX_PORT, MC146818_DATA_PORT, &rtc },
	{ I8237_PAGE_PORT, I8237_PAGE_PORT + 15, &dma },
	{ PORT_92, PORT_92, &port_92 },
	{ I8259_SLAVE_COMMAND, I8259_SLAVE_DATA, &pics },
	{ I8237_SECOND_PORT, I8237_SECOND_PORT + 31, &dma },
	{ 0x170, 0x177, &ide },
	{ VGA_VBE_PORT_FIRST, VGA_VBE_PORT_LAST + 1, &vbe },
	{ 0x1f0, 0x1f7, &ide },
	{ 0x376, 0x376, &ide_control },
	{ VGA_PORT_FIRST, VGA_PORT_LAST, &vga },
	{ 0x3f6, 0x3f6, &ide_control },
	{ PC_SERIAL_PORT, PC_SERIAL_PORT + 7, &serial },
	{ PC_DEBUG_PORT, PC_DEBUG_PORT, &debug },
	{ I8259_ELCR_MASTER, I8259_ELCR_SLAVE, &pics },
	{ FW_CFG_SELECTOR_PORT, FW_CFG_DATA_PORT, &cfg },
	{ PCI_ADDRESS_PORT, PCI_DATA_PORT + 3, &pci },
};

int pc_ports_init(struct port_bus *bus)
{
	int err = 0;

	port_bus_init(bus, &moved);
	for (size_t i = 0; i < ARRAY_SIZE(ranges) && err == 0; i++) {
		err = port_bus_add(bus, &ranges[i]);
	}
	return err;
}
