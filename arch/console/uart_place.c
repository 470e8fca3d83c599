/*
 * Reads and writes a UART's registers. Any core, interrupts off. An absent one
 * reads as FFh, at ports and in memory alike.
 */
#include "arch/console/uart_place.h"

#include "arch/cpu.h"

static u8 read_port(const struct uart_place *place, u8 reg)
{
	return inb((u16)(place->address + reg));
}

static void write_port(const struct uart_place *place, u8 reg, u8 value)
{
	outb((u16)(place->address + reg), value);
}

static volatile void *at(const struct uart_place *place, u8 reg)
{
	return (volatile u8 *)place->registers + (size_t)reg * place->stride;
}

static u8 read_memory(const struct uart_place *place, u8 reg)
{
	switch (place->width) {
	case 4:
		return (u8) * (volatile u32 *)at(place, reg);
	case 2:
		return (u8) * (volatile u16 *)at(place, reg);
	default:
		return *(volatile u8 *)at(place, reg);
	}
}

static void write_memory(const struct uart_place *place, u8 reg, u8 value)
{
	switch (place->width) {
	case 4:
		*(volatile u32 *)at(place, reg) = value;
		break;
	case 2:
		*(volatile u16 *)at(place, reg) = value;
		break;
	default:
		*(volatile u8 *)at(place, reg) = value;
		break;
	}
}

const struct uart_access uart_by_ports = {
	.read = read_port,
	.write = write_port,
};

const struct uart_access uart_by_memory = {
	.read = read_memory,
	.write = write_memory,
	.is_memory = true,
};
