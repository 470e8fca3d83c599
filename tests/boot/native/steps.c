/*
 * Makes random cases for steps.S and what guest/insn/v86_emulate.c does with
 * them:
 *
 *	steps SEED CASES FIRST_FILE SECOND_FILE
 *
 * writes the cases into the first file and the results expected into the
 * second, both as steps.S has them. A case is a few instructions from random
 * registers on; memory lives on from one to the next. What cannot be compared
 * is left out: see differs_by_design() and cannot_compare().
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch/x86.h"
#include "guest/insn/v86_emulate.h"
#include "guest/insn/v86_emulate_memory.h"
#include "tests/boot/native/steps.h"

#define MEMORY_BYTES 0x110000u
#define STUBS_SEGMENT 0x8000u
#define PAD_BASE 0x84000u
#define CODE_END 0x98000u
#define STEPS_MAX 64

struct result {
	u32 vector;
	u32 eax, ecx, edx, ebx, esp, ebp, esi, edi;
	u32 es, ss, ds, fs, gs, eflags;
	u32 cr0, cr2, cr3, cr4;
	u32 dr[6];
	u32 gdtr[2], idtr[2];
	u64 msr[2] __attribute__((packed, aligned(4)));
	u32 sum;
};
static_assert(sizeof(struct result) == 34 * 4, "as in steps.S");

static u8 memory[MEMORY_BYTES];
static u64 msr[2];
static bool left_out; /* the case reached for what cannot be compared */

/* Memory as it was before a case. */
static u8 data_before[DATA_END - DATA_BASE];
static u8 code_before[CODE_END - PAD_BASE];

/* --- The machine ----------------------------------------------------------- */

static bool in_vectors(u32 linear)
{
	return linear < 0x400 ||
	       (linear >= IVT_COPY && linear < IVT_COPY + 0x400);
}

static bool in_code(u32 linear)
{
	return linear >= PAD_BASE && linear < CODE_END;
}

static bool read8(void *context, u32 linear, u8 *value)
{
	(void)context;
	if (!steps_in_data(linear) && !in_vectors(linear) && !in_code(linear)) {
		left_out = true;
		return false;
	}
	*value = memory[linear];
	return true;
}

static bool writable(void *context, u32 linear)
{
	(void)context;
	left_out |= !steps_in_data(linear);
	return steps_in_data(linear);
}

static void write8(void *context, u32 linear, u8 value)
{
	(void)context;
	memory[linear] = value;
}

/* Ports that no device of Bochs has: what is read is ones. */
static bool is_free_port(u16 port)
{
	return (port >= 0xe0 && port < 0xe8) || (port >= 0x540 && port < 0x560);
}

static bool in(void *context, u16 port, unsigned bytes, u32 *value)
{
	(void)context;
	(void)bytes;
	*value = UINT32_MAX;
	left_out |= !is_free_port(port);
	return is_free_port(port);
}

static bool out(void *context, u16 port, unsigned bytes, u32 value)
{
	(void)context;
	(void)bytes;
	(void)value;
	left_out |= !is_free_port(port);
	return is_free_port(port);
}

/* Two MSRs that hold an address and do nothing, and one that is not there. */
static u64 *msr_at(u32 index)
{
	switch (index) {
	case MSR_SYSENTER_ESP:
		return &msr[0];
	case MSR_SYSENTER_EIP:
		return &msr[1];
	case 0xdead:
		return NULL;
	default:
		left_out = true;
		return NULL;
	}
}

static bool rdmsr(void *context, u32 index, u64 *value)
{
	(void)context;
	if (msr_at(index) == NULL) {
		return false;
	}
	*value = *msr_at(index);
	return true;
}

static bool wrmsr(void *context, u32 index, u64 value)
{
	(void)context;
	if (msr_at(index) == NULL || (u64)((s64)(value << 16) >> 16) != value) {
		return false;
	}
	*msr_at(index) = value;
	return true;
}

/* What CPUID says is the processor's own; that it is asked is tested. */
static void cpuid(void *context, u32 regs[4])
{
	(void)context;
	(void)regs;
	left_out = true;
}

