/*
 * Switching the machine off, resetting it, stopping it. All leave VMX operation
 * on every core first, by the hook a higher layer sets.
 */
#pragma once

/* Called first by each of the functions below, on the core that calls them. */
void power_set_hook(void (*prepare)(void));

/*
 * Comes back only if the machine cannot be switched off by software: neither
 * ACPI S5 nor the ports of the emulators do it.
 */
void power_off(void);

/* What that came to, as a clause. */
const char *power_off_tried(void);

/*
 * ACPI's reset register, port CF9h, the keyboard controller, a triple fault:
 * each is given some time.
 */
void power_reboot(void) __attribute__((noreturn));

/* Stops this core for good, interrupts off. */
void power_halt(void) __attribute__((noreturn));
