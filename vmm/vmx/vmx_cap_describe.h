/* The capability MSRs as text for a person: what the `vmx` command prints. */
#pragma once

#include "vmm/vmx/vmx_caps.h"

/*
 * Emits lines of at most 79 columns, without line ends:
 *
 *	480h VMX_BASIC                00d810000000002b
 *	    revision 0000002b, regions of 4096 bytes, memory type WB
 *	    yes  TRUE control MSRs
 *	48dh VMX_TRUE_PINBASED_CTLS   0000003f00000016
 *	    may-be-1   external-interrupt exiting
 *	    must-be-0  process posted interrupts
 *	missing:
 *	    unrestricted guest (48bh): 16-bit code runs in ...
 *
 * and "absent" in place of the value of a register the processor lacks.
 */
void vmx_cap_describe(const struct vmx_caps *caps,
		      void (*emit)(void *ctx, const char *line), void *ctx);
