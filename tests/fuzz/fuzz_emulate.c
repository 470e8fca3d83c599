/*
 * guest/insn/v86_emulate*.c: any registers, code and memory. The emulator
 * reaches memory by its three functions alone, within the guest's, and writes
 * only where it has asked; an exception leaves everything as it was; and the
 * registers stay such as VM entry and the next step can take.
 */
#include "arch/x86.h"
#include "guest/insn/v86_emulate.h"
#include "tests/fuzz/fuzz.h"

#define MEMORY_BYTES 0x10fff0u /* FFFF:FFFF is the last of them */
#define WRITES_MAX 32768u
#define INPUT_AT_MOST 256u

static struct {
	u8 memory[MEMORY_BYTES];
	struct {
		u32 linear;
		u8 old;
	} write[WRITES_MAX];
	u32 writes;
	u32 asked[64]; /* the latest addresses that writable() was asked of */
	u32 asks;
	u32 ports; /* accesses that were made */
	u8 refuse; /* what is refused: bits below */
	u8 idt_moved;
} world;

#define REFUSE_READ 1u
#define REFUSE_WRITE 2u
#define REFUSE_PORT 4u
#define REFUSE_PAGE 0x2000u /* of memory, at this address */

static bool refused(u32 linear, u8 kind)
{
	return (world.refuse & kind) && linear / 4096 == REFUSE_PAGE / 4096;
}

static bool read8(void *context, u32 linear, u8 *value)
{
	CHECK(context == &world);
	if (linear >= MEMORY_BYTES) {
		CHECK(world.idt_moved); /* only IDTR leads there */
		return false;
	}
	*value = world.memory[linear];
	return !refused(linear, REFUSE_READ);
}

/* Where reads are refused elsewhere, code is read byte by byte. */
static const u8 *code(void *context, u32 linear, u32 *count)
{
	CHECK(context == &world && linear < MEMORY_BYTES);
	*count = 4096 - linear % 4096;
	return world.refuse & REFUSE_READ ? NULL : world.memory + linear;
}

static bool writable(void *context, u32 linear)
{
	CHECK(context == &world && linear < MEMORY_BYTES);
	world.asked[world.asks++ % ARRAY_SIZE(world.asked)] = linear;
	return !refused(linear, REFUSE_WRITE);
}

static void write8(void *context, u32 linear, u8 value)
{
	bool asked = false;

	CHECK(context == &world && linear < MEMORY_BYTES);
	CHECK(!refused(linear, REFUSE_WRITE));
	for (size_t i = 0; i < ARRAY_SIZE(world.asked); i++) {
		asked |= world.asked[i] == linear && i < world.asks;
	}
	CHECK(asked);
	CHECK(world.writes < WRITES_MAX);
	world.write[world.writes].linear = linear;
	world.write[world.writes++].old = world.memory[linear];
	world.memory[linear] = value;
}

static bool in(void *context, u16 port, unsigned bytes, u32 *value)
{
	CHECK(context == &world && (bytes == 1 || bytes == 2 || bytes == 4));
	if (world.refuse & REFUSE_PORT) {
		return false;
	}
	*value = port * 0x01000193u + world.ports++;
	return true;
}

static bool out(void *context, u16 port, unsigned bytes, u32 value)
{
	CHECK(context == &world && (bytes == 1 || bytes == 2 || bytes == 4));
	CHECK(bytes == 4 || value >> 8 * bytes == 0);
	(void)port;
	world.ports++;
	return !(world.refuse & REFUSE_PORT);
}

static bool rdmsr(void *context, u32 index, u64 *value)
{
	CHECK(context == &world);
	*value = index * 0x123456789ull;
	return index % 2 == 0;
}

static bool wrmsr(void *context, u32 index, u64 value)
{
	CHECK(context == &world);
	return (index + value) % 2 == 0;
}

static void cpuid(void *context, u32 regs[4])
{
	CHECK(context == &world);
	for (unsigned i = 0; i < 4; i++) {
		regs[i] ^= 0xa5a5a5a5u;
	}
}

static const struct v86_machine_ops ops = {
	.code = code,
	.read8 = read8,
	.writable = writable,
	.write8 = write8,
	.in = in,
	.out = out,
	.rdmsr = rdmsr,
	.wrmsr = wrmsr,
	.cpuid = cpuid,
};

static u32 take_segment(struct fuzz_input *input)
{
	return (u32)fuzz_take(input, 2);
}

static void take_machine(struct v86_machine *m, struct fuzz_input *input)
{
	struct bios_regs *r = &m->regs;
	u32 *const general[] = { &r->eax, &r->ecx, &r->edx, &r->ebx,
				 &r->esp, &r->ebp, &r->esi, &r->edi };

	v86_machine_init(m, &ops, &world);
	world.refuse = (u8)fuzz_take(input, 1);
	r->eflags =
		((u32)fuzz_take(input, 3) & 0x3f7fd5u) | (u32)RFLAGS_FIXED_1;
	r->eip = (u32)fuzz_take(input, 2);
	r->cs = take_segment(input);
	r->ss = take_segment(input);
	r->ds = take_segment(input);
	r->es = take_segment(input);
	r->fs = take_segment(input);
	r->gs = take_segment(input);
	for (size_t i = 0; i < ARRAY_SIZE(general); i++) {
		*general[i] = (u32)fuzz_take(input, 4);
	}
	/* Long repetitions are slow: seldom. */
	if (world.refuse < 0xf0) {
		r->ecx &= 0x3f;
	}
	m->cr4 = (u32)fuzz_take(input, 1);
	m->interrupt_shadow = fuzz_take(input, 1) & 1;
}

