/*
 * The console= word, taken apart. Pure: knows what may be asked for, not what
 * is there.
 */
/* build: pure */
#include "arch/console/console_spec.h"

#include "arch/console/uart.h"
#include "lib/fmt.h"
#include "lib/parse.h"
#include "lib/str.h"
#include "lib/string.h"

#define ITEM_MAX 32
#define BAUD_LOWEST 50u
#define BAUD_HIGHEST 4000000u

/* Lower ports belong to the devices of the main board. */
#define PORT_LOWEST 0x100u
#define PORT_HIGHEST 0xfff8u
#define PORT_ALIGN 8u
/* Nor does the first megabyte hold a UART. */
#define ADDRESS_LOWEST 0x100000ull
#define ADDRESS_HIGHEST 0xfffffffffff00ull

static const struct {
	const char *name;
	u16 port;
	u8 irq;
} usual_ports[] = {
	{ "com1", 0x3f8, 4 },
	{ "com2", 0x2f8, 3 },
	{ "com3", 0x3e8, 4 },
	{ "com4", 0x2e8, 3 },
};

int console_port_irq(u16 port)
{
	for (size_t i = 0; i < ARRAY_SIZE(usual_ports); i++) {
		if (usual_ports[i].port == port) {
			return usual_ports[i].irq;
		}
	}
	return -1;
}

void console_port_name(const struct console_port *port, char *name, size_t size)
{
	switch (port->kind) {
	case CONSOLE_AT_PORT:
		for (size_t i = 0; i < ARRAY_SIZE(usual_ports); i++) {
			if (usual_ports[i].port == port->at) {
				str_copy(name, size, usual_ports[i].name);
				return;
			}
		}
		fmt_snprintf(name, size, "port %lxh", port->at);
		return;
	case CONSOLE_AT_ADDRESS:
		fmt_snprintf(name, size, "mmio%lx", port->at);
		return;
	case CONSOLE_AT_PCI:
		fmt_snprintf(name, size, "pci:%02lx:%02lx.%lx", port->at >> 8,
			     port->at >> 3 & 0x1f, port->at & 7);
		return;
	case CONSOLE_AT_FIRST_PCI:
		str_copy(name, size, "pci");
		return;
	default:
		str_copy(name, size, "spcr");
	}
}

/* The hex number that text begins with, up to `end`; false: it is no such. */
static bool parse_part(const char **text, char end, u64 max, u64 *value)
{
	char digits[3] = "";
	const char *stop = strchr(*text, end);
	size_t length = stop != NULL ? (size_t)(stop - *text) : 0;

	if (length == 0 || length >= sizeof(digits)) {
		return false;
	}
	memcpy(digits, *text, length);
	*text = stop + 1;
	return parse_hex(digits, value) >= 0 && *value <= max;
}

/* BB:DD.F */
static bool parse_function(const char *text, u64 *at)
{
	u64 bus, device, function;

	if (!parse_part(&text, ':', 0xff, &bus) ||
	    !parse_part(&text, '.', 0x1f, &device) ||
	    parse_hex(text, &function) < 0 || function > 7) {
		return false;
	}
	*at = bus << 8 | device << 3 | function;
	return true;
}

static bool parse_address(const char *text, u64 *at)
{
	return parse_hex(text, at) >= 0 && *at >= ADDRESS_LOWEST &&
	       *at <= ADDRESS_HIGHEST;
}

static bool parse_port(const char *name, struct console_port *port)
{
	for (size_t i = 0; i < ARRAY_SIZE(usual_ports); i++) {
		if (str_equal_nocase(name, usual_ports[i].name)) {
			port->at = usual_ports[i].port;
			return true;
		}
	}
	return parse_hex(name, &port->at) >= 0 && port->at >= PORT_LOWEST &&
	       port->at <= PORT_HIGHEST && port->at % PORT_ALIGN == 0;
}

static bool parse_place(const char *name, struct console_port *port)
{
	if (str_equal_nocase(name, "spcr")) {
		port->kind = CONSOLE_AT_SPCR;
		return true;
	}
	if (str_equal_nocase(name, "pci")) {
		port->kind = CONSOLE_AT_FIRST_PCI;
		return true;
	}
	if (str_starts(name, "pci:")) {
		port->kind = CONSOLE_AT_PCI;
		return parse_function(name + strlen("pci:"), &port->at);
	}
	if (str_starts(name, "mmio")) {
		port->kind = CONSOLE_AT_ADDRESS;
		return parse_address(name + strlen("mmio"), &port->at);
	}
	port->kind = CONSOLE_AT_PORT;
	return parse_port(name, port);
}

/*
 * Whether a UART makes such a rate; one whose clock the firmware or a table
 * tells may be faster than a PC's own.
 */
static bool parse_baud(const char *text, struct console_port *port)
{
	u64 baud;

	if (parse_dec(text, &baud) < 0 || baud < BAUD_LOWEST ||
	    baud > BAUD_HIGHEST ||
	    (port->kind == CONSOLE_AT_PORT &&
	     uart_divisor(UART_CLOCK_HZ, (u32)baud) == 0)) {
		return false;
	}
	port->baud = (u32)baud;
	return true;
}

/* Adds a port with or without /BAUD; item is changed. NULL, or what is wrong. */
static const char *add_port(struct console_spec *spec, char *item)
{
	char *slash = strchr(item, '/');
	struct console_port port = { 0 };

	if (slash != NULL) {
		*slash = '\0';
	}
	if (!parse_place(item, &port)) {
		return "not com1..com4, an I/O port in hex, mmioADDRESS, pci, "
		       "pci:BB:DD.F, spcr, screen or none";
	}
	if (slash != NULL && !parse_baud(slash + 1, &port)) {
		return "not a baud rate that such a UART makes";
	}
	for (size_t i = 0; i < spec->serial_count; i++) {
		if (spec->serial[i].kind == port.kind &&
		    spec->serial[i].at == port.at) {
			return "given twice";
		}
	}
	if (spec->serial_count == CONSOLE_MAX_SERIAL) {
		return "one serial port too many";
	}
	spec->serial[spec->serial_count++] = port;
	return NULL;
}

static const char *add_item(struct console_spec *spec, const char *item)
{
	char copy[ITEM_MAX];

	if (str_equal_nocase(item, "screen")) {
		spec->screen = true;
		return NULL;
	}
	if (str_equal_nocase(item, "none")) {
		return "stands alone or not at all";
	}
	str_copy(copy, sizeof(copy), item);
	return add_port(spec, copy);
}

size_t console_spec_parse(struct console_spec *spec, const char *list,
			  console_spec_bad bad, void *context)
{
	size_t bad_count = 0;
	const char *s = list != NULL ? list : CONSOLE_DEFAULT;

	*spec = (struct console_spec){ 0 };
	if (str_equal_nocase(s, "none")) {
		return 0;
	}
	for (;;) {
		const char *comma = strchr(s, ',');
		size_t length = comma != NULL ? (size_t)(comma - s) : strlen(s);
		char item[ITEM_MAX];
		const char *why;

		str_copy(item, MIN(length + 1, sizeof(item)), s);
		why = length < sizeof(item) ? add_item(spec, item) : "too long";
		if (why != NULL) {
			bad_count++;
			if (bad != NULL) {
				bad(context, item, why);
			}
		}
		if (comma == NULL) {
			break;
		}
		s = comma + 1;
	}
	if (bad_count > 0 && spec->serial_count == 0 && !spec->screen) {
		console_spec_parse(spec, NULL, NULL, NULL);
	}
	return bad_count;
}
