/*
 * The two legacy interrupt controllers (8259A). They stay as the BIOS
 * programmed them: vectors 08h and 70h. While no guest that owns them runs,
 * all their lines are masked, but for those that the host keeps for itself and
 * has opened.
 */
#pragma once

#include "lib/types.h"

/* The line of the master that the slave hangs on: no device's. */
#define PIC_LINE_CASCADE 2

/*
 * Remembers the masks the BIOS and the loader left, and masks all lines. What
 * is there is found by writing: a mask that does not hold is nobody's.
 */
void pic_init(void);

/* Whether the machine has them: legacy-free ones do not. */
bool pic_present(void);

/* Opens the lines as the BIOS had them, and closes them again, remembering. */
void pic_give_to_guest(void);
void pic_take_from_guest(void);

/* Whether they are the guest's now, and how often they have been. */
bool pic_is_the_guests(void);
u64 pic_guest_turns(void);

/*
 * Keeps a line of the master PIC (3-7) for the host: guests find it masked, and
 * what comes on it all the same is not for them. open: it is how the device's
 * interrupts reach the boot core; else the I/O APIC has it.
 */
void pic_keep_line(int line, bool open);
bool pic_is_kept(int line);
/* Whether one is open. */
bool pic_serves_host(void);
/* Ends the interrupt of a line (0-15) in service, and the cascade's with it. */
void pic_end(int line);

/*
 * Ends every interrupt in service, as the handlers would have done that were
 * not allowed to finish; true if there was one.
 */
bool pic_end_all(void);

/* Sets the masks that the last pic_give_to_guest() opened the lines with. */
void pic_restore_masks(void);

/* Whether a device requests this line of the master PIC (0-7), masked or not. */
bool pic_is_requested(int line);

/*
 * Whether an acknowledged interrupt of line 7 or 15 was none: then its
 * in-service bit is clear. For line 15 this ends the one on line 2 that was
 * acknowledged with it.
 */
bool pic_is_spurious(int line);

/* The line (0-15) an acknowledged vector stands for, or -1. */
int pic_line_of_vector(u8 vector);
