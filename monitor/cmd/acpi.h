/* The command acpi. */
#pragma once

#include "monitor/command.h"

extern const struct command cmd_acpi_commands[];
