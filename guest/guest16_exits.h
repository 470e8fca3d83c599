/* What the exits of 16-bit guests mean, by the mode that runs them. */
#pragma once

#include "vmm/vcpu.h"

extern const struct vcpu_ops guest16_v86_ops, guest16_real_ops;

/* Shared by the two; see their files. */
struct guest16;

enum exit_action guest16_halt(struct guest16 *guest);
enum exit_action guest16_vmcall(struct vcpu *vcpu);
/* One that no code in virtual-8086 mode has executed. */
enum exit_action guest16_v86_ring_0_vmcall(struct vcpu *vcpu);
enum exit_action guest16_io(struct vcpu *vcpu, struct io_qualification io);
enum exit_action guest16_memory_missing(struct guest16 *guest, u64 address,
					const char *what);
void guest16_interrupt(struct vcpu *vcpu);
enum exit_action guest16_interrupt_window(struct vcpu *vcpu);
void guest16_describe(struct vcpu *vcpu);
