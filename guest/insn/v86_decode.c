/*
 * The decoder. Knows how instructions are written, not what they do; called
 * through v86_step() with bytes that a guest chose.
 */
/* build: pure */
#include "guest/insn/v86_decode.h"

#include "lib/error.h"
#include "lib/string.h"

#define OPCODE_TWO_BYTES 0x0f
#define OPCODE_GROUP_7 0x01 /* behind 0F: the operation is in ModRM.reg */

#define FORM_BYTE (1u << 0)	   /* the operand has 8 bits */
#define FORM_IMMEDIATE (1u << 1)   /* 8 bits of it */
#define FORM_REGISTER (1u << 2)	   /* ModRM that always names a register */
#define FORM_SOURCE (1u << 3)	   /* string at DS:SI, with override */
#define FORM_DESTINATION (1u << 4) /* string at ES:DI, without */

struct form {
	u8 byte;
	u8 opcode;
	u8 flags;
};

static const struct form one_byte_forms[] = {
	{ 0x6c, V86_INSN_INS, FORM_DESTINATION | FORM_BYTE },
	{ 0x6d, V86_INSN_INS, FORM_DESTINATION },
	{ 0x6e, V86_INSN_OUTS, FORM_SOURCE | FORM_BYTE },
	{ 0x6f, V86_INSN_OUTS, FORM_SOURCE },
	{ 0x9c, V86_INSN_PUSHF, 0 },
	{ 0x9d, V86_INSN_POPF, 0 },
	{ 0xcc, V86_INSN_INT3, 0 },
	{ 0xcd, V86_INSN_INT, FORM_IMMEDIATE },
	{ 0xce, V86_INSN_INTO, 0 },
	{ 0xcf, V86_INSN_IRET, 0 },
	{ 0xe4, V86_INSN_IN, FORM_IMMEDIATE | FORM_BYTE },
	{ 0xe5, V86_INSN_IN, FORM_IMMEDIATE },
	{ 0xe6, V86_INSN_OUT, FORM_IMMEDIATE | FORM_BYTE },
	{ 0xe7, V86_INSN_OUT, FORM_IMMEDIATE },
	{ 0xec, V86_INSN_IN, FORM_BYTE },
	{ 0xed, V86_INSN_IN, 0 },
	{ 0xee, V86_INSN_OUT, FORM_BYTE },
	{ 0xef, V86_INSN_OUT, 0 },
	{ 0xf4, V86_INSN_HLT, 0 },
	{ 0xfa, V86_INSN_CLI, 0 },
	{ 0xfb, V86_INSN_STI, 0 },
};

static const struct form two_byte_forms[] = {
	{ 0x06, V86_INSN_CLTS, 0 },
	{ 0x08, V86_INSN_INVD, 0 },
	{ 0x09, V86_INSN_WBINVD, 0 },
	{ 0x20, V86_INSN_MOV_FROM_CR, FORM_REGISTER },
	{ 0x21, V86_INSN_MOV_FROM_DR, FORM_REGISTER },
	{ 0x22, V86_INSN_MOV_TO_CR, FORM_REGISTER },
	{ 0x23, V86_INSN_MOV_TO_DR, FORM_REGISTER },
	{ 0x30, V86_INSN_WRMSR, 0 },
	{ 0x32, V86_INSN_RDMSR, 0 },
	{ 0xa2, V86_INSN_CPUID, 0 },
};

/* Group 7 by ModRM.reg; with a register operand most are something else. */
static const struct {
	u8 memory, reg;
} group_7[8] = {
	{ V86_INSN_SGDT, V86_INSN_COUNT }, { V86_INSN_SIDT, V86_INSN_COUNT },
	{ V86_INSN_LGDT, V86_INSN_COUNT }, { V86_INSN_LIDT, V86_INSN_COUNT },
	{ V86_INSN_SMSW, V86_INSN_SMSW },  { V86_INSN_COUNT, V86_INSN_COUNT },
	{ V86_INSN_LMSW, V86_INSN_LMSW },  { V86_INSN_INVLPG, V86_INSN_COUNT },
};

/* Takes the prefixes and returns the byte behind them. */
static u8 prefixes(struct insn_bytes *in, struct v86_insn *insn, int *override)
{
	for (;;) {
		u8 byte = insn_bytes_next(in);

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
		case 0xf2:
		case 0xf3:
			insn->repne = byte == 0xf2;
			insn->rep = !insn->repne;
			break;
		default:
			return byte;
		}
	}
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

/* Decodes what a ModRM byte with mod other than 3 points to. */
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

static const struct form *find(const struct form *forms, size_t count, u8 byte)
{
	for (size_t i = 0; i < count; i++) {
		if (forms[i].byte == byte) {
			return &forms[i];
		}
	}
	return NULL;
}

static int apply(struct insn_bytes *in, const struct form *form,
		 struct v86_insn *insn)
{
	if (in->err != 0) {
		return in->err;
	}
	if (form == NULL) {
		return ERR_UNSUPPORTED;
	}
	insn->opcode = form->opcode;
	if (form->flags & FORM_BYTE) {
		insn->operand_bytes = 1;
	}
	if (form->flags & FORM_IMMEDIATE) {
		insn->has_immediate = true;
		insn->immediate = insn_bytes_next(in);
	}
	if (form->flags & FORM_REGISTER) {
		u8 modrm = insn_bytes_next(in);

		insn->reg = modrm >> 3 & 7;
		insn->rm = modrm & 7;
	}
	if (form->flags & FORM_SOURCE) {
		string_operand(insn, SEGMENT_DS, GPR_RSI);
	}
	if (form->flags & FORM_DESTINATION) {
		string_operand(insn, SEGMENT_ES, GPR_RDI);
	}
	return in->err;
}

int v86_decode(const u8 *bytes, size_t count, struct v86_insn *insn)
{
	struct insn_bytes in = { .bytes = bytes, .count = count };
	int override = -1;
	int err;
	u8 byte;

	memset(insn, 0, sizeof(*insn));
	insn->operand_bytes = 2;
	insn->address_bytes = 2;
	insn->address.base = GPR_NONE;
	insn->address.index = GPR_NONE;
	byte = prefixes(&in, insn, &override);
	if (byte != OPCODE_TWO_BYTES) {
		err = apply(&in,
			    find(one_byte_forms, ARRAY_SIZE(one_byte_forms),
				 byte),
			    insn);
	} else {
		byte = insn_bytes_next(&in);
		if (in.err == 0 && byte == OPCODE_GROUP_7) {
			err = group_7_form(&in, insn);
		} else {
			err = apply(&in,
				    find(two_byte_forms,
					 ARRAY_SIZE(two_byte_forms), byte),
				    insn);
		}
	}
	if (err == 0 && insn->memory && override >= 0 &&
	    insn->opcode != V86_INSN_INS) {
		insn->address.segment = (u8) override;
	}
	insn->length = (u8)in.at;
	return err;
}
