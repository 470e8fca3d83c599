/*
 * The C library's string functions, for the kernel only. gcc itself emits calls
 * of some, so they must have these names. Plain C, in words of eight bytes
 * where that helps; x86 allows them at any address.
 */
/* build: hot */
#include "lib/string.h"

#include "lib/types.h"

/*
 * Without this gcc would turn the loop into a call of memcpy, that is, of
 * itself.
 */
#define LOOP_STAYS_LOOP                                                        \
	__attribute__((optimize("no-tree-loop-distribute-patterns")))

typedef u64 word_any __attribute__((may_alias, aligned(1)));
typedef u32 half_any __attribute__((may_alias, aligned(1)));

/*
 * Clearing and copying pages is most of the work, so a turn of the loop does
 * eight words.
 */
#define WORDS_A_TURN 8
#define TURN_BYTES (WORDS_A_TURN * sizeof(u64))

LOOP_STAYS_LOOP
static void copy_up(u8 *dst, const u8 *src, size_t n)
{
	for (; n >= TURN_BYTES; n -= TURN_BYTES) {
		const word_any *from = (const word_any *)src;
		word_any *to = (word_any *)dst;

#pragma GCC unroll 8
		for (size_t i = 0; i < WORDS_A_TURN; i++) {
			to[i] = from[i];
		}
		dst += TURN_BYTES;
		src += TURN_BYTES;
	}
	for (; n >= sizeof(u64); n -= sizeof(u64)) {
		*(word_any *)dst = *(const word_any *)src;
		dst += sizeof(u64);
		src += sizeof(u64);
	}
	if (n & sizeof(u32)) {
		*(half_any *)dst = *(const half_any *)src;
		dst += sizeof(u32);
		src += sizeof(u32);
	}
	for (n %= sizeof(u32); n > 0; n--) {
		*dst++ = *src++;
	}
}

LOOP_STAYS_LOOP
static void copy_down(u8 *dst, const u8 *src, size_t n)
{
	for (; n >= sizeof(u64); n -= sizeof(u64)) {
		*(word_any *)(dst + n - sizeof(u64)) =
			*(const word_any *)(src + n - sizeof(u64));
	}
	while (n-- > 0) {
		dst[n] = src[n];
	}
}

LOOP_STAYS_LOOP
void *memcpy(void *restrict dst, const void *restrict src, size_t n)
{
	copy_up(dst, src, n);
	return dst;
}

LOOP_STAYS_LOOP
void *memmove(void *dst, const void *src, size_t n)
{
	if ((uintptr_t)dst <= (uintptr_t)src) {
		copy_up(dst, src, n);
	} else {
		copy_down(dst, src, n);
	}
	return dst;
}

LOOP_STAYS_LOOP
void *memset(void *dst, int value, size_t n)
{
	u8 *p = dst;
	u64 word = (u8)value * 0x0101010101010101ull;

	for (; n >= TURN_BYTES; n -= TURN_BYTES) {
		word_any *to = (word_any *)p;

#pragma GCC unroll 8
		for (size_t i = 0; i < WORDS_A_TURN; i++) {
			to[i] = word;
		}
		p += TURN_BYTES;
	}
	for (; n >= sizeof(u64); n -= sizeof(u64)) {
		*(word_any *)p = word;
		p += sizeof(u64);
	}
	while (n-- > 0) {
		*p++ = (u8)value;
	}
	return dst;
}

LOOP_STAYS_LOOP
int memcmp(const void *a, const void *b, size_t n)
{
	const u8 *p = a;
	const u8 *q = b;

	for (size_t i = 0; i < n; i++) {
		if (p[i] != q[i]) {
			return p[i] - q[i];
		}
	}
	return 0;
}

LOOP_STAYS_LOOP
size_t strlen(const char *s)
{
	size_t n = 0;

	while (s[n] != '\0') {
		n++;
	}
	return n;
}

LOOP_STAYS_LOOP
int strncmp(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (a[i] != b[i] || a[i] == '\0') {
			return (u8)a[i] - (u8)b[i];
		}
	}
	return 0;
}

LOOP_STAYS_LOOP
int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, SIZE_MAX);
}

LOOP_STAYS_LOOP
char *strchr(const char *s, int c)
{
	for (;; s++) {
		if (*s == (char)c) {
			return (char *)(uintptr_t)s;
		}
		if (*s == '\0') {
			return NULL;
		}
	}
}
