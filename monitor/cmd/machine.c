/*
 * The command machine: one screen that says what this machine is, so that a
 * photograph of it is a report. Each line is told by its own file
 * (arch/inventory.h). Boot core, through command.c.
 */
#include "arch/console/console.h"
#include "arch/console/log.h"
#include "arch/inventory.h"
#include "arch/machine.h"
#include "lib/fmt.h"
#include "lib/str.h"
#include "lib/string.h"
#include "monitor/command.h"

#define COLUMNS 80
#define NAME_COLUMNS 12
#define TEXT_COLUMNS (COLUMNS - NAME_COLUMNS)
/*
 * The lines of a screen of 25 that are left beside the closing line and the
 * prompt.
 */
#define LINES 22

/* How much of the page is printed. */
struct page {
	unsigned lines;
};

/*
 * How many characters of a text one line takes: up to the last blank, if it is
 * too long.
 */
static size_t line_length(const char *text)
{
	size_t length = str_nlen(text, TEXT_COLUMNS + 1);

	if (length <= TEXT_COLUMNS) {
		return length;
	}
	for (size_t i = TEXT_COLUMNS; i > 0; i--) {
		if (str_is_blank(text[i])) {
			return i;
		}
	}
	return TEXT_COLUMNS;
}

/* What is left of a text after its first line, without blanks in front. */
static const char *next_line(const char *text)
{
	text += line_length(text);
	while (str_is_blank(*text)) {
		text++;
	}
	return text;
}

static unsigned count_lines(const char *text)
{
	unsigned lines = 0;

	do {
		text = next_line(text);
		lines++;
	} while (*text != '\0');
	return lines;
}

static void print(struct page *page, const char *name, const char *text)
{
	char label[NAME_COLUMNS];

	fmt_snprintf(label, sizeof(label), "%s%s", name,
		     name[0] == '\0' ? "" : ":");
	page->lines += count_lines(text);
	do {
		console_printf("%-*s%.*s\n", NAME_COLUMNS, label,
			       (int)line_length(text), text);
		label[0] = '\0';
		text = next_line(text);
	} while (*text != '\0');
}

/* Prints problems; those that the machine was found to have come first. */
static void print_problems(struct page *page)
{
	u32 count = log_problem_count();
	const char *text;
	u32 i;

	for (i = 0; (text = log_problem(i)) != NULL; i++) {
		/* The last line is for the number of those left out. */
		if (page->lines + count_lines(text) + (i + 1 < count) > LINES) {
			break;
		}
		print(page, i == 0 ? "warnings" : "", text);
	}
	if (i < count) {
		console_printf("%-*s%u more; the command log has them\n",
			       NAME_COLUMNS, i == 0 ? "warnings:" : "",
			       count - i);
	}
}

static int run_machine(struct args *args)
{
	struct page page = { 0 };
	char text[INVENTORY_TEXT_BYTES];

	(void)args;
	fmt_snprintf(text, sizeof(text), "Biosphere %s, loaded by %s",
		     BIOSPHERE_VERSION, machine_bootinfo()->loader);
	print(&page, "machine", text);
	for (const struct inventory_line *line = inventory_start;
	     line != inventory_end; line++) {
		text[0] = '\0';
		line->tell(text, sizeof(text));
		if (text[0] != '\0') {
			print(&page, line->name, text);
		}
	}
	print_problems(&page);
	return 0;
}

COMMAND(MACHINE, 05, machine) = {
	.name = "machine",
	.usage = "",
	.summary = "what this machine is, on one screen",
	.details = "The firmware, the processor, memory, clocks, interrupt "
		   "controllers, consoles and\n"
		   "VMX, and the first warnings: what was left out and why. A "
		   "photograph of this\n"
		   "screen is a good report.",
	.example = "machine",
	.run = run_machine,
};
