/* The I/O bitmaps, the same for all guests, and what the set bits stand for. */
#include "guest/board/io_policy.h"

#include "arch/console/console.h"
#include "arch/cpu.h"
#include "arch/mem/pages.h"
#include "arch/mem/paging.h"
#include "arch/rtc.h"
#include "guest/board/guest_uart.h"
#include "guest/code16/guest16.h"
#include "guest/code16/smm_call.h"
#include "lib/error.h"

#define PORTS 0x10000u
#define PORTS_PER_BITMAP 0x8000u
#define MAX_CONSOLE_UARTS 4

#define KBC_DATA 0x60
#define KBC_COMMAND 0x64
#define KBC_WRITE_OUTPUT_PORT 0xd1
#define KBC_PULSE_RESET 0xfe /* bit 0 of the pulsed lines is clear: reset */
#define CMOS_INDEX 0x70
#define CMOS_DATA 0x71
#define SYSTEM_CONTROL_A 0x92
#define SMI_COMMAND 0xb2
#define PCI_CONFIG_ADDRESS 0xcf8
#define RESET_CONTROL 0xcf9

#define RESET_LINE 0x01 /* port 92h: set; keyboard controller: clear */
#define A20_LINE 0x02	/* at both */
#define RESET_CONTROL_GO 0x04

/* Bitmap A (ports 0-7FFFh) and B, one after the other: what exits. */
static u8 *bitmaps;

/* By blocks of eight ports, as UARTs have them. */
#define BLOCK_PORTS 8u
static bool console_owns_block[PORTS / BLOCK_PORTS];

/* Whether B2h belongs to guest/code16/smm_call.h, on this machine. */
static bool smm_calls;

static const u16 intercepted[] = { KBC_DATA,  KBC_COMMAND,	CMOS_INDEX,
				   CMOS_DATA, SYSTEM_CONTROL_A, RESET_CONTROL };

static bool is_console(u16 port)
{
	return console_owns_block[port / BLOCK_PORTS];
}

/* Is this port of the table in the header. */
static bool is_ours(u16 port)
{
	for (size_t i = 0; i < ARRAY_SIZE(intercepted); i++) {
		if (port == intercepted[i]) {
			return true;
		}
	}
	return is_console(port) || (port == SMI_COMMAND && smm_calls);
}

int io_policy_init(void)
{
	u16 uarts[MAX_CONSOLE_UARTS];
	size_t count = console_serial_ports(uarts, ARRAY_SIZE(uarts));

	bitmaps = pages_get(2);
	if (bitmaps == NULL) {
		return ERR_NO_MEMORY;
	}
	smm_calls = smm_call_is_used();
	for (size_t i = 0; i < count; i++) {
		console_owns_block[uarts[i] / BLOCK_PORTS] = true;
	}
	for (u32 port = 0; port < PORTS; port++) {
		if (is_ours((u16)port)) {
			bitmaps[port / 8] |= (u8)(1u << port % 8);
		}
	}
	return 0;
}

u64 io_policy_bitmap_a(void)
{
	return virt_to_phys(bitmaps);
}

u64 io_policy_bitmap_b(void)
{
	return virt_to_phys(bitmaps) + PORTS_PER_BITMAP / 8;
}

static u8 read8(struct guest16 *guest, u16 port)
{
	u8 value;

	switch (port) {
	case CMOS_INDEX:
		return 0xff; /* write-only on real machines */
	case CMOS_DATA:
		return rtc_read_cmos(guest->cmos_index);
	case SYSTEM_CONTROL_A:
		value = inb(port) & (u8)~A20_LINE;
		return guest->memory.a20_open ? value | A20_LINE : value;
	default:
		return is_console(port) ? guest_uart_read(port) : inb(port);
	}
}

static bool reset(struct guest16 *guest, u16 port)
{
	vcpu_stop(&guest->vcpu, VCPU_END_SHUTDOWN,
		  "the guest resets the machine by port %x", port);
	return false;
}

static bool write_system_control(struct guest16 *guest, u8 value)
{
	if (value & RESET_LINE) {
		return reset(guest, SYSTEM_CONTROL_A);
	}
	guest_memory_set_a20(&guest->memory, (value & A20_LINE) != 0);
	/* The machine's own gate stays open. */
	outb(SYSTEM_CONTROL_A, value | A20_LINE);
	return true;
}