static const struct v86_machine_ops ops = {
	.read8 = read8,
	.writable = writable,
	.write8 = write8,
	.in = in,
	.out = out,
	.rdmsr = rdmsr,
	.wrmsr = wrmsr,
	.cpuid = cpuid,
};

/* As prepare in steps.S leaves it. */
static void fill_memory(void)
{
	for (u32 n = 0; n < 256; n++) {
		u16 entry[2] = { (u16)(0x400 + n), (u16)(STUBS_SEGMENT + n) };

		memcpy(memory + n * 4, entry, 4);
		memcpy(memory + IVT_COPY + n * 4, entry, 4);
	}
	memset(memory + PAD_BASE, INT3, CODE_END - PAD_BASE);
	for (u32 i = 0; i < 0x10400 / 4; i++) {
		u32 value = i * 0x9e3779b1u;

		memcpy(memory + DATA_BASE + i * 4, &value, 4);
	}
}

static u32 sum_of(u32 sum, u32 from, u32 to)
{
	for (; from < to; from += 4) {
		u32 value;

		memcpy(&value, memory + from, 4);
		sum = (sum << 1 | sum >> 31) + value;
	}
	return sum;
}

/* --- Running them ---------------------------------------------------------- */

static void place(const struct test_case *c)
{
	for (size_t i = 0; i < PATCHES; i++) {
		if (c->patch[i].linear != 0) {
			memcpy(memory + c->patch[i].linear, &c->patch[i].value,
			       sizeof(u32));
		}
	}
	for (u32 i = 0; i < c->length; i++) {
		memory[(c->regs.cs << 4) + ((c->regs.eip + i) & 0xffff)] =
			c->code[i];
	}
}

/* The instruction at CS:EIP, if it is one of the emulator's. */
static bool decode_next(const struct v86_machine *m, struct v86_insn *insn)
{
	u8 code[INSN_BYTES_MAX];

	for (u32 i = 0; i < sizeof(code); i++) {
		code[i] =
			memory[(m->regs.cs << 4) + ((m->regs.eip + i) & 0xffff)];
	}
	return v86_decode(code, sizeof(code), insn) == 0;
}

/*
 * What is not as on the processor, or on this one, by design:
 * - CR4 above bit 10 is state that the hypervisor keeps to itself, so that
 *   setting it is a #GP; Bochs has some of it.
 * - Bochs reads and writes the operand of LGDT and its kind as two, of which
 *   the second may lie at offset 0 again; here it is one, beyond the limit.
 *   The SDM does not say.
 */
static bool differs_by_design(struct v86_machine *m,
			      const struct v86_insn *insn)
{
	switch (insn->opcode) {
	case V86_INSN_MOV_TO_CR:
		return insn->reg == 4 &&
		       (*v86_emulate_gpr(m, insn->rm) & ~0x7ffu) != 0;
	case V86_INSN_SGDT:
	case V86_INSN_SIDT:
	case V86_INSN_LGDT:
	case V86_INSN_LIDT:
		return v86_emulate_offset(m, insn) - 0xfffb < 5;
	default:
		return false;
	}
}

/*
 * Limits of the comparison itself: memory and ports that are not as Bochs has
 * them, a breakpoint that is on, ends without a handler, and #DB of a single
 * step with other bits of DR6 set: Bochs clears B0 to B3, which the SDM leaves
 * open, and BT.
 */
static bool cannot_compare(const struct v86_machine *m, enum v86_result result)
{
	return left_out || result == V86_SHUTDOWN || result == V86_REFUSED ||
	       result == V86_PROTECTED_MODE || result == V86_UNSUPPORTED ||
	       (m->dr[7] & 0xff) != 0 ||
	       (m->single_step &&
		(m->dr[6] & (DR6_B0 | DR6_B1 | DR6_B2 | DR6_B3 | DR6_BT)) != 0);
}

static bool in_handler(const struct v86_machine *m, u32 *vector)
{
	*vector = m->regs.cs - STUBS_SEGMENT;
	return *vector < 256 && m->regs.eip == 0x400 + *vector;
}

