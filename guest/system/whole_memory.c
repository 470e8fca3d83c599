/*
 * Memory of a guest of any mode: where linear addresses are, and instructions
 * that reach what is no memory, or may not be written. On the guest's core, its
 * VMCS current.
 */
#include "guest/system/whole_memory.h"

#include "arch/x86.h"
#include "guest/board/pc_board.h"
#include "guest/insn/mmio_execute.h"
#include "guest/system/whole_paging.h"
#include "guest/system/whole_strings.h"
#include "lib/string.h"
#include "vmm/guest_rights.h"
#include "vmm/vcpu_events.h"
#include "vmm/vcpu_exit.h"
#include "vmm/vcpu_state.h"

/* Steps of a string instruction that are carried out in one exit. */
#define STEPS_MAX 4096u

/* One instruction that is acted out, and what has become of it. */
struct step {
	struct guest16 *guest;
	enum exit_action action;
};

u8 whole_code_bytes(const struct vcpu *vcpu)
{
	return vcpu_segment_rights(vcpu, SEGMENT_CS) & RIGHTS_DB ? 4 : 2;
}

static struct pc *pc_of(const struct guest16 *guest)
{
	return guest->board.pc;
}

size_t whole_fetch(struct guest16 *guest, u8 *bytes, size_t n)
{
	const struct vcpu *vcpu = &guest->vcpu;
	u32 linear =
		(u32)vcpu_segment_base(vcpu, SEGMENT_CS) + (u32)vcpu_rip(vcpu);
	u64 address;

	for (size_t i = 0; i < n; i++) {
		if (!whole_can_translate(guest, linear + (u32)i, false,
					 &address)) {
			return i;
		}
		bytes[i] = pc_read_byte(pc_of(guest), address);
	}
	return n;
}

static u64 read_operand(void *ctx, const struct mmio_operand *operand)
{
	const struct step *step = ctx;
	u64 value = 0;
	u32 shift = 0;

	for (u32 i = 0; i < 2; i++) {
		for (u32 k = 0; k < operand->piece[i].bytes; k++, shift += 8) {
			value |= (u64)pc_read_byte(pc_of(step->guest),
						   operand->piece[i].gpa + k)
				 << shift;
		}
	}
	return value;
}

static void write_operand(void *ctx, const struct mmio_operand *operand,
			  u64 value)
{
	const struct step *step = ctx;

	for (u32 i = 0; i < 2; i++) {
		for (u32 k = 0; k < operand->piece[i].bytes; k++, value >>= 8) {
			pc_write_byte(pc_of(step->guest),
				      operand->piece[i].gpa + k, (u8)value);
		}
	}
}

static bool locate(void *ctx, u64 linear, u8 bytes, bool write,
		   struct mmio_operand *operand)
{
	struct step *step = ctx;
	u8 first = (u8)MIN((u64)bytes, PAGE_SIZE - linear % PAGE_SIZE);

	operand->piece[0].bytes = first;
	operand->piece[1].bytes = (u8)(bytes - first);
	step->action = EXIT_RESUME; /* a page fault, if there is one */
	return whole_translate(step->guest, (u32)linear, write,
			       &operand->piece[0].gpa) &&
	       (first == bytes ||
		whole_translate(step->guest, (u32)linear + first, write,
				&operand->piece[1].gpa));
}

static void load_cpu(struct guest16 *guest, struct mmio_cpu *cpu,
		     struct step *step)
{
	static const u8 segments[MMIO_SEGMENTS] = {
		[MMIO_FS] = SEGMENT_FS, [MMIO_GS] = SEGMENT_GS,
		[MMIO_ES] = SEGMENT_ES, [MMIO_CS] = SEGMENT_CS,
		[MMIO_SS] = SEGMENT_SS, [MMIO_DS] = SEGMENT_DS,
	};

	memcpy(cpu->gpr, guest->vcpu.regs.by_number, sizeof(cpu->gpr));
	cpu->gpr[GPR_RSP] = vcpu_rsp(&guest->vcpu);
	cpu->rip = vcpu_rip(&guest->vcpu);
	cpu->rflags = vcpu_rflags(&guest->vcpu);
	cpu->base[MMIO_FLAT] = 0;
	for (u32 i = MMIO_FLAT + 1; i < MMIO_SEGMENTS; i++) {
		cpu->base[i] = vcpu_segment_base(&guest->vcpu,
						 (enum segment)segments[i]);
	}
	cpu->ctx = step;
	cpu->locate = locate;
	cpu->read = read_operand;
	cpu->write = write_operand;
}

static void store_cpu(struct guest16 *guest, const struct mmio_cpu *cpu)
{
	memcpy(guest->vcpu.regs.by_number, cpu->gpr, sizeof(cpu->gpr));
	vcpu_set_rsp(&guest->vcpu, cpu->gpr[GPR_RSP]);
}

/* Where it steps, the guest sees each step. */
static enum mmio_outcome execute(struct guest16 *guest,
				 const struct mmio_insn *insn,
				 struct mmio_cpu *cpu)
{
	u32 budget = cpu->rflags & RFLAGS_TF ? 1 : STEPS_MAX;
	enum mmio_outcome outcome;

	if (insn->rep && whole_strings(guest, insn, cpu) != 0) {
		return MMIO_REPEAT;
	}
	do {
		outcome = mmio_execute(insn, cpu);
	} while (outcome == MMIO_REPEAT && --budget != 0);
	return outcome;
}

enum exit_action whole_memory(struct vcpu *vcpu, u64 address)
{
	struct guest16 *guest = vcpu->guest;
	struct step step = { .guest = guest };
	u8 bytes[INSN_BYTES_MAX];
	struct mmio_insn insn;
	struct mmio_cpu cpu;
	enum mmio_outcome outcome;

	if (vcpu_exit_vectoring(vcpu) & INTERRUPTION_INFO_VALID) {
		return vcpu_stop(vcpu, VCPU_END_FAULT,
				 "an interrupt or exception was to be delivered "
				 "by way of %lx, where it cannot be",
				 address);
	}
	if (mmio_decode(bytes, whole_fetch(guest, bytes, sizeof(bytes)),
			whole_code_bytes(vcpu), &insn) != 0) {
		return vcpu_stop(vcpu, VCPU_END_FAULT,
				 "access to %lx by an instruction that is not "
				 "acted out",
				 address);
	}
	load_cpu(guest, &cpu, &step);
	outcome = execute(guest, &insn, &cpu);
	store_cpu(guest, &cpu);
	if (outcome == MMIO_NOT_DONE) {
		return step.action;
	}
	if (outcome == MMIO_DONE) {
		cpu.rflags &= ~RFLAGS_RF;
		vcpu_complete(vcpu, insn.length);
	}
	vcpu_set_rflags(vcpu, cpu.rflags);
	return EXIT_RESUME;
}
