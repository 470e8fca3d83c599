/*
 * Reads the kernel command line. Knows the words and their values, and not what
 * they do. Called by boot/main.c on the boot core, before anything can be
 * printed. Pure; malformed words are ignored with a complaint.
 */
/* build: pure */
#include "monitor/options.h"

#include "lib/error.h"
#include "lib/parse.h"
#include "lib/str.h"
#include "lib/string.h"

#define CONSOLE_DEFAULT_LIST "com1/115200,screen"
#define TIMEOUT_DEFAULT_MS 10000
#define TIMEOUT_MAX_MS 3600000 /* an hour */
#define COMPLAINT_BYTES 80     /* of a word that is ignored */

/*
 * A word of the command line. set returns NULL, or why the word is malformed.
 */
struct option {
	const char *name;
	const char *(*set)(struct options *options, const char *value);
};

static const char *set_console(struct options *options, const char *value)
{
	if (*value == '\0') {
		return "the list is empty";
	}
	if (strlen(value) >= sizeof(options->console)) {
		return "the list is too long";
	}
	str_copy(options->console, sizeof(options->console), value);
	return NULL;
}

/*
 * In a boot menu, run=\"a; b\" or '"run=..."' leaves useless quotes around the
 * value, which are removed.
 */
static const char *set_run(struct options *options, const char *value)
{
	size_t length = strlen(value);

	if (length >= 2 && value[length - 1] == value[0] &&
	    (value[0] == '"' || value[0] == '\'')) {
		value++;
		length -= 2;
	}
	if (length >= sizeof(options->run)) {
		return "it is too long";
	}
	memcpy(options->run, value, length);
	options->run[length] = '\0';
	return NULL;
}

/* The place of value in a list of names that ends with NULL, or -1. */
static int choice(const char *const *names, const char *value)
{
	for (int i = 0; names[i] != NULL; i++) {
		if (str_equal(names[i], value)) {
			return i;
		}
	}
	return -1;
}

static const char *set_then(struct options *options, const char *value)
{
	static const char *const names[] = {
		[OPTIONS_THEN_PROMPT] = "prompt",
		[OPTIONS_THEN_POWEROFF] = "poweroff",
		[OPTIONS_THEN_REBOOT] = "reboot",
		[OPTIONS_THEN_HALT] = "halt",
		NULL,
	};
	int i = choice(names, value);

	if (i < 0) {
		return "it takes prompt, poweroff, reboot or halt";
	}
	options->then = (enum options_then)i;
	return NULL;
}

static const char *set_panic(struct options *options, const char *value)
{
	static const char *const names[] = {
		[PANIC_HALT] = "halt",
		[PANIC_REBOOT] = "reboot",
		[PANIC_POWEROFF] = "poweroff",
		NULL,
	};
	int i = choice(names, value);

	if (i < 0) {
		return "it takes halt, reboot or poweroff";
	}
	options->panic = (enum panic_action)i;
	return NULL;
}

static const char *set_engine(struct options *options, const char *value)
{
	static const char *const names[] = {
		[OPTIONS_ENGINE_AUTO] = "auto",
		[OPTIONS_ENGINE_V86] = "v86",
		[OPTIONS_ENGINE_V86_EPT] = "v86-ept",
		[OPTIONS_ENGINE_REAL] = "real",
		NULL,
	};
	int i = choice(names, value);

	if (i < 0) {
		return "it takes auto, v86, v86-ept or real";
	}
	options->engine = (enum options_engine)i;
	return NULL;
}

static const char *set_board(struct options *options, const char *value)
{
	static const char *const names[] = {
		[OPTIONS_BOARD_MACHINE] = "machine",
		[OPTIONS_BOARD_PRIVATE] = "private",
		[OPTIONS_BOARD_ISOLATED] = "isolated",
		[OPTIONS_BOARD_PC] = "pc",
		NULL,
	};
	int i = choice(names, value);

	if (i < 0) {
		return "it takes machine, private, isolated or pc";
	}
	options->board = (enum options_board)i;
	return NULL;
}

static const char *set_cpus(struct options *options, const char *value)
{
	u64 n = 0;

	if (parse_dec(value, &n) < 0 || n == 0 || n > UINT32_MAX) {
		return "it takes a decimal number from 1 on";
	}
	options->cpus = (u32)n;
	return NULL;
}

