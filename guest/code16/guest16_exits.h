/* The exit handlers of 16-bit guests, a table for each processor mode. */
#pragma once

#include "vmm/vcpu.h"

extern const struct vcpu_ops guest16_v86_ops, guest16_real_ops;

/*
 * Shared by the two (guest/code16/guest16_exits.c). On the guest's core, its
 * VMCS current, interrupts off.
 */
struct guest16;

/*
 * HLT, RIP being behind it: waits for an interrupt of the guest's, or ends the
 * run where none can come.
 */
enum exit_action guest16_halt(struct guest16 *guest);
/* Ends the call if this is the VMCALL that BIOS code returns to. */
enum exit_action guest16_vmcall(struct vcpu *vcpu);
/* A VMCALL that was not executed in virtual-8086 mode. */
enum exit_action guest16_v86_ring_0_vmcall(struct vcpu *vcpu);
/* A trap or a software exception, through the IVT; info: that of the exit. */
enum exit_action guest16_reflect(struct guest16 *guest, u32 info);
/*
 * Makes the page at a guest-physical address, if the guest's memory there is
 * made on demand. Otherwise the run ends, with `what` ("EPT violation") in its
 * message.
 */
enum exit_action guest16_memory_missing(struct guest16 *guest, u64 address,
					const char *what);

/*
 * Whether the guest has a handler for a fault of that vector: the vector in the
 * IVT at base is not the one that the BIOS had set before the boot. (The BIOS's
 * own handler would return to the instruction, which would fault for ever.)
 * Also true for a vector beyond the IVT's limit: then the delivery faults.
 */
bool guest16_has_handler(struct guest16 *guest, u64 base, u64 limit, u8 vector);
/* Ends the run; the message has the vector's name, place and code. */
enum exit_action guest16_fault(struct guest16 *guest, u8 vector);

/* For struct vcpu_ops. */
void guest16_interrupt(struct vcpu *vcpu);
enum exit_action guest16_interrupt_window(struct vcpu *vcpu);
void guest16_ended(struct vcpu *vcpu);
void guest16_describe(struct vcpu *vcpu);
