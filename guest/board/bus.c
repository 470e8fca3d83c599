/*
 * Finds the device at a port or an address, and makes accesses to several
 * devices.
 */
/* build: pure hot */
#include "guest/board/bus.h"

#include "lib/error.h"
#include "lib/string.h"

void port_bus_init(struct port_bus *bus, const struct bus_device *others)
{
	bus->device[0] = others;
	bus->devices = 1;
	bus->cells = 1;
}

/* The number of a device, which is added if it is new; or ERR_FULL. */
static int number_of(struct port_bus *bus, const struct bus_device *device)
{
	for (u8 i = 0; i < bus->devices; i++) {
		if (bus->device[i] == device) {
			return i;
		}
	}
	if (bus->devices == BUS_DEVICES) {
		return ERR_FULL;
	}
	bus->device[bus->devices] = device;
	return bus->devices++;
}

/* The number of a cell, in the same way. */
static int cell_of(struct port_bus *bus, const struct bus_cell *cell)
{
	for (u8 i = 0; i < bus->cells; i++) {
		if (memcmp(&bus->cell[i], cell, sizeof(*cell)) == 0) {
			return i;
		}
	}
	if (bus->cells == BUS_CELLS) {
		return ERR_FULL;
	}
	bus->cell[bus->cells] = *cell;
	return bus->cells++;
}

int port_bus_add(struct port_bus *bus, const struct bus_range *range)
{
	int device = number_of(bus, range->device);
	u64 port = range->first;

	if (device < 0) {
		return device;
	}
	while (port <= range->last) {
		u64 block = port / BUS_BLOCK_PORTS;
		struct bus_cell cell = bus->cell[bus->cell_of[block]];
		int number;

		do {
			cell.device[port % BUS_BLOCK_PORTS] = (u8)device;
			port++;
		} while (port <= range->last && port % BUS_BLOCK_PORTS != 0);
		number = cell_of(bus, &cell);
		if (number < 0) {
			return number;
		}
		bus->cell_of[block] = (u8)number;
	}
	return 0;
}

/*
 * Whether all ports of an access belong to one device that takes it as a whole.
 */
static bool is_one_access(const struct port_bus *bus, u16 port, u8 bytes)
{
	const struct bus_device *device = port_bus_at(bus, port);

	if (device->widest < bytes) {
		return false;
	}
	for (u8 i = 1; i < bytes; i++) {
		if (port_bus_at(bus, (u16)(port + i)) != device) {
			return false;
		}
	}
	return true;
}

u32 port_bus_in(const struct port_bus *bus, void *context, u16 port, u8 bytes)
{
	u32 value = 0;

	if (is_one_access(bus, port, bytes)) {
		return (u32)port_bus_at(bus, port)->read(context, port, bytes);
	}
	for (u8 i = 0; i < bytes; i++) {
		u16 at = (u16)(port + i);

		value |= (u32)port_bus_at(bus, at)->read(context, at, 1)
			 << 8 * i;
	}
	return value;
}

bool port_bus_out_wide(const struct port_bus *bus, void *context, u16 port,
		       u8 bytes, u32 value)
{
	if (is_one_access(bus, port, bytes)) {
		return port_bus_at(bus, port)->write(context, port, bytes,
						     value);
	}
	for (u8 i = 0; i < bytes; i++) {
		u16 at = (u16)(port + i);

		if (!port_bus_at(bus, at)->write(context, at, 1,
						 (u8)(value >> 8 * i))) {
			return false;
		}
	}
	return true;
}

void port_bus_in_string(const struct port_bus *bus, void *context, u16 port,
			u8 bytes, u8 *to, u32 count)
{
	const struct bus_device *device = port_bus_at(bus, port);

	if (device->read_string != NULL && is_one_access(bus, port, bytes)) {
		device->read_string(context, port, bytes, to, count);
		return;
	}
	for (u32 i = 0; i < count; i++) {
		u32 value = port_bus_in(bus, context, port, bytes);

		memcpy(to + i * bytes, &value, bytes);
	}
}

bool port_bus_out_string(const struct port_bus *bus, void *context, u16 port,
			 u8 bytes, const u8 *from, u32 count)
{
	const struct bus_device *device = port_bus_at(bus, port);

	if (device->write_string != NULL && is_one_access(bus, port, bytes)) {
		device->write_string(context, port, bytes, from, count);
		return true;
	}
	for (u32 i = 0; i < count; i++) {
		u32 value = 0;

		memcpy(&value, from + i * bytes, bytes);
		if (!port_bus_out(bus, context, port, bytes, value)) {
			return false;
		}
	}
	return true;
}

const struct bus_device *memory_bus_at(const struct memory_bus *bus, u64 at)
{
	for (u32 i = 0; i < bus->ranges; i++) {
		if (at >= bus->range[i].first && at <= bus->range[i].last) {
			return bus->range[i].device;
		}
	}
	return bus->others;
}
