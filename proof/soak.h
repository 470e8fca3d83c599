/* The command soak. */
#pragma once

#include "monitor/command.h"

extern const struct command soak_commands[];
