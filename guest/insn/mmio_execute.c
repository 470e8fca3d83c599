/*
 * Executes the instructions of guest/insn/mmio_decode.h. All operands are
 * located before any is read, so that a fault leaves everything as it was.
 */
/* build: pure */
#include "guest/insn/mmio_execute.h"

#include "arch/x86.h"

#define STATUS_FLAGS                                                           \
	(RFLAGS_CF | RFLAGS_PF | RFLAGS_AF | RFLAGS_ZF | RFLAGS_SF | RFLAGS_OF)

static u64 mask_of(u8 bytes)
{
	return bytes == 8 ? ~0ull : BIT(8 * bytes) - 1;
}

static u64 sign_of(u8 bytes)
{
	return BIT(8 * bytes - 1);
}

static u64 get_reg(const struct mmio_cpu *cpu, const struct mmio_insn *insn)
{
	return (cpu->gpr[insn->reg] >> (insn->reg_high ? 8 : 0)) &
	       mask_of(insn->reg_bytes);
}

/*
 * Writes a register: 32 bits clear bits 63:32; 8 or 16 bits keep the bits
 * above.
 */
static void set_gpr(struct mmio_cpu *cpu, u8 number, u8 bytes, bool high,
		    u64 value)
{
	u64 *reg = &cpu->gpr[number];
	u32 shift = high ? 8 : 0;
	u64 mask = mask_of(bytes);

	if (bytes == 4) {
		*reg = value & mask;
	} else {
		*reg = (*reg & ~(mask << shift)) | (value & mask) << shift;
	}
}

static void set_reg(struct mmio_cpu *cpu, const struct mmio_insn *insn,
		    u64 value)
{
	set_gpr(cpu, insn->reg, insn->reg_bytes, insn->reg_high, value);
}

static u64 source(const struct mmio_cpu *cpu, const struct mmio_insn *insn)
{
	return insn->has_immediate ? insn->immediate & mask_of(insn->bytes)
				   : get_reg(cpu, insn);
}

static u64 effective_address(const struct mmio_cpu *cpu,
			     const struct mmio_insn *insn)
{
	u64 address = insn->displacement;

	if (insn->base == MMIO_RIP) {
		address += cpu->rip + insn->length;
	} else if (insn->base != GPR_NONE) {
		address += cpu->gpr[insn->base];
	}
	if (insn->index != GPR_NONE) {
		address += cpu->gpr[insn->index] << insn->shift;
	}
	return cpu->base[insn->segment] +
	       (address & mask_of(insn->address_bytes));
}

static void set_flags(struct mmio_cpu *cpu, u64 affected, u64 flags)
{
	cpu->rflags = (cpu->rflags & ~affected) | (flags & affected);
}

static u64 result_flags(u64 result, u8 bytes)
{
	u64 flags = 0;

	result &= mask_of(bytes);
	if (result == 0) {
		flags |= RFLAGS_ZF;
	}
	if (result & sign_of(bytes)) {
		flags |= RFLAGS_SF;
	}
	if (!__builtin_parity((unsigned)(result & 0xff))) {
		flags |= RFLAGS_PF;
	}
	return flags;
}

/* Returns a + b + carry within the operand's size, and sets the flags. */
static u64 add(u64 a, u64 b, u64 carry, u8 bytes, u64 *flags)
{
	u64 result = (a + b + carry) & mask_of(bytes);
	u64 carries = (a & b) | ((a | b) & ~result);

	*flags = result_flags(result, bytes);
	*flags |= carries & sign_of(bytes) ? RFLAGS_CF : 0;
	*flags |= carries & 8 ? RFLAGS_AF : 0;
	*flags |= (a ^ result) & (b ^ result) & sign_of(bytes) ? RFLAGS_OF : 0;
	return result;
}

static u64 subtract(u64 a, u64 b, u64 borrow, u8 bytes, u64 *flags)
{
	u64 result = (a - b - borrow) & mask_of(bytes);
	u64 borrows = (~a & b) | ((~a | b) & result);

	*flags = result_flags(result, bytes);
	*flags |= borrows & sign_of(bytes) ? RFLAGS_CF : 0;
	*flags |= borrows & 8 ? RFLAGS_AF : 0;
	*flags |= (a ^ b) & (a ^ result) & sign_of(bytes) ? RFLAGS_OF : 0;
	return result;
}

