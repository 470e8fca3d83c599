/*
 * Restores the machine after a guest with the board `machine` ended in the
 * middle of a BIOS service: the BIOS's work on its devices stays unfinished
 * then.
 */
#pragma once

#include "guest/board/board.h"

/*
 * Ends the PICs' interrupts in service, brings back their masks as before the
 * call, closes the guest's A20 gate, and restores the BIOS's interrupt vectors
 * where they differ from those at boot. Each repair is a line in the log. Boot
 * core, after the guest's run, before pic_take_from_guest().
 */
void repair_after(struct board *board);
