/*
 * Control and debug registers, descriptor-table registers, MSRs and CPUID, as a
 * real-mode program at privilege level 0 uses them. They are kept in struct
 * v86_machine; the processor's own belong to the hypervisor.
 */
/* build: pure hot */
#include "guest/insn/v86_emulate_system.h"

#include "guest/insn/v86_emulate_memory.h"

#define CR0_KNOWN                                                              \
	((u32)(CR0_MP | CR0_EM | CR0_TS | CR0_ET | CR0_NE | CR0_WP | CR0_AM |  \
	       CR0_NW | CR0_CD))
#define CR0_LMSW ((u32)(CR0_PE | CR0_MP | CR0_EM | CR0_TS))
/*
 * The bits of CR4 that the program may set, up to OSXMMEXCPT: the others would
 * need state outside the register.
 */
#define CR4_SETTABLE 0x7ffu
#define DR6_SETTABLE                                                           \
	((u32)(DR6_B0 | DR6_B1 | DR6_B2 | DR6_B3 | DR6_BD | DR6_BS | DR6_BT))
#define DR7_SETTABLE 0xffff23ffu
#define TABLE_BYTES 6u
#define BASE_24 0xffffffu /* what a 16-bit LGDT loads */

enum v86_result v86_emulate_store_table(struct v86_machine *m,
					const struct v86_insn *insn,
					const struct v86_table_register *table)
{
	unsigned segment = insn->address.segment;
	u32 offset = v86_emulate_offset(m, insn);
	enum v86_result result =
		v86_emulate_check_write(m, segment, offset, TABLE_BYTES);

	if (result != V86_DONE) {
		return result;
	}
	/*
	 * SGDT and SIDT store all 32 bits of the base, whatever the operand
	 * size.
	 */
	v86_emulate_write(m, segment, offset, TABLE_BYTES,
			  table->limit | (u64)table->base << 16);
	return v86_machine_complete(m, insn);
}

enum v86_result v86_emulate_load_table(struct v86_machine *m,
				       const struct v86_insn *insn,
				       struct v86_table_register *table)
{
	u64 value = 0;
	enum v86_result result = v86_emulate_read(m, insn->address.segment,
						  v86_emulate_offset(m, insn),
						  TABLE_BYTES, &value);

	if (result != V86_DONE) {
		return result;
	}
	table->limit = (u16)value;
	table->base = (u32)(value >> 16);
	if (insn->operand_bytes == 2) {
		table->base &= BASE_24;
	}
	return v86_machine_complete(m, insn);
}

enum v86_result v86_emulate_smsw(struct v86_machine *m,
				 const struct v86_insn *insn)
{
	u32 offset = v86_emulate_offset(m, insn);
	enum v86_result result;

	if (!insn->memory) {
		v86_emulate_set_low(v86_emulate_gpr(m, insn->rm),
				    insn->operand_bytes, m->cr0);
		return v86_machine_complete(m, insn);
	}
	/* SMSW stores a word in memory, whatever the operand size. */
	result = v86_emulate_check_write(m, insn->address.segment, offset, 2);
	if (result != V86_DONE) {
		return result;
	}
	v86_emulate_write(m, insn->address.segment, offset, 2, m->cr0);
	return v86_machine_complete(m, insn);
}

enum v86_result v86_emulate_lmsw(struct v86_machine *m,
				 const struct v86_insn *insn)
{
	u64 value = *v86_emulate_gpr(m, insn->rm);

	if (insn->memory) {
		enum v86_result result =
			v86_emulate_read(m, insn->address.segment,
					 v86_emulate_offset(m, insn), 2,
					 &value);

		if (result != V86_DONE) {
			return result;
		}
	}
	if (value & CR0_PE) {
		return V86_PROTECTED_MODE;
	}
	m->cr0 = (m->cr0 & ~CR0_LMSW) | ((u32)value & CR0_LMSW);
	return v86_machine_complete(m, insn);
}

enum v86_result v86_emulate_clts(struct v86_machine *m,
				 const struct v86_insn *insn)
{
	m->cr0 &= ~(u32)CR0_TS;
	return v86_machine_complete(m, insn);
}

