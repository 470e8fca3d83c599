/* The command hostile, for the table of commands. */
#pragma once

#include "monitor/command.h"

extern const struct command cmd_hostile_commands[];
