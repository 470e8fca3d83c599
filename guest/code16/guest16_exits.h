/* What the exits of 16-bit guests mean, by the mode that runs them. */
#pragma once

#include "vmm/vcpu.h"

extern const struct vcpu_ops guest16_v86_ops, guest16_real_ops;

/*
 * Shared by the two (guest/code16/guest16_exits.c). On the guest's core, its VMCS
 * current, interrupts off.
 */
struct guest16;

/*
 * HLT, RIP being behind it: waits for an interrupt of the guest's, or ends the
 * run where none can come.
 */
enum exit_action guest16_halt(struct guest16 *guest);
/* The proper end of a call, if it is the VMCALL that its code returns to. */
enum exit_action guest16_vmcall(struct vcpu *vcpu);
/* One that no code in virtual-8086 mode has executed. */
enum exit_action guest16_v86_ring_0_vmcall(struct vcpu *vcpu);
/* A trap or a software exception, through the IVT; info: that of the exit. */
enum exit_action guest16_reflect(struct guest16 *guest, u32 info);
/*
 * Makes the page at a guest-physical address that is made when touched. Where
 * there is none the run ends, with `what` ("EPT violation") in its words.
 */
enum exit_action guest16_memory_missing(struct guest16 *guest, u64 address,
					const char *what);

/*
 * Whether a fault of that vector has a handler: one that the IVT at base has
 * and the BIOS did not put there before the boot. The BIOS's own returns to the
 * instruction, which faults again, and again. Beyond the IVT's limit it is the
 * delivery that faults, which is not our business.
 */
bool guest16_has_handler(struct guest16 *guest, u64 base, u64 limit, u8 vector);
/* Ends the run with the vector's name, the place and the code. */
enum exit_action guest16_fault(struct guest16 *guest, u8 vector);

/* For struct vcpu_ops. */
void guest16_interrupt(struct vcpu *vcpu);
enum exit_action guest16_interrupt_window(struct vcpu *vcpu);
void guest16_ended(struct vcpu *vcpu);
void guest16_describe(struct vcpu *vcpu);
