/*
 * Where a UART's eight registers are and what it counts by. The two ways to
 * reach registers are a table, so that what drives a UART touches none itself.
 */
#pragma once

#include "lib/types.h"

#define UART_REGISTERS 8u
/* Of a PC's serial ports: 115200 baud are the fastest that it makes. */
#define UART_CLOCK_HZ 1843200u

struct uart_place;

struct uart_access {
	u8 (*read)(const struct uart_place *place, u8 reg);
	void (*write)(const struct uart_place *place, u8 reg, u8 value);
	bool is_memory;
};

struct uart_place {
	const struct uart_access *access;
	u64 address; /* the first I/O port, or the physical address */
	volatile void *registers; /* of one in memory: there, uncached */
	u8 width;     /* bytes of an access: 1, 2 or 4; at ports 1 */
	u8 stride;    /* bytes between registers; at ports 1 */
	u32 clock_hz; /* 16 times the rate at a divisor of 1 */
};

extern const struct uart_access uart_by_ports, uart_by_memory;

/* One at an I/O port, as PCs have them. */
static inline struct uart_place uart_at_port(u16 port)
{
	return (struct uart_place){
		.access = &uart_by_ports,
		.address = port,
		.width = 1,
		.stride = 1,
		.clock_hz = UART_CLOCK_HZ,
	};
}

/* How many ports, or bytes of memory, the registers take. */
static inline u32 uart_place_bytes(const struct uart_place *place)
{
	return UART_REGISTERS * place->stride;
}
