/* The command vmcs. */
#pragma once

#include "monitor/command.h"

extern const struct command cmd_vmcs_commands[];
