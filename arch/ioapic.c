/*
 * Finds the input of an ISA interrupt and writes its redirection entry. Does
 * not know what an interrupt is for. Called by the NMI watchdog and, at boot,
 * for the console's interrupts.
 */
#include "arch/ioapic.h"

#include "arch/machine.h"
#include "arch/mem/paging.h"
#include "arch/spinlock.h"

#define BUS_ISA 0
#define IOAPIC_SELECT 0x00
#define IOAPIC_WINDOW (0x10 / 4)
#define IOAPIC_VERSION 0x01
#define IOAPIC_REDIRECTION 0x10
#define REDIRECTION_NMI 0x400u
#define REDIRECTION_ACTIVE_LOW 0x2000u
#define REDIRECTION_LEVEL 0x8000u
#define REDIRECTION_MASKED 0x10000u
#define DESTINATION_SHIFT 24
#define DESTINATION_ALL 0xffu /* physical mode: every local APIC */

/* Held for the two accesses that reach a register. */
static struct spinlock lock = SPINLOCK_INIT;

static void write(volatile u32 *registers, u32 reg, u32 value)
{
	registers[IOAPIC_SELECT] = reg;
	registers[IOAPIC_WINDOW] = value;
}

static u32 read(volatile u32 *registers, u32 reg)
{
	registers[IOAPIC_SELECT] = reg;
	return registers[IOAPIC_WINDOW];
}

/*
 * The GSI and mode of an ISA interrupt: GSI = IRQ, active high and
 * edge-triggered, unless an override in the MADT says otherwise.
 */
static u32 isa_gsi(const struct acpi_info *acpi, u8 irq, u32 *mode)
{
	*mode = 0;
	for (u32 i = 0; i < acpi->override_count; i++) {
		const struct acpi_override *override = &acpi->override[i];

		if (override->bus != BUS_ISA || override->source != irq) {
			continue;
		}
		if ((override->flags & ACPI_MADT_POLARITY_MASK) ==
		    ACPI_MADT_POLARITY_LOW) {
			*mode |= REDIRECTION_ACTIVE_LOW;
		}
		if ((override->flags & ACPI_MADT_TRIGGER_MASK) ==
		    ACPI_MADT_TRIGGER_LEVEL) {
			*mode |= REDIRECTION_LEVEL;
		}
		return override->gsi;
	}
	return irq;
}

bool ioapic_find_isa(u8 irq, struct ioapic_input *input)
{
	const struct acpi_info *acpi = machine_acpi();
	u32 gsi = isa_gsi(acpi, irq, &input->mode);

	for (u32 i = 0; i < acpi->ioapic_count; i++) {
		volatile u32 *registers = phys_to_virt(acpi->ioapic[i].address);
		u32 inputs = (read(registers, IOAPIC_VERSION) >> 16 & 0xff) + 1;

		if (gsi >= acpi->ioapic[i].gsi_base &&
		    gsi - acpi->ioapic[i].gsi_base < inputs) {
			input->registers = registers;
			input->pin = gsi - acpi->ioapic[i].gsi_base;
			return true;
		}
	}
	input->registers = NULL;
	return false;
}

static void route(const struct ioapic_input *input, u32 destination, u32 low)
{
	u32 entry = IOAPIC_REDIRECTION + 2 * input->pin;

	spinlock_lock(&lock);
	write(input->registers, entry + 1, destination << DESTINATION_SHIFT);
	write(input->registers, entry, low);
	spinlock_unlock(&lock);
}

void ioapic_route_nmi_to_all(const struct ioapic_input *input)
{
	route(input, DESTINATION_ALL, REDIRECTION_NMI);
}

void ioapic_route_fixed(const struct ioapic_input *input, u8 vector, u8 apic_id)
{
	route(input, apic_id, input->mode | vector);
}

void ioapic_mask(const struct ioapic_input *input)
{
	route(input, DESTINATION_ALL, REDIRECTION_MASKED);
}
