/*
 * Power control by ACPI's fixed hardware and, if that fails, by older ways and
 * those of emulators. Boot core, interrupts off.
 */
#include "arch/power.h"

#include "arch/clock.h"
#include "arch/console/console.h"
#include "arch/cpu.h"
#include "arch/machine.h"
#include "arch/mem/paging.h"
#include "arch/pci/pci_config.h"

#define PM1_SCI_ENABLE 0x0001u
#define PM1_SLEEP_TYPE_SHIFT 10
#define PM1_SLEEP_TYPE_MASK 0x1c00u
#define PM1_SLEEP_ENABLE 0x2000u
#define ACPI_ENABLE_PATIENCE_MS 300
#define POWER_OFF_PATIENCE_US 500000
#define RESET_PATIENCE_US 50000

#define BOCHS_SHUTDOWN_PORT 0x8900
#define RESET_CONTROL_PORT 0xcf9
#define KEYBOARD_COMMAND_PORT 0x64
#define KEYBOARD_PULSE_RESET 0xfe
#define KEYBOARD_INPUT_FULL BIT(1)
#define KEYBOARD_PATIENCE_MS 10

static void (*prepare_hook)(void);

void power_set_hook(void (*prepare)(void))
{
	prepare_hook = prepare;
}

static void prepare(void)
{
	if (prepare_hook != NULL) {
		prepare_hook();
	}
	console_flush();
}

/*
 * Writes a register in PCI configuration space: a function on bus 0 (ACPI
 * specification, Generic Address Structure).
 */
static void write_pci_config(u64 address, u8 value)
{
	struct pci_function function = {
		.device = (address >> 32) & (PCI_DEVICES - 1),
		.function = (address >> 16) & (PCI_FUNCTIONS - 1),
	};

	pci_write(function, address & (PCI_CONFIG_BYTES - 1), sizeof(u8),
		  value);
}

static void write_byte(const struct acpi_gas *where, u8 value)
{
	if (where->space_id == ACPI_SPACE_IO) {
		outb((u16)where->address, value);
	} else if (where->space_id == ACPI_SPACE_PCI_CONFIG) {
		write_pci_config(where->address, value);
	} else if (phys_is_mapped(where->address, 1)) {
		*(volatile u8 *)phys_to_virt(where->address) = value;
	}
}

/*
 * Enters ACPI mode, by way of the firmware: the PM1 registers work in no other.
 */
static void enter_acpi_mode(const struct acpi_info *acpi)
{
	if ((inw(acpi->pm1a_control_port) & PM1_SCI_ENABLE) ||
	    acpi->smi_command_port == 0 || acpi->acpi_enable == 0) {
		return;
	}
	outb(acpi->smi_command_port, acpi->acpi_enable);
	for (unsigned ms = 0; ms < ACPI_ENABLE_PATIENCE_MS; ms++) {
		if (inw(acpi->pm1a_control_port) & PM1_SCI_ENABLE) {
			return;
		}
		clock_delay_us(1000);
	}
}

static void sleep(u16 port, u8 type)
{
	u32 value = inw(port) & ~(PM1_SLEEP_TYPE_MASK | PM1_SLEEP_ENABLE);

	value |= (u32)type << PM1_SLEEP_TYPE_SHIFT;
	outw(port, (u16)value);
	outw(port, (u16)(value | PM1_SLEEP_ENABLE));
}

/* Why ACPI cannot switch the machine off; NULL if it can. */
static const char *no_soft_off(const struct acpi_info *acpi)
{
	if (!acpi->fadt_present) {
		return "ACPI has no FADT";
	}
	if (acpi->pm1a_control_port == 0 && acpi->sleep_control.address == 0) {
		return acpi->hardware_reduced
			       ? "ACPI's FADT has no sleep control register"
			       : "ACPI's FADT has no PM1 control port";
	}
	return acpi->s5_present ? NULL : "ACPI's DSDT has no \\_S5";
}

const char *power_off_tried(void)
{
	const char *why = no_soft_off(machine_acpi());

	return why != NULL ? why : "ACPI S5 had no effect";
}

static void soft_off(const struct acpi_info *acpi)
{
	if (acpi->hardware_reduced) {
		write_byte(&acpi->sleep_control,
			   (u8)(acpi->s5_type_a << ACPI_SLEEP_TYPE_SHIFT |
				ACPI_SLEEP_ENABLE));
		return;
	}
	enter_acpi_mode(acpi);
	sleep(acpi->pm1a_control_port, acpi->s5_type_a);
	if (acpi->pm1b_control_port != 0) {
		sleep(acpi->pm1b_control_port, acpi->s5_type_b);
	}
}

void power_off(void)
{
	const struct acpi_info *acpi = machine_acpi();
	const char *p = "Shutdown";

	prepare();
	if (no_soft_off(acpi) == NULL) {
		soft_off(acpi);
		clock_delay_us(POWER_OFF_PATIENCE_US);
	}
	/*
	 * For emulators without ACPI. On a real machine nothing answers here.
	 */
	while (*p != '\0') {
		outb(BOCHS_SHUTDOWN_PORT, (u8)*p++);
	}
}

static void reset_by_acpi(const struct acpi_info *acpi)
{
	if (acpi->reset_supported) {
		write_byte(&acpi->reset_reg, acpi->reset_value);
		clock_delay_us(RESET_PATIENCE_US);
	}
}

/*
 * Waits until the controller is ready: it loses commands that come while it is
 * busy. Each read may cause an SMI: see arch/console/keyboard.c.
 */
static void wait_for_keyboard_controller(void)
{
	for (unsigned ms = 0; ms < KEYBOARD_PATIENCE_MS; ms++) {
		if (!(inb(KEYBOARD_COMMAND_PORT) & KEYBOARD_INPUT_FULL)) {
			return;
		}
		clock_delay_us(1000);
	}
}

void power_reboot(void)
{
	const struct descriptor_pointer no_idt = { 0 };

	prepare();
	reset_by_acpi(machine_acpi());
	/*
	 * The reset control register of Intel's chipsets makes a hard reset. It
	 * comes before the keyboard controller, whose pulse is only an INIT on
	 * some machines: that would leave IA32_FEATURE_CONTROL locked, which
	 * the Bochs BIOS does not survive.
	 */
	outb(RESET_CONTROL_PORT, 0x02);
	outb(RESET_CONTROL_PORT, 0x06);
	clock_delay_us(RESET_PATIENCE_US);
	wait_for_keyboard_controller();
	outb(KEYBOARD_COMMAND_PORT, KEYBOARD_PULSE_RESET);
	clock_delay_us(RESET_PATIENCE_US);
	lidt(&no_idt);
	call_nmi_handler();
	power_halt();
}

void power_halt(void)
{
	prepare();
	for (;;) {
		interrupts_disable();
		cpu_halt();
	}
}
