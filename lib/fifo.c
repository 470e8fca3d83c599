/* A queue of bytes. Pure. Position p lies at data[p % size]. */
/* build: pure */
#include "lib/fifo.h"

size_t fifo_count(const struct fifo *fifo)
{
	return (size_t)(fifo->written - fifo->read);
}

void fifo_put(struct fifo *fifo, u8 byte)
{
	if (fifo_count(fifo) == fifo->size) {
		fifo->lost++;
		return;
	}
	fifo->data[fifo->written++ % fifo->size] = byte;
}

int fifo_get(struct fifo *fifo)
{
	if (fifo->read == fifo->written) {
		return -1;
	}
	return fifo->data[fifo->read++ % fifo->size];
}

void fifo_clear(struct fifo *fifo)
{
	fifo->read = fifo->written;
}
