/* What no guest decides of its control registers. */
#pragma once

#include "arch/x86.h"

/*
 * Set while any guest runs, whatever it writes: the one for VMX itself, and
 * without the other a machine check would shut the processor down and not exit.
 */
#define CR4_OF_HOST (CR4_VMXE | CR4_MCE)
