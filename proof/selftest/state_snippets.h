/*
 * Programs that put a value into a place where it might stay, and programs that
 * look there: a row for each place (proof/selftest/state_snippets.S). A row is
 * a list of elements, each a tag, a count of bytes, and these: first the row's
 * own data, then its programs. A row without programs uses those of the row
 * before.
 */
#pragma once

#include "lib/types.h"

enum state_tag {
	STATE_PUT16,  /* 16-bit code: puts EAX there; ends by LRET */
	STATE_LOOK16, /* 16-bit code: returns in EAX what is there */
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

/* The data of STATE_ROW. All programs of the row get ecx in ECX. */
struct state_row {
	u32 value;
	u32 ecx;
	u8 nobody; /* no guest may be able to put it there */
	char name[];
} __attribute__((packed));

extern const struct state_element state_snippets[];

/*
 * Programs that fill the guest's RAM with EAX, and that search it for EAX: they
 * return in EAX what they found, or 0.
 */
extern const struct state_element state_fill16, state_scan16;
extern const struct state_element state_fill64, state_scan64;
