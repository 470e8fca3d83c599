/* The generator of 16-bit hostile programs. Pure. */
/* build: pure */
#include "proof/hostile/hostile_program.h"

#include "arch/x86.h"
#include "lib/string.h"
#include "proof/hostile/hostile_append.h"
#include "proof/hostile/hostile_random.h"

#define PROGRAM_SEGMENT 0x1000
#define PROGRAM_OFFSET 0x100
#define STACK_SEGMENT 0x3000
#define STACK_TOP 0xfffe

/* Addresses that a write must not reach, or where addresses wrap. */
static u32 address(u64 *state)
{
	static const u32 interesting[] = {
		0x0,	    0x4,	0x6c,	    0x400,	0x1fffd,
		0x9ffff,    0xa0000,	0xfffff,    0x100000,	0x10ffef,
		0x10ffff,   0x110000,	0x111000,   0x112000,	0x1fffff,
		0x200000,   0x400000,	0x80000000, 0x80001000, 0x80002000,
		0xe0000000, 0xfec00000, 0xfee00000, 0xfee00300, 0xfffffffd,
	};
	u32 kind = hostile_below(state, 4);

	if (kind == 0) {
		return (u32)hostile_next(state);
	}
	return kind == 1 ? hostile_below(state, 0x110000)
			 : interesting[hostile_below(state,
						     ARRAY_SIZE(interesting))];
}

/*
 * Any opcode of one or two bytes behind prefixes, with random bytes for the
 * rest.
 */
static void any_opcode(struct hostile_program *p, u64 *state)
{
	hostile_append_prefixes(p, state, 4);
	if (hostile_below(state, 2) == 0) {
		hostile_append_number(p, 0x0f, 1);
	}
	hostile_append_random(p, state, 1 + hostile_below(state, 5));
}

/* Privileged instructions besides those of hostile_append_privileged(). */
static const u8 privileged[] = {
	3, 0x0f, 0x20, 0xc0,		 /* MOV EAX, CR0 */
	3, 0x0f, 0x20, 0xd4,		 /* MOV ESP, CR2 */
	3, 0x0f, 0x23, 0xc0,		 /* MOV DR0, EAX */
	5, 0x0f, 0x01, 0x16, 0x00, 0x01, /* LGDT [100h] */
	5, 0x0f, 0x01, 0x1e, 0x00, 0x01, /* LIDT [100h] */
	5, 0x0f, 0x01, 0x06, 0x00, 0x01, /* SGDT [100h] */
	4, 0xf3, 0x0f, 0xc7, 0x37,	 /* VMXON [BX] */
	3, 0x0f, 0xc7, 0x37,		 /* VMPTRLD [BX] */
	4, 0x66, 0x0f, 0xc7, 0x37,	 /* VMCLEAR [BX] */
	5, 0x66, 0x0f, 0x38, 0x80, 0x07, /* INVEPT EAX, [BX] */
	3, 0x0f, 0x01, 0x3f,		 /* INVLPG [BX] */
	5, 0x0f, 0x20, 0xc0, 0x0c, 0x01, /* MOV EAX, CR0; OR AL, 1 */
	0,
};

static void privileged_instruction(struct hostile_program *p, u64 *state)
{
	if (hostile_below(state, 4) == 0) {
		hostile_append_prefixes(p, state, 2);
	}
	hostile_append_privileged(p, state, privileged);
}

static void msr(struct hostile_program *p, u64 *state)
{
	u32 index = hostile_below(state, 0x2000);

	hostile_append_number(p, 0x66, 1);
	hostile_append_msr(p, state,
			   hostile_below(state, 2) ? index
						   : index | 0xc0000000);
}

static void port(struct hostile_program *p, u64 *state)
{
	u8 opcode = (u8)(0x6c + hostile_below(state, 4));

	if (hostile_below(state, 2) == 0) {
		hostile_append_prefixes(p, state, 3);
		hostile_append_number(p, opcode, 1); /* INS, OUTS */
		return;
	}
	hostile_append_number(p, 0xba, 1); /* MOV DX, */
	hostile_append_number(p, hostile_next(state), 2);
	hostile_append_prefixes(p, state, 1);
	hostile_append_number(p, opcode + 0x80, 1); /* IN and OUT by DX */
}

/* MOV BYTE CS:[somewhere in here], whatever. */
static void self_modification(struct hostile_program *p, u64 *state)
{
	hostile_append_number(p, 0x06c62e, 3);
	hostile_append_number(
		p, p->at.offset + hostile_below(state, HOSTILE_BYTES_MAX), 2);
	hostile_append_number(p, hostile_next(state), 1);
}

static void stack(struct hostile_program *p, u64 *state)
{
	static const u16 pointers[] = { 0, 1, 2, 3, 5, 0xffff, 0xfffe, 0xfffd };
	static const u8 users[] = { 0x50, 0x60, 0x58, 0x61, 0x9c, 0x9d, 0xc3,
				    0xcb, 0xcf, 0xcc, 0xc9, 0x1f, 0x17 };

	hostile_append_number(p, 0xbc, 1); /* MOV SP, */
	hostile_append_number(
		p, pointers[hostile_below(state, ARRAY_SIZE(pointers))], 2);
	for (u32 n = 1 + hostile_below(state, 3); n != 0; n--) {
		hostile_append_prefixes(p, state, 1);
		hostile_append_number(
			p, users[hostile_below(state, ARRAY_SIZE(users))], 1);
	}
}

