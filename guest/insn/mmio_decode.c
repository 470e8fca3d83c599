/*
 * Decodes prefixes, opcode, ModRM with SIB and displacement, immediate. A
 * handler for each kind of opcode fills in what the instruction does; the
 * operand's address is decoded in the same way for all.
 */
/* build: pure */
#include "guest/insn/mmio_decode.h"

#include "lib/error.h"

#define REX_W 8u
#define REX_R 4u
#define REX_X 2u
#define REX_B 1u

struct reader {
	struct insn_bytes in;
	u8 code_bytes;	 /* 2, 4 or 8 */
	bool overridden; /* the segment, by a prefix */
	bool operand16;
	bool rep;
	u8 rex; /* 0: none */
	u8 modrm;
};

/* ES, CS, SS and DS are nothing in 64-bit mode. */
static void set_segment(struct reader *reader, struct mmio_insn *insn,
			enum mmio_segment segment)
{
	if (reader->code_bytes != 8 || segment == MMIO_FS ||
	    segment == MMIO_GS) {
		insn->segment = (u8)segment;
		reader->overridden = true;
	}
}

/*
 * Reads the prefixes and returns the first byte of the opcode. A REX prefix is
 * ignored unless it comes right before the opcode.
 */
static u8 read_prefixes(struct reader *reader, struct mmio_insn *insn)
{
	for (;;) {
		u8 byte = insn_bytes_next(&reader->in);

		switch (byte) {
		case 0x26:
			set_segment(reader, insn, MMIO_ES);
			break;
		case 0x2e:
			set_segment(reader, insn, MMIO_CS);
			break;
		case 0x36:
			set_segment(reader, insn, MMIO_SS);
			break;
		case 0x3e:
			set_segment(reader, insn, MMIO_DS);
			break;
		case 0x64:
			set_segment(reader, insn, MMIO_FS);
			break;
		case 0x65:
			set_segment(reader, insn, MMIO_GS);
			break;
		case 0x66:
			reader->operand16 = reader->code_bytes != 2;
			break;
		case 0x67:
			insn->address_bytes = reader->code_bytes == 4 ? 2 : 4;
			break;
		case 0xf0:
			insn->lock = true;
			break;
		case 0xf2:
		case 0xf3:
			reader->rep = true;
			break;
		default:
			if ((byte & 0xf0) != 0x40 || reader->code_bytes != 8) {
				return byte;
			}
			reader->rex = byte;
			continue;
		}
		reader->rex = 0;
	}
}

/* The operand size of an instruction that has no byte operand. */
static u8 wide(const struct reader *reader)
{
	if (reader->rex & REX_W) {
		return 8;
	}
	return reader->operand16 ? 2 : 4;
}

/* The operand size of opcodes whose lowest bit is 0 for a byte operand. */
static u8 size_of(const struct reader *reader, u8 opcode)
{
	return opcode & 1 ? wide(reader) : 1;
}

/*
 * Notes the register operand; REX.R or REX.B, which extends its number, is
 * added here.
 */
static void set_reg(const struct reader *reader, struct mmio_insn *insn,
		    u8 number, u8 bytes)
{
	insn->reg_bytes = bytes;
	insn->reg_high =
		bytes == 1 && reader->rex == 0 && number >= 4 && number < 8;
	insn->reg = insn->reg_high ? (u8)(number - 4) : number;
}

/* What lies on the stack is in SS, if no prefix says otherwise. */
static void on_stack(const struct reader *reader, struct mmio_insn *insn)
{
	if (!reader->overridden && reader->code_bytes != 8) {
		insn->segment = MMIO_SS;
	}
}

/* The eight ways of 16-bit addresses. */
static void read_modrm16(struct reader *reader, struct mmio_insn *insn)
{
	static const u8 bases[] = { GPR_RBX, GPR_RBX, GPR_RBP, GPR_RBP,
				    GPR_RSI, GPR_RDI, GPR_RBP, GPR_RBX };
	static const u8 indices[] = { GPR_RSI,	GPR_RDI,  GPR_RSI,  GPR_RDI,
				      GPR_NONE, GPR_NONE, GPR_NONE, GPR_NONE };
	u8 mod = reader->modrm >> 6;
	u8 rm = reader->modrm & 7;

	if (mod == 0 && rm == 6) {
		insn->displacement = insn_bytes_next_signed(&reader->in, 2);
		return;
	}
	insn->base = bases[rm];
	insn->index = indices[rm];
	insn->displacement = insn_bytes_next_signed(&reader->in, mod);
	if (insn->base == GPR_RBP) {
		on_stack(reader, insn);
	}
}

static void read_sib(struct reader *reader, struct mmio_insn *insn)
{
	u8 sib = insn_bytes_next(&reader->in);
	u8 index = (u8)((sib >> 3 & 7) | (reader->rex & REX_X ? 8 : 0));

	insn->shift = sib >> 6;
	insn->index = index == GPR_RSP ? GPR_NONE : index;
	if ((sib & 7) == GPR_RBP && reader->modrm >> 6 == 0) {
		insn->displacement = insn_bytes_next_signed(&reader->in, 4);
	} else {
		insn->base = (u8)((sib & 7) | (reader->rex & REX_B ? 8 : 0));
		if (insn->base == GPR_RSP || insn->base == GPR_RBP) {
			on_stack(reader, insn);
		}
	}
}

