/* The command nmi: non-maskable interrupts to a core, counted. */
#pragma once

#include "monitor/command.h"

extern const struct command cmd_nmi_commands[];
