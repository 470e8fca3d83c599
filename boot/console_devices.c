/*
 * The one file that knows every device of the console: arch/console/ has a file
 * for each, and none of them knows the others.
 */
#include "boot/console_devices.h"

#include "arch/console/console.h"
#include "arch/console/console_poll.h"
#include "arch/console/framebuffer.h"
#include "arch/console/input.h"
#include "arch/console/keyboard.h"
#include "arch/console/log.h"
#include "arch/console/serial.h"
#include "arch/console/vga_text.h"
#include "arch/machine.h"
#include "arch/pic.h"
#include "arch/smp.h"
#include "boot/console_uarts.h"
#include "arch/usb/usb.h"

static const struct console_sink the_log = { .ops = &log_sink };
static const struct console_sink log_alone[] = { { .ops = &log_sink }, { 0 } };

/* Besides the serial ports: the log and the screen, or two kinds of keyboards; the end. */
static struct console_sink sinks[CONSOLE_MAX_SERIAL + 3];
static struct console_source sources[CONSOLE_MAX_SERIAL + 3];
static size_t sink_count, source_count;
static struct console_spec wanted;
static bool started; /* there is where to tell of a panic */

/* Of the one screen, be it text or pixels. */
static struct text_screen screen_text;
static const char *why_no_screen; /* NULL: there is one, or none is wanted */

void console_devices_start_log(void)
{
	console_set_sinks(log_alone);
	input_set_wake(smp_wake_all);
	keyboard_init(pic_is_the_guests, pic_guest_turns);
}

/* The ops of the screen that the loader left; NULL: there is none, and why. */
static const struct console_sink_ops *
find_screen(const struct bootinfo_framebuffer *screen)
{
	why_no_screen = NULL;
	if (!screen->present) {
		why_no_screen = "the loader gave none";
		return NULL;
	}
	if (screen->type == BOOTINFO_FRAMEBUFFER_EGA_TEXT) {
		if (vga_text_init(&screen_text, screen->address, screen->width,
				  screen->height, screen->pitch)) {
			return &vga_text_sink;
		}
		why_no_screen = "it is no text screen of a VGA's";
		return NULL;
	}
	why_no_screen = framebuffer_init(&screen_text, screen);
	return why_no_screen == NULL ? &framebuffer_sink : NULL;
}

static void add_sink(struct console_sink sink)
{
	sinks[sink_count++] = sink;
	sinks[sink_count] = (struct console_sink){ 0 };
}

static void add_source(struct console_source source)
{
	sources[source_count++] = source;
	sources[source_count] = (struct console_source){ 0 };
}

/*
 * How wide its registers are in memory nobody may have said, and some tables say
 * it wrongly: those of 32 bits are as usual as those of 8.
 */
static const char *add_uart(struct uart_place *place, u32 baud,
			    const char *name, int irq)
{
	const char *why = serial_add(place, baud, name, irq);

	if (why != NULL && place->access->is_memory && place->stride == 1) {
		place->stride = place->width = sizeof(u32);
		if (serial_add(place, baud, name, irq) == NULL) {
			why = NULL;
		}
	}
	return why;
}

/* Whether it is in the tables of the console from now on. */
static bool start_serial(const struct console_port *port)
{
	struct uart_place place;
	char name[24];
	const char *why;
	int irq = -1;
	u32 baud;

	console_port_name(port, name, sizeof(name));
	why = console_uarts_find(port, &place, &baud);
	if (why == NULL) {
		if (!place.access->is_memory) {
			irq = console_port_irq((u16)place.address);
		}
		why = add_uart(&place, baud, name, irq);
	}
	if (why != NULL) {
		log_warn("console: no UART at %s: %s; it is left out", name,
			 why);
		return false;
	}
	console_uarts_keep(&place);
	add_sink(serial_sink(serial_count() - 1));
	add_source(serial_source(serial_count() - 1));
	return true;
}

static void start_screen(const struct bootinfo_framebuffer *screen)
{
	const struct console_sink_ops *ops = find_screen(screen);

	if (ops != NULL) {
		add_sink((struct console_sink){ .ops = ops });
	}
	add_source(keyboard_source);
	add_source(usb_source);
}

void console_devices_start(const struct console_spec *spec,
			   const struct bootinfo_framebuffer *screen)
{
	wanted = *spec;
	sink_count = source_count = 0;
	add_sink(the_log);
	for (size_t i = 0; i < spec->serial_count; i++) {
		if (spec->serial[i].kind == CONSOLE_AT_PORT) {
			start_serial(&spec->serial[i]);
		}
	}
	if (spec->screen) {
		start_screen(screen);
	}
	console_set_sinks(sinks);
	console_poll_set_sources(sources);
	started = sink_count > 1 || spec->serial_count == 0;
	log_dump(console_write_unlogged);
	if (why_no_screen != NULL) {
		log_warn("console: no screen: %s", why_no_screen);
	}
}

/* To the newest sink alone: the others have it. */
static void write_to_newest(const char *text, size_t n)
{
	const struct console_sink *newest = &sinks[sink_count - 1];

	newest->ops->write(newest->state, text, n, COLOUR_NONE);
}

void console_devices_start_late(void)
{
	for (size_t i = 0; i < wanted.serial_count; i++) {
		if (wanted.serial[i].kind != CONSOLE_AT_PORT &&
		    start_serial(&wanted.serial[i])) {
			log_dump(write_to_newest);
			started = true;
		}
	}
	if (serial_count() == 0 && wanted.serial_count != 0 &&
	    machine_acpi()->uart_count != 0) {
		log_warn("console: no serial line; the firmware's tables name "
			 "one: try console=spcr");
	}
}

void console_devices_start_default(void)
{
	static const struct bootinfo_framebuffer vga = {
		.present = true,
		.type = BOOTINFO_FRAMEBUFFER_EGA_TEXT,
		.address = VGA_TEXT_BASE,
		.width = 80,
		.height = 25,
		.pitch = 160,
	};
	const struct bootinfo_framebuffer *screen =
		&machine_bootinfo()->framebuffer;
	struct console_spec spec;

	if (!started) {
		console_spec_parse(&spec, NULL, NULL, NULL);
		console_devices_start(&spec, screen->present ? screen : &vga);
	}
}

bool console_devices_has_keyboards(void)
{
	for (const struct console_source *source = sources; source->ops != NULL;
	     source++) {
		if (source->ops == keyboard_source.ops) {
			return true;
		}
	}
	return false;
}
