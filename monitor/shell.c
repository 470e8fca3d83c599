/*
 * Runs the commands at the start, and then the prompt. Connects the console,
 * the line editor and the commands; knows no command except those of then=. On
 * the boot core.
 */
#include "monitor/shell.h"

#include "arch/console/console.h"
#include "arch/console/console_poll.h"
#include "arch/console/input.h"
#include "arch/console/log.h"
#include "arch/idle.h"
#include "arch/machine_check.h"
#include "arch/mem/paging.h"
#include "monitor/command.h"
#include "monitor/completion.h"
#include "monitor/line/line_edit.h"
#include "monitor/modules.h"
#include "monitor/script.h"
#include "monitor/session.h"

static_assert(LINE_EDIT_MAX == ARGS_LINE_MAX, "what can be typed can be run");

#define SCRIPT_MODULE "script"

static void emit(void *context, const char *text, size_t n)
{
	(void)context;
	console_write_unlogged(text, n);
}

static void scroll(void *context, bool back)
{
	(void)context;
	console_scroll(back);
}

static const struct line_edit_ops edit_ops = {
	.emit = emit,
	.candidate = completion_candidate,
	.scroll = scroll,
};

static struct line_edit editor;

/* Waits for the next byte typed. */
static u8 wait_for_byte(void)
{
	int byte = input_get();

	if (byte < 0) {
		console_settle();
	}
	for (; byte < 0; byte = input_get()) {
		cpu_relax_idle();
		machine_check_poll_now_and_then();
		/* For devices without an interrupt. */
		console_poll();
	}
	return (u8)byte;
}

static enum script_end run_script_module(bool stop_on_error)
{
	const struct bootinfo_module *module = modules_find(SCRIPT_MODULE);
	u64 bytes;

	if (module == NULL || module->end <= module->start) {
		return SCRIPT_DONE;
	}
	bytes = module->end - module->start;
	if (!phys_is_mapped(module->start, bytes)) {
		log_warn("module '%s' is out of reach; not run", SCRIPT_MODULE);
		return SCRIPT_DONE;
	}
	return script_run_file(phys_to_virt(module->start), (size_t)bytes,
			       stop_on_error);
}

static void tell_of_lost_input(void)
{
	u64 lost = input_take_lost();

	if (lost != 0) {
		log_warn("console: at least %lu typed character%s lost", lost,
			 lost == 1 ? "" : "s");
	}
}

static void refuse_line(void)
{
	console_printf("error: the line is %lu character%s too long; prompt, "
		       "which takes %u; nothing was run, make it several\n",
		       line_edit_refused(&editor),
		       line_edit_refused(&editor) == 1 ? "" : "s",
		       LINE_EDIT_MAX);
}

__attribute__((noreturn)) static void talk(void)
{
	line_edit_init(&editor, &edit_ops, NULL, "biosphere> ");
	for (;;) {
		enum line_edit_event event;

		tell_of_lost_input();
		line_edit_start(&editor);
		do {
			event = line_edit_feed(&editor, wait_for_byte());
		} while (event == LINE_EDIT_MORE);
		if (event == LINE_EDIT_LINE) {
			command_run(line_edit_text(&editor));
		} else if (event == LINE_EDIT_TOO_LONG) {
			refuse_line();
		}
		input_clear_interrupt();
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

	enum script_end end;

	session_begin();
	end = script_run_list(options->run, options->stop_on_error);
	if (end == SCRIPT_DONE) {
		end = run_script_module(options->stop_on_error);
	}
	/* A person who interrupts wants the prompt. */
	if (end != SCRIPT_INTERRUPTED) {
		command_run(then_commands[options->then]);
	}
	input_clear_interrupt();
	talk();
}
