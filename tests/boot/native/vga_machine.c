/*
 * A machine with nothing but a processor, a megabyte and the VGA of the board pc:
 * vga_machine ROM IMAGE [NAME PHASE]. It runs the VGA BIOS in ROM, and then the
 * pictures of IMAGE (tests/boot/vga/) on it, by the emulator Unicorn; no
 * hypervisor is involved. It prints a line of each picture: name, width, height,
 * and a CRC-32 of the pixels for each phase of blinking, bit 0 of which is the
 * text's and bit 1 the cursor's. With a name it prints that picture as a PPM.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unicorn/unicorn.h>

#include "guest/board/pc/vga_screen.h"

#define RAM_BYTES 0xa0000u
#define ROM_FIRST 0xc0000u
#define ROM_BYTES 0x40000u
#define VIDEO_BYTES (16u << 20)

/* tests/boot/vga/pictures.ld */
#define IMAGE_AT 0x7c00u
#define TABLE_AT 0x7e00u

/* Where an INT's or a picture's last instruction leads: nobody is there. */
#define END_SEGMENT 0xf000u
#define END_OFFSET 0xfff0u
#define INSTRUCTIONS 400000000u

#define PHASES 4u

#define PCI_ADDRESS 0xcf8
#define PCI_DATA 0xcfc
#define PCI_VGA 0x10u /* bus 0, device 2 */
#define PCI_BASE 0xe0000008u

struct machine {
	uc_engine *cpu;
	struct vga vga;
	u64 clock_ns; /* goes on with each port that is read */
	u32 pci_address;
};

struct picture {
	u32 width, height;
	u32 *pixels; /* of VGA_MAX_WIDTH each row */
};

static void fail(const char *what, const char *why)
{
	fprintf(stderr, "vga_machine: %s: %s\n", what, why);
	exit(1);
}

static void must(uc_err error, const char *what)
{
	if (error != UC_ERR_OK) {
		fail(what, uc_strerror(error));
	}
}

/* --- The machine's accesses, to the VGA ------------------------------------ */

static uint64_t read_window(uc_engine *cpu, uint64_t at, unsigned bytes,
			    void *context)
{
	struct machine *machine = context;
	u64 value = 0;

	(void)cpu;
	for (unsigned i = 0; i < bytes; i++) {
		value |= (u64)vga_memory_read(&machine->vga, (u32)at + i)
			 << 8 * i;
	}
	return value;
}

static void write_window(uc_engine *cpu, uint64_t at, unsigned bytes,
			 uint64_t value, void *context)
{
	struct machine *machine = context;

	(void)cpu;
	for (unsigned i = 0; i < bytes; i++) {
		vga_memory_write(&machine->vga, (u32)at + i,
				 (u8)(value >> 8 * i));
	}
}

/* The one PCI device: what SeaVGABIOS asks of it. */
static u32 read_pci(const struct machine *machine)
{
	if (machine->pci_address >> 8 != (0x800000 | PCI_VGA)) {
		return 0xffffffff;
	}
	switch (machine->pci_address & 0xfc) {
	case 0x00:
		return 0x11111234;
	case 0x08:
		return 0x03000002;
	case 0x10:
		return PCI_BASE;
	default:
		return 0;
	}
}

static u32 read_port(uc_engine *cpu, u32 port, int bytes, void *context)
{
	struct machine *machine = context;
	u32 value = 0;

	(void)cpu;
	machine->clock_ns += 1000;
	if (port >= VGA_VBE_PORT_FIRST && port <= VGA_VBE_PORT_LAST) {
		return vga_vbe_read(&machine->vga, (u16)port);
	}
	if (port >= PCI_DATA && port < PCI_DATA + 4) {
		return read_pci(machine) >> 8 * (port - PCI_DATA);
	}
	for (int i = 0; i < bytes; i++, port++) {
		u8 byte = port >= VGA_PORT_FIRST && port <= VGA_PORT_LAST
				  ? vga_port_read(&machine->vga, (u16)port,
						  machine->clock_ns)
				  : 0xff;

		value |= (u32)byte << 8 * i;
	}
	return value;
}

static void write_port(uc_engine *cpu, u32 port, int bytes, u32 value,
		       void *context)
{
	struct machine *machine = context;

	(void)cpu;
	if (port >= VGA_VBE_PORT_FIRST && port <= VGA_VBE_PORT_LAST) {
		vga_vbe_write(&machine->vga, (u16)port, (u16)value);
	} else if (port == PCI_ADDRESS && bytes == 4) {
		machine->pci_address = value;
	}
	for (int i = 0; i < bytes; i++, port++) {
		if (port >= VGA_PORT_FIRST && port <= VGA_PORT_LAST) {
			vga_port_write(&machine->vga, (u16)port,
				       (u8)(value >> 8 * i));
		}
	}
}

