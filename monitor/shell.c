/*
 * Commands at start, and then the prompt. Connects the console, the line
 * editor and the commands; knows no command but those of then=. On the boot
 * core.
 */
#include "monitor/shell.h"

#include "arch/clock.h"
#include "arch/console.h"
#include "arch/idle.h"
#include "arch/log.h"
#include "arch/paging.h"
#include "lib/string.h"
#include "monitor/cmd_basic.h"
#include "monitor/command.h"
#include "monitor/line_edit.h"
#include "monitor/script.h"

static_assert(LINE_EDIT_MAX == ARGS_LINE_MAX, "what can be typed can be run");

#define SCRIPT_MODULE "script"

/*
 * How long to look for the next byte before the core sleeps: a UART buffers 16
 * bytes, and a paste brings that many in 1.4 ms.
 */
#define TYPING_US 20000

static void emit(void *context, const char *text, size_t n)
{
	(void)context;
	console_write_unlogged(text, n);
}

/* Command names stand first on a line and after `help`. */
static const char *candidate(void *context, const char *line, size_t word_start,
			     size_t index)
{
	bool first = true;
	const struct command *command;

	(void)context;
	for (size_t i = 0; i < word_start; i++) {
		first &= line[i] == ' ';
	}
	if (!first && !(word_start == 5 && str_starts(line, "help "))) {
		return NULL;
	}
	command = command_nth(index);
	return command == NULL ? NULL : command->name;
}

static const struct line_edit_ops edit_ops = {
	.emit = emit,
	.candidate = candidate,
};

static struct line_edit editor;

/* The next byte typed; sleeps until there is one. */
static u8 wait_for_byte(void)
{
	u64 since = clock_us();

	for (;;) {
		int byte = console_getc();

		if (byte >= 0) {
			return (u8)byte;
		}
		if (clock_us() - since >= TYPING_US) {
			cpu_relax_idle();
		}
	}
}

static void run_script_module(void)
{
	const struct bootinfo_module *module =
		cmd_basic_find_module(SCRIPT_MODULE);
	u64 bytes;

	if (module == NULL || module->end <= module->start) {
		return;
	}
	bytes = module->end - module->start;
	if (!phys_is_mapped(module->start, bytes)) {
		log_warn("module '%s' is out of reach; not run", SCRIPT_MODULE);
		return;
	}
	script_run_file(phys_to_virt(module->start), (size_t)bytes);
}

__attribute__((noreturn)) static void talk(void)
{
	line_edit_init(&editor, &edit_ops, NULL, "biosphere> ");
	for (;;) {
		enum line_edit_event event;

		line_edit_start(&editor);
		do {
			event = line_edit_feed(&editor, wait_for_byte());
		} while (event == LINE_EDIT_MORE);
		if (event == LINE_EDIT_LINE) {
			command_run(line_edit_text(&editor));
		}
	}
}

void shell_main(const struct options *options)
{
	static const char *const then_commands[] = {
		[OPTIONS_THEN_PROMPT] = "",
		[OPTIONS_THEN_POWEROFF] = "poweroff",
		[OPTIONS_THEN_REBOOT] = "reboot",
		[OPTIONS_THEN_HALT] = "halt",
	};

	script_run_list(options->run);
	run_script_module();
	command_run(then_commands[options->then]);
	talk();
}
