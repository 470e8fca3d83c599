/*
 * The guests that BIOS calls are made in: one for each core, board and engine, made when
 * first asked for and kept, so that a private first megabyte lasts.
 */
#pragma once

#include "guest/bios/bios.h"

/*
 * The calling core's guest, or the boot core's, the only one, with a board that
 * is on the boot core. 0, or what bios_guest_init() says.
 * vme only matters when the guest is made.
 */
int bios_pool_get(const struct engine *engine, const struct board_kind *board,
		  bool vme, struct guest16 **guest);

/*
 * The same for a program, which, with a board that is not, finds a first megabyte
 * that nobody has used yet. That guest lasts until the core's next such call.
 */
int bios_pool_get_for_program(const struct engine *engine,
			      const struct board_kind *board, bool vme,
			      struct guest16 **guest);

/* Gives up all guests, of every core. */
void bios_pool_empty(void);
