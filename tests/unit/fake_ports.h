/*
 * Ports of a test's own in place of the machine's. A test defines port_in() and
 * port_out(), and includes this before the .c file that it tests.
 */
#pragma once

#define inb hardware_inb
#define outb hardware_outb
#include "arch/cpu.h"
#undef inb
#undef outb

static u8 port_in(u16 port);
static void port_out(u16 port, u8 value);

static inline u8 inb(u16 port)
{
	return port_in(port);
}

static inline void outb(u16 port, u8 value)
{
	port_out(port, value);
}
