/*
 * The ACPI tables this kernel reads, byte for byte as in the ACPI
 * Specification. Tables may lie at odd addresses and be longer or (FADT)
 * shorter than here.
 */
#pragma once

#include "lib/types.h"

#define ACPI_RSDP_SIGNATURE "RSD PTR "
#define ACPI_RSDP_V1_BYTES 20

/* Everything from length on exists from revision 2. */
struct acpi_rsdp {
	char signature[8];
	u8 checksum; /* of the first 20 bytes */
	char oem_id[6];
	u8 revision;
	u32 rsdt_address;
	u32 length;
	u64 xsdt_address;
	u8 extended_checksum; /* of all length bytes */
	u8 reserved[3];
} __attribute__((packed));
static_assert(offsetof(struct acpi_rsdp, length) == ACPI_RSDP_V1_BYTES,
	      "RSDP of ACPI 1.0");
static_assert(sizeof(struct acpi_rsdp) == 36, "RSDP");

struct acpi_header {
	char signature[4];
	u32 length; /* with this header */
	u8 revision;
	u8 checksum;
	char oem_id[6];
	char oem_table_id[8];
	u32 oem_revision;
	u32 creator_id;
	u32 creator_revision;
} __attribute__((packed));
static_assert(sizeof(struct acpi_header) == 36, "ACPI table header");

#define ACPI_SPACE_MEMORY 0
#define ACPI_SPACE_IO 1
#define ACPI_SPACE_PCI_CONFIG 2

/* "Generic Address Structure" */
struct acpi_gas {
	u8 space_id;
	u8 bit_width;
	u8 bit_offset;
	u8 access_size; /* 0 undefined, 1 byte, 2 word, 3 dword, 4 qword */
	u64 address;
} __attribute__((packed));
static_assert(sizeof(struct acpi_gas) == 12, "ACPI address structure");

/* iapc_boot_arch, "IA-PC Boot Architecture Flags", from this revision on */
#define ACPI_FADT_BOOT_ARCH_REVISION 3
#define ACPI_FADT_8042 BIT(1)

#define ACPI_FADT_TMR_VAL_EXT BIT(8)
#define ACPI_FADT_RESET_REG_SUP BIT(10)
#define ACPI_FADT_HW_REDUCED_ACPI BIT(20)

/* "Sleep Control Register" of a hardware-reduced machine */
#define ACPI_SLEEP_TYPE_SHIFT 2
#define ACPI_SLEEP_ENABLE BIT(5)

#define ACPI_PM1_CNT_SCI_EN BIT(0)
#define ACPI_PM1_CNT_SLP_TYP_SHIFT 10
#define ACPI_PM1_CNT_SLP_EN BIT(13)

/* "Fixed ACPI Description Table"; 116 bytes long in ACPI 1.0. */
struct acpi_fadt {
	struct acpi_header header;
	u32 firmware_ctrl;
	u32 dsdt;
	u8 int_model;
	u8 preferred_pm_profile;
	u16 sci_int;
	u32 smi_cmd;
	u8 acpi_enable;
	u8 acpi_disable;
	u8 s4bios_req;
	u8 pstate_cnt;
	u32 pm1a_evt_blk;
	u32 pm1b_evt_blk;
	u32 pm1a_cnt_blk;
	u32 pm1b_cnt_blk;
	u32 pm2_cnt_blk;
	u32 pm_tmr_blk;
	u32 gpe0_blk;
	u32 gpe1_blk;
	u8 pm1_evt_len;
	u8 pm1_cnt_len;
	u8 pm2_cnt_len;
	u8 pm_tmr_len;
	u8 gpe0_blk_len;
	u8 gpe1_blk_len;
	u8 gpe1_base;
	u8 cst_cnt;
	u16 p_lvl2_lat;
	u16 p_lvl3_lat;
	u16 flush_size;
	u16 flush_stride;
	u8 duty_offset;
	u8 duty_width;
	u8 day_alrm;
	u8 mon_alrm;
	u8 century;
	u16 iapc_boot_arch;
	u8 reserved;
	u32 flags;
	struct acpi_gas reset_reg;
	u8 reset_value;
	u16 arm_boot_arch;
	u8 minor_version;
	u64 x_firmware_ctrl;
	u64 x_dsdt;
	struct acpi_gas x_pm1a_evt_blk;
	struct acpi_gas x_pm1b_evt_blk;
	struct acpi_gas x_pm1a_cnt_blk;
	struct acpi_gas x_pm1b_cnt_blk;
	struct acpi_gas x_pm2_cnt_blk;
	struct acpi_gas x_pm_tmr_blk;
	struct acpi_gas x_gpe0_blk;
	struct acpi_gas x_gpe1_blk;
	struct acpi_gas sleep_control_reg;
	struct acpi_gas sleep_status_reg;
	u64 hypervisor_vendor;
} __attribute__((packed));
static_assert(offsetof(struct acpi_fadt, pm_tmr_blk) == 76, "FADT PM timer");
static_assert(offsetof(struct acpi_fadt, reset_reg) == 116, "FADT of ACPI 1");
static_assert(offsetof(struct acpi_fadt, x_pm_tmr_blk) == 208, "FADT X timer");
static_assert(sizeof(struct acpi_fadt) == 276, "FADT of ACPI 6");