/* --- 16-bit code ------------------------------------------------------------ */

static u16 get(struct machine *machine, int name)
{
	u64 value = 0;

	must(uc_reg_read(machine->cpu, name, &value), "a register");
	return (u16)value;
}

static void set(struct machine *machine, int name, u16 value)
{
	u64 wide = value;

	must(uc_reg_write(machine->cpu, name, &wide), "a register");
}

static void push(struct machine *machine, u16 value)
{
	u16 sp = (u16)(get(machine, UC_X86_REG_SP) - 2);

	set(machine, UC_X86_REG_SP, sp);
	must(uc_mem_write(machine->cpu, get(machine, UC_X86_REG_SS) * 16u + sp,
			  &value, sizeof(value)),
	     "the stack");
}

static u16 word_at(struct machine *machine, u32 at)
{
	u16 value = 0;

	must(uc_mem_read(machine->cpu, at, &value, sizeof(value)), "a word");
	return value;
}

/* Unicorn has no interrupt vectors of its own. */
static void interrupt(uc_engine *cpu, u32 vector, void *context)
{
	struct machine *machine = context;
	u16 flags = get(machine, UC_X86_REG_EFLAGS);

	(void)cpu;
	push(machine, flags);
	push(machine, get(machine, UC_X86_REG_CS));
	push(machine, get(machine, UC_X86_REG_IP));
	set(machine, UC_X86_REG_EFLAGS, flags & 0xfcff);
	set(machine, UC_X86_REG_CS, word_at(machine, vector * 4 + 2));
	set(machine, UC_X86_REG_IP, word_at(machine, vector * 4));
}

/* A far call from nowhere, until it returns there. */
static void call(struct machine *machine, u16 segment, u16 offset, u16 ax)
{
	u32 end = END_SEGMENT * 16 + END_OFFSET;

	set(machine, UC_X86_REG_SS, 0);
	set(machine, UC_X86_REG_SP, IMAGE_AT);
	set(machine, UC_X86_REG_DS, 0);
	set(machine, UC_X86_REG_ES, 0);
	set(machine, UC_X86_REG_EFLAGS, 2);
	set(machine, UC_X86_REG_AX, ax);
	push(machine, END_SEGMENT);
	push(machine, END_OFFSET);
	set(machine, UC_X86_REG_CS, segment);
	must(uc_emu_start(machine->cpu, segment * 16u + offset, end, 0,
			  INSTRUCTIONS),
	     "the program");
	if (get(machine, UC_X86_REG_CS) * 16u + get(machine, UC_X86_REG_IP) !=
	    end) {
		fail("the program", "it does not come to its end");
	}
}

static void load(struct machine *machine, const char *path, u32 at, u32 most)
{
	u8 *bytes = malloc(most);
	FILE *file = fopen(path, "rb");
	size_t length;

	if (file == NULL || bytes == NULL) {
		fail(path, "it cannot be read");
	}
	length = fread(bytes, 1, most, file);
	must(uc_mem_write(machine->cpu, at, bytes, length), path);
	fclose(file);
	free(bytes);
}

static void build(struct machine *machine, const char *rom, const char *image)
{
	uc_hook hook;
	u8 *memory = aligned_alloc(4096, VIDEO_BYTES);
	u8 *text = aligned_alloc(4096, VGA_TEXT_BYTES);

	if (memory == NULL || text == NULL) {
		fail("memory", "there is too little");
	}
	memset(memory, 0, VIDEO_BYTES);
	memset(text, 0, VGA_TEXT_BYTES);
	vga_init(&machine->vga, memory, VIDEO_BYTES, text);
	must(uc_open(UC_ARCH_X86, UC_MODE_16, &machine->cpu), "Unicorn");
	must(uc_mem_map(machine->cpu, 0, RAM_BYTES, UC_PROT_ALL), "RAM");
	must(uc_mem_map(machine->cpu, ROM_FIRST, ROM_BYTES, UC_PROT_ALL),
	     "ROM");
	must(uc_mmio_map(machine->cpu, VGA_WINDOW_FIRST, VGA_WINDOW_BYTES,
			 read_window, machine, write_window, machine),
	     "the window");
	must(uc_hook_add(machine->cpu, &hook, UC_HOOK_INSN, read_port, machine,
			 1, 0, UC_X86_INS_IN),
	     "IN");
	must(uc_hook_add(machine->cpu, &hook, UC_HOOK_INSN, write_port, machine,
			 1, 0, UC_X86_INS_OUT),
	     "OUT");
	must(uc_hook_add(machine->cpu, &hook, UC_HOOK_INTR, interrupt, machine,
			 1, 0),
	     "INT");
	load(machine, rom, ROM_FIRST, 0x10000);
	load(machine, image, IMAGE_AT, RAM_BYTES - IMAGE_AT);
	call(machine, ROM_FIRST / 16, 3, PCI_VGA);
}

