/*
 * A queue of bytes over memory of the caller's. What finds no room is counted
 * and dropped: the reader shall know that something is missing. Locking is the
 * caller's business.
 */
#pragma once

#include "lib/types.h"

struct fifo {
	u8 *data;
	size_t size;
	u64 written; /* bytes ever put */
	u64 read;    /* bytes ever taken or dropped by fifo_clear() */
	u64 lost;    /* bytes that found no room; the owner may zero it */
};

/* A static initializer; array must be a u8 array, not a pointer. */
#define FIFO_INIT(array)                                                       \
	{                                                                      \
		.data = (array), .size = sizeof(array)                         \
	}

void fifo_put(struct fifo *fifo, u8 byte);

/* The oldest byte, or -1. */
int fifo_get(struct fifo *fifo);

size_t fifo_count(const struct fifo *fifo);

/* Drops what is in it; that does not count as lost. */
void fifo_clear(struct fifo *fifo);
