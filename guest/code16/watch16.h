/*
 * Watching a guest of 16-bit code (guest/watch/watch.h). On the guest's core,
 * its VMCS current, interrupts off.
 */
#pragma once

#include "guest/code16/guest16.h"
#include "guest/watch/watch.h"

/*
 * Around vcpu_run(): begin is called before it if any guest is watched, end
 * after it if this guest is traced.
 */
void watch16_begin(struct guest16 *guest) __attribute__((noinline));
void watch16_end(struct guest16 *guest) __attribute__((noinline));

/*
 * The host is about to emulate the INT n at CS:IP, which the guest's engine
 * makes fault. handled: the host does the service itself, and no handler of the
 * guest's runs.
 */
void watch16_int(struct guest16 *guest, bool handled);
/* The host's own service is done. */
void watch16_int_done(struct guest16 *guest);

/* A port access, around doing it; see guest16_io(). */
struct trace_event watch16_io_before(struct vcpu *vcpu,
				     struct io_qualification io);
void watch16_io_after(struct vcpu *vcpu, struct trace_event *event);

/* #DB: true if the watch caused it. */
bool watch16_debug(struct guest16 *guest);
/* For struct vcpu_ops. */
enum exit_action watch16_other(struct vcpu *vcpu, u32 reason);
void watch16_resuming(struct vcpu *vcpu);

/* Real mode: the guest has written CR0. */
void watch16_mode_changed(struct guest16 *guest);
