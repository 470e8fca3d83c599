/* The commands cpus and vmx. */
#pragma once

#include "monitor/command.h"

extern const struct command cmd_vmx_commands[];

/* The lines of `cpus`. */
void cmd_vmx_print_cores(void);
