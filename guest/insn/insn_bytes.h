/*
 * The bytes of an instruction, read in order by the decoders
 * (guest/insn/v86_decode.c, guest/insn/mmio_decode.c). Never reads beyond the
 * bytes given, whatever a guest wrote there. Pure.
 */
#pragma once

#include "lib/error.h"
#include "lib/types.h"

/*
 * The longest instruction: a longer one raises #GP, even if its prefixes are
 * redundant.
 */
#define INSN_BYTES_MAX 15u

struct insn_bytes {
	const u8 *bytes;
	size_t count; /* how many there are */
	size_t at;    /* the next one to read */
	/*
	 * 0, or ERR_INVALID: the instruction does not end within the count
	 * bytes; or ERR_RANGE: it is longer than INSN_BYTES_MAX. After an error
	 * all further bytes read as 0.
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

/*
 * Reads a little-endian number of n bytes (0 to 8) and extends its sign; 0 if n
 * is 0.
 */
u64 insn_bytes_next_signed(struct insn_bytes *in, unsigned n);