/* Reads ModRM, SIB and displacement; false if the operand is a register. */
static bool read_modrm(struct reader *reader, struct mmio_insn *insn)
{
	u8 mod, rm;

	reader->modrm = insn_bytes_next(&reader->in);
	mod = reader->modrm >> 6;
	rm = reader->modrm & 7;
	if (mod == 3) {
		return false;
	}
	if (insn->address_bytes == 2) {
		read_modrm16(reader, insn);
		return true;
	}
	if (rm == GPR_RSP) {
		read_sib(reader, insn);
	} else if (mod == 0 && rm == GPR_RBP) {
		insn->base = reader->code_bytes == 8 ? MMIO_RIP : GPR_NONE;
		insn->displacement = insn_bytes_next_signed(&reader->in, 4);
	} else {
		insn->base = (u8)(rm | (reader->rex & REX_B ? 8 : 0));
		if (insn->base == GPR_RBP) {
			on_stack(reader, insn);
		}
	}
	if (mod == 1) {
		insn->displacement = insn_bytes_next_signed(&reader->in, 1);
	} else if (mod == 2) {
		insn->displacement = insn_bytes_next_signed(&reader->in, 4);
	}
	return true;
}

/* ModRM.reg, which extends the opcode or, with REX.R, names a register. */
static u8 extension(const struct reader *reader)
{
	return reader->modrm >> 3 & 7;
}

static u8 modrm_reg(const struct reader *reader)
{
	return (u8)(extension(reader) | (reader->rex & REX_R ? 8 : 0));
}

/* Operands: memory and a register, both of the opcode's size. */
static int memory_and_reg(struct reader *reader, struct mmio_insn *insn,
			  enum mmio_opcode opcode, u8 byte)
{
	if (!read_modrm(reader, insn)) {
		return ERR_UNSUPPORTED;
	}
	insn->opcode = (u8)opcode;
	insn->bytes = size_of(reader, byte);
	set_reg(reader, insn, modrm_reg(reader), insn->bytes);
	return 0;
}

static void read_immediate(struct reader *reader, struct mmio_insn *insn,
			   u32 bytes)
{
	insn->has_immediate = true;
	insn->immediate = insn_bytes_next_signed(&reader->in, MIN(bytes, 4u));
}

/*
 * MOVZX, MOVSX and MOVSXD: a register of reg_bytes from memory of fewer bytes.
 */
static int extend(struct reader *reader, struct mmio_insn *insn, u8 bytes,
		  bool sign)
{
	if (!read_modrm(reader, insn)) {
		return ERR_UNSUPPORTED;
	}
	insn->opcode = MMIO_LOAD;
	insn->bytes = bytes;
	insn->sign_extend = sign;
	set_reg(reader, insn, modrm_reg(reader), wide(reader));
	return 0;
}

/* Opcodes 80h, 81h and 83h, and other groups: ModRM.reg tells the operation. */
static int group(struct reader *reader, struct mmio_insn *insn, u8 byte)
{
	u8 sub;

	if (!read_modrm(reader, insn)) {
		return ERR_UNSUPPORTED;
	}
	sub = extension(reader);
	insn->bytes = size_of(reader, byte);
	switch (byte) {
	case 0xc6:
	case 0xc7:
		insn->opcode = MMIO_STORE;
		read_immediate(reader, insn, insn->bytes);
		return sub == 0 ? 0 : ERR_UNSUPPORTED;
	case 0xf6:
	case 0xf7:
		if (sub < 2) {
			insn->opcode = MMIO_TEST;
			read_immediate(reader, insn, insn->bytes);
			return 0;
		}
		insn->opcode = sub == 2 ? MMIO_NOT : MMIO_NEG;
		return sub < 4 ? 0 : ERR_UNSUPPORTED;
	case 0xfe:
	case 0xff:
		insn->opcode = sub == 0 ? MMIO_INC : MMIO_DEC;
		return sub < 2 ? 0 : ERR_UNSUPPORTED;
	default:
		insn->opcode = MMIO_ALU_STORE;
		insn->sub = sub;
		read_immediate(reader, insn, byte == 0x81 ? insn->bytes : 1);
		return 0;
	}
}

/* MOV between the accumulator and an address in the instruction. */
static int mov_offset(struct reader *reader, struct mmio_insn *insn, u8 byte)
{
	insn->opcode = byte & 2 ? MMIO_STORE : MMIO_LOAD;
	insn->bytes = size_of(reader, byte);
	set_reg(reader, insn, GPR_RAX, insn->bytes);
	insn->displacement =
		insn_bytes_next_signed(&reader->in, insn->address_bytes);
	return 0;
}

