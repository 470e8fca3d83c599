/*
 * A ring of bytes in memory of the caller's. A write never fails and never
 * waits: it overwrites the oldest bytes. Bytes are numbered from the first one
 * written, so that a reader's place is a plain number. The caller does the
 * locking.
 */
#pragma once

#include "lib/types.h"

struct ring {
	u8 *data;
	size_t size;
	u64 written; /* bytes written = position of the next one */
};

/* A static initializer; array must be a u8 array, not a pointer. */
#define RING_INIT(array)                                                       \
	{                                                                      \
		.data = (array), .size = sizeof(array), .written = 0           \
	}

void ring_write(struct ring *ring, const void *bytes, size_t n);

/* The position of the oldest byte that is still there. */
u64 ring_oldest(const struct ring *ring);

/*
 * Copies up to size bytes from position *pos on to buf, and moves *pos behind
 * them. If the bytes at *pos are overwritten already, it begins with the oldest
 * one left. Returns the number of bytes copied, 0 if all have been read.
 */
size_t ring_read(const struct ring *ring, u64 *pos, void *buf, size_t size);
