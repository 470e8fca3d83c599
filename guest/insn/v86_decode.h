/*
 * Decodes those instructions of 16-bit code that fault or exit in virtual-8086
 * mode (SDM volume 2, "Instruction Format" and "Opcode Map"). Pure: bytes in, a
 * description out.
 */
#pragma once

#include "arch/register_numbers.h"
#include "guest/insn/insn_bytes.h"
#include "lib/types.h"

enum v86_opcode {
	V86_INSN_INT3,
	V86_INSN_INT,
	V86_INSN_INTO,
	V86_INSN_IRET,
	V86_INSN_PUSHF,
	V86_INSN_POPF,
	V86_INSN_CLI,
	V86_INSN_STI,
	V86_INSN_HLT,
	V86_INSN_IN,
	V86_INSN_OUT,
	V86_INSN_INS,
	V86_INSN_OUTS,
	V86_INSN_SGDT,
	V86_INSN_SIDT,
	V86_INSN_LGDT,
	V86_INSN_LIDT,
	V86_INSN_SMSW,
	V86_INSN_LMSW,
	V86_INSN_INVLPG,
	V86_INSN_CLTS,
	V86_INSN_INVD,
	V86_INSN_WBINVD,
	V86_INSN_MOV_FROM_CR,
	V86_INSN_MOV_TO_CR,
	V86_INSN_MOV_FROM_DR,
	V86_INSN_MOV_TO_DR,
	V86_INSN_RDMSR,
	V86_INSN_WRMSR,
	V86_INSN_CPUID,
	V86_INSN_COUNT,
};

/*
 * A memory operand: base + (index << shift) + displacement, cut to
 * insn.address_bytes. segment is that of the prefix, or the base's default.
 */
struct v86_address {
	u8 segment; /* enum segment */
	u8 base;    /* enum gpr, both */
	u8 index;
	u8 shift;
	u32 displacement; /* sign-extended */
};

struct v86_insn {
	u8 opcode;	  /* enum v86_opcode */
	u8 length;	  /* 1 to INSN_BYTES_MAX */
	u8 operand_bytes; /* 2 or 4; 1 too for IN, OUT, INS, OUTS */
	u8 address_bytes; /* 2 or 4 */
	bool lock;
	bool rep; /* F2h or F3h; the last one counts */
	bool repne;
	bool has_immediate;
	u8 immediate; /* vector or port */
	u8 reg;	      /* ModRM.reg: which CR or DR */
	bool memory;  /* the operand is address; also INS, OUTS */
	u8 rm;	      /* enum gpr: the operand if not memory */
	struct v86_address address;
};

/*
 * Decodes the instruction at bytes, of which count may be read. Returns 0, or
 * leaves *insn undefined and returns ERR_INVALID if the instruction does not
 * end within the count bytes, ERR_RANGE if it is longer than INSN_BYTES_MAX, or
 * ERR_UNSUPPORTED if it is not in enum v86_opcode.
 */
int v86_decode(const u8 *bytes, size_t count, struct v86_insn *insn);