/* --- Pictures --------------------------------------------------------------- */

static void take_size(void *context, u32 width, u32 height)
{
	struct picture *picture = context;

	picture->width = width;
	picture->height = height;
}

static void take_row(void *context, u32 y, const u32 *pixels, u32 width)
{
	struct picture *picture = context;

	memcpy(picture->pixels + y * (size_t)VGA_MAX_WIDTH, pixels,
	       width * sizeof(*pixels));
}

/* The number of rows that have changed. */
static u32 draw(const struct machine *machine, struct picture *picture,
		u32 phase)
{
	static struct vga_screen screen;
	struct vga_sink sink = { take_size, take_row, picture };
	struct vga_blink blink = { (phase & 1) != 0, (phase & 2) != 0 };

	if (picture->pixels == NULL) {
		picture->pixels = calloc((size_t)VGA_MAX_WIDTH * VGA_MAX_HEIGHT,
					 sizeof(*picture->pixels));
	}
	return vga_screen_draw(&screen, &machine->vga, &blink, &sink);
}

/* As zlib and PNG have it. */
static u32 crc32(u32 crc, u8 byte)
{
	crc ^= byte;
	for (u8 bit = 0; bit < 8; bit++) {
		crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return crc;
}

static u32 crc_of(const struct picture *picture)
{
	u32 crc = 0xffffffff;

	for (u32 y = 0; y < picture->height; y++) {
		const u32 *row = picture->pixels + y * (size_t)VGA_MAX_WIDTH;

		for (u32 x = 0; x < picture->width; x++) {
			crc = crc32(crc, (u8)(row[x] >> 16));
			crc = crc32(crc, (u8)(row[x] >> 8));
			crc = crc32(crc, (u8)row[x]);
		}
	}
	return ~crc;
}

static void print_ppm(const struct picture *picture)
{
	printf("P6\n%u %u\n255\n", picture->width, picture->height);
	for (u32 y = 0; y < picture->height; y++) {
		const u32 *row = picture->pixels + y * (size_t)VGA_MAX_WIDTH;

		for (u32 x = 0; x < picture->width; x++) {
			putchar(row[x] >> 16 & 0xff);
			putchar(row[x] >> 8 & 0xff);
			putchar(row[x] & 0xff);
		}
	}
}

static void print_line(const struct machine *machine, const char *name,
		       struct picture *picture)
{
	u32 crc[PHASES];

	for (u32 phase = 0; phase < PHASES; phase++) {
		u32 rows = draw(machine, picture, phase);

		crc[phase] = phase == 0 || rows != 0 ? crc_of(picture)
						     : crc[phase - 1];
	}
	printf("%s %u %u", name, picture->width, picture->height);
	for (u32 phase = 0; phase < PHASES; phase++) {
		printf(" %08x", crc[phase]);
	}
	printf("\n");
}

int main(int argc, char **argv)
{
	static struct machine machine;
	static struct picture picture;
	u16 pictures;

	if (argc != 3 && argc != 5) {
		fail("usage", "vga_machine ROM IMAGE [NAME PHASE]");
	}
	build(&machine, argv[1], argv[2]);
	pictures = word_at(&machine, TABLE_AT);
	for (u32 i = 0; i < pictures; i++) {
		u32 entry = TABLE_AT + 4 + 4 * i;
		char name[32] = "";

		must(uc_mem_read(machine.cpu, word_at(&machine, entry + 2),
				 name, sizeof(name) - 1),
		     "a name");
		if (argc == 5 && strcmp(name, argv[3]) != 0) {
			continue;
		}
		call(&machine, 0, word_at(&machine, TABLE_AT + 2), (u16)i);
		if (argc == 3) {
			print_line(&machine, name, &picture);
		} else {
			draw(&machine, &picture, (u32)atoi(argv[4]));
			print_ppm(&picture);
		}
	}
	return 0;
}
