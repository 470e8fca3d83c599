/* The prompt, and what comes before it: run=, the script module and then=. */
#pragma once

#include "monitor/options.h"

/*
 * Runs options->run and the module named `script`, if there is one, does what
 * then= says unless somebody has interrupted them, and talks to a person if
 * that is the prompt or has failed. On the boot core.
 */
__attribute__((noreturn)) void shell_main(const struct options *options);
