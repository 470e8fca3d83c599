/*
 * The ACPI tables SPCR ("Serial Port Console Redirection Table") and DBG2
 * ("Debug Port Table 2"), both specified by Microsoft. Pure; called by
 * arch/acpi/acpi.c alone, with tables whose length and checksum are right and
 * whose fields may still be nonsense.
 */
/* build: pure */
#include "arch/acpi/acpi_uart.h"

#include "arch/acpi/acpi_problem.h"
#include "lib/string.h"

/* "Interface Type" of the SPCR from revision 2 on, "Port Subtype" of DBG2. */
#define TYPE_16550 0
#define TYPE_16550_SUBSET 1
#define TYPE_16550_BY_GAS 0x12
#define DBG2_SERIAL 0x8000

/* In place of a PCI identification: it is no PCI function. */
#define NO_PCI 0xffff
#define SPCR_CLOCK_REVISION 3
#define SPCR_BAUD_REVISION 4
#define BAUD_MAX 4000000u
#define UART_PORTS 8
#define CLOCK_MAX 1000000000u

static bool is_16550(u32 type)
{
	return type == TYPE_16550 || type == TYPE_16550_SUBSET ||
	       type == TYPE_16550_BY_GAS;
}

/*
 * Bytes of an access, and from one register to the next: the width of a register
 * is the distance, and an access as wide as it where the table does not say.
 */
static void set_widths(struct acpi_uart *uart, const struct acpi_gas *gas)
{
	u8 distance = gas->bit_width > 16 ? 4 : gas->bit_width > 8 ? 2 : 1;

	switch (gas->access_size) {
	case 1:
	case 2:
	case 3:
		uart->width = (u8)(1u << (gas->access_size - 1));
		break;
	default:
		uart->width = distance;
		break;
	}
	uart->stride = MAX(distance, uart->width);
}

static bool is_sound(const struct acpi_gas *gas)
{
	return gas->address != 0 && ((gas->space_id == ACPI_SPACE_MEMORY &&
				      gas->address < BIT(52)) ||
				     (gas->space_id == ACPI_SPACE_IO &&
				      gas->address <= 0x10000 - UART_PORTS));
}

/* Adds it, but for one that is there already; true if it is there then. */
static struct acpi_uart *add(struct acpi_info *out, const char *table, u32 type,
			     const struct acpi_gas *gas)
{
	struct acpi_uart *uart;

	if (!is_16550(type)) {
		acpi_problem(out, "%s: a port of type %xh, which is no 16550",
			     table, type);
		return NULL;
	}
	if (!is_sound(gas)) {
		acpi_problem(out, "%s: a port at %lxh of space %u: ignored",
			     table, gas->address, gas->space_id);
		return NULL;
	}
	for (u32 i = 0; i < out->uart_count; i++) {
		if (out->uart[i].address == gas->address &&
		    out->uart[i].in_memory ==
			    (gas->space_id == ACPI_SPACE_MEMORY)) {
			return NULL;
		}
	}
	if (out->uart_count == ACPI_MAX_UARTS) {
		out->uart_left_out++;
		return NULL;
	}
	uart = &out->uart[out->uart_count++];
	*uart = (struct acpi_uart){
		.in_memory = gas->space_id == ACPI_SPACE_MEMORY,
		.address = gas->address,
	};
	/* At ports a table that says anything else means the same. */
	uart->width = uart->stride = 1;
	if (uart->in_memory) {
		set_widths(uart, gas);
	}
	return uart;
}

/* "Baud Rate": a code, of which 0 is as the firmware has it. */
static u32 baud_of_code(u8 code)
{
	switch (code) {
	case 3:
		return 9600;
	case 4:
		return 19200;
	case 6:
		return 57600;
	case 7:
		return 115200;
	default:
		return 0;
	}
}

static void read_rates(struct acpi_uart *uart, const struct acpi_spcr *spcr)
{
	uart->baud = baud_of_code(spcr->baud_rate);
	if (spcr->header.revision >= SPCR_BAUD_REVISION &&
	    spcr->precise_baud_rate != 0 &&
	    spcr->precise_baud_rate <= BAUD_MAX) {
		uart->baud = spcr->precise_baud_rate;
	}
	if (spcr->header.revision >= SPCR_CLOCK_REVISION &&
	    spcr->clock_frequency <= CLOCK_MAX) {
		uart->clock_hz = spcr->clock_frequency;
	}
}

void acpi_spcr_read(struct acpi_info *out, const u8 *table, u32 length)
{
	struct acpi_spcr spcr = { 0 };
	struct acpi_uart *uart;

	if (length < offsetof(struct acpi_spcr, clock_frequency)) {
		acpi_problem(out, "SPCR: length %u is too small; not used",
			     length);
		return;
	}
	/* Fields that an older, shorter table does not have stay 0. */
	memcpy(&spcr, table, MIN(length, sizeof(spcr)));
	uart = add(out, "SPCR", spcr.interface_type, &spcr.base_address);
	if (uart == NULL) {
		return;
	}
	read_rates(uart, &spcr);
	if (spcr.pci_vendor != NO_PCI && spcr.pci_vendor != 0 &&
	    spcr.pci_segment == 0) {
		uart->is_pci = true;
		uart->pci_bus = spcr.pci_bus;
		uart->pci_device = spcr.pci_device & 0x1f;
		uart->pci_function = spcr.pci_function & 7;
	}
}

static void read_device(struct acpi_info *out, const u8 *bytes, u32 length)
{
	struct acpi_dbg2_device device;
	struct acpi_gas gas;

	memcpy(&device, bytes, sizeof(device));
	if (device.port_type != DBG2_SERIAL || device.register_count == 0) {
		return;
	}
	if (device.address_offset > length - sizeof(gas)) {
		acpi_problem(out, "DBG2: the address of a port is not in it");
		return;
	}
	memcpy(&gas, bytes + device.address_offset, sizeof(gas));
	add(out, "DBG2", device.port_subtype, &gas);
}

void acpi_dbg2_read(struct acpi_info *out, const u8 *table, u32 length)
{
	struct acpi_dbg2 dbg2;
	struct acpi_dbg2_device device;
	u32 at;

	if (length < sizeof(dbg2)) {
		acpi_problem(out, "DBG2: length %u is too small; not used",
			     length);
		return;
	}
	memcpy(&dbg2, table, sizeof(dbg2));
	at = dbg2.devices_offset;
	for (u32 i = 0; i < dbg2.device_count; i++) {
		if (at > length || length - at < sizeof(device)) {
			acpi_problem(out, "DBG2: port %u is not in the table",
				     i);
			return;
		}
		memcpy(&device, table + at, sizeof(device));
		if (device.length < sizeof(device) + sizeof(struct acpi_gas) ||
		    device.length > length - at) {
			acpi_problem(out, "DBG2: port %u has a length of %u", i,
				     device.length);
			return;
		}
		read_device(out, table + at, device.length);
		at += device.length;
	}
}
