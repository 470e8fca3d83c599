/*
 * The I/O APICs' redirection tables, one entry at a time. Any core, interrupts
 * off.
 */
#pragma once

#include "lib/types.h"

/* The input of an I/O APIC to which an ISA interrupt is wired. */
struct ioapic_input {
	volatile u32 *registers; /* NULL: there is none */
	u32 pin;
	u32 mode; /* polarity and trigger mode, as in the entry */
};

/*
 * Finds the input of ISA interrupt irq (0-15) in the ACPI tables. False, and
 * registers are NULL, if there is no such I/O APIC.
 */
bool ioapic_find_isa(u8 irq, struct ioapic_input *input);

/*
 * Makes each edge of the input an NMI to all cores, whatever the line's own
 * mode is.
 */
void ioapic_route_nmi_to_all(const struct ioapic_input *input);

/*
 * Makes the input send this vector to one core, given by its APIC ID (below
 * FFh).
 */
void ioapic_route_fixed(const struct ioapic_input *input, u8 vector,
			u8 apic_id);

void ioapic_mask(const struct ioapic_input *input);
