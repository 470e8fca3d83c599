/*
 * The two 8237A DMA controllers of a PC and their page registers, as registers:
 * what is written is read back as the chips give it, and no transfer is made,
 * for no device of this PC asks for one. Intel, "8237A High Performance
 * Programmable DMA Controller". Pure.
 */
#pragma once

#include "lib/types.h"

#define I8237_FIRST_PORT 0x00u	/* to 0Fh: channels 0 to 3 */
#define I8237_PAGE_PORT 0x80u	/* to 8Fh: page registers */
#define I8237_SECOND_PORT 0xc0u /* to DFh, each second one: channels 4 to 7 */

struct i8237_chip {
	/* Of four channels: what is written, and what is counted. */
	u16 base_address[4], base_count[4];
	u16 address[4], count[4];
	u8 mode[4];
	u8 command, request, mask, status, temporary;
	bool high_byte; /* which half of a word the next access is to */
};

struct i8237 {
	struct i8237_chip chip[2];
	u8 page[16];
};

void i8237_init(struct i8237 *dma);
u8 i8237_read(struct i8237 *dma, u16 port);
void i8237_write(struct i8237 *dma, u16 port, u8 value);