/* "IA-PC HPET Description Table", of the HPET specification. */
struct acpi_hpet {
	struct acpi_header header;
	u32 event_timer_block_id;
	struct acpi_gas base_address;
	u8 number;
	u16 minimum_tick;
	u8 page_protection;
} __attribute__((packed));
static_assert(sizeof(struct acpi_hpet) == 56, "HPET");

/* The PCI Firmware Specification's "MCFG Table"; entries follow. */
struct acpi_mcfg_table {
	struct acpi_header header;
	u8 reserved[8];
} __attribute__((packed));
static_assert(sizeof(struct acpi_mcfg_table) == 44, "MCFG");

struct acpi_mcfg_entry {
	u64 base_address;
	u16 segment;
	u8 start_bus;
	u8 end_bus;
	u32 reserved;
} __attribute__((packed));
static_assert(sizeof(struct acpi_mcfg_entry) == 16, "MCFG entry");

/*
 * "Serial Port Console Redirection Table", of Microsoft's specification. From
 * clock_frequency on: revision 3 and 4.
 */
struct acpi_spcr {
	struct acpi_header header;
	u8 interface_type;
	u8 reserved[3];
	struct acpi_gas base_address;
	u8 interrupt_type;
	u8 irq;
	u32 gsi;
	u8 baud_rate;
	u8 parity;
	u8 stop_bits;
	u8 flow_control;
	u8 terminal_type;
	u8 language;
	u16 pci_device_id;
	u16 pci_vendor;
	u8 pci_bus;
	u8 pci_device;
	u8 pci_function;
	u32 pci_flags;
	u8 pci_segment;
	u32 clock_frequency;
	u32 precise_baud_rate;
} __attribute__((packed));
static_assert(offsetof(struct acpi_spcr, clock_frequency) == 76, "SPCR 1");
static_assert(sizeof(struct acpi_spcr) == 84, "SPCR 4, without its names");

/* "Debug Port Table 2"; devices follow, each with this start. */
struct acpi_dbg2 {
	struct acpi_header header;
	u32 devices_offset;
	u32 device_count;
} __attribute__((packed));
static_assert(sizeof(struct acpi_dbg2) == 44, "DBG2");

/* Offsets are from here. */
struct acpi_dbg2_device {
	u8 revision;
	u16 length;
	u8 register_count;
	u16 name_length;
	u16 name_offset;
	u16 oem_data_length;
	u16 oem_data_offset;
	u16 port_type;
	u16 port_subtype;
	u16 reserved;
	u16 address_offset;
	u16 address_size_offset;
} __attribute__((packed));
static_assert(sizeof(struct acpi_dbg2_device) == 22, "DBG2 device");

#define ACPI_MADT_PCAT_COMPAT BIT(0)

/* "Multiple APIC Description Table"; entries follow, each with this start. */
struct acpi_madt {
	struct acpi_header header;
	u32 lapic_address;
	u32 flags;
} __attribute__((packed));
static_assert(sizeof(struct acpi_madt) == 44, "MADT");

