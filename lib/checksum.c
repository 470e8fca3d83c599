/* Checksums of other people's tables. Pure. */
#include "lib/checksum.h"

u8 checksum8(const void *p, size_t n)
{
	const u8 *bytes = p;
	u8 sum = 0;

	for (size_t i = 0; i < n; i++) {
		sum = (u8)(sum + bytes[i]);
	}
	return sum;
}
