/* Checksums. Pure. */
/* build: pure */
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

/*
 * As FNV-1a, but by words: multiplying by an odd number loses no bit of the
 * sum.
 */
static u64 mix(u64 sum, u64 word)
{
	sum = (sum ^ word) * 0x9fb21c651e98df25ull;
	return sum ^ sum >> 32;
}

u64 checksum64(u64 sum, const void *p, size_t n)
{
	const u8 *bytes = p;
	u64 word;

	sum = mix(sum, n);
	for (; n >= sizeof(word); n -= sizeof(word), bytes += sizeof(word)) {
		__builtin_memcpy(&word, bytes, sizeof(word));
		sum = mix(sum, word);
	}
	word = 0;
	__builtin_memcpy(&word, bytes, n);
	return mix(sum, word);
}
