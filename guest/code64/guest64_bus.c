/*
 * Accesses of a 64-bit guest outside its RAM: memory-mapped I/O, whose
 * instructions the host emulates, and I/O ports. The board answers. On the
 * guest's core, its VMCS current, interrupts off.
 */
#include "guest/code64/guest64_bus.h"

#include "arch/x86.h"
#include "guest/code64/guest64_fault.h"
#include "guest/code64/watch64.h"
#include "lib/error.h"
#include "lib/string.h"
#include "vmm/guest_rights.h"
#include "vmm/vcpu_events.h"
#include "vmm/vcpu_state.h"

/* One instruction that is being emulated, and its result so far. */
struct step {
	struct guest64 *guest;
	u32 user; /* PAGE_FAULT_U at privilege level 3 */
	enum exit_action action;
};

/* At most 8 bytes, in one page. */
static u64 read_piece(struct guest64 *guest, u64 gpa, u8 bytes)
{
	const u8 *at = guest64_memory_at(&guest->memory, gpa);
	u64 value = 0;

	if (at != NULL) {
		memcpy(&value, at, bytes);
	} else {
		value = board_read_mmio(&guest->board, gpa, bytes);
		watch64_mmio(guest, true, gpa, bytes, value);
	}
	return value;
}

static void write_piece(struct guest64 *guest, u64 gpa, u8 bytes, u64 value)
{
	u8 *at = guest64_memory_at(&guest->memory, gpa);

	if (bytes < 8) {
		value &= BIT(8 * bytes) - 1;
	}
	if (at != NULL) {
		memcpy(at, &value, bytes);
	} else {
		board_write_mmio(&guest->board, gpa, bytes, value);
		watch64_mmio(guest, false, gpa, bytes, value);
	}
}

static u64 read_operand(void *ctx, const struct mmio_operand *operand)
{
	const struct step *step = ctx;
	u64 value = 0;
	u32 shift = 0;

	for (u32 i = 0; i < 2 && operand->piece[i].bytes != 0; i++) {
		value |= read_piece(step->guest, operand->piece[i].gpa,
				    operand->piece[i].bytes)
			 << shift;
		shift += 8u * operand->piece[i].bytes;
	}
	return value;
}

static void write_operand(void *ctx, const struct mmio_operand *operand,
			  u64 value)
{
	const struct step *step = ctx;
	u32 shift = 0;

	for (u32 i = 0; i < 2 && operand->piece[i].bytes != 0; i++) {
		write_piece(step->guest, operand->piece[i].gpa,
			    operand->piece[i].bytes, value >> shift);
		shift += 8u * operand->piece[i].bytes;
	}
}

/*
 * The guest's page tables as they are now: under EPT the guest loads CR3
 * without an exit.
 */
static const struct walk64 *current_walk(struct guest64 *guest)
{
	if (guest->memory.has_ept) {
		guest->walk.cr3 = vcpu_cr3(&guest->vcpu);
	}
	return &guest->walk;
}

static bool locate_piece(struct step *step, u64 linear, u32 access, u64 *gpa)
{
	struct walk64_found found;

	if (!walk64_is_canonical(linear)) {
		step->action = vcpu_raise(&step->guest->vcpu, VECTOR_GP, 0);
		return false;
	}
	switch (walk64(current_walk(step->guest), linear, access, &found)) {
	case WALK64_MAPPED:
		*gpa = found.gpa;
		return true;
	case WALK64_FAULT:
		step->action = guest64_page_fault(step->guest, linear,
						  found.error_code);
		return false;
	default:
		step->action = vcpu_stop(&step->guest->vcpu, VCPU_END_FAULT,
					 "a page table is at %lx, which is no "
					 "RAM",
					 found.gpa);
		return false;
	}
}

/*
 * An operand that lies in two pages is two accesses, which may go to different
 * places.
 */
static bool locate(void *ctx, u64 linear, u8 bytes, bool write,
		   struct mmio_operand *operand)
{
	struct step *step = ctx;
	u32 access = step->user | (write ? (u32)PAGE_FAULT_W : 0);
	u8 first = (u8)MIN((u64)bytes, PAGE_SIZE - linear % PAGE_SIZE);

