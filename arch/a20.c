/* Tells whether the A20 gate is open, and opens it. Boot core, once. */
#include "arch/a20.h"

#include "arch/cpu.h"
#include "arch/mem/paging.h"

#define SYSTEM_CONTROL_PORT_A 0x92
#define FAST_A20 0x02
#define FAST_RESET 0x01

/*
 * With the gate closed, the addresses from 1 MiB on, where our Multiboot2
 * header is, show the memory at 0, where the IVT is. The magic number of the
 * header is no possible interrupt vector.
 */
bool a20_is_open(void)
{
	const volatile u32 *header = phys_to_virt(MIB);
	const volatile u32 *ivt = phys_to_virt(0);

	return *header != *ivt;
}

bool a20_open(void)
{
	if (!a20_is_open()) {
		u8 value = inb(SYSTEM_CONTROL_PORT_A);

		outb(SYSTEM_CONTROL_PORT_A,
		     (u8)((value | FAST_A20) & ~FAST_RESET));
	}
	return a20_is_open();
}
