/* For the command step, which makes the same call as bios. */
#pragma once

#include "monitor/line/args.h"

/* Makes a call as bios does. args may contain options of the caller's, too. */
int cmd_bios_call(struct args *args);
