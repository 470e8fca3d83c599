/* The command step: a BIOS call, instruction by instruction. */
#pragma once

#include "monitor/command.h"

extern const struct command cmd_step_commands[];
