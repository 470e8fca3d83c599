/* What the command step shares with bios. */
#pragma once

#include "monitor/line/args.h"

/* Makes the call, as bios does; args may have options of the caller's too. */
int cmd_bios_call(struct args *args);