/* STI, MOV SS and similar instructions, and the ones right behind them. */
static void shadows(struct hostile_program *p, u64 *state)
{
	static const u16 list[] = { 0xfb,   0xfa,   0xf4, 0xd08e, 0x17,
				    0x9d,   0xcf,   0xf1, 0xcc,	  0xce,
				    0xd08e, 0x80cd, 0xfb, 0xf4,	  0x9c };

	for (u32 n = 1 + hostile_below(state, 4); n != 0; n--) {
		u16 opcode = list[hostile_below(state, ARRAY_SIZE(list))];

		hostile_append_number(p, opcode, opcode > 0xff ? 2 : 1);
	}
}

/* PUSHF; POP AX; OR AH, 1; PUSH AX; POPF: single steps from here on. */
static void single_step(struct hostile_program *p, u64 *state)
{
	static const u8 code[] = { 0x9c, 0x58, 0x80, 0xcc, 0x01, 0x50, 0x9d };

	(void)state;
	hostile_append(p, code, sizeof(code));
}

/* A far jump or call to anywhere. */
static void far_jump(struct hostile_program *p, u64 *state)
{
	hostile_append_number(p, hostile_below(state, 2) ? 0xea : 0x9a, 1);
	hostile_append_number(p, address(state), 4);
}

/* MOV DWORD [32-bit address], whatever. */
static void far_write(struct hostile_program *p, u64 *state)
{
	hostile_append_number(p, 0x05c76667, 4);
	hostile_append_number(p, address(state), 4);
	hostile_append_number(p, hostile_next(state), 4);
}

/*
 * Enters protected mode with whatever descriptor table there is, because one
 * with flat segments has no room: MOV EAX, CR0; OR AL, 1; MOV CR0, EAX, and a
 * far jump.
 */
static void protected_mode(struct hostile_program *p, u64 *state)
{
	static const u8 code[] = { 0x0f, 0x20, 0xc0, 0x0c,
				   0x01, 0x0f, 0x22, 0xc0 };

	hostile_append(p, code, sizeof(code));
	if (hostile_below(state, 2) == 0) {
		far_jump(p, state);
	}
}

static hostile_piece *const kinds[] = {
	hostile_append_bytes,
	any_opcode,
	any_opcode,
	privileged_instruction,
	msr,
	port,
	port,
	self_modification,
	stack,
	shadows,
	shadows,
	privileged_instruction,
	single_step,
	hostile_append_interrupt,
	far_jump,
	far_write,
	hostile_append_loop,
	protected_mode,
	any_opcode,
	privileged_instruction,
};

static u32 random_register(u64 *state)
{
	u32 value = (u32)hostile_next(state);

	switch (hostile_below(state, 4)) {
	case 0:
		return value;
	case 1:
		return value & 0xffff;
	case 2:
		return address(state);
	default:
		return value & 0xff;
	}
}

static void registers(struct hostile_program *p, u64 *state)
{
	static const u16 segments[] = {
		0, PROGRAM_SEGMENT, 0x40, 0xffff, 0xf000, 0xa000, 0x2000, 0x9fc0
	};
	struct bios_regs *r = &p->regs;
	u32 *const general[] = { &r->eax, &r->ebx, &r->ecx, &r->edx,
				 &r->esi, &r->edi, &r->ebp };
	u32 *const data[] = { &r->ds, &r->es, &r->fs, &r->gs };

	for (u32 i = 0; i < ARRAY_SIZE(general); i++) {
		*general[i] = random_register(state);
	}
	for (u32 i = 0; i < ARRAY_SIZE(data); i++) {
		*data[i] = segments[hostile_below(state, ARRAY_SIZE(segments))];
	}
	r->ss = STACK_SEGMENT;
	r->esp = STACK_TOP;
	if (hostile_below(state, 4) == 0) {
		r->ss = segments[hostile_below(state, ARRAY_SIZE(segments))];
		r->esp = random_register(state);
	}
	r->eflags = (u32)(RFLAGS_FIXED_1 |
			  (hostile_next(state) & (RFLAGS_IF | RFLAGS_DF)));
	if (hostile_below(state, 8) == 0) {
		r->eflags |=
			(u32)(hostile_next(state) & (RFLAGS_TF | RFLAGS_AC));
	}
}

static void place(struct hostile_program *p, u64 *state)
{
	p->at = (struct far_ptr){ .offset = PROGRAM_OFFSET,
				  .segment = PROGRAM_SEGMENT };
	if (hostile_below(state, 8) == 0) {
		/*
		 * The program or one of its instructions crosses the end of the
		 * segment.
		 */
		p->at.offset = (u16)(0x10000u - 1 - hostile_below(state, 8));
	}
}

void hostile_program16_make(struct hostile_program *program, u64 seed,
			    u64 index)
{
	u64 state = hostile_state(seed, index);

	memset(program, 0, sizeof(*program));
	place(program, &state);
	registers(program, &state);
	program->ivt =
		hostile_below(&state, 3) == 0
			? (enum hostile_ivt)hostile_below(&state, HOSTILE_IVTS)
			: HOSTILE_IVT_BIOS;
	program->vectors_seed = hostile_next(&state);
	hostile_append_pieces(program, &state, kinds, ARRAY_SIZE(kinds));
}

struct far_ptr hostile_program16_vector(const struct hostile_program *program,
					u8 vector)
{
	u64 state = program->vectors_seed + vector;
	u64 word = hostile_next(&state);

	switch (program->ivt) {
	case HOSTILE_IVT_PROGRAM:
		return program->at;
	case HOSTILE_IVT_TOP:
		return (struct far_ptr){ .offset = 0xffff, .segment = 0xffff };
	default:
		return (struct far_ptr){ .offset = (u16)word,
					 .segment = (u16)(word >> 16) };
	}
}
