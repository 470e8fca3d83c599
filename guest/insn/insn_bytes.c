/*
 * What both decoders of instructions begin with: the next byte, the next number.
 * Called on any core, with bytes that a guest chose.
 */
/* build: pure */
#include "guest/insn/insn_bytes.h"

#include "lib/error.h"

u8 insn_bytes_next(struct insn_bytes *in)
{
	if (in->err == 0 && in->at >= INSN_BYTES_MAX) {
		in->err = ERR_RANGE;
	}
	if (in->err == 0 && in->at >= in->count) {
		in->err = ERR_INVALID;
	}
	return in->err == 0 ? in->bytes[in->at++] : 0;
}

u64 insn_bytes_next_signed(struct insn_bytes *in, unsigned n)
{
	u64 value = 0;

	for (unsigned i = 0; i < n; i++) {
		value |= (u64)insn_bytes_next(in) << 8 * i;
	}
	if (n > 0 && n < 8 && (value >> (8 * n - 1) & 1)) {
		value |= ~0ull << 8 * n;
	}
	return value;
}
