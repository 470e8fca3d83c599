/*
 * PCs of ours for BIOS calls and programs: one for each core, made when it is
 * first asked for, with a small disk of its own, and kept. Each core has its own
 * alone.
 */
#pragma once

#include "guest/code16/guest16.h"

/*
 * The calling core's, which serves calls (guest/bios/bios.h). 0; ERR_NOT_FOUND
 * without the ROMs; ERR_TIMEOUT: its BIOS has not come to the boot sector; or an
 * error of pc_guest_init().
 */
int pc_pool_get(struct guest16 **guest);

/* Frees those of every core. */
void pc_pool_empty(void);
