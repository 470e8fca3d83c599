/*
 * One entry of the I/O APIC's redirection table, opened and masked. The PIT
 * itself runs as the BIOS programmed it; the PICs see it as ever.
 */
#include "arch/nmi_watchdog.h"

#include "arch/machine.h"
#include "arch/paging.h"
#include "arch/spinlock.h"

#define IRQ_TIMER 0
#define BUS_ISA 0
#define IOAPIC_SELECT 0x00
#define IOAPIC_WINDOW (0x10 / 4)
#define IOAPIC_VERSION 0x01
#define IOAPIC_REDIRECTION 0x10
#define REDIRECTION_NMI 0x400u
#define REDIRECTION_MASKED 0x10000u
#define DESTINATION_ALL 0xff000000u /* physical mode: every local APIC */

static volatile u32 *ioapic;
static u32 pin;
static u32 users;
static bool silenced;
static struct spinlock lock = SPINLOCK_INIT;

static void write(u32 reg, u32 value)
{
	ioapic[IOAPIC_SELECT] = reg;
	ioapic[IOAPIC_WINDOW] = value;
}

static u32 read(u32 reg)
{
	ioapic[IOAPIC_SELECT] = reg;
	return ioapic[IOAPIC_WINDOW];
}

/* Where the PIT's line ends: ISA IRQ 0, unless an override says otherwise. */
static u32 timer_gsi(const struct acpi_info *acpi)
{
	for (u32 i = 0; i < acpi->override_count; i++) {
		if (acpi->override[i].bus == BUS_ISA &&
		    acpi->override[i].source == IRQ_TIMER) {
			return acpi->override[i].gsi;
		}
	}
	return IRQ_TIMER;
}

bool nmi_watchdog_init(void)
{
	const struct acpi_info *acpi = machine_acpi();
	u32 gsi = timer_gsi(acpi);

	for (u32 i = 0; i < acpi->ioapic_count; i++) {
		u32 inputs;

		ioapic = phys_to_virt(acpi->ioapic[i].address);
		inputs = (read(IOAPIC_VERSION) >> 16 & 0xff) + 1;
		if (gsi >= acpi->ioapic[i].gsi_base &&
		    gsi - acpi->ioapic[i].gsi_base < inputs) {
			pin = gsi - acpi->ioapic[i].gsi_base;
			write(IOAPIC_REDIRECTION + 2 * pin + 1,
			      DESTINATION_ALL);
			return true;
		}
	}
	ioapic = NULL;
	return false;
}

/* The lock is held. */
static void apply(void)
{
	bool on = users != 0 && !silenced;

	if (ioapic != NULL) {
		write(IOAPIC_REDIRECTION + 2 * pin,
		      on ? REDIRECTION_NMI : REDIRECTION_MASKED);
	}
}

void nmi_watchdog_start(void)
{
	spinlock_lock(&lock);
	if (users++ == 0) {
		apply();
	}
	spinlock_unlock(&lock);
}

void nmi_watchdog_stop(void)
{
	spinlock_lock(&lock);
	if (--users == 0) {
		apply();
	}
	spinlock_unlock(&lock);
}

void nmi_watchdog_silence(bool silent)
{
	spinlock_lock(&lock);
	silenced = silent;
	apply();
	spinlock_unlock(&lock);
}
