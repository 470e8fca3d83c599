/* The command exits. */
#pragma once

#include "monitor/command.h"

extern const struct command cmd_exits_commands[];
