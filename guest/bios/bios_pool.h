/*
 * The guests that BIOS calls are made in: one for each core and view, made when
 * first asked for and kept, so that a private first megabyte lasts.
 */
#pragma once

#include "guest/bios/bios.h"

/*
 * The calling core's guest with the private view, or the boot core's, the only
 * one, with the machine view. 0, or what bios_guest_init() says.
 * vme only matters when the guest is made.
 */
int bios_pool_get(const struct engine *engine, enum guest_view view, bool vme,
		  struct guest16 **guest);

/*
 * The same for a program, which with the private view finds a first megabyte
 * that nobody has used yet. That guest lasts until the core's next such call.
 */
int bios_pool_get_for_program(const struct engine *engine, enum guest_view view,
			      bool vme, struct guest16 **guest);

/* Gives up all guests, of every core. */
void bios_pool_empty(void);