static const char *set_vme(struct options *options, const char *value)
{
	if (!str_equal(value, "on") && !str_equal(value, "off")) {
		return "it takes on or off";
	}
	options->vme = str_equal(value, "on");
	return NULL;
}

static const char *set_on_error(struct options *options, const char *value)
{
	if (!str_equal(value, "stop") && !str_equal(value, "continue")) {
		return "it takes stop or continue";
	}
	options->stop_on_error = str_equal(value, "stop");
	return NULL;
}

static const char *set_color(struct options *options, const char *value)
{
	static const char *const names[] = {
		[CONSOLE_COLOURS_AUTO] = "auto",
		[CONSOLE_COLOURS_ON] = "on",
		[CONSOLE_COLOURS_OFF] = "off",
		NULL,
	};
	int i = choice(names, value);

	if (i < 0) {
		return "it takes auto, on or off";
	}
	options->colours = (enum console_colours)i;
	return NULL;
}

static const char *set_keymap(struct options *options, const char *value)
{
	const struct keymap *keymap = keymap_find(value);

	if (keymap == NULL) {
		return "it takes " KEYMAP_NAMES;
	}
	options->keymap = keymap;
	return NULL;
}

static const char *set_usb(struct options *options, const char *value)
{
	static const char *const names[] = {
		[USB_AUTO] = "auto",
		[USB_ON] = "on",
		[USB_OFF] = "off",
		NULL,
	};
	int i = choice(names, value);

	if (i < 0) {
		return "it takes auto, on or off";
	}
	options->usb = (enum usb_use)i;
	return NULL;
}

static const char *set_mitigations(struct options *options, const char *value)
{
	if (!str_equal(value, "auto") && !str_equal(value, "off")) {
		return "it takes auto or off";
	}
	options->mitigations = str_equal(value, "auto");
	return NULL;
}

static const char *set_apic(struct options *options, const char *value)
{
	if (str_equal(value, "found")) {
		options->x2apic = false;
	} else if (str_equal(value, "x2apic")) {
		options->x2apic = true;
	} else {
		return "it takes found or x2apic";
	}
	return NULL;
}

static const char *set_timeout(struct options *options, const char *value)
{
	u64 ms = 0;

	if (parse_dec(value, &ms) < 0 || ms == 0 || ms > TIMEOUT_MAX_MS) {
		return "it takes milliseconds, from 1 to 3600000";
	}
	options->timeout_ms = (u32)ms;
	return NULL;
}

static const struct option option_table[] = {
	{ "console", set_console },   { "run", set_run },
	{ "then", set_then },	      { "engine", set_engine },
	{ "board", set_board },	      { "view", set_board }, /* its old name */
	{ "cpus", set_cpus },	      { "vme", set_vme },
	{ "timeout", set_timeout },   { "apic", set_apic },
	{ "panic", set_panic },	      { "mitigations", set_mitigations },
	{ "on-error", set_on_error }, { "color", set_color },
	{ "keymap", set_keymap },     { "usb", set_usb },
};

/* Returns NULL, or why the word is ignored. */
static const char *set_word(struct options *options, const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(option_table); i++) {
		const struct option *option = &option_table[i];
		const char *value = parse_option(word, option->name);

		if (value != NULL) {
			return option->set(options, value);
		}
		if (str_equal(word, option->name)) {
			return "it needs a value";
		}
	}
	return "no such word";
}

unsigned options_parse(struct options *options, const char *cmdline,
		       options_complaint *complain, void *context)
{
	char *word = options->word;
	unsigned ignored = 0;
	bool first = true;

	*options = (struct options){
		.console = CONSOLE_DEFAULT_LIST,
		.keymap = &keymaps[0],
		.vme = true,
		.mitigations = true,
		.board = OPTIONS_BOARD_DEFAULT,
		.timeout_ms = TIMEOUT_DEFAULT_MS,
	};
	for (;;) {
		int found = parse_word(&cmdline, word, sizeof(options->word));
		const char *why = NULL;

		if (found == 0) {
			return ignored;
		}
		if (found == ERR_RANGE) {
			why = "it is too long";
		} else if (found < 0) {
			why = "a quote does not end";
		} else if (!first || word[0] != '/') {
			why = set_word(options, word);
		}
		first = false;
		if (why != NULL) {
			word[COMPLAINT_BYTES - 1] = '\0';
			ignored++;
			if (complain != NULL) {
				complain(context, word, why);
			}
		}
	}
}
