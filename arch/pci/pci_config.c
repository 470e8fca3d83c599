/*
 * The two ways to the machine's configuration space. Guests of the board
 * machine use ports CF8h and CFCh, too: what a guest has written to the first
 * is put back, so that it does not notice us on its own core; a guest on
 * another core can, and is a reason to go by memory.
 */
#include "arch/pci/pci_config.h"

#include "arch/console/log.h"
#include "arch/cpu.h"
#include "arch/mem/paging.h"
#include "arch/spinlock.h"

#define ADDRESS_PORT 0xcf8
#define DATA_PORT 0xcfc
#define ADDRESS_ENABLE 0x80000000u
#define BUS_BYTES (1 * MIB) /* of memory, for each bus */
#define FUNCTION_BYTES 4096u

/* What of ACPI's table is good. */
static struct acpi_mcfg window[ACPI_MAX_MCFG];
static u32 window_count;
static struct spinlock lock = SPINLOCK_INIT;

/* Where a register is in memory; NULL: nowhere. */
static volatile u8 *in_memory(struct pci_function f, u32 at)
{
	for (u32 i = 0; i < window_count; i++) {
		const struct acpi_mcfg *w = &window[i];

		if (f.segment == w->segment && f.bus >= w->first_bus &&
		    f.bus <= w->last_bus) {
			return (volatile u8 *)phys_to_virt(w->base) +
			       f.bus * BUS_BYTES +
			       (f.device * PCI_FUNCTIONS + f.function) *
				       FUNCTION_BYTES +
			       at;
		}
	}
	return NULL;
}

static u32 read_memory(volatile u8 *from, u8 bytes)
{
	switch (bytes) {
	case 4:
		return *(volatile u32 *)from;
	case 2:
		return *(volatile u16 *)from;
	default:
		return *from;
	}
}

static void write_memory(volatile u8 *to, u8 bytes, u32 value)
{
	switch (bytes) {
	case 4:
		*(volatile u32 *)to = value;
		break;
	case 2:
		*(volatile u16 *)to = (u16)value;
		break;
	default:
		*to = (u8)value;
		break;
	}
}

/* Takes the ports; returns what was in the first, to be put back. */
static u32 select(struct pci_function f, u32 at)
{
	u32 was;

	spinlock_lock(&lock);
	was = inl(ADDRESS_PORT);
	outl(ADDRESS_PORT, ADDRESS_ENABLE | (u32)f.bus << 16 |
				   (u32)f.device << 11 | (u32)f.function << 8 |
				   (at & ~3u));
	return was;
}

static void put_back(u32 was)
{
	outl(ADDRESS_PORT, was);
	spinlock_unlock(&lock);
}

static u32 read_ports(struct pci_function f, u32 at, u8 bytes)
{
	u32 was = select(f, at);
	u16 port = (u16)(DATA_PORT + (at & 3));
	u32 value = bytes == 4 ? inl(port) : bytes == 2 ? inw(port) : inb(port);

	put_back(was);
	return value;
}

static void write_ports(struct pci_function f, u32 at, u8 bytes, u32 value)
{
	u32 was = select(f, at);
	u16 port = (u16)(DATA_PORT + (at & 3));

	switch (bytes) {
	case 4:
		outl(port, value);
		break;
	case 2:
		outw(port, (u16)value);
		break;
	default:
		outb(port, (u8)value);
		break;
	}
	put_back(was);
}

static u32 read(void *context, struct pci_function f, u32 at, u8 bytes)
{
	volatile u8 *memory = in_memory(f, at);

	(void)context;
	if (memory != NULL) {
		return read_memory(memory, bytes);
	}
	return f.segment == 0 ? read_ports(f, at, bytes) : UINT32_MAX;
}

static void write(void *context, struct pci_function f, u32 at, u8 bytes,
		  u32 value)
{
	volatile u8 *memory = in_memory(f, at);

	(void)context;
	if (memory != NULL) {
		write_memory(memory, bytes, value);
	} else if (f.segment == 0) {
		write_ports(f, at, bytes, value);
	}
}

const struct pci_space pci_config = { .read = read, .write = write };

/* A bus at a time, for the whole may be more than can be reached at once. */
static bool reach(const struct acpi_mcfg *w)
{
	for (u32 bus = w->first_bus; bus <= w->last_bus; bus++) {
		if (!paging_reach(w->base + bus * BUS_BYTES, BUS_BYTES)) {
			return false;
		}
	}
	return true;
}

/* Tables are wrong at times; the first function's names tell. */
static bool is_the_same_as_ports(const struct acpi_mcfg *w)
{
	struct pci_function first = { .segment = w->segment,
				      .bus = w->first_bus };
	u32 by_ports;

	if (w->segment != 0) {
		return true;
	}
	by_ports = read_ports(first, PCI_VENDOR_ID, sizeof(u32));
	return read_memory(phys_to_virt(w->base + w->first_bus * BUS_BYTES),
			   sizeof(u32)) == by_ports;
}

void pci_config_use_memory(const struct acpi_info *acpi)
{
	for (u32 i = 0; i < acpi->mcfg_count; i++) {
		const struct acpi_mcfg *w = &acpi->mcfg[i];
		const char *why = NULL;

		if (!reach(w)) {
			why = "out of reach";
		} else if (!is_the_same_as_ports(w)) {
			why = "other than what the ports show";
		}
		if (why == NULL) {
			window[window_count++] = *w;
			continue;
		}
		log_warn("PCI: the configuration memory of segment %u at %lxh "
			 "is %s; not used",
			 w->segment, w->base, why);
	}
}

bool pci_config_reaches(u16 segment, u8 bus)
{
	return in_memory((struct pci_function){ .segment = segment,
						.bus = bus },
			 0) != NULL;
}
