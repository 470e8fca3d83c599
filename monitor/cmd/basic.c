/*
 * Commands about the kernel itself: help, version, log, modules. Run on the
 * boot core, through command.c.
 */
#include "arch/console/console.h"
#include "arch/console/log.h"
#include "arch/machine.h"
#include "lib/error.h"
#include "lib/fmt.h"
#include "lib/parse.h"
#include "lib/string.h"
#include "monitor/command.h"
#include "monitor/modules.h"

static int help_all(void)
{
	for (const struct command *command = command_list_start;
	     command != command_list_end; command++) {
		if (command->name == NULL) {
			console_printf("%s:\n", command->summary);
		} else {
			console_printf("  %-10s %s\n", command->name,
				       command->summary);
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

static int run_modules(struct args *args)
{
	const struct bootinfo *info = machine_bootinfo();
	char name[BOOTINFO_MODULE_CMDLINE_BYTES];

	(void)args;
	for (u32 i = 0; i < info->module_count; i++) {
		const struct bootinfo_module *module = &info->module[i];

		modules_name(module, name, sizeof(name));
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

COMMAND(MACHINE, 50, modules) = {
	.name = "modules",
	.usage = "",
	.summary = "the files the boot loader has read for us",
	.details = "One line a file: its name, where it lies in physical "
		   "memory (hex), its size.\n"
		   "A file gets its name in the boot menu: "
		   "module2 /boot/hello.bin hello",
	.example = "modules",
	.run = run_modules,
};

COMMAND(MACHINE, 60, version) = {
	.name = "version",
	.usage = "",
	.summary = "what this build is and how it was started",
	.example = "version",
	.run = run_version,
};

COMMAND(MACHINE, 70, log) = {
	.name = "log",
	.usage = "",
	.summary = "all that was said so far, details included",
	.details = "The last 64 KiB of console output, with the lines "
		   "that were kept off the console.\n"
		   "Log lines begin with the seconds since start and "
		   "the core.",
	.example = "log",
	.run = run_log,
};

COMMAND(MONITOR, 10, help) = {
	.name = "help",
	.usage = "[NAME]",
	.summary = "this list, or one command explained",
	.example = "help peek",
	.word = command_name_nth,
	.max_words = 1,
	.run = run_help,
};
