/*
 * INT 15h AH=87h, the block move through protected mode, done by the host for
 * guests that cannot enter it.
 */
#pragma once

#include "guest/code16/guest16.h"

#define BLOCK_MOVE_VECTOR 0x15
#define BLOCK_MOVE_AH 0x87

/*
 * CX words from and to the bases in the table at ES:SI, as the BIOS does: CF
 * clear and AH 0, or CF set and AH telling why. What lies outside the guest's
 * memory is refused, with a line in the log.
 */
void block_move(struct guest16 *guest);
