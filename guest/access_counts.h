/*
 * What guests were asked and asked for, counted for each core: the interrupts
 * that bios_call() made, and the ports that exit. INT n inside a guest, and
 * ports that are the machine's own, pass unseen.
 */
#pragma once

#include "lib/types.h"

#define ACCESS_COUNTS_PORTS 32

/* On the calling core. A port beyond the first 32 different ones is dropped. */
void access_counts_note_int(u8 vector);
void access_counts_note_port(u16 port);

/* Once, when all cores are up. 0 or ERR_NO_MEMORY. */
int access_counts_init(void);

/* Of core `index`. The i-th port that was used: false after the last. */
u64 access_counts_int(u32 index, u8 vector);
bool access_counts_port(u32 index, u32 i, u16 *port, u64 *count);

void access_counts_reset(void);
