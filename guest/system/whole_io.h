/* Ports of a guest of the engine `whole`. On the guest's core, its VMCS current. */
#pragma once

#include "vmm/vcpu.h"

/* For struct vcpu_ops. */
enum exit_action whole_io(struct vcpu *vcpu, struct io_qualification io);
