/*
 * Decodes instructions, without knowing what they do. Called through v86_step()
 * with bytes that a guest chose.
 */
/* build: pure hot */
#include "guest/insn/v86_decode.h"

#include "lib/error.h"

#define OPCODE_TWO_BYTES 0x0f
#define OPCODE_GROUP_7 0x01 /* behind 0F: the operation is in ModRM.reg */

#define FORM_KNOWN (1u << 0)	   /* else it is not ours to decode */
#define FORM_BYTE (1u << 1)	   /* the operand has 8 bits */
#define FORM_IMMEDIATE (1u << 2)   /* 8 bits of it */
#define FORM_REGISTER (1u << 3)	   /* ModRM that always names a register */
#define FORM_SOURCE (1u << 4)	   /* string at DS:SI, with override */
#define FORM_DESTINATION (1u << 5) /* string at ES:DI, without */
#define FORM_PREFIX (1u << 6)
#define FORM_MORE                                                              \
	(FORM_IMMEDIATE | FORM_REGISTER | FORM_SOURCE | FORM_DESTINATION)

struct form {
	u8 flags;
	u8 opcode;
};

#define FORM(name, more)                                                       \
	{                                                                      \
		FORM_KNOWN | (more), V86_INSN_##name                           \
	}
#define PREFIX                                                                 \
	{                                                                      \
		FORM_PREFIX, 0                                                 \
	}

static const struct form one_byte_forms[256] = {
	[0x26] = PREFIX,
	[0x2e] = PREFIX,
	[0x36] = PREFIX,
	[0x3e] = PREFIX,
	[0x64] = PREFIX,
	[0x65] = PREFIX,
	[0x66] = PREFIX,
	[0x67] = PREFIX,
	[0x6c] = FORM(INS, FORM_DESTINATION | FORM_BYTE),
	[0x6d] = FORM(INS, FORM_DESTINATION),
	[0x6e] = FORM(OUTS, FORM_SOURCE | FORM_BYTE),
	[0x6f] = FORM(OUTS, FORM_SOURCE),
	[0x9c] = FORM(PUSHF, 0),
	[0x9d] = FORM(POPF, 0),
	[0xcc] = FORM(INT3, 0),
	[0xcd] = FORM(INT, FORM_IMMEDIATE),
	[0xce] = FORM(INTO, 0),
	[0xcf] = FORM(IRET, 0),
	[0xe4] = FORM(IN, FORM_IMMEDIATE | FORM_BYTE),
	[0xe5] = FORM(IN, FORM_IMMEDIATE),
	[0xe6] = FORM(OUT, FORM_IMMEDIATE | FORM_BYTE),
	[0xe7] = FORM(OUT, FORM_IMMEDIATE),
	[0xec] = FORM(IN, FORM_BYTE),
	[0xed] = FORM(IN, 0),
	[0xee] = FORM(OUT, FORM_BYTE),
	[0xef] = FORM(OUT, 0),
	[0xf0] = PREFIX,
	[0xf2] = PREFIX,
	[0xf3] = PREFIX,
	[0xf4] = FORM(HLT, 0),
	[0xfa] = FORM(CLI, 0),
	[0xfb] = FORM(STI, 0),
};

static const struct form two_byte_forms[256] = {
	[0x06] = FORM(CLTS, 0),
	[0x08] = FORM(INVD, 0),
	[0x09] = FORM(WBINVD, 0),
	[0x20] = FORM(MOV_FROM_CR, FORM_REGISTER),
	[0x21] = FORM(MOV_FROM_DR, FORM_REGISTER),
	[0x22] = FORM(MOV_TO_CR, FORM_REGISTER),
	[0x23] = FORM(MOV_TO_DR, FORM_REGISTER),
	[0x30] = FORM(WRMSR, 0),
	[0x32] = FORM(RDMSR, 0),
	[0xa2] = FORM(CPUID, 0),
};

/*
 * Group 7 (0F 01), by ModRM.reg. With a register operand most entries are other
 * instructions.
 */
static const struct {
	u8 memory, reg;
} group_7[8] = {
	{ V86_INSN_SGDT, V86_INSN_COUNT }, { V86_INSN_SIDT, V86_INSN_COUNT },
	{ V86_INSN_LGDT, V86_INSN_COUNT }, { V86_INSN_LIDT, V86_INSN_COUNT },
	{ V86_INSN_SMSW, V86_INSN_SMSW },  { V86_INSN_COUNT, V86_INSN_COUNT },
	{ V86_INSN_LMSW, V86_INSN_LMSW },  { V86_INSN_INVLPG, V86_INSN_COUNT },
};

static void take_prefix(u8 byte, struct v86_insn *insn, int *override)
{
	switch (byte) {
	case 0x26:
	case 0x2e:
	case 0x36:
	case 0x3e:
		*override = byte >> 3 & 3;
		break;
	case 0x64:
	case 0x65:
		*override = byte - 0x64 + SEGMENT_FS;
		break;
	case 0x66:
		insn->operand_bytes = 4;
		break;
	case 0x67:
		insn->address_bytes = 4;
		break;
	case 0xf0:
		insn->lock = true;
		break;
	default:
		insn->repne = byte == 0xf2;
		insn->rep = !insn->repne;
		break;
	}
}

