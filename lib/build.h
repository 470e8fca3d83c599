/* What kind of build this is: `make DEBUG=1` sets the flag. */
#pragma once

#include "lib/types.h"

/* Checks that cost too much are made: every VM entry's, before it. */
static const bool build_is_debug = BIOSPHERE_DEBUG;
