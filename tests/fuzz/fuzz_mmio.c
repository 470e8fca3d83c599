/*
 * guest/insn/mmio_decode.c and mmio_execute.c: any bytes for an instruction of
 * 64-bit code. The decoder as in fuzz_decode.c; the execution reaches only
 * what it has located, at most 8 bytes at a time, writes only what it located
 * for writing, and changes nothing where locating failed.
 */
#include "guest/insn/mmio_execute.h"
#include "tests/fuzz/fuzz.h"

static struct {
	struct mmio_operand located[2]; /* the latest two */
	bool for_writing[2];
	unsigned locates, writes;
	unsigned refuse; /* the n-th of them; 0: none */
	u64 value;
} world;

static bool locate(void *ctx, u64 linear, u8 bytes, bool write,
		   struct mmio_operand *operand)
{
	u8 first = (u8)MIN((u64)bytes, 4096 - linear % 4096);

	CHECK(ctx == &world);
	CHECK(bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8);
	if (++world.locates == world.refuse) {
		return false;
	}
	*operand = (struct mmio_operand){
		.piece = { { linear, first },
			   { linear + first, (u8)(bytes - first) } },
	};
	world.located[world.locates % 2] = *operand;
	world.for_writing[world.locates % 2] = write;
	return true;
}

static bool is_located(const struct mmio_operand *operand, bool write)
{
	for (unsigned i = 0; i < 2; i++) {
		const struct mmio_operand *o = &world.located[i];

		if (o->piece[0].gpa == operand->piece[0].gpa &&
		    o->piece[0].bytes == operand->piece[0].bytes &&
		    o->piece[1].bytes == operand->piece[1].bytes &&
		    (world.for_writing[i] || !write)) {
			return true;
		}
	}
	return false;
}

static u64 read(void *ctx, const struct mmio_operand *operand)
{
	unsigned bytes = operand->piece[0].bytes + operand->piece[1].bytes;

	CHECK(ctx == &world && is_located(operand, false));
	return bytes == 8 ? world.value : world.value & (BIT(8 * bytes) - 1);
}

static void write(void *ctx, const struct mmio_operand *operand, u64 value)
{
	(void)value;
	CHECK(ctx == &world && is_located(operand, true));
	world.writes++;
}

static bool is_gpr(u8 gpr, u8 most)
{
	return gpr <= most || gpr == GPR_NONE;
}

static void check_insn(const struct mmio_insn *i)
{
	CHECK(i->length >= 2 - (i->opcode >= MMIO_MOVS || i->base == 0xff));
	CHECK(i->length <= INSN_BYTES_MAX && i->opcode < MMIO_OPCODES);
	CHECK(i->bytes == 1 || i->bytes == 2 || i->bytes == 4 || i->bytes == 8);
	CHECK(i->address_bytes == 4 || i->address_bytes == 8);
	CHECK(i->segment <= MMIO_GS && i->shift <= 3 && is_gpr(i->reg, 15));
	CHECK(is_gpr(i->base, MMIO_RIP) && is_gpr(i->index, 15));
	CHECK(!i->reg_high || i->reg < 4);
}

static void check_prefixes(const u8 *data, const struct mmio_insn *insn)
{
	struct mmio_insn other;

	for (size_t count = 0; count <= insn->length; count++) {
		u8 *block = malloc(count == 0 ? 1 : count);
		int err;

		CHECK(block != NULL);
		memcpy(block, data, count);
		memset(&other, 0x5a, sizeof(other));
		err = mmio_decode(block, count, 8, &other);
		free(block);
		CHECK(err == (count < insn->length ? ERR_INVALID : 0));
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	struct fuzz_input in = { data, bytes };
	struct mmio_cpu cpu = {
		.ctx = &world, .locate = locate, .read = read, .write = write
	};
	struct mmio_cpu before;
	struct mmio_insn insn;
	enum mmio_outcome outcome;

	memset(&world, 0, sizeof(world));
	world.refuse = (unsigned)fuzz_take(&in, 1) % 4;
	world.value = fuzz_take(&in, 8);
	for (size_t i = 0; i < ARRAY_SIZE(cpu.gpr); i++) {
		cpu.gpr[i] = fuzz_take(&in, 2) * 0x0001000100010001ull;
	}
	cpu.rip = fuzz_take(&in, 4);
	cpu.rflags = (fuzz_take(&in, 2) & 0xfd5) | 2;
	if (mmio_decode(in.at, in.left, 8, &insn) != 0) {
		return 0;
	}
	CHECK(insn.length <= in.left);
	check_insn(&insn);
	check_prefixes(in.at, &insn);
	before = cpu;
	outcome = mmio_execute(&insn, &cpu);
	CHECK(outcome <= MMIO_NOT_DONE);
	CHECK(outcome != MMIO_REPEAT || insn.rep);
	CHECK((cpu.rflags & ~0x8d5ull) == (before.rflags & ~0x8d5ull));
	if (outcome == MMIO_NOT_DONE) {
		CHECK(world.locates == world.refuse && world.writes == 0);
		CHECK(memcmp(&cpu, &before, sizeof(cpu)) == 0);
	}
	return 0;
}
