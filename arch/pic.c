/*
 * Masks of the legacy PICs, on the boot core, interrupts off. The kernel itself
 * takes no interrupt from them.
 */
#include "arch/pic.h"

#include "arch/cpu.h"

#define PIC_MASTER_DATA 0x21
#define PIC_SLAVE_DATA 0xa1
#define ALL_LINES 0xff
#define BIOS_MASTER_VECTOR 0x08
#define BIOS_SLAVE_VECTOR 0x70

static u8 bios_master_mask = ALL_LINES;
static u8 bios_slave_mask = ALL_LINES;

static void mask_all(void)
{
	outb(PIC_MASTER_DATA, ALL_LINES);
	outb(PIC_SLAVE_DATA, ALL_LINES);
}

void pic_init(void)
{
	pic_take_from_guest();
}

void pic_give_to_guest(void)
{
	outb(PIC_MASTER_DATA, bios_master_mask);
	outb(PIC_SLAVE_DATA, bios_slave_mask);
}

void pic_take_from_guest(void)
{
	bios_master_mask = inb(PIC_MASTER_DATA);
	bios_slave_mask = inb(PIC_SLAVE_DATA);
	mask_all();
}

int pic_line_of_vector(u8 vector)
{
	if (vector >= BIOS_MASTER_VECTOR && vector < BIOS_MASTER_VECTOR + 8) {
		return vector - BIOS_MASTER_VECTOR;
	}
	if (vector >= BIOS_SLAVE_VECTOR && vector < BIOS_SLAVE_VECTOR + 8) {
		return vector - BIOS_SLAVE_VECTOR + 8;
	}
	return -1;
}
