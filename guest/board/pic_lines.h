/*
 * Interrupts of the machine's PICs, which belong to the BIOS. A VM exit has
 * acknowledged them; they are kept until a guest whose board has these lines
 * takes them. The BIOS's handler gives the EOI.
 */
#pragma once

#include "guest/board/board.h"
#include "lib/types.h"

extern const struct board_lines pic_lines;

/* For struct board. */
const u32 *pic_lines_waiting(void);

/* Notes an acknowledged vector; for interrupt_set_pic_handler(). */
void pic_lines_note(u8 vector);

/*
 * Forgets what was noted of a line (0-15), which no guest then gets, and ends
 * it at the PICs as a guest's handler would. False if there was nothing.
 */
bool pic_lines_drop(int line);

/* Whether one was noted and not delivered yet. */
bool pic_lines_pending(void);

/* How many were noted and how many delivered, since boot. */
u64 pic_lines_noted(void);
u64 pic_lines_delivered(void);
