/*
 * The kernel command line as a struct. Pure, and read before there is a
 * console: errors are told through a callback, or by parsing once more when
 * there is a console.
 */
#pragma once

#include "arch/console/console_colour.h"
#include "arch/console/keymap.h"
#include "arch/panic.h"
#include "arch/usb/usb_use.h"
#include "lib/types.h"

#define OPTIONS_RUN_SIZE 4096 /* no command line is longer */
#define OPTIONS_CONSOLE_SIZE 128

enum options_then {
	OPTIONS_THEN_PROMPT,
	OPTIONS_THEN_POWEROFF,
	OPTIONS_THEN_REBOOT,
	OPTIONS_THEN_HALT,
};

enum options_engine {
	OPTIONS_ENGINE_AUTO,
	OPTIONS_ENGINE_V86,
	OPTIONS_ENGINE_V86_EPT,
	OPTIONS_ENGINE_REAL,
};

/* The boards, in the order of OPTIONS_BOARDS. */
#define OPTIONS_BOARDS "machine|private|isolated|pc"
enum options_board {
	OPTIONS_BOARD_MACHINE,
	OPTIONS_BOARD_PRIVATE,
	OPTIONS_BOARD_ISOLATED,
	OPTIONS_BOARD_PC,
	/* machine on the boot core, private elsewhere; pc without a BIOS */
	OPTIONS_BOARD_DEFAULT,
};

struct options {
	char console[OPTIONS_CONSOLE_SIZE]; /* console= as given */
	enum console_colours colours;
	const struct keymap *keymap; /* the layout of all keyboards */
	enum usb_use usb;
	char run[OPTIONS_RUN_SIZE]; /* "" if there is nothing to run */
	enum options_then then;
	enum panic_action panic;
	bool stop_on_error; /* for run= and the script module */
	enum options_engine engine;
	enum options_board board;
	u32 cpus; /* use at most this many; 0: all */
	bool vme;
	bool mitigations; /* those that the processor needs */
	bool x2apic;	  /* use x2APIC mode if the processor has it */
	u32 timeout_ms;
	/* The word that is being parsed: run=... may be the whole line. */
	char word[OPTIONS_RUN_SIZE + 8];
};

/*
 * Called with each word that is ignored (its beginning, if long), and the
 * reason.
 */
typedef void options_complaint(void *context, const char *word,
			       const char *why);

/*
 * Sets the defaults and then what the command line says; if a word is given
 * twice, the last one counts. A first word that begins with '/' (the kernel's
 * path, which some loaders pass) is skipped. complain may be NULL. Returns the
 * number of words ignored.
 */
unsigned options_parse(struct options *options, const char *cmdline,
		       options_complaint *complain, void *context);
