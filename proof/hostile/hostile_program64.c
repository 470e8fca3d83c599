/* The generator of 64-bit hostile programs. Pure. */
/* build: pure */
#include "arch/x86.h"
#include "guest/insn/mmio_execute.h"
#include "guest/memory/guest64_memory.h"
#include "lib/string.h"
#include "proof/hostile/hostile_address64.h"
#include "proof/hostile/hostile_append.h"
#include "proof/hostile/hostile_layout64.h"
#include "proof/hostile/hostile_random.h"

/* What a paging-structure entry may hold, reserved bits and all. */
static u64 page_entry(u64 *state)
{
	u64 entry = hostile_address64(state) & ~(u64)0xfff;

	entry |= hostile_next(state) & 0xfff;
	if (hostile_below(state, 4) != 0) {
		entry |= PAGING_P | PAGING_RW | PAGING_US;
	}
	return hostile_below(state, 3) == 0 ? entry
					    : entry & ((1ull << 36) - 1);
}

/* MOV RAX, ... RDI, a number of 64 bits; but not RSP. */
static void load(struct hostile_program *p, u64 *state, u64 value)
{
	u32 reg = hostile_below(state, 8);

	hostile_append_number(p, 0xb848 + ((reg == GPR_RSP ? 0 : reg) << 8), 2);
	hostile_append_number(p, value, 8);
}

/* Any opcode of any map behind prefixes, with random bytes for the rest. */
static void any_opcode(struct hostile_program *p, u64 *state)
{
	static const u8 maps[] = { 1, 0x0f, 2, 0x0f, 0x38, 2,	 0x0f, 0x3a,
				   1, 0xc4, 1, 0xc5, 1,	   0x62, 0 };

	hostile_append_prefixes(p, state, 3);
	if (hostile_below(state, 2) == 0) {
		hostile_append_number(p, 0x40 + hostile_below(state, 16), 1);
	}
	if (hostile_below(state, 3) != 0) {
		hostile_append_one_of(p, state, maps);
	}
	hostile_append_random(p, state, 1 + hostile_below(state, 6));
}

/* Privileged instructions besides those of hostile_append_privileged(). */
static const u8 privileged[] = {
	4, 0x44, 0x0f, 0x22, 0xc0,	       /* MOV CR8, RAX */
	4, 0x44, 0x0f, 0x20, 0xc4,	       /* MOV RSP, CR8 */
	3, 0x0f, 0x20, 0xd8,		       /* MOV RAX, CR3 */
	6, 0x0f, 0x20, 0xd8, 0x0f, 0x22, 0xd8, /* the same CR3 again */
	3, 0x0f, 0x01, 0x10,		       /* LGDT [RAX] */
	3, 0x0f, 0x01, 0x18,		       /* LIDT [RAX] */
	3, 0x0f, 0x01, 0x00,		       /* SGDT [RAX] */
	3, 0x0f, 0x01, 0x38,		       /* INVLPG [RAX] */
	3, 0x48, 0x0f, 0x07,		       /* SYSRETQ */
	3, 0x48, 0x0f, 0x35,		       /* SYSEXIT */
	3, 0x0f, 0x01, 0xd0,		       /* XGETBV */
	3, 0x0f, 0x01, 0xf9,		       /* RDTSCP */
	3, 0x0f, 0x01, 0xca,		       /* CLAC */
	3, 0x0f, 0x01, 0xcf,		       /* ENCLS */
	4, 0xf3, 0x0f, 0xc7, 0x30,	       /* VMXON [RAX] */
	3, 0x0f, 0xc7, 0x30,		       /* VMPTRLD [RAX] */
	3, 0x0f, 0xc7, 0x38,		       /* VMPTRST [RAX] */
	4, 0x66, 0x0f, 0xc7, 0x30,	       /* VMCLEAR [RAX] */
	5, 0x66, 0x0f, 0x38, 0x80, 0x00,       /* INVEPT RAX, [RAX] */
	5, 0x66, 0x0f, 0x38, 0x82, 0x00,       /* INVPCID RAX, [RAX] */
	5, 0xf3, 0x48, 0x0f, 0xae, 0xd0,       /* WRFSBASE RAX */
	5, 0xf3, 0x48, 0x0f, 0xae, 0xd8,       /* WRGSBASE RAX */
	4, 0x0f, 0xae, 0x08, 0x90,	       /* FXRSTOR [RAX] */
	3, 0x0f, 0xae, 0x28,		       /* XRSTOR [RAX] */
	5, 0xf0, 0x48, 0x0f, 0xc7, 0x08,       /* LOCK CMPXCHG16B [RAX] */
	4, 0xf0, 0x0f, 0xc7, 0xc8,	       /* LOCK CMPXCHG8B EAX */
	0,
};

