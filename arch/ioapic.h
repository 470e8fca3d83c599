/*
 * The I/O APICs' redirection tables, one entry at a time. Any core, interrupts
 * off.
 */
#pragma once

#include "lib/types.h"

/* An input of an I/O APIC that an ISA interrupt ends at. */
struct ioapic_input {
	volatile u32 *registers; /* NULL: there is none */
	u32 pin;
	u32 mode; /* polarity and trigger mode, as a redirection entry has them */
};

/*
 * Where the ACPI tables say that ISA interrupt irq (0-15) ends. False, and no
 * registers, where there is no such I/O APIC.
 */
bool ioapic_find_isa(u8 irq, struct ioapic_input *input);

/* An NMI to all cores, edge by edge, whatever the line's own mode is. */
void ioapic_route_nmi_to_all(const struct ioapic_input *input);

/* Vector to one core, named by its APIC ID (below FFh). */
void ioapic_route_fixed(const struct ioapic_input *input, u8 vector,
			u8 apic_id);

void ioapic_mask(const struct ioapic_input *input);
