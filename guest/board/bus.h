/*
 * A bus: which device answers at which address of an address space. All boards
 * of a kind share one bus; each access names the board that it is made on.
 * Pure.
 */
#pragma once

#include "lib/types.h"

/*
 * What answers. context: the board, or what else the bus's owner gives. at: the
 * address as the guest has it. bytes: 1, 2, 4, or in memory 8. read: the value,
 * in the lowest bytes. write: false if the access has ended the guest's run.
 */
struct bus_device {
	u64 (*read)(void *context, u64 at, u8 bytes);
	bool (*write)(void *context, u64 at, u8 bytes, u64 value);
	u8 widest; /* bytes; wider accesses of ports are made byte by byte */
	/*
	 * Each or NULL: `count` accesses of that width to one port, one after
	 * the other, as INS and OUTS make them.
	 */
	void (*read_string)(void *context, u64 at, u8 bytes, u8 *to, u32 count);
	void (*write_string)(void *context, u64 at, u8 bytes, const u8 *from,
			     u32 count);
};

/* Addresses from first to last, both included. */
struct bus_range {
	u64 first, last;
	const struct bus_device *device;
};

/*
 * Ports are found by blocks of eight, which is how devices have them. A cell
 * says for each port of a block which device it is, and blocks that are alike
 * share one.
 */
#define BUS_PORTS 0x10000u
#define BUS_BLOCK_PORTS 8u
#define BUS_DEVICES 24
#define BUS_CELLS 40

struct bus_cell {
	u8 device[BUS_BLOCK_PORTS];
};

struct port_bus {
	u8 devices, cells;
	const struct bus_device *device[BUS_DEVICES]; /* 0: all other ports */
	struct bus_cell cell[BUS_CELLS];	      /* 0: nothing else */
	u8 cell_of[BUS_PORTS / BUS_BLOCK_PORTS];
};

/* Makes a bus of zeroes one without a range, all of which is `others`. */
void port_bus_init(struct port_bus *bus, const struct bus_device *others);

/*
 * Gives a range of ports to a device; a later one takes what an earlier one
 * has. 0, or ERR_FULL with nothing changed for the ports not yet reached.
 */
int port_bus_add(struct port_bus *bus, const struct bus_range *range);

static inline const struct bus_device *port_bus_at(const struct port_bus *bus,
						   u16 port)
{
	u8 cell = bus->cell_of[port / BUS_BLOCK_PORTS];

	return bus->device[bus->cell[cell].device[port % BUS_BLOCK_PORTS]];
}

/*
 * An access of 1, 2 or 4 bytes; a wide one reaches the ports behind it too. It
 * is one access where one device has all of it, and else byte by byte, the
 * lowest first.
 */
u32 port_bus_in(const struct port_bus *bus, void *context, u16 port, u8 bytes);
bool port_bus_out_wide(const struct port_bus *bus, void *context, u16 port,
		       u8 bytes, u32 value);

/*
 * `count` accesses of that width to one port: the bytes lie one after the other
 * at `to` or `from`. out: false if an access has ended the guest's run.
 */
void port_bus_in_string(const struct port_bus *bus, void *context, u16 port,
			u8 bytes, u8 *to, u32 count);
bool port_bus_out_string(const struct port_bus *bus, void *context, u16 port,
			 u8 bytes, const u8 *from, u32 count);

/* Nearly all write one byte, which needs nothing of what the others do. */
static inline bool port_bus_out(const struct port_bus *bus, void *context,
				u16 port, u8 bytes, u32 value)
{
	return likely(bytes == 1)
		       ? port_bus_at(bus, port)->write(context, port, 1,
						       (u8)value)
		       : port_bus_out_wide(bus, context, port, bytes, value);
}

/* Memory-mapped addresses: the device of the first range with that address. */
struct memory_bus {
	const struct bus_device *others;
	const struct bus_range *range;
	u32 ranges;
};

const struct bus_device *memory_bus_at(const struct memory_bus *bus, u64 at);