/* Steps to the handler that ends the case, or says that it is no case. */
static bool run(struct v86_machine *m, u32 *vector, unsigned *steps)
{
	for (unsigned i = 0; i < STEPS_MAX; i++) {
		struct v86_insn insn;
		enum v86_result result;

		if (in_handler(m, vector)) {
			*steps += i;
			/* GD would catch the code that saves the result. */
			return !(m->dr[7] & DR7_GD);
		}
		if (decode_next(m, &insn) && differs_by_design(m, &insn)) {
			return false;
		}
		result = v86_step(m);
		if (result == V86_EXCEPTION) {
			result = v86_deliver(m, m->vector, (u16)m->regs.eip);
		}
		if (m->single_step && !cannot_compare(m, result)) {
			result = v86_deliver(m, VECTOR_DB, (u16)m->regs.eip);
		}
		if (cannot_compare(m, result)) {
			return false;
		}
	}
	return false;
}

static void save_result(struct result *r, const struct v86_machine *m,
			u32 vector)
{
	const struct bios_regs *regs = &m->regs;

	*r = (struct result){
		.vector = vector,
		.eax = regs->eax,
		.ecx = regs->ecx,
		.edx = regs->edx,
		.ebx = regs->ebx,
		.esp = regs->esp,
		.ebp = regs->ebp,
		.esi = regs->esi,
		.edi = regs->edi,
		.es = regs->es,
		.ss = regs->ss,
		.ds = regs->ds,
		.fs = regs->fs,
		.gs = regs->gs,
		.eflags = regs->eflags,
		.cr0 = m->cr0,
		.cr2 = m->cr2,
		.cr3 = m->cr3,
		.cr4 = m->cr4,
		.dr = { m->dr[0], m->dr[1], m->dr[2], m->dr[3], m->dr[6],
			m->dr[7] },
		.gdtr = { m->gdtr.limit | m->gdtr.base << 16,
			  m->gdtr.base >> 16 },
		.idtr = { m->idtr.limit | m->idtr.base << 16,
			  m->idtr.base >> 16 },
		.msr = { msr[0], msr[1] },
	};
	r->sum = sum_of(0, DATA_BASE, DATA_LOW_END);
	r->sum = sum_of(r->sum, DATA_HIGH, DATA_END);
}

/* Whether the case can be compared; if not, memory is as it was. */
static bool run_case(const struct test_case *c, struct result *r,
		     unsigned *steps)
{
	struct v86_machine m;
	u32 vector = 0;

	memcpy(data_before, memory + DATA_BASE, sizeof(data_before));
	memcpy(code_before, memory + PAD_BASE, sizeof(code_before));
	left_out = false;
	msr[0] = 0;
	msr[1] = 0;
	place(c);
	v86_machine_init(&m, &ops, NULL);
	m.regs = c->regs;
	if (!run(&m, &vector, steps)) {
		memcpy(memory + DATA_BASE, data_before, sizeof(data_before));
		memcpy(memory + PAD_BASE, code_before, sizeof(code_before));
		return false;
	}
	save_result(r, &m, vector);
	return true;
}

int main(int argc, char **argv)
{
	FILE *cases, *results;
	unsigned steps = 0;
	long wanted;

	if (argc != 5) {
		fprintf(stderr, "steps SEED CASES CASES_FILE RESULTS_FILE\n");
		return 2;
	}
	steps_seed(strtoull(argv[1], NULL, 0));
	wanted = strtol(argv[2], NULL, 0);
	cases = fopen(argv[3], "wb");
	results = fopen(argv[4], "wb");
	if (cases == NULL || results == NULL) {
		perror("steps");
		return 1;
	}
	fill_memory();
	while (wanted > 0) {
		struct test_case c;
		struct result r;

		steps_random_case(&c);
		if (run_case(&c, &r, &steps)) {
			fwrite(&c, sizeof(c), 1, cases);
			fwrite(&r, sizeof(r), 1, results);
			wanted--;
		}
	}
	fclose(cases);
	printf("%u\n", steps);
	return fclose(results) == 0 ? 0 : 1;
}