/* Reads the prefixes and returns the byte behind them. */
static inline u8 prefixes(struct insn_bytes *in, struct v86_insn *insn,
			  int *override)
{
	u8 byte = insn_bytes_next(in);

	while (unlikely(one_byte_forms[byte].flags & FORM_PREFIX)) {
		take_prefix(byte, insn, override);
		byte = insn_bytes_next(in);
	}
	return byte;
}

static void address_16(struct insn_bytes *in, unsigned mod, unsigned rm,
		       struct v86_address *a)
{
	static const u8 bases[8] = { GPR_RBX, GPR_RBX, GPR_RBP, GPR_RBP,
				     GPR_RSI, GPR_RDI, GPR_RBP, GPR_RBX };
	static const u8 indexes[8] = { GPR_RSI,	 GPR_RDI,  GPR_RSI,  GPR_RDI,
				       GPR_NONE, GPR_NONE, GPR_NONE, GPR_NONE };

	a->base = bases[rm];
	a->index = indexes[rm];
	if (mod == 0 && rm == 6) {
		a->base = GPR_NONE;
		mod = 2;
	}
	a->displacement = (u32)insn_bytes_next_signed(in, mod);
}

static void address_32(struct insn_bytes *in, unsigned mod, unsigned rm,
		       struct v86_address *a)
{
	a->base = (u8)rm;
	if (rm == 4) {
		u8 sib = insn_bytes_next(in);

		a->shift = sib >> 6;
		a->index = sib >> 3 & 7;
		a->base = sib & 7;
		if (a->index == GPR_RSP) {
			a->index = GPR_NONE;
		}
	}
	if (mod == 0 && a->base == GPR_RBP) {
		a->base = GPR_NONE;
		mod = 2;
	}
	a->displacement = (u32)insn_bytes_next_signed(in, mod == 2 ? 4 : mod);
}

/* Decodes the memory operand of a ModRM byte whose mod is not 3. */
static void memory_operand(struct insn_bytes *in, u8 modrm,
			   struct v86_insn *insn)
{
	struct v86_address *a = &insn->address;

	insn->memory = true;
	if (insn->address_bytes == 2) {
		address_16(in, modrm >> 6, modrm & 7, a);
	} else {
		address_32(in, modrm >> 6, modrm & 7, a);
	}
	a->segment = a->base == GPR_RBP || a->base == GPR_RSP ? SEGMENT_SS
							      : SEGMENT_DS;
}

static void string_operand(struct v86_insn *insn, u8 segment, u8 gpr)
{
	insn->memory = true;
	insn->address.segment = segment;
	insn->address.base = gpr;
}

static int group_7_form(struct insn_bytes *in, struct v86_insn *insn)
{
	u8 modrm = insn_bytes_next(in);
	bool memory = modrm >> 6 != 3;

	insn->reg = modrm >> 3 & 7;
	insn->rm = modrm & 7;
	insn->opcode =
		memory ? group_7[insn->reg].memory : group_7[insn->reg].reg;
	if (in->err == 0 && insn->opcode == V86_INSN_COUNT) {
		return ERR_UNSUPPORTED;
	}
	if (memory) {
		memory_operand(in, modrm, insn);
	}
	return in->err;
}

static void take_operands(struct insn_bytes *in, u8 flags,
			  struct v86_insn *insn)
{
	if (flags & FORM_IMMEDIATE) {
		insn->has_immediate = true;
		insn->immediate = insn_bytes_next(in);
	}
	if (flags & FORM_REGISTER) {
		u8 modrm = insn_bytes_next(in);

		insn->reg = modrm >> 3 & 7;
		insn->rm = modrm & 7;
	}
	if (flags & FORM_SOURCE) {
		string_operand(insn, SEGMENT_DS, GPR_RSI);
	}
	if (flags & FORM_DESTINATION) {
		string_operand(insn, SEGMENT_ES, GPR_RDI);
	}
}

static inline int apply(struct insn_bytes *in, struct form form,
			struct v86_insn *insn)
{
	if (in->err != 0) {
		return in->err;
	}
	if (!(form.flags & FORM_KNOWN)) {
		return ERR_UNSUPPORTED;
	}
	insn->opcode = form.opcode;
	if (form.flags & FORM_BYTE) {
		insn->operand_bytes = 1;
	}
	if (form.flags & FORM_MORE) {
		take_operands(in, form.flags, insn);
	}
	return in->err;
}

static inline int behind_0f(struct insn_bytes *in, struct v86_insn *insn)
{
	u8 byte = insn_bytes_next(in);

	return in->err == 0 && byte == OPCODE_GROUP_7
		       ? group_7_form(in, insn)
		       : apply(in, two_byte_forms[byte], insn);
}

int v86_decode(const u8 *bytes, size_t count, struct v86_insn *insn)
{
	struct insn_bytes in = { .bytes = bytes, .count = count };
	int override = -1;
	int err;
	u8 byte;

	*insn = (struct v86_insn){
		.operand_bytes = 2,
		.address_bytes = 2,
		.address = { .base = GPR_NONE, .index = GPR_NONE },
	};
	byte = prefixes(&in, insn, &override);
	err = byte == OPCODE_TWO_BYTES ? behind_0f(&in, insn)
				       : apply(&in, one_byte_forms[byte], insn);
	if (err == 0 && insn->memory && override >= 0 &&
	    insn->opcode != V86_INSN_INS) {
		insn->address.segment = (u8) override;
	}
	insn->length = (u8)in.at;
	return err;
}