struct acpi_madt_entry {
	u8 type;
	u8 length; /* with these two bytes */
} __attribute__((packed));
static_assert(sizeof(struct acpi_madt_entry) == 2, "MADT entry");

#define ACPI_MADT_LAPIC 0
#define ACPI_MADT_IOAPIC 1
#define ACPI_MADT_INTERRUPT_OVERRIDE 2
#define ACPI_MADT_NMI_SOURCE 3
#define ACPI_MADT_LAPIC_NMI 4
#define ACPI_MADT_LAPIC_ADDRESS 5
#define ACPI_MADT_X2APIC 9
#define ACPI_MADT_X2APIC_NMI 10

#define ACPI_MADT_CPU_ENABLED BIT(0)
#define ACPI_MADT_CPU_ONLINE_CAPABLE BIT(1)

/* "MPS INTI Flags": 0 in a field is the bus's own rule. */
#define ACPI_MADT_POLARITY_MASK 0x3u
#define ACPI_MADT_POLARITY_HIGH 0x1u
#define ACPI_MADT_POLARITY_LOW 0x3u
#define ACPI_MADT_TRIGGER_MASK 0xcu
#define ACPI_MADT_TRIGGER_EDGE 0x4u
#define ACPI_MADT_TRIGGER_LEVEL 0xcu

struct acpi_madt_lapic {
	struct acpi_madt_entry entry;
	u8 acpi_uid;
	u8 apic_id;
	u32 flags;
} __attribute__((packed));
static_assert(sizeof(struct acpi_madt_lapic) == 8, "MADT local APIC");

struct acpi_madt_ioapic {
	struct acpi_madt_entry entry;
	u8 id;
	u8 reserved;
	u32 address;
	u32 gsi_base;
} __attribute__((packed));
static_assert(sizeof(struct acpi_madt_ioapic) == 12, "MADT I/O APIC");

struct acpi_madt_interrupt_override {
	struct acpi_madt_entry entry;
	u8 bus; /* 0 = ISA */
	u8 source;
	u32 gsi;
	u16 flags;
} __attribute__((packed));
static_assert(sizeof(struct acpi_madt_interrupt_override) == 10,
	      "MADT interrupt source override");

struct acpi_madt_nmi_source {
	struct acpi_madt_entry entry;
	u16 flags;
	u32 gsi;
} __attribute__((packed));
static_assert(sizeof(struct acpi_madt_nmi_source) == 8, "MADT NMI source");

struct acpi_madt_lapic_nmi {
	struct acpi_madt_entry entry;
	u8 acpi_uid; /* FFh = all */
	u16 flags;
	u8 lint;
} __attribute__((packed));
static_assert(sizeof(struct acpi_madt_lapic_nmi) == 6, "MADT local APIC NMI");

struct acpi_madt_lapic_address {
	struct acpi_madt_entry entry;
	u16 reserved;
	u64 address;
} __attribute__((packed));
static_assert(sizeof(struct acpi_madt_lapic_address) == 12,
	      "MADT local APIC address override");

struct acpi_madt_x2apic {
	struct acpi_madt_entry entry;
	u16 reserved;
	u32 apic_id;
	u32 flags;
	u32 acpi_uid;
} __attribute__((packed));
static_assert(sizeof(struct acpi_madt_x2apic) == 16, "MADT local x2APIC");

struct acpi_madt_x2apic_nmi {
	struct acpi_madt_entry entry;
	u16 flags;
	u32 acpi_uid; /* FFFFFFFFh = all */
	u8 lint;
	u8 reserved[3];
} __attribute__((packed));
static_assert(sizeof(struct acpi_madt_x2apic_nmi) == 12,
	      "MADT local x2APIC NMI");

/* The opcodes of AML that the definition of \_S5_ is made of. */
#define AML_ZERO_OP 0x00
#define AML_ONE_OP 0x01
#define AML_NAME_OP 0x08
#define AML_BYTE_PREFIX 0x0a
#define AML_WORD_PREFIX 0x0b
#define AML_DWORD_PREFIX 0x0c
#define AML_PACKAGE_OP 0x12
#define AML_ROOT_CHAR 0x5c
