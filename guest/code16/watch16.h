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

/* Real mode: the guest has written CR0. */
void watch16_mode_changed(struct guest16 *guest);