static void privileged_instruction(struct hostile_program *p, u64 *state)
{
	if (hostile_below(state, 4) == 0) {
		hostile_append_number(p, 0xb848, 2); /* MOV RAX, */
		hostile_append_number(p, hostile_address64(state), 8);
	}
	if (hostile_below(state, 8) == 0) {
		hostile_append_prefixes(p, state, 2);
	}
	hostile_append_privileged(p, state, privileged);
}

/* The control registers with one bit changed: MOV; BTC RAX; MOV. */
static void control_bit(struct hostile_program *p, u64 *state)
{
	static const u32 registers[] = { 0xc0, 0xd8, 0xe0 };
	u32 reg = registers[hostile_below(state, ARRAY_SIZE(registers))];

	hostile_append_number(p, 0x200f | reg << 16, 3);
	hostile_append_number(p, 0xf8ba0f48, 4);
	hostile_append_number(p, hostile_below(state, 64), 1);
	hostile_append_number(p, 0x220f | reg << 16, 3);
}

static void msr(struct hostile_program *p, u64 *state)
{
	static const u32 known[] = {
		0x10,	    0x1b,	0x174,	    0x175,	0x176,
		0x1a0,	    0x1d9,	0x277,	    0x300,	0x480,
		0x800,	    0xc0000080, 0xc0000081, 0xc0000082, 0xc0000084,
		0xc0000100, 0xc0000101, 0xc0000102, 0xc0000103
	};
	u32 index =
		hostile_below(state, 2) == 0
			? known[hostile_below(state, ARRAY_SIZE(known))]
			: hostile_below(state, 0x2000) |
				  (hostile_below(state, 2) == 0 ? 0
								: 0xc0000000);

	hostile_append_msr(p, state, index);
}

static void port(struct hostile_program *p, u64 *state)
{
	hostile_append_number(p, 0xba, 1); /* MOV EDX, */
	hostile_append_number(p, hostile_next(state) & 0xffff, 4);
	hostile_append_prefixes(p, state, 1);
	hostile_append_number(p,
			      (hostile_below(state, 4) == 0 ? 0x6c : 0xec) +
				      hostile_below(state, 4),
			      1);
}

/* Loads an address into a register and accesses it in some way. */
static void far_access(struct hostile_program *p, u64 *state)
{
	static const u8 users[] = {
		2, 0x88, 0x00,			 /* MOV [RAX], AL */
		3, 0x48, 0x89, 0x08,		 /* MOV [RAX], RCX */
		3, 0x48, 0x8b, 0x00,		 /* MOV RAX, [RAX] */
		3, 0x48, 0x0f, 0xc3,		 /* MOVNTI, cut short */
		4, 0x48, 0x0f, 0xc3, 0x08,	 /* MOVNTI [RAX], RCX */
		4, 0xf0, 0x48, 0xff, 0x00,	 /* LOCK INC QWORD [RAX] */
		3, 0x48, 0x87, 0x00,		 /* XCHG [RAX], RAX */
		5, 0xf0, 0x48, 0x0f, 0xb1, 0x08, /* LOCK CMPXCHG [RAX], RCX */
		2, 0xff, 0x30,			 /* PUSH QWORD [RAX] */
		2, 0x8f, 0x00,			 /* POP QWORD [RAX] */
		2, 0xff, 0x20,			 /* JMP [RAX] */
		2, 0xff, 0xe0,			 /* JMP RAX */
		2, 0xff, 0xd0,			 /* CALL RAX */
		2, 0xff, 0x28,			 /* JMP FAR [RAX] */
		3, 0x48, 0xff, 0x18,		 /* CALL FAR [RAX] */
		3, 0x0f, 0x28, 0x00,		 /* MOVAPS XMM0, [RAX] */
		3, 0x0f, 0xae, 0x00,		 /* FXSAVE [RAX] */
		4, 0x48, 0x89, 0xc4, 0x50,	 /* MOV RSP, RAX; PUSH RAX */
		5, 0x48, 0x89, 0xc7, 0xf3, 0xab, /* MOV RDI, RAX; REP STOS */
		5, 0x48, 0x89, 0xc6, 0xf3, 0xa4, /* MOV RSI, RAX; REP MOVS */
		6, 0x48, 0x89, 0xc7, 0xf3, 0x48, 0xab, 0,
	};

	hostile_append_number(p, 0xb848, 2); /* MOV RAX, */
	hostile_append_number(p, hostile_address64(state), 8);
	hostile_append_one_of(p, state, users);
}

