/*
 * Which I/O ports a 16-bit guest reaches. All are the machine's own, as the
 * BIOS needs its devices, but for those in this table:
 *
 *	console UARTs	not the guest's: its text becomes `guest:` lines
 *	60h, 64h	the keyboard controller's, but for the A20 gate, which is
 *			the guest's own, and the reset, which ends the run
 *	70h, 71h	CMOS: the index is kept for each guest, so that cores do
 *			not mix theirs up; NMIs are never masked
 *	92h		A20 and reset, the same
 *	CF9h		reset, the same
 *
 *	B2h		on a machine with SeaBIOS: guest/code16/smm_call.h. Elsewhere the
 *			SMI it causes is the machine's own and leaves no trace
 *			in the guest, whose registers its handler may look at
 *
 * In the isolated view no port is there: all exit, are counted, read all ones
 * and lose what is written.
 */
#pragma once

#include "lib/types.h"

struct guest16;

/* Fills the bitmaps from the console's ports. 0 or ERR_NO_MEMORY. */
int io_policy_init(void);

/* Physical addresses for the VMCS. */
u64 io_policy_bitmap_a(void);
u64 io_policy_bitmap_b(void);

/*
 * An access of 1, 2 or 4 bytes to any port, for all of them may be made to exit
 * (guest/watch/watch.h); a wider one reaches the ports behind it too. In: replaces
 * the lowest bytes of *value. Out: false if it ended the run, by vcpu_stop().
 */
void io_policy_in(struct guest16 *guest, u16 port, u8 bytes, u32 *value);
bool io_policy_out(struct guest16 *guest, u16 port, u8 bytes, u32 value);
