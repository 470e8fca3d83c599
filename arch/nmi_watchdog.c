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
static bool open; /* the entry lets the NMIs through */
static bool used; /* it ever did */
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
static void set_open(bool on)
{
	__atomic_store_n(&open, on, __ATOMIC_SEQ_CST);
	if (ioapic != NULL) {
		used |= on;
		write(IOAPIC_REDIRECTION + 2 * pin,
		      on ? REDIRECTION_NMI : REDIRECTION_MASKED);
	}
}

/* After each change of what it looks at. */
static __attribute__((noinline)) void apply(void)
{
	spinlock_lock(&lock);
	if (users == 0 || silenced) {
		set_open(false);
	}
	/* A core that came meanwhile may have seen it open still. */
	if (__atomic_load_n(&users, __ATOMIC_SEQ_CST) != 0 && !silenced) {
		set_open(true);
	}
	spinlock_unlock(&lock);
}

void nmi_watchdog_start(void)
{
	__atomic_fetch_add(&users, 1, __ATOMIC_SEQ_CST);
	if (unlikely(!__atomic_load_n(&open, __ATOMIC_SEQ_CST))) {
		apply();
	}
}

void nmi_watchdog_stop(void)
{
	__atomic_fetch_sub(&users, 1, __ATOMIC_SEQ_CST);
}

void nmi_watchdog_rest(void)
{
	if (open) {
		apply();
	}
}

void nmi_watchdog_silence(bool silent)
{
	silenced = silent;
	apply();
}

bool nmi_watchdog_used(void)
{
	return __atomic_load_n(&used, __ATOMIC_RELAXED);
}