/* MOV [absolute address], a register with whatever a table may hold. */
static void table_entry(struct hostile_program *p, u32 table, u64 value)
{
	hostile_append_number(p, 0xb848, 2);
	hostile_append_number(p, value, 8);
	hostile_append_number(p, 0x25048948, 4);
	hostile_append_number(p, table, 4);
}

/* Changes an entry of the page tables, and perhaps flushes the TLB. */
static void page_tables(struct hostile_program *p, u64 *state)
{
	u32 table = GUEST64_TABLES + (hostile_below(state, 4) << 12);
	u32 entry = hostile_below(state, 2) == 0 ? 0 : hostile_below(state, 20);

	table_entry(p, table + 8 * entry, page_entry(state));
	if (hostile_below(state, 2) == 0) {
		/* MOV RAX, CR3; MOV CR3, RAX */
		hostile_append_number(p, 0xd8220fd8200f, 6);
	}
}

/* Changes a descriptor or a gate, and loads a selector. */
static void descriptors(struct hostile_program *p, u64 *state)
{
	static const u8 users[] = {
		2, 0x8e, 0xd8,		   /* MOV DS, EAX */
		2, 0x8e, 0xd0,		   /* MOV SS, EAX */
		2, 0x8e, 0xe8,		   /* MOV GS, EAX */
		3, 0x0f, 0x00, 0xd8,	   /* LTR AX */
		3, 0x0f, 0x00, 0xd0,	   /* LLDT AX */
		4, 0x50, 0x54, 0x48, 0xcb, /* PUSH RAX; PUSH RSP; RETFQ */
		3, 0x0f, 0x00, 0xe0,	   /* VERR AX */
		2, 0x0f, 0xff, 2,    0xcd, 0x03, 0,
	};
	u32 table = hostile_below(state, 2) == 0
			    ? GUEST64_PROGRAM + HOSTILE_IMAGE_GDT
			    : GUEST64_PROGRAM + HOSTILE_IMAGE_IDT;

	table_entry(p, table + 8 * hostile_below(state, 8),
		    hostile_next(state) | 0x800000000000ull);
	hostile_append_number(p, 0xb8, 1); /* MOV EAX, a selector */
	hostile_append_number(p, hostile_below(state, 0x48), 4);
	hostile_append_one_of(p, state, users);
}

static void stack(struct hostile_program *p, u64 *state)
{
	static const u8 users[] = { 0x50, 0x58, 0x9c, 0x9d, 0xc3,
				    0xcb, 0xcf, 0xcc, 0xc9, 0xf1 };

	hostile_append_number(p, 0xbc48, 2); /* MOV RSP, */
	hostile_append_number(p, hostile_address64(state), 8);
	for (u32 n = 1 + hostile_below(state, 3); n != 0; n--) {
		hostile_append_prefixes(p, state, 1);
		hostile_append(p, &users[hostile_below(state, sizeof(users))],
			       1);
	}
}

/* A frame of odd selectors, flags and pointers, and IRETQ or RETFQ. */
static void far_return(struct hostile_program *p, u64 *state)
{
	static const u8 selectors[] = { HOSTILE_SELECTOR_CODE,
					HOSTILE_SELECTOR_DATA,
					HOSTILE_SELECTOR_USER_CODE,
					HOSTILE_SELECTOR_USER_DATA,
					HOSTILE_SELECTOR_TSS,
					HOSTILE_SELECTOR_CODE32,
					0x00,
					0x03 };
	bool far = hostile_below(state, 3) == 0;

	for (u32 i = far ? 1 : 0; i < 5; i++) {
		if (i == 0 || i == 3) {
			hostile_append_number(p, 0x6a, 1);
			hostile_append(p,
				       &selectors[hostile_below(
					       state, sizeof(selectors))],
				       1);
		} else {
			hostile_append_number(p, 0x68, 1);
			hostile_append_number(
				p,
				i == 4 ? GUEST64_PROGRAM + p->offset +
						 hostile_below(state, 64)
				       : (u32)hostile_address64(state),
				4);
		}
	}
	hostile_append_number(p, far ? 0xcb48 : 0xcf48, 2);
}

