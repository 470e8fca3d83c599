/*
 * Emulates one instruction: fetches and decodes it, and executes those about
 * flags and interrupts; the others are in files of their own. Knows no VMCS:
 * the exit handlers of the virtual-8086 engine copy registers in before and out
 * after.
 */
/* build: pure hot */
#include "guest/insn/v86_emulate.h"

#include "arch/x86.h"
#include "guest/far_ptr.h"
#include "guest/insn/v86_emulate_io.h"
#include "guest/insn/v86_emulate_memory.h"
#include "guest/insn/v86_emulate_system.h"
#include "lib/error.h"
#include "lib/string.h"
#include "vmm/vmx/exit_reasons.h"

#define IP_MAX 0xffffu
#define IVT_ENTRY_BYTES 4u

/* The flags that PUSHF and PUSHFD push, and POPF and POPFD set. */
#define FLAGS_16                                                               \
	((u32)(RFLAGS_CF | RFLAGS_PF | RFLAGS_AF | RFLAGS_ZF | RFLAGS_SF |     \
	       RFLAGS_TF | RFLAGS_IF | RFLAGS_DF | RFLAGS_OF | RFLAGS_IOPL |   \
	       RFLAGS_NT))
#define FLAGS_32 (FLAGS_16 | (u32)(RFLAGS_AC | RFLAGS_ID))

static u32 flags_image(const struct v86_machine *m, unsigned bytes)
{
	return (m->regs.eflags & (bytes == 2 ? FLAGS_16 : FLAGS_32)) |
	       (u32)RFLAGS_FIXED_1;
}

static void set_flags(struct v86_machine *m, u32 image, u32 which)
{
	m->regs.eflags = (m->regs.eflags & ~which) | (image & which) |
			 (u32)RFLAGS_FIXED_1;
}

static bool in_ivt(const struct v86_machine *m, u8 vector)
{
	return vector * IVT_ENTRY_BYTES + IVT_ENTRY_BYTES - 1 <= m->idtr.limit;
}

static enum v86_result read_vector(struct v86_machine *m, u8 vector, u32 *entry)
{
	u32 at = m->idtr.base + vector * IVT_ENTRY_BYTES;

	*entry = 0;
	for (unsigned i = 0; i < IVT_ENTRY_BYTES; i++) {
		u8 byte;

		if (!m->ops->read8(m->context, at + i, &byte)) {
			return V86_REFUSED;
		}
		*entry |= (u32)byte << 8 * i;
	}
	return V86_DONE;
}

/*
 * Enters the handler of a vector that lies in the IVT. V86_EXCEPTION: the stack
 * has no room.
 */
static enum v86_result enter(struct v86_machine *m, u8 vector, u16 return_ip)
{
	u32 frame[3] = { flags_image(m, 2), m->regs.cs, return_ip };
	u32 entry;
	enum v86_result result = read_vector(m, vector, &entry);

	if (result == V86_DONE) {
		result = v86_emulate_push(m, 2, frame, ARRAY_SIZE(frame));
	}
	if (result != V86_DONE) {
		return result;
	}
	m->regs.eip = entry & 0xffff;
	m->regs.cs = entry >> 16;
	m->regs.eflags &= ~(u32)(RFLAGS_IF | RFLAGS_TF | RFLAGS_AC | RFLAGS_RF);
	m->interrupt_shadow = false;
	m->single_step = false;
	return V86_DONE;
}

enum v86_result v86_deliver(struct v86_machine *m, u8 vector, u16 return_ip)
{
	enum v86_result result;

	/*
	 * A vector outside the IVT raises #GP instead, whose own vector may lie
	 * outside, too: #DF, then shutdown. For an interrupt, whose vector may
	 * have the number of a contributory exception, this is right as well:
	 * if #GP's vector also lies outside, the end is the same.
	 */
	while (!in_ivt(m, vector)) {
		if (vector == VECTOR_DF) {
			return V86_SHUTDOWN;
		}
		vector = exception_is_contributory(vector) ? VECTOR_DF
							   : VECTOR_GP;
	}
	result = enter(m, vector, return_ip);
	/* #SS and #DF would fail to push on the same stack. */
	return result == V86_EXCEPTION ? V86_SHUTDOWN : result;
}

