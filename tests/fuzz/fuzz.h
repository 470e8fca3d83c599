/*
 * What the fuzz targets share: an input taken apart into numbers, and a check
 * that ends the run, so that libFuzzer keeps the input as a reproducer.
 */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/error.h"
#include "lib/str.h"
#include "lib/types.h"

/* The entry of every target; data is a heap block of exactly `bytes` bytes. */
int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes);

#define CHECK(condition)                                                       \
	do {                                                                   \
		if (!(condition)) {                                            \
			fprintf(stderr, "%s:%d: CHECK failed: %s\n", __FILE__, \
				__LINE__, #condition);                         \
			abort();                                               \
		}                                                              \
	} while (0)

/* What is left of an input; behind its end all bytes read as 0. */
struct fuzz_input {
	const u8 *at;
	size_t left;
};

/* 1 to 8 bytes, little-endian. */
static inline u64 fuzz_take(struct fuzz_input *in, unsigned bytes)
{
	u64 value = 0;

	for (unsigned i = 0; i < bytes && in->left > 0; i++, in->left--) {
		value |= (u64)*in->at++ << 8 * i;
	}
	return value;
}

/*
 * A number below 2^64 that is often small or near a power of two, in three
 * bytes: a mantissa of 16 bits, shifted, and a distance from it.
 */
static inline u64 fuzz_take_number(struct fuzz_input *in)
{
	u64 mantissa = fuzz_take(in, 2);
	u64 form = fuzz_take(in, 1);
	u64 value = mantissa << (form & 63);

	return form & 0x80 ? value - 1 : form & 0x40 ? value + 1 : value;
}

/* The rest as a string on the heap, cut at its first NUL; the caller frees. */
static inline char *fuzz_take_text(struct fuzz_input *in)
{
	char *text = strndup((const char *)in->at, in->left);

	CHECK(text != NULL);
	in->left = 0;
	return text;
}

/* A terminated line of printable ASCII in a field of `size` bytes. */
static inline bool fuzz_is_line(const char *text, size_t size)
{
	size_t length = str_nlen(text, size);

	for (size_t i = 0; i < length; i++) {
		if (!str_is_print(text[i])) {
			return false;
		}
	}
	return length < size;
}
