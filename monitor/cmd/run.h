/* The command run. */
#pragma once

#include "monitor/command.h"

extern const struct command cmd_run_commands[];
