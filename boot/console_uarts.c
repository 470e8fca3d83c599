/*
 * From an item of console= to the registers of a UART. Boot core, before others
 * run; nothing is written to a device but what opens it.
 */
#include "boot/console_uarts.h"

#include "arch/console/log.h"
#include "arch/machine.h"
#include "arch/mem/paging.h"
#include "arch/pci/pci.h"

/* "Simple communication controller: serial", 8250 to 16950 compatible. */
#define CLASS_SERIAL 0x070000u
#define CLASS_SERIAL_MASK 0xffff00u
#define INTERFACE_HIGHEST 6u

static const struct pci_device *function_at(u8 bus, u8 device, u8 function)
{
	const struct pci_list *all = pci_devices();

	for (u32 i = 0; i < all->count; i++) {
		const struct pci_function *at = &all->device[i].at;

		if (at->segment == 0 && at->bus == bus &&
		    at->device == device && at->function == function) {
			return &all->device[i];
		}
	}
	return NULL;
}

static const char *map(struct uart_place *place)
{
	u32 bytes = uart_place_bytes(place);

	if (machine_is_ram(place->address)) {
		return "there is RAM at that address";
	}
	if (!paging_reach(place->address, bytes)) {
		return "its address cannot be reached";
	}
	place->registers = phys_to_virt(place->address);
	return NULL;
}

static const char *place_of_table(const struct acpi_uart *uart,
				  struct uart_place *place)
{
	*place = (struct uart_place){
		.access = uart->in_memory ? &uart_by_memory : &uart_by_ports,
		.address = uart->address,
		.width = uart->width,
		.stride = uart->stride,
		.clock_hz =
			uart->clock_hz != 0 ? uart->clock_hz : UART_CLOCK_HZ,
	};
	if (uart->is_pci) {
		const struct pci_device *device =
			function_at(uart->pci_bus, uart->pci_device,
				    uart->pci_function);

		if (device == NULL) {
			return "the table names a PCI function that is not "
			       "there";
		}
		pci_enable(device, PCI_COMMAND_IO | PCI_COMMAND_MEMORY);
	}
	return uart->in_memory ? map(place) : NULL;
}

static const char *find_by_table(struct uart_place *place, u32 *baud)
{
	const struct acpi_info *acpi = machine_acpi();

	if (acpi->uart_count == 0) {
		return "ACPI has no table SPCR or DBG2 that names a 16550";
	}
	if (*baud == 0) {
		*baud = acpi->uart[0].baud;
	}
	return place_of_table(&acpi->uart[0], place);
}

/* A table may know how wide the registers at an address are. */
static const char *find_by_address(u64 address, struct uart_place *place,
				   u32 *baud)
{
	const struct acpi_info *acpi = machine_acpi();

	for (u32 i = 0; i < acpi->uart_count; i++) {
		const struct acpi_uart *uart = &acpi->uart[i];

		if (uart->in_memory && uart->address == address) {
			*baud = *baud != 0 ? *baud : uart->baud;
			return place_of_table(uart, place);
		}
	}
	*place = (struct uart_place){
		.access = &uart_by_memory,
		.address = address,
		.width = 1,
		.stride = 1,
		.clock_hz = UART_CLOCK_HZ,
	};
	return map(place);
}

static bool is_uart(const struct pci_device *device)
{
	return (device->class_code & CLASS_SERIAL_MASK) == CLASS_SERIAL &&
	       (device->class_code & 0xff) <= INTERFACE_HIGHEST;
}

/* Its first register that leads anywhere. */
static const char *place_of_function(const struct pci_device *device,
				     struct uart_place *place)
{
	struct pci_bar bar;

	for (u32 n = 0; n < PCI_BARS; n++) {
		if (pci_bar(device, n, &bar) != 0) {
			continue;
		}
		*place = uart_at_port((u16)bar.base);
		if (!bar.is_port) {
			u64 bytes = 0;

			place->access = &uart_by_memory;
			place->registers =
				pci_map_bar(device, n, &place->address, &bytes);
			if (place->registers == NULL ||
			    bytes < UART_REGISTERS) {
				return "its registers cannot be reached";
			}
		}
		pci_enable(device, PCI_COMMAND_IO | PCI_COMMAND_MEMORY);
		return NULL;
	}
	return "the firmware gave its registers no address";
}

static const char *find_first(struct uart_place *place)
{
	const struct pci_device *device = NULL;

	do {
		device =
			pci_find_class(CLASS_SERIAL, CLASS_SERIAL_MASK, device);
	} while (device != NULL && !is_uart(device));
	return device != NULL ? place_of_function(device, place)
			      : "no serial controller is on the PCI buses";
}

static const char *find_function(u64 at, struct uart_place *place)
{
	const struct pci_device *device =
		function_at(at >> 8 & 0xff, at >> 3 & 0x1f, at & 7);

	if (device == NULL) {
		return "no such PCI function is there";
	}
	return is_uart(device) ? place_of_function(device, place)
			       : "that PCI function is no serial controller";
}

const char *console_uarts_find(const struct console_port *port,
			       struct uart_place *place, u32 *baud)
{
	const char *why = NULL;

	*baud = port->baud;
	switch (port->kind) {
	case CONSOLE_AT_PORT:
		*place = uart_at_port((u16)port->at);
		break;
	case CONSOLE_AT_ADDRESS:
		why = find_by_address(port->at, place, baud);
		break;
	case CONSOLE_AT_PCI:
		why = find_function(port->at, place);
		break;
	case CONSOLE_AT_FIRST_PCI:
		why = find_first(place);
		break;
	case CONSOLE_AT_SPCR:
		why = find_by_table(place, baud);
		break;
	}
	if (*baud == 0) {
		*baud = CONSOLE_BAUD;
	}
	return why;
}

void console_uarts_keep(const struct uart_place *place)
{
	if (place->access->is_memory &&
	    !machine_keep_device(place->address, uart_place_bytes(place))) {
		log_warn("console: guests reach the UART at %lx",
			 place->address);
	}
}