static enum v86_result set_cr0(struct v86_machine *m, u32 value)
{
	if ((value & CR0_NW) && !(value & CR0_CD)) {
		return v86_machine_raise(m, VECTOR_GP);
	}
	if (value & CR0_PE) {
		return V86_PROTECTED_MODE;
	}
	if (value & CR0_PG) {
		return v86_machine_raise(m, VECTOR_GP);
	}
	m->cr0 = (value & CR0_KNOWN) | (u32)CR0_ET;
	return V86_DONE;
}

static enum v86_result set_cr4(struct v86_machine *m, u32 value)
{
	if (value & ~CR4_SETTABLE) {
		return v86_machine_raise(m, VECTOR_GP);
	}
	m->cr4 = value;
	return V86_DONE;
}

enum v86_result v86_emulate_mov_cr(struct v86_machine *m,
				   const struct v86_insn *insn)
{
	u32 *const all[8] = { &m->cr0, NULL, &m->cr2, &m->cr3, &m->cr4 };
	u32 *gpr = v86_emulate_gpr(m, insn->rm);
	u32 *cr = all[insn->reg];
	enum v86_result result = V86_DONE;

	if (cr == NULL) {
		return v86_machine_raise(m, VECTOR_UD);
	}
	if (insn->opcode == V86_INSN_MOV_FROM_CR) {
		*gpr = *cr;
	} else if (cr == &m->cr0) {
		result = set_cr0(m, *gpr);
	} else if (cr == &m->cr4) {
		result = set_cr4(m, *gpr);
	} else {
		*cr = *gpr;
	}
	return result == V86_DONE ? v86_machine_complete(m, insn) : result;
}

enum v86_result v86_emulate_mov_dr(struct v86_machine *m,
				   const struct v86_insn *insn)
{
	u32 *gpr = v86_emulate_gpr(m, insn->rm);
	unsigned number = insn->reg;

	/* DR4 and DR5 are aliases of DR6 and DR7. */
	if (number == 4 || number == 5) {
		if (m->cr4 & CR4_DE) {
			return v86_machine_raise(m, VECTOR_UD);
		}
		number += 2;
	}
	/*
	 * General detect: #DB, with DR7.GD cleared so that the handler can use
	 * the registers.
	 */
	if (m->dr[7] & DR7_GD) {
		m->dr[7] &= ~(u32)DR7_GD;
		m->dr[6] |= (u32)DR6_BD;
		return v86_machine_raise(m, VECTOR_DB);
	}
	if (insn->opcode == V86_INSN_MOV_FROM_DR) {
		*gpr = m->dr[number];
	} else if (number == 6) {
		m->dr[6] = (*gpr & DR6_SETTABLE) | DR6_RESET;
	} else if (number == 7) {
		m->dr[7] = (*gpr & DR7_SETTABLE) | DR7_RESET;
	} else {
		m->dr[number] = *gpr;
	}
	return v86_machine_complete(m, insn);
}

enum v86_result v86_emulate_msr(struct v86_machine *m,
				const struct v86_insn *insn)
{
	u64 value = (u64)m->regs.edx << 32 | m->regs.eax;
	bool done;

	if (insn->opcode == V86_INSN_WRMSR) {
		done = m->ops->wrmsr(m->context, m->regs.ecx, value);
	} else {
		done = m->ops->rdmsr(m->context, m->regs.ecx, &value);
	}
	if (!done) {
		return v86_machine_raise(m, VECTOR_GP);
	}
	if (insn->opcode == V86_INSN_RDMSR) {
		m->regs.eax = (u32)value;
		m->regs.edx = (u32)(value >> 32);
	}
	return v86_machine_complete(m, insn);
}

enum v86_result v86_emulate_cpuid(struct v86_machine *m,
				  const struct v86_insn *insn)
{
	u32 regs[4] = { m->regs.eax, m->regs.ebx, m->regs.ecx, m->regs.edx };

	m->ops->cpuid(m->context, regs);
	m->regs.eax = regs[0];
	m->regs.ebx = regs[1];
	m->regs.ecx = regs[2];
	m->regs.edx = regs[3];
	return v86_machine_complete(m, insn);
}
