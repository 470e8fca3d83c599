/* The kind of build: `make DEBUG=1` sets the flag. */
#pragma once

#include "lib/types.h"

/*
 * A debug build makes checks that cost too much otherwise, such as that of
 * every VM entry.
 */
static const bool build_is_debug = BIOSPHERE_DEBUG;
