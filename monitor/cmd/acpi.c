/*
 * The command acpi: shows what the firmware's tables said at boot. Reads no
 * table itself. Runs on the boot core, through command.c.
 */
#include "arch/console/console.h"
#include "arch/machine.h"
#include "lib/error.h"
#include "lib/fmt.h"
#include "monitor/command.h"

/*
 * The polarity in an interrupt's flags; if they name none, the bus's own rule
 * holds.
 */
static const char *polarity(u16 flags)
{
	switch (flags & ACPI_MADT_POLARITY_MASK) {
	case ACPI_MADT_POLARITY_HIGH:
		return "high";
	case ACPI_MADT_POLARITY_LOW:
		return "low";
	default:
		return "bus";
	}
}

static const char *trigger(u16 flags)
{
	switch (flags & ACPI_MADT_TRIGGER_MASK) {
	case ACPI_MADT_TRIGGER_EDGE:
		return "edge";
	case ACPI_MADT_TRIGGER_LEVEL:
		return "level";
	default:
		return "bus";
	}
}

static void print_left_out(const char *what, u32 count)
{
	if (count != 0) {
		console_printf("%s left out: %u, there is no room for more\n",
			       what, count);
	}
}

static void print_tables(const struct acpi_info *acpi)
{
	console_printf("acpi: revision=%u root=%s\n", acpi->rsdp_revision,
		       acpi->used_xsdt ? "xsdt" : "rsdt");
	for (u32 i = 0; i < acpi->table_count; i++) {
		const struct acpi_table *table = &acpi->table[i];

		console_printf("table: %s address=%08llx length=%u %s\n",
			       table->signature,
			       (unsigned long long)table->phys, table->length,
			       table->ok ? "ok" : "bad");
	}
	print_left_out("tables", acpi->table_left_out);
}

static void print_cores(const struct acpi_info *acpi)
{
	console_printf("local apics: address=%08llx\n",
		       (unsigned long long)acpi->lapic_address);
	for (u32 i = 0; i < acpi->cpu_count; i++) {
		console_printf("core: apic=%u uid=%u\n", acpi->cpu[i].apic_id,
			       acpi->cpu[i].acpi_uid);
	}
	print_left_out("cores", acpi->cpu_left_out);
	if (acpi->cpu_disabled != 0) {
		console_printf("cores disabled: %u\n", acpi->cpu_disabled);
	}
	if (acpi->cpu_online_capable != 0) {
		console_printf("cores to be plugged in: %u\n",
			       acpi->cpu_online_capable);
	}
}

static void print_lapic_nmi(const struct acpi_lapic_nmi *nmi)
{
	char uid[12] = "all";

	if (nmi->acpi_uid != ACPI_ALL_CPUS) {
		fmt_snprintf(uid, sizeof(uid), "%u", nmi->acpi_uid);
	}
	console_printf("nmi: uid=%s lint=%u polarity=%s trigger=%s\n", uid,
		       nmi->lint, polarity(nmi->flags), trigger(nmi->flags));
}

static void print_interrupts(const struct acpi_info *acpi)
{
	console_printf("pics: %s\n", acpi->pcat_compat ? "yes" : "no");
	for (u32 i = 0; i < acpi->ioapic_count; i++) {
		console_printf("ioapic: id=%u address=%08x gsi=%u\n",
			       acpi->ioapic[i].id, acpi->ioapic[i].address,
			       acpi->ioapic[i].gsi_base);
	}
	print_left_out("ioapics", acpi->ioapic_left_out);
	for (u32 i = 0; i < acpi->override_count; i++) {
		const struct acpi_override *override = &acpi->override[i];

		console_printf("override: bus=%u irq=%u gsi=%u polarity=%s "
			       "trigger=%s\n",
			       override->bus, override->source, override->gsi,
			       polarity(override->flags),
			       trigger(override->flags));
	}
	print_left_out("overrides", acpi->override_left_out);
	for (u32 i = 0; i < acpi->nmi_source_count; i++) {
		const struct acpi_nmi_source *source = &acpi->nmi_source[i];

		console_printf("nmi: gsi=%u polarity=%s trigger=%s\n",
			       source->gsi, polarity(source->flags),
			       trigger(source->flags));
	}
	for (u32 i = 0; i < acpi->lapic_nmi_count; i++) {
		print_lapic_nmi(&acpi->lapic_nmi[i]);
	}
	print_left_out("nmis",
		       acpi->nmi_source_left_out + acpi->lapic_nmi_left_out);
}

static void print_reset(const struct acpi_info *acpi)
{
	const char *space = "?";

	if (!acpi->reset_supported) {
		console_printf("reset register: none\n");
		return;
	}
	switch (acpi->reset_reg.space_id) {
	case ACPI_SPACE_MEMORY:
		space = "memory";
		break;
	case ACPI_SPACE_IO:
		space = "port";
		break;
	case ACPI_SPACE_PCI_CONFIG:
		space = "pci";
		break;
	default:
		break;
	}
	console_printf("reset register: %s=%llx value=%02x\n", space,
		       (unsigned long long)acpi->reset_reg.address,
		       acpi->reset_value);
}

static void print_fixed_hardware(const struct acpi_info *acpi)
{
	if (acpi->pm_timer_port != 0) {
		console_printf("pm timer: port=%04x bits=%u\n",
			       acpi->pm_timer_port,
			       acpi->pm_timer_32bit ? 32u : 24u);
	} else {
		console_printf("pm timer: none\n");
	}
	console_printf("pm1 control: a=%04x b=%04x\n", acpi->pm1a_control_port,
		       acpi->pm1b_control_port);
	console_printf("smi command: port=%04x enable=%02x disable=%02x\n",
		       acpi->smi_command_port, acpi->acpi_enable,
		       acpi->acpi_disable);
	if (acpi->s5_present) {
		console_printf("s5: a=%u b=%u\n", acpi->s5_type_a,
			       acpi->s5_type_b);
	} else {
		console_printf("s5: none; poweroff cannot use ACPI\n");
	}
	print_reset(acpi);
}

static int run_acpi(struct args *args)
{
	const struct acpi_info *acpi = machine_acpi();

	(void)args;
	if (acpi->table_count == 0 && acpi->problem_count == 0) {
		return command_error(ERR_NOT_FOUND,
				     "no ACPI tables were found; acpi; see "
				     "whether the firmware setup can turn "
				     "them on");
	}
	print_tables(acpi);
	if (acpi->madt_present) {
		print_cores(acpi);
		print_interrupts(acpi);
	} else {
		console_printf("cores: no MADT table names them\n");
	}
	if (acpi->fadt_present) {
		print_fixed_hardware(acpi);
	} else {
		console_printf("pm timer, s5: no FADT table tells\n");
	}
	for (u32 i = 0; i < acpi->problem_count; i++) {
		console_printf("problem: %s\n", acpi->problem[i]);
	}
	print_left_out("problems", acpi->problem_left_out);
	return 0;
}

COMMAND(MACHINE, 40, acpi) = {
	.name = "acpi",
	.usage = "",
	.summary = "what the firmware's ACPI tables say",
	.details = "The tables with address (hex), length and state; the "
		   "cores, I/O APICs,\n"
		   "interrupt overrides and NMI inputs; the PM timer and "
		   "what poweroff and reboot\n"
		   "use (ports in hex); and what is wrong with any of it.",
	.example = "acpi",
	.run = run_acpi,
};
