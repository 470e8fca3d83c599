/* The options of the kernel command line, for everybody who asks. */
#pragma once

#include "monitor/options.h"

/* Once, at boot: reads them from the command line; see options_parse(). */
void settings_read(const char *cmdline, options_complaint *complain);

/* Only after settings_read(). */
const struct options *settings(void);
