/*
 * Reads an instruction byte by byte and number by number, for both decoders.
 * Called on any core, with bytes that a guest chose.
 */
/* build: pure hot */
#include "guest/insn/insn_bytes.h"

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