static enum v86_result interrupt(struct v86_machine *m,
				 const struct v86_insn *insn, u8 vector)
{
	if (!in_ivt(m, vector)) {
		return v86_machine_raise(m, VECTOR_GP);
	}
	return enter(m, vector, (u16)(m->regs.eip + insn->length));
}

static enum v86_result into(struct v86_machine *m, const struct v86_insn *insn)
{
	if (m->regs.eflags & RFLAGS_OF) {
		return interrupt(m, insn, VECTOR_OF);
	}
	return v86_machine_complete(m, insn);
}

static enum v86_result iret(struct v86_machine *m, const struct v86_insn *insn)
{
	unsigned bytes = insn->operand_bytes;
	u32 frame[3]; /* EIP, CS, EFLAGS */
	enum v86_result result =
		v86_emulate_pop(m, bytes, frame, ARRAY_SIZE(frame));

	if (result != V86_DONE) {
		return result;
	}
	if (frame[0] > IP_MAX) {
		return v86_machine_raise(m, VECTOR_GP);
	}
	v86_emulate_drop(m, bytes * (unsigned)ARRAY_SIZE(frame));
	m->regs.eip = frame[0];
	m->regs.cs = frame[1] & 0xffff;
	/* Only IRETD can set RF; debuggers step over a breakpoint so. */
	m->regs.eflags &= ~(u32)RFLAGS_RF;
	set_flags(m, frame[2],
		  bytes == 2 ? FLAGS_16 : FLAGS_32 | (u32)RFLAGS_RF);
	m->interrupt_shadow = false;
	return V86_DONE;
}

static enum v86_result pushf(struct v86_machine *m, const struct v86_insn *insn)
{
	unsigned bytes = insn->operand_bytes;
	u32 image = flags_image(m, bytes);
	enum v86_result result = v86_emulate_push(m, bytes, &image, 1);

	return result == V86_DONE ? v86_machine_complete(m, insn) : result;
}

static enum v86_result popf(struct v86_machine *m, const struct v86_insn *insn)
{
	unsigned bytes = insn->operand_bytes;
	u32 image;
	enum v86_result result = v86_emulate_pop(m, bytes, &image, 1);

	if (result != V86_DONE) {
		return result;
	}
	v86_emulate_drop(m, bytes);
	set_flags(m, image, bytes == 2 ? FLAGS_16 : FLAGS_32);
	return v86_machine_complete(m, insn);
}

static enum v86_result cli(struct v86_machine *m, const struct v86_insn *insn)
{
	m->regs.eflags &= ~(u32)RFLAGS_IF;
	return v86_machine_complete(m, insn);
}

static enum v86_result sti(struct v86_machine *m, const struct v86_insn *insn)
{
	bool was_off = !(m->regs.eflags & RFLAGS_IF);

	m->regs.eflags |= (u32)RFLAGS_IF;
	v86_machine_complete(m, insn);
	m->interrupt_shadow = was_off;
	return V86_DONE;
}

static enum v86_result hlt(struct v86_machine *m, const struct v86_insn *insn)
{
	v86_machine_complete(m, insn);
	return V86_HALT;
}

/*
 * INVLPG, INVD and WBINVD: the program has no paging, and the caches are shared
 * with others.
 */
static enum v86_result nothing(struct v86_machine *m,
			       const struct v86_insn *insn)
{
	return v86_machine_complete(m, insn);
}

static enum v86_result int3(struct v86_machine *m, const struct v86_insn *insn)
{
	return interrupt(m, insn, VECTOR_BP);
}

static enum v86_result int_n(struct v86_machine *m, const struct v86_insn *insn)
{
	return interrupt(m, insn, insn->immediate);
}

static enum v86_result sgdt(struct v86_machine *m, const struct v86_insn *insn)
{
	return v86_emulate_store_table(m, insn, &m->gdtr);
}

static enum v86_result sidt(struct v86_machine *m, const struct v86_insn *insn)
{
	return v86_emulate_store_table(m, insn, &m->idtr);
}

static enum v86_result lgdt(struct v86_machine *m, const struct v86_insn *insn)
{
	return v86_emulate_load_table(m, insn, &m->gdtr);
}

static enum v86_result lidt(struct v86_machine *m, const struct v86_insn *insn)
{
	return v86_emulate_load_table(m, insn, &m->idtr);
}

