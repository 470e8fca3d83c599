/* The prompt, and what comes before it: run=, the script module and then=. */
#pragma once

#include "monitor/options.h"

/*
 * Runs options->run and the module named `script`, if there is one. Then does
 * what then= says; shows the prompt if then= says so, if its command has
 * failed, or if a person has interrupted. On the boot core.
 */
__attribute__((noreturn)) void shell_main(const struct options *options);
