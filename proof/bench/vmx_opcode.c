/*
 * Recognizes the opcodes of the VMX instructions, behind their prefixes. Pure.
 */
/* build: pure */
#include "proof/bench/vmx_opcode.h"

#define MAX_PREFIXES 2 /* 66h or F3h, and REX */
#define IS_MEMORY(modrm) ((modrm) < 0xc0)
#define REG(modrm) ((modrm) >> 3 & 7)

static bool is_prefix(u8 byte)
{
	return byte == 0x66 || byte == 0xf3 || (byte & 0xf0) == 0x40;
}

/* 0F 01 /0 with a register: VMCALL, VMLAUNCH, VMRESUME, VMXOFF. */
static enum vmx_opcode_kind of_group_7(u8 modrm)
{
	switch (modrm) {
	case 0xc2:
	case 0xc3:
		return VMX_OPCODE_ENTRY;
	case 0xc1:
	case 0xc4:
		return VMX_OPCODE_OTHER;
	default:
		return VMX_OPCODE_NONE;
	}
}

enum vmx_opcode_kind vmx_opcode_kind(const u8 *code)
{
	for (u32 i = 0; i < MAX_PREFIXES && is_prefix(*code); i++) {
		code++;
	}
	if (code[0] != 0x0f) {
		return VMX_OPCODE_NONE;
	}
	switch (code[1]) {
	case 0x01:
		return of_group_7(code[2]);
	case 0x38: /* INVEPT, INVVPID */
		return code[2] == 0x80 || code[2] == 0x81 ? VMX_OPCODE_OTHER
							  : VMX_OPCODE_NONE;
	case 0x78: /* VMREAD */
	case 0x79: /* VMWRITE */
		return VMX_OPCODE_OTHER;
	case 0xc7: /* VMPTRLD, VMCLEAR, VMXON; VMPTRST */
		return IS_MEMORY(code[2]) && REG(code[2]) >= 6
			       ? VMX_OPCODE_OTHER
			       : VMX_OPCODE_NONE;
	default:
		return VMX_OPCODE_NONE;
	}
}