/*
 * Returns a `operation` b and sets the flags. AF, undefined after AND, OR and
 * XOR, is cleared.
 */
static u64 alu(struct mmio_cpu *cpu, u8 operation, u64 a, u64 b, u8 bytes)
{
	u64 carry = (cpu->rflags & RFLAGS_CF) != 0;
	u64 flags, result;

	switch (operation) {
	case MMIO_ADD:
	case MMIO_ADC:
		result = add(a, b, operation == MMIO_ADC ? carry : 0, bytes,
			     &flags);
		break;
	case MMIO_SBB:
	case MMIO_SUB:
	case MMIO_CMP:
		result = subtract(a, b, operation == MMIO_SBB ? carry : 0,
				  bytes, &flags);
		break;
	default:
		result = operation == MMIO_AND	? a & b
			 : operation == MMIO_OR ? a | b
						: a ^ b;
		flags = result_flags(result, bytes);
		break;
	}
	set_flags(cpu, STATUS_FLAGS, flags);
	return result;
}

/*
 * Whether a condition holds; the lowest bit of its code inverts the condition.
 */
static bool condition(u64 rflags, u8 code)
{
	bool cf = (rflags & RFLAGS_CF) != 0;
	bool zf = (rflags & RFLAGS_ZF) != 0;
	bool sf = (rflags & RFLAGS_SF) != 0;
	bool of = (rflags & RFLAGS_OF) != 0;
	bool pf = (rflags & RFLAGS_PF) != 0;
	const bool holds[] = { of, cf, zf,	 cf || zf,
			       sf, pf, sf != of, zf || sf != of };

	return holds[code >> 1] != (code & 1);
}

/* The new value of the memory operand, for instructions that write one. */
static u64 modify(const struct mmio_insn *insn, struct mmio_cpu *cpu, u64 old)
{
	u8 bytes = insn->bytes;
	u64 flags, result;

	switch (insn->opcode) {
	case MMIO_ALU_STORE:
		return alu(cpu, insn->sub, old, source(cpu, insn), bytes);
	case MMIO_NOT:
		return ~old & mask_of(bytes);
	case MMIO_NEG:
		return alu(cpu, MMIO_SUB, 0, old, bytes);
	case MMIO_INC:
	case MMIO_DEC:
		result = insn->opcode == MMIO_INC
				 ? add(old, 1, 0, bytes, &flags)
				 : subtract(old, 1, 0, bytes, &flags);
		set_flags(cpu, STATUS_FLAGS & ~RFLAGS_CF, flags);
		return result;
	case MMIO_XCHG:
		result = get_reg(cpu, insn);
		set_reg(cpu, insn, old);
		return result;
	case MMIO_XADD:
		result = alu(cpu, MMIO_ADD, old, get_reg(cpu, insn), bytes);
		set_reg(cpu, insn, old);
		return result;
	default:
		/*
		 * CMPXCHG always writes: if the comparison fails, the value
		 * that it read.
		 */
		alu(cpu, MMIO_CMP, cpu->gpr[GPR_RAX] & mask_of(bytes), old,
		    bytes);
		if (cpu->rflags & RFLAGS_ZF) {
			return get_reg(cpu, insn);
		}
		set_gpr(cpu, GPR_RAX, bytes, false, old);
		return old;
	}
}

/* Instructions that only read their memory operand. */
static void consume(const struct mmio_insn *insn, struct mmio_cpu *cpu,
		    u64 value)
{
	u64 reg;

	switch (insn->opcode) {
	case MMIO_LOAD:
		if (insn->sign_extend && (value & sign_of(insn->bytes))) {
			value |= ~mask_of(insn->bytes);
		}
		set_reg(cpu, insn, value);
		return;
	case MMIO_CMOVCC:
		/*
		 * A 32-bit CMOVcc clears bits 63:32 even if it does not move.
		 */
		reg = get_reg(cpu, insn);
		set_reg(cpu, insn,
			condition(cpu->rflags, insn->sub) ? value : reg);
		return;
	case MMIO_TEST:
		alu(cpu, MMIO_AND, value, source(cpu, insn), insn->bytes);
		return;
	case MMIO_ALU_STORE: /* CMP */
		alu(cpu, MMIO_CMP, value, source(cpu, insn), insn->bytes);
		return;
	default:
		reg = alu(cpu, insn->sub, get_reg(cpu, insn), value,
			  insn->bytes);
		if (insn->sub != MMIO_CMP) {
			set_reg(cpu, insn, reg);
		}
		return;
	}
}

