/*
 * The fields of the ACPI FADT: ports and registers of the fixed hardware, and
 * what a hardware-reduced machine has instead. Pure; called by arch/acpi/acpi.c
 * alone, with a table whose checksum is right and whose fields may be nonsense.
 */
/* build: pure */
#include "arch/acpi/acpi_fadt.h"

#include "arch/acpi/acpi_problem.h"

/* The port that the extended field or else the old one names; 0 if none. */
static u16 io_port(struct acpi_info *out, const char *name,
		   const struct acpi_gas *extended, u32 old, u32 bytes)
{
	u64 address = old;

	if (extended->address != 0) {
		if (extended->space_id == ACPI_SPACE_IO &&
		    extended->address <= 0x10000 - bytes) {
			return (u16)extended->address;
		}
		acpi_problem(out, "FADT: %s at %lxh of space %u: not a port",
			     name, extended->address, extended->space_id);
	}
	if (address > 0x10000 - bytes) {
		acpi_problem(out, "FADT: %s at %lxh: not a port", name,
			     address);
		return 0;
	}
	return (u16)address;
}

static void read_reset(struct acpi_info *out, const struct acpi_fadt *fadt)
{
	if ((fadt->flags & ACPI_FADT_RESET_REG_SUP) == 0 ||
	    fadt->reset_reg.address == 0) {
		return;
	}
	if (fadt->reset_reg.space_id > ACPI_SPACE_PCI_CONFIG) {
		acpi_problem(out, "FADT: reset register in space %u; not used",
			     fadt->reset_reg.space_id);
		return;
	}
	out->reset_supported = true;
	out->reset_reg = fadt->reset_reg;
	out->reset_value = fadt->reset_value;
}

/* What those fields hold on a machine without them is not to be read. */
static void read_ports(struct acpi_info *out, const struct acpi_fadt *fadt)
{
	static const struct acpi_gas none;
	u32 timer = fadt->pm_tmr_len == sizeof(u32) ? fadt->pm_tmr_blk : 0;

	out->pm_timer_port = io_port(out, "PM timer", &fadt->x_pm_tmr_blk,
				     timer, sizeof(u32));
	out->pm_timer_32bit = (fadt->flags & ACPI_FADT_TMR_VAL_EXT) != 0;
	out->pm1a_control_port =
		io_port(out, "PM1a control", &fadt->x_pm1a_cnt_blk,
			fadt->pm1a_cnt_blk, sizeof(u16));
	out->pm1b_control_port =
		io_port(out, "PM1b control", &fadt->x_pm1b_cnt_blk,
			fadt->pm1b_cnt_blk, sizeof(u16));
	out->smi_command_port =
		io_port(out, "SMI command", &none, fadt->smi_cmd, sizeof(u8));
	out->acpi_enable = fadt->acpi_enable;
	out->acpi_disable = fadt->acpi_disable;
}

static void read_sleep_control(struct acpi_info *out,
			       const struct acpi_fadt *fadt)
{
	if (fadt->sleep_control_reg.space_id > ACPI_SPACE_IO) {
		acpi_problem(out,
			     "FADT: sleep control register in space %u; "
			     "not used",
			     fadt->sleep_control_reg.space_id);
		return;
	}
	out->sleep_control = fadt->sleep_control_reg;
}

void acpi_fadt_read(struct acpi_info *out, const struct acpi_fadt *fadt)
{
	out->fadt_present = true;
	out->hardware_reduced = (fadt->flags & ACPI_FADT_HW_REDUCED_ACPI) != 0;
	if (out->hardware_reduced) {
		read_sleep_control(out, fadt);
	} else {
		read_ports(out, fadt);
	}
	out->no_8042 = fadt->header.revision >= ACPI_FADT_BOOT_ARCH_REVISION &&
		       (fadt->iapc_boot_arch & ACPI_FADT_8042) == 0;
	read_reset(out, fadt);
}
