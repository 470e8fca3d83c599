/*
 * Three tables: vectors, services by AH, services by AX. They are searched when
 * lines are printed.
 */
/* build: pure */
#include "guest/watch/int_names.h"

struct vector_name {
	u8 vector;
	bool has_services;
	const char *name;
};

struct service_name {
	u8 vector;
	u16 number; /* AH or AX */
	const char *name;
};

static const struct vector_name vectors[] = {
	{ 0x00, false, "divide error" },
	{ 0x01, false, "single step" },
	{ 0x02, false, "nmi" },
	{ 0x03, false, "breakpoint" },
	{ 0x04, false, "overflow" },
	{ 0x05, false, "print screen" },
	{ 0x06, false, "invalid opcode" },
	{ 0x08, false, "timer tick" },
	{ 0x09, false, "keyboard" },
	{ 0x0b, false, "com2" },
	{ 0x0c, false, "com1" },
	{ 0x0e, false, "floppy" },
	{ 0x10, true, "video" },
	{ 0x11, false, "equipment" },
	{ 0x12, false, "memory size" },
	{ 0x13, true, "disk" },
	{ 0x14, true, "serial" },
	{ 0x15, true, "system" },
	{ 0x16, true, "keyboard" },
	{ 0x17, true, "printer" },
	{ 0x18, false, "no boot device" },
	{ 0x19, false, "boot" },
	{ 0x1a, true, "clock and pci" },
	{ 0x1b, false, "ctrl-break" },
	{ 0x1c, false, "user tick" },
	{ 0x1d, false, "video parameters" },
	{ 0x40, true, "floppy" },
	{ 0x42, true, "old video" },
	{ 0x4a, false, "user alarm" },
	{ 0x70, false, "clock" },
	{ 0x74, false, "mouse" },
	{ 0x75, false, "fpu" },
	{ 0x76, false, "ata0" },
	{ 0x77, false, "ata1" },
};

static const struct service_name by_ah[] = {
	{ 0x10, 0x00, "set mode" },
	{ 0x10, 0x01, "cursor shape" },
	{ 0x10, 0x02, "set cursor" },
	{ 0x10, 0x03, "get cursor" },
	{ 0x10, 0x04, "light pen" },
	{ 0x10, 0x05, "set page" },
	{ 0x10, 0x06, "scroll up" },
	{ 0x10, 0x07, "scroll down" },
	{ 0x10, 0x08, "read character" },
	{ 0x10, 0x09, "write character" },
	{ 0x10, 0x0a, "write character only" },
	{ 0x10, 0x0b, "palette" },
	{ 0x10, 0x0c, "write pixel" },
	{ 0x10, 0x0d, "read pixel" },
	{ 0x10, 0x0e, "teletype" },
	{ 0x10, 0x0f, "get mode" },
	{ 0x10, 0x10, "palette registers" },
	{ 0x10, 0x11, "fonts" },
	{ 0x10, 0x12, "alternate select" },
	{ 0x10, 0x13, "write string" },
	{ 0x10, 0x1a, "display combination" },
	{ 0x10, 0x1b, "functionality" },
	{ 0x10, 0x1c, "save/restore" },
	{ 0x10, 0x4f, "vbe" },
	{ 0x13, 0x00, "reset" },
	{ 0x13, 0x01, "status" },
	{ 0x13, 0x02, "read sectors" },
	{ 0x13, 0x03, "write sectors" },
	{ 0x13, 0x04, "verify sectors" },
	{ 0x13, 0x05, "format track" },
	{ 0x13, 0x08, "drive parameters" },
	{ 0x13, 0x09, "initialise drive" },
	{ 0x13, 0x0c, "seek" },
	{ 0x13, 0x0d, "reset hard disk" },
	{ 0x13, 0x10, "drive ready" },
	{ 0x13, 0x11, "recalibrate" },
	{ 0x13, 0x14, "diagnose" },
	{ 0x13, 0x15, "drive type" },
	{ 0x13, 0x16, "disk changed" },
	{ 0x13, 0x17, "set floppy type" },
	{ 0x13, 0x18, "set media type" },
	{ 0x13, 0x41, "extensions present" },
	{ 0x13, 0x42, "extended read" },
	{ 0x13, 0x43, "extended write" },
	{ 0x13, 0x44, "extended verify" },
	{ 0x13, 0x45, "lock drive" },
	{ 0x13, 0x46, "eject" },
	{ 0x13, 0x47, "extended seek" },
	{ 0x13, 0x48, "extended parameters" },
	{ 0x13, 0x49, "extended change" },
	{ 0x13, 0x4e, "set hardware" },
	{ 0x14, 0x00, "initialise" },
	{ 0x14, 0x01, "send" },
	{ 0x14, 0x02, "receive" },
	{ 0x14, 0x03, "status" },
	{ 0x15, 0x24, "a20 gate" },
	{ 0x15, 0x41, "wait for event" },
	{ 0x15, 0x4f, "key intercept" },
	{ 0x15, 0x52, "eject" },
	{ 0x15, 0x53, "apm" },
	{ 0x15, 0x83, "event wait" },
	{ 0x15, 0x84, "joystick" },
	{ 0x15, 0x85, "sysreq" },
	{ 0x15, 0x86, "wait" },
	{ 0x15, 0x87, "block move" },
	{ 0x15, 0x88, "extended memory" },
	{ 0x15, 0x89, "protected mode" },
	{ 0x15, 0x90, "device busy" },
	{ 0x15, 0x91, "device ready" },
	{ 0x15, 0xc0, "configuration" },
	{ 0x15, 0xc1, "ebda segment" },
	{ 0x15, 0xc2, "mouse" },
	{ 0x15, 0xe8, "memory" },
	{ 0x16, 0x00, "read key" },
	{ 0x16, 0x01, "key ready" },
	{ 0x16, 0x02, "shift flags" },
	{ 0x16, 0x03, "typematic" },
	{ 0x16, 0x05, "store key" },
	{ 0x16, 0x09, "functionality" },
	{ 0x16, 0x0a, "keyboard id" },
	{ 0x16, 0x10, "read key (extended)" },
	{ 0x16, 0x11, "key ready (extended)" },
	{ 0x16, 0x12, "shift flags (extended)" },
	{ 0x17, 0x00, "print" },
	{ 0x17, 0x01, "initialise" },
	{ 0x17, 0x02, "status" },
	{ 0x1a, 0x00, "get ticks" },
	{ 0x1a, 0x01, "set ticks" },
	{ 0x1a, 0x02, "get time" },
	{ 0x1a, 0x03, "set time" },
	{ 0x1a, 0x04, "get date" },
	{ 0x1a, 0x05, "set date" },
	{ 0x1a, 0x06, "set alarm" },
	{ 0x1a, 0x07, "reset alarm" },
	{ 0x1a, 0xb1, "pci" },
	{ 0x1a, 0xbb, "tcg" },
};

