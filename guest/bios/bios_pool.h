/*
 * The guests for BIOS calls: one for each core, board and engine. A guest is
 * made when it is first asked for, and kept, so that the contents of a private
 * first megabyte last.
 */
#pragma once

#include "guest/bios/bios.h"

/*
 * Gives the calling core's guest or, for a board with on_boot_core, the boot
 * core's, which is the only one. vme matters only when the guest is made.
 * Returns 0, or an error of bios_guest_init().
 */
int bios_pool_get(const struct engine *engine, const struct board_kind *board,
		  bool vme, struct guest16 **guest);

/*
 * As bios_pool_get(), for a program. On a board without on_boot_core the
 * program gets a guest with a new first megabyte, which lasts until the next
 * call of this function on the core.
 */
int bios_pool_get_for_program(const struct engine *engine,
			      const struct board_kind *board, bool vme,
			      struct guest16 **guest);

/* Frees all guests of every core. */
void bios_pool_empty(void);
