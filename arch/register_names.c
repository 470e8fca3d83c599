/* The tables of names. A field of several bits has its name at each bit. */
/* build: pure */
#include "arch/register_names.h"

#include "lib/fmt.h"

const char *const cr0_bit_names[32] = {
	[0] = "PE",  [1] = "MP",  [2] = "EM",  [3] = "TS",
	[4] = "ET",  [5] = "NE",  [16] = "WP", [18] = "AM",
	[29] = "NW", [30] = "CD", [31] = "PG",
};

const char *const cr4_bit_names[32] = {
	[0] = "VME",	   [1] = "PVI",		[2] = "TSD",
	[3] = "DE",	   [4] = "PSE",		[5] = "PAE",
	[6] = "MCE",	   [7] = "PGE",		[8] = "PCE",
	[9] = "OSFXSR",	   [10] = "OSXMMEXCPT", [11] = "UMIP",
	[12] = "LA57",	   [13] = "VMXE",	[14] = "SMXE",
	[16] = "FSGSBASE", [17] = "PCIDE",	[18] = "OSXSAVE",
	[19] = "KL",	   [20] = "SMEP",	[21] = "SMAP",
	[22] = "PKE",	   [23] = "CET",	[24] = "PKS",
	[25] = "UINTR",
};

/* Bit 1 is always set and has no name. */
const char *const rflags_bit_names[32] = {
	[0] = "CF",    [2] = "PF",   [4] = "AF",  [6] = "ZF",  [7] = "SF",
	[8] = "TF",    [9] = "IF",   [10] = "DF", [11] = "OF", [12] = "IOPL",
	[13] = "IOPL", [14] = "NT",  [16] = "RF", [17] = "VM", [18] = "AC",
	[19] = "VIF",  [20] = "VIP", [21] = "ID",
};

size_t register_bits_format(const char *const names[32], u64 value, char *buf,
			    size_t size)
{
	size_t at = 0;

	for (u32 bit = 32; bit-- > 0;) {
		at += (size_t)fmt_snprintf(buf + MIN(at, size),
					   size - MIN(at, size), "%u%s",
					   (u32)(value >> bit & 1),
					   bit % 4 == 0 && bit != 0 ? "_" : "");
	}
	for (u32 bit = 32; bit-- > 0;) {
		if ((value >> bit & 1) && names[bit] != NULL) {
			at += (size_t)fmt_snprintf(buf + MIN(at, size),
						   size - MIN(at, size), " %s",
						   names[bit]);
		}
	}
	return at;
}
