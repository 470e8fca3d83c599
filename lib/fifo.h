/*
 * A queue of bytes in memory of the caller's. A byte for which there is no room
 * is dropped and counted, so that the reader learns of the gap. The caller does
 * the locking.
 */
#pragma once

#include "lib/types.h"

struct fifo {
	u8 *data;
	size_t size;
	u64 written; /* bytes put since the start */
	u64 read;    /* bytes taken, or dropped by fifo_clear() */
	u64 lost;    /* bytes without room; the owner may zero it */
};

/* A static initializer; array must be a u8 array, not a pointer. */
#define FIFO_INIT(array)                                                       \
	{                                                                      \
		.data = (array), .size = sizeof(array)                         \
	}

void fifo_put(struct fifo *fifo, u8 byte);

/* Takes the oldest byte; -1 if there is none. */
int fifo_get(struct fifo *fifo);

size_t fifo_count(const struct fifo *fifo);

/* Drops all bytes; they do not count as lost. */
void fifo_clear(struct fifo *fifo);
