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

static const struct console_sink the_log = { .ops = &log_sink };
static const struct console_sink log_alone[] = { { .ops = &log_sink }, { 0 } };

/* Besides the serial ports: the log, the screen or keyboard, the end. */
static struct console_sink sinks[CONSOLE_MAX_SERIAL + 3];
static struct console_source sources[CONSOLE_MAX_SERIAL + 2];
static bool started;

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

static void fill_tables(const struct console_spec *spec,
			const struct bootinfo_framebuffer *screen,
			bool missing[CONSOLE_MAX_SERIAL])
{
	size_t serial_count = serial_init(spec, missing);
	struct console_sink *sink = sinks;
	struct console_source *source = sources;

	*sink++ = the_log;
	for (size_t i = 0; i < serial_count; i++) {
		*sink++ = serial_sink(i);
		*source++ = serial_source(i);
	}
	if (spec->screen) {
		const struct console_sink_ops *ops = find_screen(screen);

		if (ops != NULL) {
			*sink++ = (struct console_sink){ .ops = ops };
		}
		*source++ = keyboard_source;
	}
	*sink = (struct console_sink){ 0 };
	*source = (struct console_source){ 0 };
	console_set_sinks(sinks);
	console_poll_set_sources(sources);
}

void console_devices_start(const struct console_spec *spec,
			   const struct bootinfo_framebuffer *screen)
{
	bool missing[CONSOLE_MAX_SERIAL];

	fill_tables(spec, screen, missing);
	started = true;
	log_dump(console_write_unlogged);
	for (size_t i = 0; i < spec->serial_count; i++) {
		u16 port = spec->serial[i].port;
		const char *name = console_port_name(port);

		if (missing[i]) {
			log_warn("console: no UART at %xh%s%s%s; it is left out",
				 port, name ? " (" : "", name ? name : "",
				 name ? ")" : "");
		}
	}
	if (why_no_screen != NULL) {
		log_warn("console: no screen: %s", why_no_screen);
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
