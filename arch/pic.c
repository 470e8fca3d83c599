/*
 * The masks of the legacy PICs. On the boot core, interrupts off. The kernel
 * itself takes no interrupt from the PICs, except the console's on a machine
 * without an I/O APIC.
 */
/* build: hot */
#include "arch/pic.h"

#include "arch/console/log.h"
#include "arch/cpu.h"

#define PIC_MASTER_DATA 0x21
#define PIC_SLAVE_DATA 0xa1
#define PIC_MASTER_COMMAND 0x20
#define PIC_SLAVE_COMMAND 0xa0
#define OCW3_READ_IRR 0x0a
#define OCW3_READ_ISR 0x0b
#define OCW2_EOI 0x20
#define OCW2_EOI_LINE 0x60 /* plus the line */
#define LINES 8
#define LOWEST_MASTER 7 /* of lowest rank; what a vanished request becomes */
#define LOWEST_SLAVE 15
#define LOWEST_BIT 0x80
#define ALL_LINES 0xff
#define BIOS_MASTER_VECTOR 0x08
#define BIOS_SLAVE_VECTOR 0x70

static u8 bios_master_mask = ALL_LINES;
static u8 bios_slave_mask = ALL_LINES;
static u8 kept; /* lines of the master PIC that the host keeps */
static u8 may_mask = ALL_LINES; /* all lines but the kept ones that are open */
static bool is_the_guests;
static bool present;
static u64 guest_turns;

/*
 * The master's mask: for a guest with this mask, or for no guest with
 * ALL_LINES.
 */
static u8 with_kept(u8 mask)
{
	return (u8)((mask | kept) & may_mask);
}

static void mask_all(void)
{
	outb(PIC_MASTER_DATA, with_kept(ALL_LINES));
	outb(PIC_SLAVE_DATA, ALL_LINES);
}

/*
 * Whether the PIC keeps a mask that is written. The line that this opens for a
 * moment has no device: it is the cascade.
 */
static bool mask_holds(u8 mask)
{
	outb(PIC_MASTER_DATA, mask);
	return inb(PIC_MASTER_DATA) == mask;
}

void pic_init(void)
{
	pic_take_from_guest();
	present =
		mask_holds((u8)~BIT(PIC_LINE_CASCADE)) && mask_holds(ALL_LINES);
	if (!present) {
		log_warn("no PIC answers at port 21h: the machine has none; "
			 "ISA interrupts come by the I/O APIC alone");
	}
}

bool pic_present(void)
{
	return present;
}

void pic_restore_masks(void)
{
	outb(PIC_MASTER_DATA, with_kept(bios_master_mask));
	outb(PIC_SLAVE_DATA, bios_slave_mask);
}

void pic_give_to_guest(void)
{
	is_the_guests = true;
	pic_restore_masks();
}

void pic_take_from_guest(void)
{
	bios_master_mask = inb(PIC_MASTER_DATA);
	bios_slave_mask = inb(PIC_SLAVE_DATA);
	mask_all();
	is_the_guests = false;
	guest_turns++;
}

bool pic_is_the_guests(void)
{
	return is_the_guests;
}

u64 pic_guest_turns(void)
{
	return guest_turns;
}

void pic_keep_line(int line, bool open)
{
	kept |= (u8)(1u << line);
	may_mask &= (u8) ~((u32)open << line);
	mask_all();
}

bool pic_is_kept(int line)
{
	return line < LINES && (kept >> line & 1) != 0;
}

bool pic_serves_host(void)
{
	return may_mask != ALL_LINES;
}

void pic_end(int line)
{
	if (line >= LINES) {
		outb(PIC_SLAVE_COMMAND, (u8)(OCW2_EOI_LINE + line - LINES));
		line = PIC_LINE_CASCADE;
	}
	outb(PIC_MASTER_COMMAND, (u8)(OCW2_EOI_LINE + line));
}

/* A port without a device reads as all ones. */
static u8 in_service(u16 command_port)
{
	if (!present) {
		return 0;
	}
	outb(command_port, OCW3_READ_ISR);
	return inb(command_port);
}

static bool end_all(u16 command_port)
{
	bool any = false;

	for (unsigned line = 0; line < LINES && in_service(command_port) != 0;
	     line++) {
		outb(command_port, OCW2_EOI);
		any = true;
	}
	return any;
}

bool pic_end_all(void)
{
	bool slave = end_all(PIC_SLAVE_COMMAND);

	return end_all(PIC_MASTER_COMMAND) || slave;
}

bool pic_is_requested(int line)
{
	if (!present) {
		return false;
	}
	outb(PIC_MASTER_COMMAND, OCW3_READ_IRR);
	return (inb(PIC_MASTER_COMMAND) >> line & 1) != 0;
}

bool pic_is_spurious(int line)
{
	if (line == LOWEST_MASTER) {
		return (in_service(PIC_MASTER_COMMAND) & LOWEST_BIT) == 0;
	}
	if (line == LOWEST_SLAVE &&
	    (in_service(PIC_SLAVE_COMMAND) & LOWEST_BIT) == 0) {
		outb(PIC_MASTER_COMMAND, OCW2_EOI_LINE + PIC_LINE_CASCADE);
		return true;
	}
	return false;
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
