/*
 * Switches the machine off, resets it, or stops it. All functions first leave
 * VMX operation on every core, by a hook that a higher layer sets.
 */
#pragma once

/*
 * Sets the hook. The functions below call it first, on the core that calls
 * them.
 */
void power_set_hook(void (*prepare)(void));

/*
 * Returns only if software cannot switch the machine off: neither ACPI S5 nor
 * the ports of emulators did.
 */
void power_off(void);

/* Why power_off() did not work: a clause. */
const char *power_off_tried(void);

/*
 * Tries ACPI's reset register, port CF9h, the keyboard controller and a triple
 * fault, and waits some time after each.
 */
void power_reboot(void) __attribute__((noreturn));

/* Stops this core for good, interrupts off. */
void power_halt(void) __attribute__((noreturn));
