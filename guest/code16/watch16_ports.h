/*
 * Watching the port accesses of a 16-bit guest. On the guest's core, its VMCS
 * current, interrupts off.
 */
#pragma once

#include "guest/code16/guest16.h"
#include "vmm/trace.h"

/* A port access, around doing it; see guest16_io(). */
struct trace_event watch16_io_before(struct vcpu *vcpu,
				     struct io_qualification io);
void watch16_io_after(struct vcpu *vcpu, struct trace_event *event);