/* MOV BYTE [RIP + somewhere near], whatever. */
static void self_modification(struct hostile_program *p, u64 *state)
{
	hostile_append_number(p, 0x05c6, 2);
	hostile_append_number(p, (u64)0 - hostile_below(state, 24) + 16, 4);
	hostile_append_number(p, hostile_next(state), 1);
}

/* STI, MOV SS and similar instructions, and the ones right behind them. */
static void shadows(struct hostile_program *p, u64 *state)
{
	static const u8 list[] = {
		1,    0xfb, 1,	  0xfa, 1,    0xf4, 2,	  0x8e, 0xd0,
		2,    0x8e, 0xd1, 1,	0x9d, 1,    0xf1, 1,	0xcc,
		2,    0xcd, 0x80, 2,	0x0f, 0xa2, 1,	  0x9c, 2,
		0x8c, 0xd0, 4,	  0x8c, 0xd0, 0x8e, 0xd0, 0,
	};

	for (u32 n = 1 + hostile_below(state, 4); n != 0; n--) {
		hostile_append_one_of(p, state, list);
	}
}

/* PUSHFQ; OR DWORD [GPR_RSP], TF, AC, NT or IOPL; POPFQ. */
static void flags(struct hostile_program *p, u64 *state)
{
	static const u32 bits[] = { (u32)RFLAGS_TF, (u32)RFLAGS_TF,
				    (u32)RFLAGS_AC, (u32)RFLAGS_NT,
				    RFLAGS_IOPL,    (u32)RFLAGS_RF };

	hostile_append_number(p, 0x240c819c, 4);
	hostile_append_number(p, bits[hostile_below(state, ARRAY_SIZE(bits))],
			      4);
	hostile_append_number(p, 0x9d, 1);
}

static void load_address(struct hostile_program *p, u64 *state)
{
	load(p, state, hostile_address64(state));
}

static hostile_piece *const kinds[] = {
	hostile_append_bytes,
	any_opcode,
	any_opcode,
	privileged_instruction,
	msr,
	port,
	self_modification,
	privileged_instruction,
	stack,
	shadows,
	shadows,
	control_bit,
	flags,
	hostile_append_interrupt,
	far_access,
	far_access,
	hostile_append_loop,
	page_tables,
	page_tables,
	privileged_instruction,
	descriptors,
	far_return,
	load_address,
	any_opcode,
};

static void registers(struct hostile_program *p, u64 *state)
{
	for (u32 i = 0; i < ARRAY_SIZE(p->gpr); i++) {
		p->gpr[i] = hostile_below(state, 2) == 0
				    ? hostile_address64(state)
				    : hostile_below(state, 0x10000);
	}
	if (hostile_below(state, 4) != 0) {
		p->gpr[GPR_RSP] = GUEST64_STACK_TOP;
	}
	p->rflags = RFLAGS_FIXED_1 |
		    (hostile_next(state) & (RFLAGS_IF | RFLAGS_DF));
	if (hostile_below(state, 8) == 0) {
		p->rflags |= hostile_next(state) &
			     (RFLAGS_TF | RFLAGS_AC | RFLAGS_IOPL | RFLAGS_NT);
	}
}

void hostile_program64_make(struct hostile_program *program, u64 seed,
			    u64 index)
{
	u64 state = hostile_state(seed, index);

	memset(program, 0, sizeof(*program));
	registers(program, &state);
	program->offset = HOSTILE_IMAGE_CODE;
	if (hostile_below(&state, 8) == 0) {
		program->offset =
			HOSTILE_IMAGE_CODE_END - 1 - hostile_below(&state, 8);
	}
	program->user = hostile_below(&state, 4) == 0;
	program->small_pages = hostile_below(&state, 2) == 0;
	program->idt = (enum hostile_idt)hostile_below(&state, HOSTILE_IDTS);
	program->vectors_seed = hostile_next(&state);
	hostile_append_pieces(program, &state, kinds, ARRAY_SIZE(kinds));
}