	operand->piece[0].bytes = first;
	operand->piece[1].bytes = (u8)(bytes - first);
	return locate_piece(step, linear, access, &operand->piece[0].gpa) &&
	       (first == bytes || locate_piece(step, linear + first, access,
					       &operand->piece[1].gpa));
}

size_t guest64_fetch(struct guest64 *guest, u8 *bytes, size_t n)
{
	u64 rip = vcpu_rip(&guest->vcpu);
	u32 access = (u32)PAGE_FAULT_I | guest64_user_access(guest);
	struct walk64_found found;
	const u8 *at = NULL;
	size_t i;

	for (i = 0; i < n; i++) {
		if (i == 0 || (rip + i) % PAGE_SIZE == 0) {
			if (!walk64_is_canonical(rip + i) ||
			    walk64(current_walk(guest), rip + i, access,
				   &found) != WALK64_MAPPED) {
				break;
			}
			at = guest64_memory_at(&guest->memory, found.gpa);
		}
		if (at == NULL) {
			break;
		}
		bytes[i] = *at++;
	}
	return i;
}

static void load_cpu(struct guest64 *guest, struct mmio_cpu *cpu,
		     struct step *step)
{
	guest64_get_gprs(guest, cpu->gpr);
	cpu->rip = vcpu_rip(&guest->vcpu);
	cpu->rflags = vcpu_rflags(&guest->vcpu);
	memset(cpu->base, 0, sizeof(cpu->base));
	cpu->base[MMIO_FS] = vcpu_segment_base(&guest->vcpu, SEGMENT_FS);
	cpu->base[MMIO_GS] = vcpu_segment_base(&guest->vcpu, SEGMENT_GS);
	cpu->ctx = step;
	cpu->locate = locate;
	cpu->read = read_operand;
	cpu->write = write_operand;
}

enum exit_action guest64_mmio(struct guest64 *guest, u64 address)
{
	struct step step = { .guest = guest,
			     .user = guest64_user_access(guest) };
	u8 bytes[INSN_BYTES_MAX];
	struct mmio_insn insn;
	struct mmio_cpu cpu;
	enum mmio_outcome outcome;

	if (!(vcpu_segment_rights(&guest->vcpu, SEGMENT_CS) & RIGHTS_L)) {
		return vcpu_stop(&guest->vcpu, VCPU_END_FAULT,
				 "memory-mapped I/O at %lx by code that is "
				 "not 64-bit",
				 address);
	}
	if (mmio_decode(bytes, guest64_fetch(guest, bytes, sizeof(bytes)), 8,
			&insn) != 0) {
		return vcpu_stop(&guest->vcpu, VCPU_END_FAULT,
				 "memory-mapped I/O at %lx by an instruction "
				 "that is not acted out",
				 address);
	}
	load_cpu(guest, &cpu, &step);
	outcome = mmio_execute(&insn, &cpu);
	if (outcome == MMIO_NOT_DONE) {
		return step.action;
	}
	guest64_set_gprs(guest, cpu.gpr);
	if (outcome == MMIO_DONE) {
		/*
		 * A fault saves RFLAGS with RF set; an instruction that is done
		 * clears it.
		 */
		cpu.rflags &= ~RFLAGS_RF;
		vcpu_complete(&guest->vcpu, insn.length);
	}
	vcpu_set_rflags(&guest->vcpu, cpu.rflags);
	return EXIT_RESUME;
}

enum exit_action guest64_io(struct vcpu *vcpu, struct io_qualification io)
{
	struct guest64 *guest = vcpu->guest;
	u8 bytes = io_qualification_bytes(io);
	u64 mask = BIT(8 * bytes) - 1;
	u64 value = vcpu->regs.rax & mask;
	u16 port = (u16)io.port;

	if (io.string) {
		return vcpu_stop(vcpu, VCPU_END_FAULT,
				 "string I/O at port %x: not supported", port);
	}
	if (io.in) {
		value = board_in(&guest->board, port, bytes);
		/*
		 * IN to EAX clears bits 63:32; IN to AL or AX keeps the other
		 * bits.
		 */
		vcpu->regs.rax =
			bytes == 4 ? value : (vcpu->regs.rax & ~mask) | value;
	} else if (!board_out(&guest->board, port, bytes, (u32)value)) {
		return EXIT_STOP;
	}
	watch64_port(guest, io, value);
	return EXIT_SKIP_INSTRUCTION;
}
