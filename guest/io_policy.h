/*
 * Which I/O ports a 16-bit guest reaches. All are the machine's own, but for
 * the console's UARTs, whose data port becomes `guest:` lines, and the CMOS
 * pair 70h and 71h, so that guests on several cores do not mix up its index.
 */
#pragma once

#include "lib/types.h"
#include "vmm/vcpu.h"

struct v86;

/* Fills the bitmaps from the console's ports. 0 or ERR_NO_MEMORY. */
int io_policy_init(void);

/* Physical addresses for the VMCS. */
u64 io_policy_bitmap_a(void);
u64 io_policy_bitmap_b(void);

/* Serves an I/O exit. */
enum exit_action io_policy_exit(struct v86 *v86, struct io_qualification io);
