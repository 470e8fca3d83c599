/* The functions' registers as tables: what they begin with, what can be written. */
/* build: pure */
#include "guest/board/pc/pci_config.h"

#include "lib/string.h"

#define ENABLE 0x80000000u
#define RESET_CPU 0x04u
#define RESET_HARD 0x02u

#define REGISTER_COMMAND 0x04u
#define REGISTER_BAR0 0x10u
#define REGISTER_PAM 0x59u
#define REGISTER_POWER_BASE 0x40u
#define REGISTER_POWER_ENABLE 0x80u
#define COMMAND_MEMORY 0x02u
#define POWER_BASE_MASK 0xffc0u
#define FRAME_BUFFER_BYTES 0x1000000u

#define SUBSYSTEM_QEMU 0x11001af4u

/* Four bytes at `at`: the value after a reset, and the bits one may write. */
struct pci_register {
	u8 function, at;
	u32 value, writable;
};

static const struct pci_register registers[] = {
	{ PCI_HOST_BRIDGE, 0x00, 0x12378086, 0 },
	{ PCI_HOST_BRIDGE, 0x04, 0x00000006, 0x00000140 },
	{ PCI_HOST_BRIDGE, 0x08, 0x06000002, 0 },
	{ PCI_HOST_BRIDGE, 0x2c, SUBSYSTEM_QEMU, 0 },
	{ PCI_HOST_BRIDGE, 0x50, 0, 0xffffffff },
	{ PCI_HOST_BRIDGE, 0x54, 0, 0xffffffff },
	{ PCI_HOST_BRIDGE, 0x58, 0, 0x333330ff }, /* PAM0 is byte 59h */
	{ PCI_HOST_BRIDGE, 0x5c, 0, 0x33333333 },
	{ PCI_HOST_BRIDGE, 0x60, 0, 0xffffffff },
	{ PCI_HOST_BRIDGE, 0x64, 0, 0xffffffff },
	{ PCI_HOST_BRIDGE, 0x70, 0x00020000, 0x007800ff }, /* SMRAM: 72h */
	{ PCI_ISA_BRIDGE, 0x00, 0x70008086, 0 },
	{ PCI_ISA_BRIDGE, 0x04, 0x02000007, 0x00000108 },
	{ PCI_ISA_BRIDGE, 0x08, 0x06010000, 0 },
	{ PCI_ISA_BRIDGE, 0x0c, 0x00800000, 0 },
	{ PCI_ISA_BRIDGE, 0x2c, SUBSYSTEM_QEMU, 0 },
	{ PCI_ISA_BRIDGE, 0x4c, 0x0003004d, 0x03ff00ff },
	{ PCI_ISA_BRIDGE, 0x60, 0x80808080, 0x8f8f8f8f }, /* PIRQ A to D */
	{ PCI_ISA_BRIDGE, 0x68, 0x00000200, 0x0000f7ff },
	{ PCI_ISA_BRIDGE, 0x80, 0, 0xffffffff },
	{ PCI_ISA_BRIDGE, 0xa0, 0x00000008, 0xffffffff },
	{ PCI_ISA_BRIDGE, 0xa4, 0, 0xffffffff },
	{ PCI_ISA_BRIDGE, 0xa8, 0x0000000f, 0xffffffff },
	{ PCI_IDE, 0x00, 0x70108086, 0 },
	{ PCI_IDE, 0x04, 0x02800000, 0x00000005 },
	{ PCI_IDE, 0x08, 0x01018000, 0 },
	{ PCI_IDE, 0x0c, 0, 0x0000f000 },
	/* The bus master's ports; as 32 bits, for a BIOS to find the size. */
	{ PCI_IDE, 0x20, 0x00000001, 0xfffffff0 },
	{ PCI_IDE, 0x2c, SUBSYSTEM_QEMU, 0 },
	{ PCI_IDE, 0x40, 0, 0xf3fff3ff }, /* timing; bits 15, 31: enabled */
	{ PCI_POWER, 0x00, 0x71138086, 0 },
	{ PCI_POWER, 0x04, 0x02800000, 0x00000103 },
	{ PCI_POWER, 0x08, 0x06800003, 0 },
	{ PCI_POWER, 0x2c, SUBSYSTEM_QEMU, 0 },
	{ PCI_POWER, 0x3c, 0x00000109, 0x000000ff },
	{ PCI_POWER, 0x40, 0x00000001, 0x0000ffc0 },
	/* Bit 25: an SMI for port B2h is on already, so that no BIOS tries it. */
	{ PCI_POWER, 0x58, 0x02000000, 0xfdffffff },
	{ PCI_POWER, 0x60, 0x60000010, 0xffffffff },
	{ PCI_POWER, 0x64, 0x000000d8, 0xffffffff },
	{ PCI_POWER, 0x80, 0, 0x00000001 },
	{ PCI_POWER, 0x90, 0x00000001, 0x0000fff0 }, /* SMBus */
	{ PCI_POWER, 0xd0, 0x00090000, 0x000f0000 },
	{ PCI_VGA, 0x00, 0x11111234, 0 },
	{ PCI_VGA, 0x04, 0, 0x00000103 },
	{ PCI_VGA, 0x08, 0x03000002, 0 },
	{ PCI_VGA, 0x10, 0x00000008, ~(FRAME_BUFFER_BYTES - 1) },
	{ PCI_VGA, 0x2c, SUBSYSTEM_QEMU, 0 },
	{ PCI_VGA, 0x3c, 0, 0x000000ff },
};

