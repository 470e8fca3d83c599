/* The commands poweroff, reboot and halt. */
#pragma once

#include "monitor/command.h"

extern const struct command cmd_power_commands[];