static enum v86_result (*const execute[V86_INSN_COUNT])(
	struct v86_machine *m, const struct v86_insn *insn) = {
	[V86_INSN_INT3] = int3,
	[V86_INSN_INT] = int_n,
	[V86_INSN_INTO] = into,
	[V86_INSN_IRET] = iret,
	[V86_INSN_PUSHF] = pushf,
	[V86_INSN_POPF] = popf,
	[V86_INSN_CLI] = cli,
	[V86_INSN_STI] = sti,
	[V86_INSN_HLT] = hlt,
	[V86_INSN_IN] = v86_emulate_io,
	[V86_INSN_OUT] = v86_emulate_io,
	[V86_INSN_INS] = v86_emulate_string_io,
	[V86_INSN_OUTS] = v86_emulate_string_io,
	[V86_INSN_SGDT] = sgdt,
	[V86_INSN_SIDT] = sidt,
	[V86_INSN_LGDT] = lgdt,
	[V86_INSN_LIDT] = lidt,
	[V86_INSN_SMSW] = v86_emulate_smsw,
	[V86_INSN_LMSW] = v86_emulate_lmsw,
	[V86_INSN_INVLPG] = nothing,
	[V86_INSN_CLTS] = v86_emulate_clts,
	[V86_INSN_INVD] = nothing,
	[V86_INSN_WBINVD] = nothing,
	[V86_INSN_MOV_FROM_CR] = v86_emulate_mov_cr,
	[V86_INSN_MOV_TO_CR] = v86_emulate_mov_cr,
	[V86_INSN_MOV_FROM_DR] = v86_emulate_mov_dr,
	[V86_INSN_MOV_TO_DR] = v86_emulate_mov_dr,
	[V86_INSN_RDMSR] = v86_emulate_msr,
	[V86_INSN_WRMSR] = v86_emulate_msr,
	[V86_INSN_CPUID] = v86_emulate_cpuid,
};

static enum v86_result emulate(struct v86_machine *m,
			       const struct v86_insn *insn)
{
	enum v86_result result;

	/* LOCK is #UD for all instructions here. */
	if (insn->lock) {
		m->single_step = false;
		return v86_machine_raise(m, VECTOR_UD);
	}
	m->single_step = (m->regs.eflags & RFLAGS_TF) != 0;
	result = execute[insn->opcode](m, insn);
	if (result != V86_DONE && result != V86_HALT && result != V86_REPEAT) {
		m->single_step = false;
	}
	if (m->single_step) {
		m->dr[6] |= (u32)DR6_BS;
	}
	return result;
}

static enum v86_result decoded(struct v86_machine *m,
			       const struct v86_insn *insn, int err)
{
	if (likely(err == 0)) {
		return emulate(m, insn);
	}
	return err == ERR_RANGE ? v86_machine_raise(m, VECTOR_GP)
				: V86_UNSUPPORTED;
}

/*
 * Fetches byte by byte: bytes behind the instruction may lie on a page that is
 * not there.
 */
static __attribute__((noinline)) enum v86_result
step_by_bytes(struct v86_machine *m)
{
	u8 bytes[INSN_BYTES_MAX];
	struct v86_insn insn;
	u32 count = 0;
	int err;

	while ((err = v86_decode(bytes, count, &insn)) == ERR_INVALID) {
		u64 byte = 0;
		enum v86_result result =
			v86_emulate_read(m, SEGMENT_CS, m->regs.eip + count, 1,
					 &byte);

		if (result != V86_DONE) {
			return result;
		}
		bytes[count++] = (u8)byte;
	}
	return decoded(m, &insn, err);
}

/*
 * Code at CS:EIP that can be read in one piece, up to the end of the segment.
 */
static const u8 *code_at_ip(const struct v86_machine *m, u32 *count)
{
	u32 eip = m->regs.eip;
	const u8 *code = NULL;

	if (m->ops->code != NULL && eip <= IP_MAX) {
		code = m->ops->code(m->context,
				    far_to_linear((u16)m->regs.cs, (u16)eip),
				    count);
		*count = MIN(*count, IP_MAX + 1 - eip);
	}
	return code;
}

enum v86_result v86_step(struct v86_machine *m)
{
	struct v86_insn insn;
	u32 count = 0;
	const u8 *code = code_at_ip(m, &count);
	int err = ERR_INVALID;

	m->single_step = false;
	if (likely(code != NULL)) {
		err = v86_decode(code, count, &insn);
	}
	return unlikely(err == ERR_INVALID) ? step_by_bytes(m)
					    : decoded(m, &insn, err);
}
