/* Tells whether machine code is a VMX instruction. Pure. */
#pragma once

#include "lib/types.h"

enum vmx_opcode_kind {
	VMX_OPCODE_NONE,
	VMX_OPCODE_ENTRY, /* VMLAUNCH and VMRESUME */
	VMX_OPCODE_OTHER,
};

/*
 * The kind of the 64-bit instruction at code, of which at most 6 bytes are read
 * (SDM volume 3, "VMX Instruction Reference").
 */
enum vmx_opcode_kind vmx_opcode_kind(const u8 *code);
