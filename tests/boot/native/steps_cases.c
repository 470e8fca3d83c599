/*
 * Random cases for steps.S: the emulator's instructions with any prefixes and
 * operands, from registers that point to the ends of their segments.
 */
#include <string.h>

#include "arch/x86.h"
#include "tests/boot/native/steps.h"

static u64 random_state;

void steps_seed(u64 seed)
{
	random_state = seed;
}

static u32 random32(void)
{
	random_state =
		random_state * 6364136223846793005ull + 1442695040888963407ull;
	return (u32)(random_state >> 33) ^ (u32)(random_state << 3 >> 32);
}

static u32 below(u32 n)
{
	return random32() % n;
}

static bool one_in(u32 n)
{
	return below(n) == 0;
}

/* An offset at either end of a segment. */
static u32 near_edge(void)
{
	return (0xfe80 + below(0x300)) & 0xffff;
}

static u32 random_gpr(void)
{
	u32 high = one_in(2) ? 0 : random32() << 16;

	return one_in(6) ? random32() : high | near_edge();
}

static void random_regs(struct bios_regs *r)
{
	u32 *const general[] = { &r->eax, &r->ebx, &r->ebp, &r->esi, &r->edi };
	u32 *const segments[] = { &r->ss, &r->ds, &r->es, &r->fs, &r->gs };
	static const u32 counts[] = {
		0, 1, 2, 5, 30, MSR_SYSENTER_ESP, MSR_SYSENTER_EIP, 0xdead
	};

	for (size_t i = 0; i < ARRAY_SIZE(general); i++) {
		*general[i] = random_gpr();
	}
	for (size_t i = 0; i < ARRAY_SIZE(segments); i++) {
		*segments[i] = DATA_SEGMENT + below(0x20);
	}
	r->ecx = counts[below(ARRAY_SIZE(counts))];
	r->ecx |= one_in(4) ? random32() << 16 : 0;
	r->edx = 0x540 + below(0x18);
	r->edx |= one_in(3) ? random32() << 16 : 0;
	r->esp = one_in(3) ? random32() << 16 | (u16)(below(16) - 8)
			   : near_edge() & ~1u;
	r->cs = CODE_SEGMENT;
	r->eip = one_in(8) ? 0xfff0 + below(16) : below(0xf000);
	r->eflags = (random32() & 0x247ed5u) | (u32)RFLAGS_FIXED_1;
}

static void put(struct test_case *c, unsigned value)
{
	if (c->length < CODE_BYTES) {
		c->code[c->length++] = (u8)value;
	}
}

static void put_displacement(struct test_case *c, unsigned bytes)
{
	u32 value = below(0x200) - 0x100;

	for (unsigned i = 0; i < bytes; i++) {
		put(c, value >> 8 * i & 0xff);
	}
}

static void put_modrm(struct test_case *c, unsigned reg, bool wide)
{
	unsigned mod = below(4);
	unsigned rm = below(8);

	put(c, mod << 6 | reg << 3 | rm);
	if (mod == 3) {
		return;
	}
	if (wide && rm == 4) {
		unsigned sib = below(256);

		put(c, sib);
		if ((sib & 7) == 5 && mod == 0) {
			put_displacement(c, 4);
		}
	} else if (mod == 0 && rm == (wide ? 5 : 6)) {
		put_displacement(c, wide ? 4 : 2);
	}
	if (mod != 0) {
		put_displacement(c, mod == 1 ? 1 : wide ? 4 : 2);
	}
}

/* Returns whether addresses have 32 bits. */
static bool put_prefixes(struct test_case *c)
{
	static const u8 prefixes[] = { 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65,
				       0x66, 0x66, 0x66, 0x67, 0xf2, 0xf3 };
	unsigned count = one_in(2) ? 0 : one_in(40) ? below(16) : below(4);
	bool wide = false;

	while (count-- > 0) {
		u8 prefix = prefixes[below(ARRAY_SIZE(prefixes))];

		put(c, one_in(40) ? 0xf0 : prefix);
		wide |= c->code[c->length - 1] == 0x67;
	}
	return wide;
}

