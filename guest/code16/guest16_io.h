/* What an access to a port means, whatever mode the guest's code runs in. */
#pragma once

#include "vmm/vcpu.h"

/* For struct vcpu_ops: by the guest's board; string I/O by the emulator. */
enum exit_action guest16_io(struct vcpu *vcpu, struct io_qualification io);
