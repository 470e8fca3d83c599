/*
 * A table in the order of ports, and a search through it: names are looked up
 * when lines are printed, not when ports are used.
 */
/* build: pure */
#include "guest/watch/port_names.h"

#include "lib/types.h"

struct name {
	u16 first, last;
	const char *in;
	const char *out; /* NULL: the same */
};

/* The ports of one of several devices with the same registers. */
#define ATA(base, control, n)                                                  \
	{ base, base, n " data", NULL },                                       \
		{ (base) + 1, (base) + 1, n " error", n " features" },         \
		{ (base) + 2, (base) + 2, n " sector count", NULL },           \
		{ (base) + 3, (base) + 3, n " lba 0-7", NULL },                \
		{ (base) + 4, (base) + 4, n " lba 8-15", NULL },               \
		{ (base) + 5, (base) + 5, n " lba 16-23", NULL },              \
		{ (base) + 6, (base) + 6, n " device", NULL },                 \
		{ (base) + 7, (base) + 7, n " status", n " command" },         \
	{                                                                      \
		control, control, n " alternate status", n " device control"   \
	}
#define UART(base, n)                                                          \
	{ base, base, n " data", NULL },                                       \
		{ (base) + 1, (base) + 1, n " interrupt enable", NULL },       \
		{ (base) + 2, (base) + 2, n " interrupt id",                   \
		  n " fifo control" },                                         \
		{ (base) + 3, (base) + 3, n " line control", NULL },           \
		{ (base) + 4, (base) + 4, n " modem control", NULL },          \
		{ (base) + 5, (base) + 5, n " line status", NULL },            \
		{ (base) + 6, (base) + 6, n " modem status", NULL },           \
	{                                                                      \
		(base) + 7, (base) + 7, n " scratch", NULL                     \
	}

static const struct name names[] = {
	{ 0x00, 0x0f, "dma1", NULL },
	{ 0x20, 0x20, "pic1 request/service", "pic1 command" },
	{ 0x21, 0x21, "pic1 mask", NULL },
	{ 0x2e, 0x2e, "super i/o index", NULL },
	{ 0x2f, 0x2f, "super i/o data", NULL },
	{ 0x40, 0x40, "pit counter 0, ticks", NULL },
	{ 0x41, 0x41, "pit counter 1, refresh", NULL },
	{ 0x42, 0x42, "pit counter 2, speaker", NULL },
	{ 0x43, 0x43, "pit mode", NULL },
	{ 0x60, 0x60, "keyboard data", NULL },
	{ 0x61, 0x61, "system control b", NULL },
	{ 0x64, 0x64, "keyboard status", "keyboard command" },
	{ 0x70, 0x70, "cmos index", NULL },
	{ 0x71, 0x71, "cmos data", NULL },
	{ 0x80, 0x80, "post code", NULL },
	{ 0x81, 0x8f, "dma page", NULL },
	{ 0x92, 0x92, "system control a", NULL },
	{ 0xa0, 0xa0, "pic2 request/service", "pic2 command" },
	{ 0xa1, 0xa1, "pic2 mask", NULL },
	{ 0xb2, 0xb2, "smi command", NULL },
	{ 0xb3, 0xb3, "smi data", NULL },
	{ 0xc0, 0xdf, "dma2", NULL },
	{ 0xe9, 0xe9, "debug console", NULL },
	{ 0xf0, 0xf1, "fpu busy", NULL },
	ATA(0x170, 0x376, "ata1"),
	ATA(0x1f0, 0x3f6, "ata0"),
	{ 0x1ce, 0x1ce, "vbe index", NULL },
	{ 0x1cf, 0x1d0, "vbe data", NULL },
	{ 0x200, 0x207, "game port", NULL },
	{ 0x278, 0x278, "lpt2 data", NULL },
	{ 0x279, 0x279, "lpt2 status", NULL },
	{ 0x27a, 0x27a, "lpt2 control", NULL },
	UART(0x2e8, "com4"),
	UART(0x2f8, "com2"),
	{ 0x370, 0x375, "floppy2", NULL },
	{ 0x378, 0x378, "lpt1 data", NULL },
	{ 0x379, 0x379, "lpt1 status", NULL },
	{ 0x37a, 0x37a, "lpt1 control", NULL },
	{ 0x3b4, 0x3b4, "crtc index (mono)", NULL },
	{ 0x3b5, 0x3b5, "crtc data (mono)", NULL },
	{ 0x3ba, 0x3ba, "vga status (mono)", "vga feature (mono)" },
	{ 0x3c0, 0x3c1, "vga attribute", NULL },
	{ 0x3c2, 0x3c2, "vga status 0", "vga miscellaneous" },
	{ 0x3c4, 0x3c4, "vga sequencer index", NULL },
	{ 0x3c5, 0x3c5, "vga sequencer data", NULL },
	{ 0x3c6, 0x3c6, "vga dac mask", NULL },
	{ 0x3c7, 0x3c7, "vga dac state", "vga dac read index" },
	{ 0x3c8, 0x3c8, "vga dac write index", NULL },
	{ 0x3c9, 0x3c9, "vga dac data", NULL },
	{ 0x3ca, 0x3ca, "vga feature", NULL },
	{ 0x3cc, 0x3cc, "vga miscellaneous", NULL },
	{ 0x3ce, 0x3ce, "vga graphics index", NULL },
	{ 0x3cf, 0x3cf, "vga graphics data", NULL },
	{ 0x3d4, 0x3d4, "vga crtc index", NULL },
	{ 0x3d5, 0x3d5, "vga crtc data", NULL },
	{ 0x3da, 0x3da, "vga status 1", "vga feature" },
	UART(0x3e8, "com3"),
	{ 0x3f0, 0x3f1, "floppy status", NULL },
	{ 0x3f2, 0x3f2, "floppy output", NULL },
	{ 0x3f4, 0x3f4, "floppy main status", "floppy data rate" },
	{ 0x3f5, 0x3f5, "floppy data", NULL },
	{ 0x3f7, 0x3f7, "floppy input", "floppy data rate" },
	UART(0x3f8, "com1"),
	{ 0x402, 0x402, "bios debug", NULL },
	{ 0x4d0, 0x4d1, "pic edge/level", NULL },
	{ 0x510, 0x510, "fw_cfg selector", NULL },
	{ 0x511, 0x511, "fw_cfg data", NULL },
	{ 0xcf8, 0xcf8, "pci address", NULL },
	{ 0xcf9, 0xcf9, "reset control", NULL },
	{ 0xcfc, 0xcff, "pci data", NULL },
};

const char *port_name(u16 port, bool in)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (port >= names[i].first && port <= names[i].last) {
			return in || names[i].out == NULL ? names[i].in
							  : names[i].out;
		}
	}
	return "";
}

bool port_is_status(u16 port)
{
	static const u16 status[] = { 0x61,  0x64,  0x177, 0x1f7, 0x2fd, 0x376,
				      0x379, 0x3ba, 0x3da, 0x3f4, 0x3f6, 0x3fd };

	for (size_t i = 0; i < ARRAY_SIZE(status); i++) {
		if (port == status[i]) {
			return true;
		}
	}
	return false;
}

const char *port_names_irq(u8 line)
{
	static const char *const lines[16] = {
		"timer",  "keyboard", "cascade", "com2", "com1", "lpt2",
		"floppy", "lpt1",     "clock",	 "acpi", "",	 "",
		"mouse",  "fpu",      "ata0",	 "ata1",
	};

	return lines[line % 16];
}
