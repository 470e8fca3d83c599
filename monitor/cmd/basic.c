/*
 * Commands that tell what there is: help, version, log, modules. Run on the
 * boot core, through command.c.
 */
#include "monitor/cmd/basic.h"

#include "arch/console/console.h"
#include "arch/console/log.h"
#include "arch/machine.h"
#include "lib/error.h"
#include "lib/fmt.h"
#include "lib/parse.h"
#include "lib/string.h"

static void help_array(const struct command *command)
{
	for (; command->name != NULL; command++) {
		console_printf("  %-10s %s\n", command->name, command->summary);
	}
}

static int help_all(void)
{
	for (const struct command_group *group = command_groups;
	     group->title != NULL; group++) {
		console_printf("%s:\n", group->title);
		for (size_t a = 0; group->commands[a] != NULL; a++) {
			help_array(group->commands[a]);
		}
	}
	console_printf("help NAME tells more about one of them, with an "
		       "example.\n");
	return 0;
}

static int run_help(struct args *args)
{
	const char *name = args_positional(args, 0);
	const struct command *command;

	if (name == NULL) {
		return help_all();
	}
	command = command_find(name);
	if (command == NULL) {
		const char *meant = command_nearest(name);

		return command_error(ERR_NOT_FOUND,
				     "no command '%.32s'; help; try 'help%s%s'",
				     name, meant == NULL ? "" : " ",
				     meant == NULL ? "" : meant);
	}
	console_printf("usage: %s%s%s\n", command->name,
		       command->usage[0] == '\0' ? "" : " ", command->usage);
	console_printf("%s: %s\n", command->name, command->summary);
	if (command->details != NULL) {
		console_write(command->details, strlen(command->details));
		console_write("\n", 1);
	}
	if (command->example != NULL) {
		console_printf("example: %s\n", command->example);
	}
	return 0;
}

static int run_version(struct args *args)
{
	const struct bootinfo *info = machine_bootinfo();

	(void)args;
	console_printf("version: Biosphere %s\n", BIOSPHERE_VERSION);
	console_printf("compiler: %s\n", __VERSION__);
	console_printf("loader: %s\n",
		       info->loader[0] == '\0' ? "(no name)" : info->loader);
	console_printf("command line: %s\n", info->cmdline);
	return 0;
}

static int run_log(struct args *args)
{
	(void)args;
	log_dump(console_write_unlogged);
	return 0;
}

/*
 * The name of a Multiboot2 module: the first word of its command line, without
 * the folders of a path; "" if it has none.
 */
static void module_name(const struct bootinfo_module *module, char *name,
			size_t size)
{
	char word[BOOTINFO_MODULE_CMDLINE_BYTES];
	const char *cursor = module->cmdline;
	const char *last = word;

	if (parse_word(&cursor, word, sizeof(word)) != 1) {
		word[0] = '\0';
	}
	for (const char *s = word; *s != '\0'; s++) {
		if (*s == '/') {
			last = s + 1;
		}
	}
	str_copy(name, size, last);
}

const struct bootinfo_module *cmd_basic_find_module(const char *name)
{
	const struct bootinfo *info = machine_bootinfo();
	char have[BOOTINFO_MODULE_CMDLINE_BYTES];

	for (u32 i = 0; i < info->module_count; i++) {
		module_name(&info->module[i], have, sizeof(have));
		if (str_equal(have, name)) {
			return &info->module[i];
		}
	}
	return NULL;
}

void cmd_basic_module_names(char *names, size_t size)
{
	const struct bootinfo *info = machine_bootinfo();
	char name[BOOTINFO_MODULE_CMDLINE_BYTES];
	size_t used = 0;

	if (info->module_count == 0) {
		str_copy(names, size,
			 "none; add 'module2 FILE NAME' to GRUB's menu entry");
	}
	for (u32 i = 0; i < info->module_count && used < size; i++) {
		module_name(&info->module[i], name, sizeof(name));
		used += (size_t)fmt_snprintf(names + used, size - used, "%s%s",
					     i == 0 ? "" : ", ", name);
	}
}

static int run_modules(struct args *args)
{
	const struct bootinfo *info = machine_bootinfo();
	char name[BOOTINFO_MODULE_CMDLINE_BYTES];

	(void)args;
	for (u32 i = 0; i < info->module_count; i++) {
		const struct bootinfo_module *module = &info->module[i];

		module_name(module, name, sizeof(name));
		console_printf("module: name=%s start=%08llx end=%08llx "
			       "bytes=%llu\n",
			       name[0] == '\0' ? "-" : name,
			       (unsigned long long)module->start,
			       (unsigned long long)module->end,
			       (unsigned long long)(module->end -
						    module->start));
	}
	console_printf("modules: %u\n", info->module_count);
	if (info->module_left_out != 0) {
		console_printf("modules left out: %u, there is room for %u\n",
			       info->module_left_out, BOOTINFO_MAX_MODULES);
	}
	return 0;
}

const struct command cmd_basic_machine_commands[] = {
	{
		.name = "modules",
		.usage = "",
		.summary = "the files the boot loader has read for us",
		.details =
			"One line a file: its name, where it lies in physical "
			"memory (hex), its size.\n"
			"A file gets its name in the boot menu: "
			"module2 /boot/hello.bin hello",
		.example = "modules",
		.run = run_modules,
	},
	{
		.name = "version",
		.usage = "",
		.summary = "what this build is and how it was started",
		.example = "version",
		.run = run_version,
	},
	{
		.name = "log",
		.usage = "",
		.summary = "all that was said so far, details included",
		.details = "The last 64 KiB of console output, with the lines "
			   "that were kept off the console.\n"
			   "Log lines begin with the seconds since start and "
			   "the core.",
		.example = "log",
		.run = run_log,
	},
	{ 0 },
};

const struct command cmd_basic_monitor_commands[] = {
	{
		.name = "help",
		.usage = "[NAME]",
		.summary = "this list, or one command explained",
		.example = "help peek",
		.max_words = 1,
		.run = run_help,
	},
	{ 0 },
};
