/* Between steps.c, which runs the cases of steps.S, and what makes them. */
#pragma once

#include "guest/bios_regs.h"
#include "lib/types.h"

#define DATA_BASE 0x70000u /* to 803FFh; the sum is over its two ends */
#define DATA_LOW_END 0x70800u
#define DATA_HIGH 0x7f800u
#define DATA_END 0x80200u
#define DATA_SEGMENT 0x7000u
#define IVT_COPY 0x82000u
#define PAD_SEGMENT 0x8400u
#define CODE_SEGMENT 0x8800u
#define CODE_BYTES 63u
#define PATCHES 8
#define INT3 0xcc
#define MSR_SYSENTER_ESP 0x175u
#define MSR_SYSENTER_EIP 0x176u

struct test_case {
	struct bios_regs regs;
	u8 length;
	u8 code[CODE_BYTES];
	struct {
		u32 linear; /* 0: none */
		u32 value;
	} patch[PATCHES];
};
static_assert(sizeof(struct test_case) == 192, "as in steps.S");

/* The parts of the data that the sum is over. */
static inline bool steps_in_data(u32 linear)
{
	return (linear >= DATA_BASE && linear < DATA_LOW_END) ||
	       (linear >= DATA_HIGH && linear < DATA_END);
}

void steps_seed(u64 seed);

/* Registers, a few instructions, INT3, and what they find in memory. */
void steps_random_case(struct test_case *c);