static int string(struct reader *reader, struct mmio_insn *insn,
		  enum mmio_opcode opcode, u8 byte)
{
	insn->opcode = (u8)opcode;
	insn->bytes = size_of(reader, byte);
	insn->rep = reader->rep;
	insn->to_segment = reader->code_bytes == 8 ? MMIO_FLAT : MMIO_ES;
	set_reg(reader, insn, GPR_RAX, insn->bytes);
	return 0;
}

/* Opcodes 00h-3Fh: eight ALU operations with a register, 8 opcodes each. */
static int alu(struct reader *reader, struct mmio_insn *insn, u8 byte)
{
	insn->sub = byte >> 3;
	if ((byte & 7) > 3) {
		return ERR_UNSUPPORTED;
	}
	return memory_and_reg(reader, insn,
			      byte & 2 ? MMIO_ALU_LOAD : MMIO_ALU_STORE, byte);
}

static int two_byte(struct reader *reader, struct mmio_insn *insn)
{
	u8 byte = insn_bytes_next(&reader->in);

	switch (byte) {
	case 0x40 ... 0x4f:
		insn->sub = byte & 0xf;
		return memory_and_reg(reader, insn, MMIO_CMOVCC, 1);
	case 0x90 ... 0x9f:
		insn->sub = byte & 0xf;
		return memory_and_reg(reader, insn, MMIO_SETCC, 0);
	case 0xb0:
	case 0xb1:
		return memory_and_reg(reader, insn, MMIO_CMPXCHG, byte);
	case 0xb6:
	case 0xb7:
		return extend(reader, insn, byte & 1 ? 2 : 1, false);
	case 0xbe:
	case 0xbf:
		return extend(reader, insn, byte & 1 ? 2 : 1, true);
	case 0xc0:
	case 0xc1:
		return memory_and_reg(reader, insn, MMIO_XADD, byte);
	case 0xc3:
		/* MOVNTI has no 16-bit form. */
		return reader->operand16 || reader->rep
			       ? ERR_UNSUPPORTED
			       : memory_and_reg(reader, insn, MMIO_STORE, 1);
	default:
		return ERR_UNSUPPORTED;
	}
}

static int one_byte(struct reader *reader, struct mmio_insn *insn, u8 byte)
{
	switch (byte) {
	case 0x00 ... 0x0e:
	case 0x10 ... 0x3f:
		return alu(reader, insn, byte);
	case 0x0f:
		return two_byte(reader, insn);
	case 0x63:
		if (reader->code_bytes != 8) {
			return ERR_UNSUPPORTED; /* ARPL */
		}
		return extend(reader, insn, wide(reader) == 2 ? 2 : 4, true);
	case 0x80:
	case 0x81:
	case 0x83:
	case 0xc6:
	case 0xc7:
	case 0xf6:
	case 0xf7:
	case 0xfe:
	case 0xff:
		return group(reader, insn, byte);
	case 0x84:
	case 0x85:
		return memory_and_reg(reader, insn, MMIO_TEST, byte);
	case 0x86:
	case 0x87:
		return memory_and_reg(reader, insn, MMIO_XCHG, byte);
	case 0x88:
	case 0x89:
		return memory_and_reg(reader, insn, MMIO_STORE, byte);
	case 0x8a:
	case 0x8b:
		return memory_and_reg(reader, insn, MMIO_LOAD, byte);
	case 0xa0 ... 0xa3:
		return mov_offset(reader, insn, byte);
	case 0xa4:
	case 0xa5:
		return string(reader, insn, MMIO_MOVS, byte);
	case 0xaa:
	case 0xab:
		return string(reader, insn, MMIO_STOS, byte);
	case 0xac:
	case 0xad:
		return string(reader, insn, MMIO_LODS, byte);
	default:
		return ERR_UNSUPPORTED;
	}
}

/*
 * LOCK is allowed for instructions that read, change and write their memory
 * operand, and for no others.
 */
static bool may_lock(const struct mmio_insn *insn)
{
	switch (insn->opcode) {
	case MMIO_ALU_STORE:
		return insn->sub != MMIO_CMP;
	case MMIO_NOT:
	case MMIO_NEG:
	case MMIO_INC:
	case MMIO_DEC:
	case MMIO_XCHG:
	case MMIO_XADD:
	case MMIO_CMPXCHG:
		return true;
	default:
		return false;
	}
}

int mmio_decode(const u8 *bytes, size_t count, u8 code_bytes,
		struct mmio_insn *insn)
{
	struct reader reader = { .in = { .bytes = bytes, .count = count },
				 .code_bytes = code_bytes,
				 .operand16 = code_bytes == 2 };
	u8 byte;
	int err;

	*insn = (struct mmio_insn){ .address_bytes = code_bytes,
				    .segment = code_bytes == 8 ? MMIO_FLAT
							       : MMIO_DS,
				    .base = GPR_NONE,
				    .index = GPR_NONE,
				    .reg = GPR_NONE };
	byte = read_prefixes(&reader, insn);
	err = reader.in.err == 0 ? one_byte(&reader, insn, byte) : 0;
	if (reader.in.err != 0) {
		return reader.in.err;
	}
	insn->length = (u8)reader.in.at;
	return err == 0 && insn->lock && !may_lock(insn) ? ERR_UNSUPPORTED
							 : err;
}
