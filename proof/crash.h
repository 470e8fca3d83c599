/* The command crash: ends the machine on purpose, to see that it tells how. */
#pragma once

#include "monitor/command.h"

extern const struct command cmd_crash_commands[];