static u32 get(const struct pci_function *function, u32 at)
{
	const u8 *b = &function->config[at];

	return (u32)b[0] | (u32)b[1] << 8 | (u32)b[2] << 16 | (u32)b[3] << 24;
}

static void put(struct pci_function *function, u32 at, u32 value)
{
	for (u32 i = 0; i < 4; i++) {
		function->config[at + i] = (u8)(value >> 8 * i);
	}
}

static u32 writable(u32 function, u32 at)
{
	for (size_t i = 0; i < ARRAY_SIZE(registers); i++) {
		if (registers[i].function == function &&
		    registers[i].at == at) {
			return registers[i].writable;
		}
	}
	/* The interrupt line is a note for software, wherever it is. */
	return at == 0x3c ? 0xffu : 0;
}

void pci_config_init(struct pci_config *pci, bool has_vga)
{
	memset(pci, 0, sizeof(*pci));
	pci->has_vga = has_vga;
	for (size_t i = 0; i < ARRAY_SIZE(registers); i++) {
		put(&pci->function[registers[i].function], registers[i].at,
		    registers[i].value);
	}
}

/* By bus, device and function of the address: PCI_FUNCTIONS for none. */
static u32 addressed(const struct pci_config *pci)
{
	switch (pci->address >> 8 & 0xffff) {
	case 0 << 3:
		return PCI_HOST_BRIDGE;
	case 1 << 3:
		return PCI_ISA_BRIDGE;
	case 1 << 3 | 1:
		return PCI_IDE;
	case 1 << 3 | 3:
		return PCI_POWER;
	case 2 << 3:
		return pci->has_vga ? PCI_VGA : PCI_FUNCTIONS;
	default:
		return PCI_FUNCTIONS;
	}
}

static u32 read_data(const struct pci_config *pci, u32 offset, u8 bytes)
{
	u32 function = addressed(pci);
	u32 value;

	if (!(pci->address & ENABLE) || function == PCI_FUNCTIONS) {
		return (u32)(BIT(8 * bytes) - 1);
	}
	value = get(&pci->function[function], pci->address & 0xfc);
	return value >> 8 * offset & (u32)(BIT(8 * bytes) - 1);
}

static void write_data(struct pci_config *pci, u32 offset, u8 bytes, u32 value)
{
	u32 function = addressed(pci);
	u32 at = pci->address & 0xfc;
	u32 mask;

	if (!(pci->address & ENABLE) || function == PCI_FUNCTIONS) {
		return;
	}
	mask = (u32)((BIT(8 * bytes) - 1) << 8 * offset) &
	       writable(function, at);
	put(&pci->function[function], at,
	    (get(&pci->function[function], at) & ~mask) |
		    (value << 8 * offset & mask));
	pci->power_changed |= function == PCI_POWER;
	pci->memory_changed |=
		function == PCI_HOST_BRIDGE || function == PCI_VGA;
}

u32 pci_config_read(struct pci_config *pci, u16 port, u8 bytes)
{
	if (port >= PCI_DATA_PORT) {
		return read_data(pci, port & 3u, bytes);
	}
	if (port == PCI_RESET_PORT && bytes == 1) {
		return pci->reset_control;
	}
	return port == PCI_ADDRESS_PORT && bytes == 4
		       ? pci->address
		       : (u32)(BIT(8 * bytes) - 1);
}

/* The address register is one of 32 bits; parts of it are other devices'. */
void pci_config_write(struct pci_config *pci, u16 port, u8 bytes, u32 value)
{
	if (port >= PCI_DATA_PORT) {
		write_data(pci, port & 3u, bytes, value);
	} else if (port == PCI_ADDRESS_PORT && bytes == 4) {
		pci->address = value & (ENABLE | 0xfffffcu);
	} else if (port == PCI_RESET_PORT && bytes == 1) {
		pci->resets |= (value & RESET_CPU) != 0 &&
			       !(pci->reset_control & RESET_CPU);
		pci->reset_control = value & (RESET_HARD | RESET_CPU);
	}
}

/* PAM0's upper half is F0000h's; each later register has two segments. */
struct pci_pam pci_config_pam(const struct pci_config *pci, u32 segment)
{
	const u8 *pam = &pci->function[PCI_HOST_BRIDGE].config[REGISTER_PAM];
	u32 bits = segment == PCI_PAM_SEGMENTS - 1
			   ? pam[0] >> 4
			   : pam[1 + segment / 2] >> (segment % 2 * 4);

	return (struct pci_pam){ .reads_ram = (bits & 1) != 0,
				 .writes_ram = (bits & 2) != 0 };
}

u16 pci_config_power_port(const struct pci_config *pci)
{
	const struct pci_function *power = &pci->function[PCI_POWER];

	return get(power, REGISTER_POWER_ENABLE) & 1
		       ? (u16)(get(power, REGISTER_POWER_BASE) &
			       POWER_BASE_MASK)
		       : 0;
}

u32 pci_config_frame_buffer(const struct pci_config *pci)
{
	const struct pci_function *vga = &pci->function[PCI_VGA];

	return pci->has_vga && (get(vga, REGISTER_COMMAND) & COMMAND_MEMORY)
		       ? get(vga, REGISTER_BAR0) & ~(FRAME_BUFFER_BYTES - 1)
		       : 0;
}
