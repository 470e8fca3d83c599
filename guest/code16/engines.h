/* The engines there are, and which of them a processor can run. */
#pragma once

#include "guest/code16/engine.h"

extern const struct engine engine_v86, engine_v86_ept, engine_real;

/* All of them, in the order of preference; ends with NULL. */
extern const struct engine *const engines[];

/* The first available one: NULL without VMX. */
const struct engine *engine_best(const struct vmx_caps *caps);
