/* The command bios: a BIOS interrupt with registers and memory, by hand. */
#pragma once

#include "monitor/command.h"

extern const struct command cmd_bios_commands[];
