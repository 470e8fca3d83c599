/*
 * What is known of the machine from its ACPI tables: filled by acpi_parse()
 * (arch/acpi/acpi.h), plain data from then on.
 */
#pragma once

#include "arch/acpi/acpi_tables.h"
#include "lib/types.h"

#define ACPI_MAX_TABLES 256 /* servers have more than 64 */
#define ACPI_MAX_CPUS 256
#define ACPI_MAX_IOAPICS 16
#define ACPI_MAX_OVERRIDES 32
#define ACPI_MAX_NMI_SOURCES 16
#define ACPI_MAX_LAPIC_NMIS 256
#define ACPI_MAX_UARTS 4
#define ACPI_MAX_MCFG 16
#define ACPI_MAX_PROBLEMS 16
#define ACPI_PROBLEM_BYTES 120

#define ACPI_ALL_CPUS 0xffffffffu

struct acpi_table {
	char signature[5]; /* terminated; unprintable bytes shown as '?' */
	bool ok;	   /* length and checksum are right */
	u64 phys;
	u32 length; /* as the table says */
};

struct acpi_cpu {
	u32 apic_id;
	u32 acpi_uid;
};

struct acpi_ioapic {
	u8 id;
	u32 address;
	u32 gsi_base;
};

/* flags: ACPI_MADT_POLARITY_*, ACPI_MADT_TRIGGER_*. */
struct acpi_override {
	u8 bus;	   /* 0 = ISA */
	u8 source; /* the IRQ on that bus */
	u16 flags;
	u32 gsi;
};

struct acpi_nmi_source {
	u16 flags;
	u32 gsi;
};

struct acpi_lapic_nmi {
	u32 acpi_uid; /* ACPI_ALL_CPUS, or whose */
	u16 flags;
	u8 lint;
};

/* A PCI segment's configuration space in memory, 1 MiB for each bus. */
struct acpi_mcfg {
	u64 base; /* of bus 0, whether that is in or not */
	u16 segment;
	u8 first_bus, last_bus;
};

/* A 16550 that SPCR or DBG2 names. */
struct acpi_uart {
	bool in_memory; /* else at I/O ports */
	u64 address;
	u8 width;     /* bytes of an access: 1, 2 or 4 */
	u8 stride;    /* bytes from one register to the next: 1, 2 or 4 */
	u32 clock_hz; /* 0: not told, as a PC's */
	u32 baud;     /* 0: not told */
	bool is_pci;  /* which function of segment 0 it is */
	u8 pci_bus, pci_device, pci_function;
};

struct acpi_info {
	u8 rsdp_revision;
	bool used_xsdt;
	u32 table_count;
	u32 table_left_out; /* not even looked at */
	struct acpi_table table[ACPI_MAX_TABLES];

	/* MADT */
	bool madt_present;
	bool pcat_compat; /* there are 8259 PICs, to be masked */
	u64 lapic_address;
	u32 cpu_count; /* enabled, each APIC ID once, in the table's order */
	u32 cpu_left_out;
	u32 cpu_disabled;	/* neither enabled nor able to be */
	u32 cpu_online_capable; /* not enabled, may be plugged in later */
	struct acpi_cpu cpu[ACPI_MAX_CPUS];
	u32 ioapic_count;
	u32 ioapic_left_out;
	struct acpi_ioapic ioapic[ACPI_MAX_IOAPICS];
	u32 override_count;
	u32 override_left_out;
	struct acpi_override override[ACPI_MAX_OVERRIDES];
	u32 nmi_source_count;
	u32 nmi_source_left_out;
	struct acpi_nmi_source nmi_source[ACPI_MAX_NMI_SOURCES];
	u32 lapic_nmi_count;
	u32 lapic_nmi_left_out;
	struct acpi_lapic_nmi lapic_nmi[ACPI_MAX_LAPIC_NMIS];

	/* FADT; a port of 0 means that there is none. */
	bool fadt_present;
	u16 pm_timer_port;
	bool pm_timer_32bit; /* else it counts 24 bits */
	u16 pm1a_control_port;
	u16 pm1b_control_port;
	u16 smi_command_port;
	u8 acpi_enable; /* values for the SMI command port; 0 = not supported */
	u8 acpi_disable;
	bool reset_supported;
	struct acpi_gas reset_reg;
	u8 reset_value;
	/*
	 * "Hardware-Reduced ACPI": none of the ports above is there, and the
	 * machine goes off by this register, whose address is 0 for none.
	 */
	bool hardware_reduced;
	struct acpi_gas sleep_control;
	u64 dsdt_phys; /* 0 if it could not be read */
	bool s5_present;
	u8 s5_type_a; /* SLP_TYP of PM1a and PM1b control, 0..7 */
	u8 s5_type_b;

	bool no_8042; /* as the FADT has it, where it has such a flag */

	/* MCFG */
	u32 mcfg_count;
	u32 mcfg_left_out;
	struct acpi_mcfg mcfg[ACPI_MAX_MCFG];

	/* SPCR, then DBG2 */
	u32 uart_count;
	u32 uart_left_out;
	struct acpi_uart uart[ACPI_MAX_UARTS];

	u64 hpet_address; /* of its registers; 0: none, or not in memory */

	/* What was wrong, one line each, for the log. */
	u32 problem_count;
	u32 problem_left_out;
	char problem[ACPI_MAX_PROBLEMS][ACPI_PROBLEM_BYTES];
};
