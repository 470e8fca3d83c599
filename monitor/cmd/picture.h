/* The command picture. */
#pragma once

#include "monitor/command.h"

extern const struct command cmd_picture_commands[];
