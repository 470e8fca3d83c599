/* The command bios: a BIOS interrupt with registers and memory, by hand. */
#pragma once

#include "monitor/command.h"

extern const struct command cmd_bios_commands[];

/* What the command does; for others that have its options and their own. */
int cmd_bios_call(struct args *args);
