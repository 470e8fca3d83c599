/* The ports of guest/board/pc/pc.h. Pure. */
#pragma once

#include "guest/board/bus.h"

/*
 * All ports of a PC, for one bus that all of them share. The context of its
 * accesses is something that begins with a pointer to the struct pc. 0 or
 * ERR_FULL.
 */
int pc_ports_init(struct port_bus *bus);
