/*
 * guest/insn/v86_decode.c: any bytes for an instruction. It ends within 15
 * bytes and within what was given; each beginning of it is "goes on"; what
 * follows it makes no difference; and every field of it names something.
 */
#include "guest/insn/v86_decode.h"
#include "tests/fuzz/fuzz.h"

static bool is_gpr(u8 gpr)
{
	return gpr <= GPR_RDI || gpr == GPR_NONE;
}

static void check(const struct v86_insn *insn)
{
	CHECK(insn->length >= 1 && insn->length <= INSN_BYTES_MAX);
	CHECK(insn->opcode < V86_INSN_COUNT);
	CHECK(insn->operand_bytes == 2 || insn->operand_bytes == 4 ||
	      (insn->operand_bytes == 1 && insn->opcode >= V86_INSN_IN &&
	       insn->opcode <= V86_INSN_OUTS));
	CHECK(insn->address_bytes == 2 || insn->address_bytes == 4);
	CHECK(!(insn->rep && insn->repne));
	CHECK(insn->reg < 8 && insn->rm < 8);
	CHECK(insn->address.segment <= SEGMENT_GS && insn->address.shift <= 3);
	CHECK(is_gpr(insn->address.base) && is_gpr(insn->address.index));
	CHECK(insn->address.index != GPR_RSP);
	CHECK(insn->opcode != V86_INSN_INS ||
	      insn->address.segment == SEGMENT_ES);
}

/* Of bytes[0 .. count) as a heap block of its own, which is guarded. */
static int decode(const u8 *bytes, size_t count, struct v86_insn *insn)
{
	u8 *block = malloc(count == 0 ? 1 : count);
	int err;

	CHECK(block != NULL);
	memcpy(block, bytes, count);
	memset(insn, 0x5a, sizeof(*insn));
	err = v86_decode(block, count, insn);
	free(block);
	return err;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	struct v86_insn insn, other;
	int err = v86_decode(data, bytes, &insn);

	CHECK(err == 0 || err == ERR_INVALID || err == ERR_RANGE ||
	      err == ERR_UNSUPPORTED);
	CHECK(err != ERR_RANGE || bytes >= INSN_BYTES_MAX);
	CHECK(err != ERR_INVALID || bytes < INSN_BYTES_MAX);
	if (err != 0) {
		return 0;
	}
	CHECK(insn.length <= bytes);
	check(&insn);
	CHECK(decode(data, insn.length, &other) == 0);
	CHECK(memcmp(&insn, &other, sizeof(insn)) == 0);
	for (size_t count = 0; count < insn.length; count++) {
		CHECK(decode(data, count, &other) == ERR_INVALID);
	}
	return 0;
}