/* What is left of the input is code, at CS:EIP and wrapping with it. */
static void put_code(const struct v86_machine *m, struct fuzz_input *input)
{
	u32 base = m->regs.cs << 4;

	for (u32 ip = m->regs.eip; input->left > 0; ip++) {
		u32 linear = base + (ip & 0xffff);

		world.write[world.writes].linear = linear;
		world.write[world.writes++].old = world.memory[linear];
		world.memory[linear] = (u8)fuzz_take(input, 1);
	}
}

static void restore(void)
{
	while (world.writes > 0) {
		world.writes--;
		world.memory[world.write[world.writes].linear] =
			world.write[world.writes].old;
	}
	world.asks = 0;
	world.ports = 0;
	world.idt_moved = 0;
}

/* Of the instruction at CS:EIP, before it runs: it may overwrite itself. */
struct kind {
	bool string;   /* INS or OUTS, of which a part may be done */
	bool sets_esp; /* MOV from a system register, SMSW */
};

static struct kind kind_of_next(const struct v86_machine *m)
{
	struct kind kind = { false, false };
	struct v86_insn insn;
	u32 base = m->regs.cs << 4;
	u8 code[INSN_BYTES_MAX];

	for (u32 i = 0; i < sizeof(code); i++) {
		code[i] = world.memory[base + ((m->regs.eip + i) & 0xffff)];
	}
	if (v86_decode(code, sizeof(code), &insn) == 0) {
		kind.string = insn.opcode == V86_INSN_INS ||
			      insn.opcode == V86_INSN_OUTS;
		kind.sets_esp = insn.rm == GPR_RSP &&
				(insn.opcode == V86_INSN_SMSW ||
				 insn.opcode == V86_INSN_MOV_FROM_CR ||
				 insn.opcode == V86_INSN_MOV_FROM_DR);
	}
	return kind;
}

/* General detect changes two bits by design; nothing else may have moved. */
static void check_unchanged(const struct v86_machine *before,
			    const struct v86_machine *m, u32 writes)
{
	struct v86_machine was = *before;

	was.vector = m->vector;
	was.single_step = m->single_step;
	if (m->vector == VECTOR_DB) {
		was.dr[6] |= (u32)DR6_BD;
		was.dr[7] &= ~(u32)DR7_GD;
	}
	CHECK(memcmp(&was, m, sizeof(was)) == 0);
	CHECK(world.writes == writes);
}

static void check(const struct v86_machine *before, const struct v86_machine *m,
		  enum v86_result result, u32 writes, struct kind kind)
{
	const struct bios_regs *r = &m->regs;

	CHECK(result <= V86_SHUTDOWN);
	CHECK((m->cr0 & CR0_PE) == 0 && (m->cr0 & CR0_ET) != 0);
	CHECK((r->eflags & RFLAGS_FIXED_1) != 0 && r->eip <= 0x10000);
	CHECK((r->eflags & RFLAGS_VM) == (before->regs.eflags & RFLAGS_VM));
	CHECK((r->cs | r->ss | r->ds | r->es | r->fs | r->gs) <= 0xffff);
	CHECK(kind.sets_esp || r->esp >> 16 == before->regs.esp >> 16);
	switch (result) {
	case V86_EXCEPTION:
	case V86_REFUSED:
	case V86_PROTECTED_MODE:
	case V86_UNSUPPORTED:
		CHECK(!m->single_step && r->eip == before->regs.eip);
		if (!kind.string) {
			check_unchanged(before, m, writes);
		}
		break;
	case V86_REPEAT:
		CHECK(r->eip == before->regs.eip && r->ecx != 0);
		break;
	default:
		break;
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	struct fuzz_input input = { data, MIN(bytes, INPUT_AT_MOST) };
	struct v86_machine m, before;
	enum v86_result result = V86_DONE;

	memset(&m, 0, sizeof(m));
	take_machine(&m, &input);
	put_code(&m, &input);
	for (unsigned i = 0; i < 8 && result == V86_DONE; i++) {
		u32 writes = world.writes;
		struct kind kind = kind_of_next(&m);

		world.asks = 0;
		before = m;
		result = v86_step(&m);
		check(&before, &m, result, writes, kind);
		world.idt_moved |= m.idtr.base != 0;
		m.regs.eip &= 0xffff;
	}
	if (result == V86_EXCEPTION) {
		world.asks = 0;
		result = v86_deliver(&m, m.vector, (u16)m.regs.eip);
		CHECK(result == V86_DONE || result == V86_REFUSED ||
		      result == V86_SHUTDOWN);
		CHECK(result != V86_DONE || !(m.regs.eflags & RFLAGS_IF));
	}
	restore();
	return 0;
}
