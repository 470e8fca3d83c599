/*
 * A ring of bytes that overwrites the oldest ones. Pure. Position p lies at
 * data[p % size].
 */
/* build: pure */
#include "lib/ring.h"

#include "lib/string.h"

void ring_write(struct ring *ring, const void *bytes, size_t n)
{
	const u8 *src = bytes;

	if (n > ring->size) {
		ring->written += n - ring->size;
		src += n - ring->size;
		n = ring->size;
	}
	while (n > 0) {
		size_t at = ring->written % ring->size;
		size_t part = MIN(n, ring->size - at);

		memcpy(ring->data + at, src, part);
		ring->written += part;
		src += part;
		n -= part;
	}
}

u64 ring_oldest(const struct ring *ring)
{
	return ring->written > ring->size ? ring->written - ring->size : 0;
}

size_t ring_read(const struct ring *ring, u64 *pos, void *buf, size_t size)
{
	u8 *dst = buf;
	size_t copied = 0;

	*pos = MAX(*pos, ring_oldest(ring));
	while (copied < size && *pos < ring->written) {
		size_t at = *pos % ring->size;
		size_t part = MIN(size - copied, ring->size - at);

		part = MIN(part, ring->written - *pos);
		memcpy(dst + copied, ring->data + at, part);
		*pos += part;
		copied += part;
	}
	return copied;
}
