/*
 * The bus of the machine's ports, and the handlers of those that guests and the
 * host share.
 */
/* build: hot */
#include "guest/board/machine_ports.h"

#include "arch/console/serial.h"
#include "arch/cpu.h"
#include "arch/mem/pages.h"
#include "arch/rtc.h"
#include "guest/board/board.h"
#include "lib/error.h"
#include "vmm/vcpu.h"

#define MAX_CONSOLE_UARTS 4
#define BITMAP_PAGES 2 /* ports 0-7FFFh, and the others */

#define KBC_DATA 0x60
#define KBC_COMMAND 0x64
#define KBC_WRITE_OUTPUT_PORT 0xd1
#define KBC_PULSE_RESET 0xfe /* bit 0 of the pulsed lines is clear: reset */
#define CMOS_INDEX 0x70
#define CMOS_DATA 0x71
#define SYSTEM_CONTROL_A 0x92
#define PCI_CONFIG_ADDRESS 0xcf8
#define RESET_CONTROL 0xcf9

#define RESET_LINE 0x01 /* port 92h: set; keyboard controller: clear */
#define A20_LINE 0x02	/* at both */
#define RESET_CONTROL_GO 0x04

static struct port_bus bus;
static u8 *bitmaps;

static u64 pass_in(void *context, u64 at, u8 bytes)
{
	(void)context;
	switch (bytes) {
	case 4:
		return inl((u16)at);
	case 2:
		return inw((u16)at);
	default:
		return inb((u16)at);
	}
}

static bool pass_out(void *context, u64 at, u8 bytes, u64 value)
{
	(void)context;
	switch (bytes) {
	case 4:
		outl((u16)at, (u32)value);
		break;
	case 2:
		outw((u16)at, (u16)value);
		break;
	default:
		outb((u16)at, (u8)value);
		break;
	}
	return true;
}

static const struct bus_device machine = {
	.read = pass_in,
	.write = pass_out,
	.widest = 4,
};

static bool reset(const struct board *board, u64 port)
{
	vcpu_stop(board->vcpu, VCPU_END_SHUTDOWN,
		  "the guest resets the machine by port %lx", port);
	return false;
}

static u64 read_uart(void *context, u64 at, u8 bytes)
{
	(void)context;
	(void)bytes;
	return guest_uart_read((u16)at);
}

static bool write_uart(void *context, u64 at, u8 bytes, u64 value)
{
	struct board *board = context;

	(void)bytes;
	guest_uart_write(&board->uart, (u16)at, (u8)value);
	return true;
}

static const struct bus_device console_uart = {
	.read = read_uart,
	.write = write_uart,
	.widest = 1,
};

static bool write_kbc_data(struct board *board, u8 value)
{
	if (!board->machine.kbc_output_port) {
		outb(KBC_DATA, value);
		return true;
	}
	board->machine.kbc_output_port = false;
	if (!(value & RESET_LINE)) {
		return reset(board, KBC_DATA);
	}
	guest_memory_set_a20(board->memory, (value & A20_LINE) != 0);
	return true;
}

static bool write_kbc(void *context, u64 at, u8 bytes, u64 command)
{
	struct board *board = context;
	u8 value = (u8)command;

	(void)bytes;
	if (at == KBC_DATA) {
		return write_kbc_data(board, value);
	}
	if (value >= 0xf0 && !(value & RESET_LINE)) {
		return reset(board, KBC_COMMAND);
	}
	board->machine.kbc_output_port = value == KBC_WRITE_OUTPUT_PORT;
	if (!board->machine.kbc_output_port) {
		outb(KBC_COMMAND, value);
	}
	return true;
}

static const struct bus_device keyboard_controller = {
	.read = pass_in,
	.write = write_kbc,
	.widest = 1,
};

static u64 read_cmos(void *context, u64 at, u8 bytes)
{
	const struct board *board = context;

	(void)bytes;
	/* The index register cannot be read on real machines. */
	return at == CMOS_INDEX ? 0xff
				: rtc_read_cmos(board->machine.cmos_index);
}

