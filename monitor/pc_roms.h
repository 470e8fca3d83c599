/* The ROMs of a PC of ours, out of the modules. */
#pragma once

#include "guest/system/pc_guest.h"

#define PC_ROMS_BIOS "seabios"
#define PC_ROMS_VGA "vgabios"

/*
 * Whether the modules have both, the BIOS by that name (NULL: PC_ROMS_BIOS);
 * they are then in the config. 0; ERR_NOT_FOUND: one is missing or out of reach;
 * ERR_INVALID: the BIOS is no ROM of whole pages, at most 4 MiB.
 */
int pc_roms_find(const char *bios, struct pc_guest_config *config);