static bool only_reads(const struct mmio_insn *insn)
{
	switch (insn->opcode) {
	case MMIO_LOAD:
	case MMIO_ALU_LOAD:
	case MMIO_TEST:
	case MMIO_CMOVCC:
		return true;
	default:
		return insn->opcode == MMIO_ALU_STORE && insn->sub == MMIO_CMP;
	}
}

/* RSI, RDI or RCX, as wide as the address size. */
static u64 counter(const struct mmio_cpu *cpu, const struct mmio_insn *insn,
		   u8 gpr)
{
	return cpu->gpr[gpr] & mask_of(insn->address_bytes);
}

static void advance(struct mmio_cpu *cpu, const struct mmio_insn *insn, u8 gpr)
{
	u64 step = cpu->rflags & RFLAGS_DF ? -(u64)insn->bytes : insn->bytes;

	set_gpr(cpu, gpr, insn->address_bytes, false, cpu->gpr[gpr] + step);
}

static enum mmio_outcome execute_string(const struct mmio_insn *insn,
					struct mmio_cpu *cpu)
{
	bool reads = insn->opcode != MMIO_STOS;
	bool writes = insn->opcode != MMIO_LODS;
	struct mmio_operand from, to;
	u64 value;

	if (insn->rep && counter(cpu, insn, GPR_RCX) == 0) {
		return MMIO_DONE;
	}
	if (reads &&
	    !cpu->locate(cpu->ctx,
			 cpu->base[insn->segment] + counter(cpu, insn, GPR_RSI),
			 insn->bytes, false, &from)) {
		return MMIO_NOT_DONE;
	}
	if (writes && !cpu->locate(cpu->ctx,
				   cpu->base[insn->to_segment] +
					   counter(cpu, insn, GPR_RDI),
				   insn->bytes, true, &to)) {
		return MMIO_NOT_DONE;
	}
	value = reads ? cpu->read(cpu->ctx, &from) : get_reg(cpu, insn);
	if (reads) {
		advance(cpu, insn, GPR_RSI);
	}
	if (writes) {
		cpu->write(cpu->ctx, &to, value);
		advance(cpu, insn, GPR_RDI);
	} else {
		set_reg(cpu, insn, value);
	}
	if (!insn->rep) {
		return MMIO_DONE;
	}
	set_gpr(cpu, GPR_RCX, insn->address_bytes, false,
		cpu->gpr[GPR_RCX] - 1);
	return counter(cpu, insn, GPR_RCX) != 0 ? MMIO_REPEAT : MMIO_DONE;
}

enum mmio_outcome mmio_execute(const struct mmio_insn *insn,
			       struct mmio_cpu *cpu)
{
	struct mmio_operand operand;
	u64 value;

	if (insn->opcode >= MMIO_MOVS) {
		return execute_string(insn, cpu);
	}
	if (!cpu->locate(cpu->ctx, effective_address(cpu, insn), insn->bytes,
			 !only_reads(insn), &operand)) {
		return MMIO_NOT_DONE;
	}
	switch (insn->opcode) {
	case MMIO_STORE:
		value = source(cpu, insn);
		break;
	case MMIO_SETCC:
		value = condition(cpu->rflags, insn->sub);
		break;
	default:
		value = cpu->read(cpu->ctx, &operand);
		if (only_reads(insn)) {
			consume(insn, cpu, value);
			return MMIO_DONE;
		}
		value = modify(insn, cpu, value);
		break;
	}
	cpu->write(cpu->ctx, &operand, value);
	return MMIO_DONE;
}
