/*
 * The two 8259A interrupt controllers of a PC, the second one on line 2 of the
 * first, and the registers of the PIIX3 that make a line level-triggered (ELCR).
 * Intel, "8259A Programmable Interrupt Controller"; 82371SB, "Edge/Level Control
 * Registers". Pure.
 *
 * A request by an edge is kept until it is acknowledged, also where the line
 * falls before (the chip would give line 7 then): a timer's tick must not be lost
 * to code that has interrupts off for long.
 */
#pragma once

#include "lib/types.h"

#define I8259_LINES 16u
#define I8259_CASCADE 2u

#define I8259_MASTER_COMMAND 0x20u
#define I8259_MASTER_DATA 0x21u
#define I8259_SLAVE_COMMAND 0xa0u
#define I8259_SLAVE_DATA 0xa1u
#define I8259_ELCR_MASTER 0x4d0u
#define I8259_ELCR_SLAVE 0x4d1u

struct i8259_chip {
	u8 levels; /* of the input lines, now */
	u8 irr, isr, imr;
	u8 elcr; /* lines that are level-triggered */
	u8 vector;
	u8 lowest;	   /* the line of the lowest rank */
	u8 awaited_icw;	   /* 2 to 4 while it is being initialized, else 0 */
	bool single, icw4; /* what ICW1 said */
	bool auto_eoi, rotates_on_eoi, special_mask, fully_nested;
	bool reads_isr, poll;
	bool is_slave;
};

struct i8259 {
	struct i8259_chip chip[2];
	u32 waiting; /* 1: the processor's INTR line is up, else 0 */
};

void i8259_init(struct i8259 *pics);

/* The six ports above. */
u8 i8259_read(struct i8259 *pics, u16 port);
void i8259_write(struct i8259 *pics, u16 port, u8 value);

/* An input line, 0 to 15 but for the cascade. */
void i8259_set_line(struct i8259 *pics, u8 line, bool level);

/*
 * What the processor's two INTA cycles do: returns the vector; *line is where it
 * came from, 7 or 15 where a request has gone.
 */
u8 i8259_acknowledge(struct i8259 *pics, u8 *line);