static bool write_kbc_command(struct guest16 *guest, u8 value)
{
	if (value >= 0xf0 && !(value & RESET_LINE)) {
		return reset(guest, KBC_COMMAND);
	}
	guest->kbc_output_port = value == KBC_WRITE_OUTPUT_PORT;
	if (!guest->kbc_output_port) {
		outb(KBC_COMMAND, value);
	}
	return true;
}

static bool write_kbc_data(struct guest16 *guest, u8 value)
{
	if (!guest->kbc_output_port) {
		outb(KBC_DATA, value);
		return true;
	}
	guest->kbc_output_port = false;
	if (!(value & RESET_LINE)) {
		return reset(guest, KBC_DATA);
	}
	guest_memory_set_a20(&guest->memory, (value & A20_LINE) != 0);
	return true;
}

static __attribute__((noinline)) bool write_by_policy(struct guest16 *guest,
						      u16 port, u8 value)
{
	switch (port) {
	case KBC_DATA:
		return write_kbc_data(guest, value);
	case KBC_COMMAND:
		return write_kbc_command(guest, value);
	case CMOS_INDEX:
		guest->cmos_index = value;
		return true;
	case CMOS_DATA:
		rtc_write_cmos(guest->cmos_index, value);
		return true;
	case SYSTEM_CONTROL_A:
		return write_system_control(guest, value);
	case SMI_COMMAND:
		if (smm_calls) {
			return smm_call(guest, value);
		}
		outb(port, value);
		return true;
	case RESET_CONTROL:
		if (value & RESET_CONTROL_GO) {
			return reset(guest, port);
		}
		outb(port, value);
		return true;
	default:
		outb(port, value);
		return true;
	}
}

static bool write8(struct guest16 *guest, u16 port, u8 value)
{
	if (!is_console(port)) {
		return write_by_policy(guest, port, value);
	}
	guest->used_uart = true;
	guest_uart_write(port, value);
	return true;
}

/*
 * Whether an access is the machine's own as a whole. Four bytes at once at
 * CF8h are PCI configuration, which CF9h lies in the middle of.
 */
static bool passes(u16 port, u8 bytes)
{
	if (port == PCI_CONFIG_ADDRESS && bytes == 4) {
		return true;
	}
	for (u8 i = 0; i < bytes; i++) {
		if (is_ours((u16)(port + i))) {
			return false;
		}
	}
	return true;
}

/* A guest without devices reads what a bus without any gives. */
static bool has_no_ports(const struct guest16 *guest)
{
	return unlikely(guest->memory.view == GUEST_VIEW_ISOLATED);
}

void io_policy_in(struct guest16 *guest, u16 port, u8 bytes, u32 *value)
{
	if (has_no_ports(guest)) {
		*value |= (u32)(BIT(8 * bytes) - 1);
		return;
	}
	if (bytes == 4 && passes(port, bytes)) {
		*value = inl(port);
		return;
	}
	if (bytes == 2 && passes(port, bytes)) {
		*value = (*value & 0xffff0000) | inw(port);
		return;
	}
	for (u8 i = 0; i < bytes; i++) {
		u32 byte = read8(guest, (u16)(port + i));

		*value = (*value & ~(0xffu << 8 * i)) | byte << 8 * i;
	}
}

static __attribute__((noinline)) bool write_wide(struct guest16 *guest,
						 u16 port, u8 bytes, u32 value)
{
	if (passes(port, bytes)) {
		if (bytes == 4) {
			outl(port, value);
		} else {
			outw(port, (u16)value);
		}
		return true;
	}
	for (u8 i = 0; i < bytes; i++) {
		if (!write8(guest, (u16)(port + i), (u8)(value >> 8 * i))) {
			return false;
		}
	}
	return true;
}

/* Nearly all write one byte, which needs nothing of what the others do. */
bool io_policy_out(struct guest16 *guest, u16 port, u8 bytes, u32 value)
{
	if (has_no_ports(guest)) {
		return true;
	}
	return bytes == 1 ? write8(guest, port, (u8)value)
			  : write_wide(guest, port, bytes, value);
}
