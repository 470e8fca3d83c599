/* What exits mean to a 64-bit guest. */
#pragma once

#include "vmm/vcpu.h"

extern const struct vcpu_ops guest64_ops;
