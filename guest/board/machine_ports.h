/*
 * The I/O ports of boards with the machine's devices. The BIOS needs these
 * devices, so all ports are the machine's own, except those in this table:
 *
 *	console UARTs	not the guest's: its text becomes `guest:` lines
 *	60h, 64h	the keyboard controller's, but for the A20 gate, which is
 *			the guest's own, and the reset, which ends the run
 *	70h, 71h	CMOS: the index is kept for each guest, so that cores do
 *			not mix theirs up; NMIs are never masked
 *	92h		A20 and reset, the same
 *	CF9h		reset, the same
 *
 * Code elsewhere that handles a port adds it by machine_ports_add(), as
 * guest/code16/smm_call.c does for B2h on a machine with SeaBIOS.
 */
#pragma once

#include "guest/board/bus.h"
#include "lib/types.h"

/* What each guest has of these ports for itself. */
struct machine_ports {
	u8 cmos_index;	      /* last written to port 70h */
	bool kbc_output_port; /* port 64h was told that 60h means the A20 gate */
};

/* Makes the bus and its bitmaps. 0, ERR_NO_MEMORY or ERR_FULL. */
int machine_ports_init(void);

/* After that, and before the first guest; as port_bus_add(). */
int machine_ports_add(const struct bus_range *range);

/* Its context is the struct board. */
const struct port_bus *machine_ports_bus(void);

/* Two pages: which ports exit, for the VMCS. */
const void *machine_ports_bitmaps(void);