static const struct service_name by_ax[] = {
	{ 0x10, 0x4f00, "vbe controller" },
	{ 0x10, 0x4f01, "vbe mode information" },
	{ 0x10, 0x4f02, "vbe set mode" },
	{ 0x10, 0x4f03, "vbe get mode" },
	{ 0x10, 0x4f04, "vbe save/restore" },
	{ 0x10, 0x4f05, "vbe window" },
	{ 0x10, 0x4f06, "vbe line length" },
	{ 0x10, 0x4f07, "vbe display start" },
	{ 0x10, 0x4f08, "vbe dac width" },
	{ 0x10, 0x4f09, "vbe palette" },
	{ 0x10, 0x4f15, "vbe ddc" },
	{ 0x13, 0x4b00, "cd emulation start" },
	{ 0x13, 0x4b01, "cd emulation status" },
	{ 0x15, 0x2400, "close a20" },
	{ 0x15, 0x2401, "open a20" },
	{ 0x15, 0x2402, "a20 status" },
	{ 0x15, 0x2403, "a20 support" },
	{ 0x15, 0xe801, "memory sizes" },
	{ 0x15, 0xe820, "memory map" },
	{ 0x15, 0xe881, "memory sizes (32)" },
	{ 0x1a, 0xb101, "pci bios present" },
	{ 0x1a, 0xb102, "pci find device" },
	{ 0x1a, 0xb103, "pci find class" },
	{ 0x1a, 0xb108, "pci read byte" },
	{ 0x1a, 0xb109, "pci read word" },
	{ 0x1a, 0xb10a, "pci read dword" },
	{ 0x1a, 0xb10b, "pci write byte" },
	{ 0x1a, 0xb10c, "pci write word" },
	{ 0x1a, 0xb10d, "pci write dword" },
};

static const struct vector_name *find_vector(u8 vector)
{
	for (size_t i = 0; i < ARRAY_SIZE(vectors); i++) {
		if (vectors[i].vector == vector) {
			return &vectors[i];
		}
	}
	return NULL;
}

static const char *find(const struct service_name *table, size_t count,
			u8 vector, u16 number)
{
	for (size_t i = 0; i < count; i++) {
		if (table[i].vector == vector && table[i].number == number) {
			return table[i].name;
		}
	}
	return NULL;
}

const char *int_name(u8 vector, u16 ax, enum int_selector *by)
{
	const struct vector_name *entry = find_vector(vector);
	/*
	 * INT 40h, the floppy's old vector, has the services of INT 13h, and
	 * INT 42h those of INT 10h.
	 */
	u8 of = vector == 0x40 ? 0x13 : vector == 0x42 ? 0x10 : vector;
	const char *name;

	*by = INT_BY_VECTOR;
	if (entry == NULL || !entry->has_services) {
		return int_names_vector(vector);
	}
	*by = INT_BY_AX;
	name = find(by_ax, ARRAY_SIZE(by_ax), of, ax);
	if (name != NULL) {
		return name;
	}
	*by = INT_BY_AH;
	name = find(by_ah, ARRAY_SIZE(by_ah), of, ax >> 8);
	return name != NULL ? name : "";
}

const char *int_names_vector(u8 vector)
{
	const struct vector_name *entry = find_vector(vector);

	return entry != NULL ? entry->name : "";
}