/* One of those that end a case as a rule, or of the others. HLT would wait. */
static void put_instruction(struct test_case *c)
{
	static const u8 plain[] = { 0x9c, 0x9d, 0xfa, 0xfb, 0xec, 0xed, 0xee,
				    0xef, 0x6c, 0x6d, 0x6e, 0x6f, 0x6c, 0x6d,
				    0x6e, 0x6f, 0x9c, 0x9d, 0xce };
	static const u8 two[] = { 0x06, 0x08, 0x09, 0x30, 0x32 };
	bool wide = put_prefixes(c);

	switch (below(40)) {
	case 0:
		put(c, 0xcd);
		put(c, below(256));
		break;
	case 1:
		put(c, one_in(2) ? 0xcc : 0xcf);
		break;
	case 2:
	case 9:
	case 10:
	case 11:
		put(c, 0xe4 + below(4));
		put(c, 0xe0 + below(4));
		break;
	case 3:
	case 4:
	case 5:
	case 12:
	case 13:
		put(c, 0x0f);
		put(c, 0x01);
		put_modrm(c, below(8), wide);
		break;
	case 6:
	case 7:
	case 14:
		put(c, 0x0f);
		put(c, 0x20 + below(4));
		put(c, below(256));
		break;
	case 8:
	case 15:
	case 16:
		put(c, 0x0f);
		put(c, two[below(ARRAY_SIZE(two))]);
		break;
	default:
		put(c, plain[below(ARRAY_SIZE(plain))]);
		break;
	}
}

static void patch(struct test_case *c, unsigned i, u32 segment, u32 offset,
		  u32 value)
{
	u32 linear = (segment << 4) + (offset & 0xffff);

	if (steps_in_data(linear) && steps_in_data(linear + 3)) {
		c->patch[i].linear = linear;
		c->patch[i].value = value;
	}
}

/* IRET to where there is INT3, or beyond 64 KiB. */
static void put_iret(struct test_case *c)
{
	u32 ip = below(0x3000) | (one_in(6) ? random32() << 16 : 0);
	u32 flags = random32();
	u32 cs = PAD_SEGMENT + below(0x10);
	u32 sp = c->regs.esp;

	if (one_in(2)) {
		put(c, 0x66);
		patch(c, 0, c->regs.ss, sp, ip);
		patch(c, 1, c->regs.ss, sp + 4, cs | random32() << 16);
		patch(c, 2, c->regs.ss, sp + 8, flags);
	} else {
		patch(c, 0, c->regs.ss, sp, (ip & 0xffff) | cs << 16);
		patch(c, 1, c->regs.ss, sp + 4, flags);
	}
	put(c, 0xcf);
}

/* LIDT of one of the two tables, whole or cut. */
static void put_lidt(struct test_case *c)
{
	static const u16 limits[] = { 0x3ff, 0x3ff, 0xffff, 0x37, 0x3f, 0x60 };
	u32 offset = near_edge();
	u32 base = (one_in(2) ? IVT_COPY : 0);
	bool wide = one_in(2);

	if (!wide) {
		base |= random32() << 24; /* which LIDT then drops */
	}
	patch(c, 0, c->regs.ds, offset,
	      limits[below(ARRAY_SIZE(limits))] | base << 16);
	patch(c, 1, c->regs.ds, offset + 4, base >> 16);
	if (wide) {
		put(c, 0x66);
	}
	put(c, 0x0f);
	put(c, 0x01);
	put(c, 0x1e);
	put(c, offset & 0xff);
	put(c, offset >> 8);
}

void steps_random_case(struct test_case *c)
{
	unsigned instructions = 1 + below(12);

	memset(c, 0, sizeof(*c));
	random_regs(&c->regs);
	if (one_in(8)) {
		put_iret(c);
	} else if (one_in(8)) {
		put_lidt(c);
	}
	while (instructions-- > 0 && c->length < CODE_BYTES - 17) {
		put_instruction(c);
	}
	put(c, INT3);
}
