/*
 * The two legacy interrupt controllers (8259A). They keep the vectors that the
 * BIOS programmed, 08h and 70h. While no guest that owns them runs, all lines
 * are masked, except those that the host keeps for itself and has opened.
 */
#pragma once

#include "lib/types.h"

/* The master's line on which the slave hangs: no device has it. */
#define PIC_LINE_CASCADE 2

/*
 * Remembers the masks that the BIOS and the loader left, and masks all lines.
 * Whether there are PICs is found out by writing: a mask that is not kept means
 * that there is none.
 */
void pic_init(void);

/* Whether the machine has PICs; some have none. */
bool pic_present(void);

/*
 * give: opens the lines as the BIOS had them. take: masks them again and
 * remembers the masks.
 */
void pic_give_to_guest(void);
void pic_take_from_guest(void);

/* Whether a guest has the PICs now, and how often one has got them. */
bool pic_is_the_guests(void);
u64 pic_guest_turns(void);

/*
 * Keeps a line of the master PIC (3-7) for the host: guests find it masked, and
 * get no interrupt of it. open: the device's interrupts reach the boot core by
 * this line; if false, by the I/O APIC.
 */
void pic_keep_line(int line, bool open);
bool pic_is_kept(int line);
/* Whether a kept line is open. */
bool pic_serves_host(void);
/*
 * Ends the interrupt in service of a line (0-15), and that of the cascade for
 * lines 8-15.
 */
void pic_end(int line);

/*
 * Ends all interrupts in service, in place of handlers that were broken off.
 * True if there was one.
 */
bool pic_end_all(void);

/* Sets the masks again that the last pic_give_to_guest() set. */
void pic_restore_masks(void);

/* Whether a device requests this line (0-7) of the master, masked or not. */
bool pic_is_requested(int line);

/*
 * Whether an acknowledged interrupt of line 7 or 15 was spurious: then its
 * in-service bit is clear. For line 15 this also ends the interrupt of line 2,
 * which was acknowledged with it.
 */
bool pic_is_spurious(int line);

/* The line (0-15) of an acknowledged vector, or -1 if it is not the PICs'. */
int pic_line_of_vector(u8 vector);
