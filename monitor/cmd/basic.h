/* The commands help, version, log and modules. */
#pragma once

#include "boot/bootinfo.h"
#include "monitor/command.h"

extern const struct command cmd_basic_machine_commands[];
extern const struct command cmd_basic_monitor_commands[];

/* The names of all modules, with ", " between, cut at size; or that there are none. */
void cmd_basic_module_names(char *names, size_t size);

/* The first module of that name, or NULL. */
const struct bootinfo_module *cmd_basic_find_module(const char *name);
