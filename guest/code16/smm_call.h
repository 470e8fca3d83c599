/*
 * SeaBIOS's SMI calls. On chipsets with SMM it reaches its 32-bit code (USB 3,
 * AHCI, NVMe and virtio disks, TPM) by OUT B2h: its SMI handler exchanges the
 * processor state that SMM saved for one of flat protected mode, and back. No
 * guest's state is in that save area, and what RSM would load is not a guest:
 * the SMI must not happen. The same exchange is acted out here.
 */
#pragma once

#include "lib/types.h"

/*
 * After boards_init(): takes port B2h of the machine's for this, where its BIOS
 * is one that makes such calls. Elsewhere the SMI it causes is the machine's
 * own and leaves no trace in the guest, whose registers its handler may look
 * at. 0 or ERR_FULL.
 */
int smm_call_init(void);
