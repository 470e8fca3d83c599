/*
 * Programs that put a value where it might stay behind, and that look there; a
 * row for each place (proof/selftest/state_snippets.S). Elements of a tag, a
 * count of bytes, and these: the row's own, then its programs, of which a row
 * without any has those of the one before.
 */
#pragma once

#include "lib/types.h"

enum state_tag {
	STATE_PUT16,  /* 16-bit code: EAX goes there; ends by LRET */
	STATE_LOOK16, /* what is there comes back in EAX */
	STATE_PUT64,  /* 64-bit code: the same, ends by HLT */
	STATE_LOOK64,
	STATE_PROGRAMS,
	STATE_ROW = STATE_PROGRAMS,
	STATE_END,
};

struct state_element {
	u8 tag;
	u8 bytes;
	u8 data[];
};

/* The data of STATE_ROW; all its programs get ecx in ECX. */
struct state_row {
	u32 value;
	u32 ecx;
	u8 nobody; /* no guest may be able to */
	char name[];
} __attribute__((packed));

extern const struct state_element state_snippets[];

/*
 * Programs that write EAX all over the guest's RAM, and that search it there:
 * in EAX comes back what they found, or 0.
 */
extern const struct state_element state_fill16, state_scan16;
extern const struct state_element state_fill64, state_scan64;
