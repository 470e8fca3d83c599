/* The command run64: a 64-bit flat program in a machine of its own. */
#pragma once

#include "monitor/command.h"

extern const struct command cmd_run64_commands[];
