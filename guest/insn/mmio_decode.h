/*
 * Decodes the instructions by which code does memory-mapped I/O: those
 * with a memory operand of 1, 2, 4 or 8 bytes, by ModRM or as a string (SDM
 * volume 2, "Instruction Format" and "Opcode Map"). Pure: bytes in, a
 * description out.
 */
#pragma once

#include "arch/register_numbers.h"
#include "guest/insn/insn_bytes.h"
#include "lib/types.h"

enum mmio_opcode {
	MMIO_LOAD,	/* reg = memory, extended to reg_bytes */
	MMIO_STORE,	/* memory = source */
	MMIO_ALU_LOAD,	/* reg = reg `sub` memory */
	MMIO_ALU_STORE, /* memory = memory `sub` source */
	MMIO_TEST,	/* memory & source, for the flags alone */
	MMIO_NOT,
	MMIO_NEG,
	MMIO_INC,
	MMIO_DEC,
	MMIO_XCHG,
	MMIO_XADD,
	MMIO_CMPXCHG,
	MMIO_SETCC,  /* `sub`: the condition */
	MMIO_CMOVCC, /* the same; the memory is always read */
	MMIO_MOVS,
	MMIO_STOS,
	MMIO_LODS,
	MMIO_OPCODES,
};

/* `sub` of MMIO_ALU_*, in the order of the opcode map. */
enum mmio_alu {
	MMIO_ADD,
	MMIO_OR,
	MMIO_ADC,
	MMIO_SBB,
	MMIO_AND,
	MMIO_SUB,
	MMIO_XOR,
	MMIO_CMP,
};

#define MMIO_RIP GPR_COUNT /* as a base only: of the next instruction */

/* In 64-bit code all others are flat. */
enum mmio_segment {
	MMIO_FLAT,
	MMIO_FS,
	MMIO_GS,
	MMIO_ES,
	MMIO_CS,
	MMIO_SS,
	MMIO_DS,
	MMIO_SEGMENTS
};

struct mmio_insn {
	u8 opcode; /* enum mmio_opcode */
	u8 sub;
	u8 length;
	u8 bytes;     /* of the memory operand: 1, 2, 4 or 8 */
	u8 reg_bytes; /* of the register operand */
	u8 reg;
	bool reg_high; /* AH, CH, DH or BH: reg is 0-3 */
	bool sign_extend;
	bool has_immediate; /* the source is immediate, not reg */
	bool lock;
	bool rep; /* string instructions */
	/*
	 * The operand's address: base + (index << shift) + displacement.
	 * Strings have only a segment.
	 */
	u8 address_bytes; /* 8, 4 or 2 */
	u8 segment;	  /* enum mmio_segment */
	u8 to_segment;	  /* of what a string instruction writes */
	u8 base;
	u8 index;
	u8 shift;
	u64 displacement; /* sign-extended */
	u64 immediate;	  /* sign-extended */
};

/*
 * Decodes the instruction at bytes, of which count may be read, as code
 * of 16, 32 or 64 bits: code_bytes is 2, 4 or 8. Returns 0, or
 * leaves *insn undefined and returns ERR_INVALID if the instruction does not
 * end within the count bytes, ERR_RANGE if it is longer than INSN_BYTES_MAX, or
 * ERR_UNSUPPORTED if it is none of the instructions above, has no memory
 * operand, or has a LOCK prefix that it may not have.
 */
int mmio_decode(const u8 *bytes, size_t count, u8 code_bytes,
		struct mmio_insn *insn);
