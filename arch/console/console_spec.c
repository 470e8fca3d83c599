/*
 * The console= word, taken apart. Pure: knows what may be asked for, not what
 * is there.
 */
/* build: pure */
#include "arch/console/console_spec.h"

#include "lib/parse.h"
#include "lib/str.h"
#include "lib/string.h"

#define ITEM_MAX 32
#define BAUD_BASE 115200u
#define BAUD_LOWEST 50u
/* A receiver samples in mid-bit; beyond this it misses the tenth one. */
#define BAUD_ERROR_PERCENT 3u

/* Lower ports belong to the devices of the main board. */
#define PORT_LOWEST 0x100u
#define PORT_HIGHEST 0xfff8u
#define PORT_ALIGN 8u

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

const char *console_port_name(u16 port)
{
	for (size_t i = 0; i < ARRAY_SIZE(usual_ports); i++) {
		if (usual_ports[i].port == port) {
			return usual_ports[i].name;
		}
	}
	return NULL;
}

/* 0 if name is no port. */
static u16 parse_port(const char *name)
{
	u64 value;

	for (size_t i = 0; i < ARRAY_SIZE(usual_ports); i++) {
		if (str_equal_nocase(name, usual_ports[i].name)) {
			return usual_ports[i].port;
		}
	}
	if (parse_hex(name, &value) < 0 || value < PORT_LOWEST ||
	    value > PORT_HIGHEST || value % PORT_ALIGN != 0) {
		return 0;
	}
	return (u16)value;
}

/* 0 if text is no rate that a UART's whole divisor comes near to. */
static u32 parse_baud(const char *text)
{
	u64 baud;
	u64 real;
	u64 error;

	if (parse_dec(text, &baud) < 0 || baud < BAUD_LOWEST ||
	    baud > BAUD_BASE) {
		return 0;
	}
	real = BAUD_BASE / ((BAUD_BASE + baud / 2) / baud);
	error = real > baud ? real - baud : baud - real;
	return error * 100 > BAUD_ERROR_PERCENT * baud ? 0 : (u32)baud;
}

/* Adds a port with or without /BAUD; item is changed. NULL, or what is wrong. */
static const char *add_port(struct console_spec *spec, char *item)
{
	char *slash = strchr(item, '/');
	u32 baud = BAUD_BASE;
	u16 port;

	if (slash != NULL) {
		*slash = '\0';
		baud = parse_baud(slash + 1);
	}
	port = parse_port(item);
	if (port == 0) {
		return "not com1..com4, an I/O port in hex, screen or none";
	}
	if (baud == 0) {
		return "not a baud rate of a UART (50..115200)";
	}
	for (size_t i = 0; i < spec->serial_count; i++) {
		if (spec->serial[i].port == port) {
			return "given twice";
		}
	}
	if (spec->serial_count == CONSOLE_MAX_SERIAL) {
		return "one serial port too many";
	}
	spec->serial[spec->serial_count++] =
		(struct console_port){ .port = port, .baud = baud };
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
