/*
 * SeaBIOS's SMI calls. On chipsets with SMM SeaBIOS calls its 32-bit code (USB
 * 3, AHCI, NVMe and virtio disks, TPM) by OUT B2h. Its SMI handler replaces the
 * processor state in SMM's save area by one of flat protected mode, and later
 * restores it. While a guest runs, that save area does not hold a guest's
 * state, and RSM would load the replaced state into the host. So the SMI must
 * not happen: the functions here make the same exchange on the guest's state.
 */
#pragma once

#include "lib/types.h"

/*
 * After boards_init(). Intercepts port B2h if the machine's BIOS makes such
 * calls. With other BIOSes OUT B2h causes an SMI: the firmware's handler may
 * read the guest's registers, but the guest is not changed. Returns 0 or
 * ERR_FULL.
 */
int smm_call_init(void);