static bool write_cmos(void *context, u64 at, u8 bytes, u64 value)
{
	struct board *board = context;

	(void)bytes;
	if (at == CMOS_INDEX) {
		board->machine.cmos_index = (u8)value;
	} else {
		rtc_write_cmos(board->machine.cmos_index, (u8)value);
	}
	return true;
}

static const struct bus_device cmos = {
	.read = read_cmos,
	.write = write_cmos,
	.widest = 1,
};

static u64 read_system_control(void *context, u64 at, u8 bytes)
{
	const struct board *board = context;
	u8 value = inb((u16)at) & (u8)~A20_LINE;

	(void)bytes;
	return board->memory->a20_open ? value | A20_LINE : value;
}

static bool write_system_control(void *context, u64 at, u8 bytes, u64 value)
{
	struct board *board = context;

	(void)bytes;
	if (value & RESET_LINE) {
		return reset(board, at);
	}
	guest_memory_set_a20(board->memory, (value & A20_LINE) != 0);
	/* The machine's own A20 gate stays open. */
	outb(SYSTEM_CONTROL_A, (u8)value | A20_LINE);
	return true;
}

static const struct bus_device system_control = {
	.read = read_system_control,
	.write = write_system_control,
	.widest = 1,
};

/*
 * Port CF9h lies within the four bytes at CF8h, which are the address of PCI
 * configuration accesses.
 */
static bool write_reset_control(void *context, u64 at, u8 bytes, u64 value)
{
	if (at == PCI_CONFIG_ADDRESS && bytes == 4) {
		return pass_out(context, at, bytes, value);
	}
	for (u8 i = 0; i < bytes; i++) {
		u8 byte = (u8)(value >> 8 * i);

		if (at + i == RESET_CONTROL && (byte & RESET_CONTROL_GO)) {
			return reset(context, at + i);
		}
		outb((u16)(at + i), byte);
	}
	return true;
}

static const struct bus_device reset_control = {
	.read = pass_in,
	.write = write_reset_control,
	.widest = 4,
};

static const struct bus_range shared[] = {
	{ KBC_DATA, KBC_DATA, &keyboard_controller },
	{ KBC_COMMAND, KBC_COMMAND, &keyboard_controller },
	{ CMOS_INDEX, CMOS_DATA, &cmos },
	{ SYSTEM_CONTROL_A, SYSTEM_CONTROL_A, &system_control },
	{ PCI_CONFIG_ADDRESS, PCI_CONFIG_ADDRESS + 3, &reset_control },
};

/*
 * Whether a port must exit by itself. CF8h and others exit only as part of an
 * access that also touches such a port.
 */
static bool must_exit(const struct bus_range *range, u64 port)
{
	return range->device != &reset_control || port == RESET_CONTROL;
}

int machine_ports_add(const struct bus_range *range)
{
	for (u64 port = range->first; port <= range->last; port++) {
		if (must_exit(range, port)) {
			bitmaps[port / 8] |= (u8)(1u << port % 8);
		}
	}
	return port_bus_add(&bus, range);
}

/* Adds the console's UARTs, each a block of eight ports. */
static int add_console_uarts(void)
{
	u16 uarts[MAX_CONSOLE_UARTS];
	size_t count = serial_ports(uarts, ARRAY_SIZE(uarts));
	int err = 0;

	for (size_t i = 0; i < count && err == 0; i++) {
		u64 first = ALIGN_DOWN((u64)uarts[i], BUS_BLOCK_PORTS);

		err = machine_ports_add(&(struct bus_range){
			first, first + BUS_BLOCK_PORTS - 1, &console_uart });
	}
	return err;
}

int machine_ports_init(void)
{
	int err = 0;

	bitmaps = pages_get(BITMAP_PAGES);
	if (bitmaps == NULL) {
		return ERR_NO_MEMORY;
	}
	port_bus_init(&bus, &machine);
	for (size_t i = 0; i < ARRAY_SIZE(shared) && err == 0; i++) {
		err = machine_ports_add(&shared[i]);
	}
	return err == 0 ? add_console_uarts() : err;
}

const struct port_bus *machine_ports_bus(void)
{
	return &bus;
}

const void *machine_ports_bitmaps(void)
{
	return bitmaps;
}
