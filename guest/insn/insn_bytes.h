/*
 * The bytes of an instruction, read one after the other by the decoders
 * (guest/insn/v86_decode.c, guest/insn/mmio_decode.c). Pure. Whatever a guest
 * wrote there, nothing behind the bytes is touched.
 */
#pragma once

#include "lib/error.h"
#include "lib/types.h"

/* A longer instruction is a #GP, however redundant its prefixes. */
#define INSN_BYTES_MAX 15u

struct insn_bytes {
	const u8 *bytes;
	size_t count; /* of them may be read */
	size_t at;    /* the next one */
	/*
	 * 0; ERR_INVALID: it goes on behind the count bytes; ERR_RANGE: it is
	 * longer than INSN_BYTES_MAX. From then on all bytes read as 0.
	 */
	int err;
};

static inline u8 insn_bytes_next(struct insn_bytes *in)
{
	if (likely(in->at < in->count && in->at < INSN_BYTES_MAX)) {
		return in->bytes[in->at++];
	}
	if (in->err == 0) {
		in->err = in->at >= INSN_BYTES_MAX ? ERR_RANGE : ERR_INVALID;
	}
	return 0;
}

/* A little-endian number of n bytes (0 to 8), sign-extended; 0 for none. */
u64 insn_bytes_next_signed(struct insn_bytes *in, unsigned n);
