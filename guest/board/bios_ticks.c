/*
 * Counts by the TSC what the BIOS missed. The PIC keeps one tick while IRQ 0 is
 * masked, so that a pause of less than a tick loses nothing; of longer ones a
 * fraction of a tick is carried over. Boot core, interrupts off.
 */
#include "guest/board/bios_ticks.h"

#include "arch/clock.h"
#include "arch/cpu.h"
#include "arch/mem/paging.h"
#include "arch/pic.h"
#include "guest/board/bios_area.h"
#include "lib/string.h"

#define LINE_TIMER 0

static u64 stopped_tsc;
static u64 owed_tsc; /* less than a tick, between two calls */
static u64 tick_tsc; /* what one tick takes; 0 until it is asked for */

void bios_ticks_stop(void)
{
	stopped_tsc = rdtsc();
}

static void add_ticks(u32 ticks)
{
	u32 count;

	memcpy(&count, phys_to_virt(BDA_TICKS), sizeof(count));
	count += ticks;
	if (count >= BIOS_TICKS_A_DAY) {
		count -= BIOS_TICKS_A_DAY;
		*(u8 *)phys_to_virt(BDA_MIDNIGHT) = 1;
	}
	memcpy(phys_to_virt(BDA_TICKS), &count, sizeof(count));
}

/* Apart, for calls that follow each other soon owe nothing. */
static __attribute__((noinline)) void pay(u64 pause_tsc)
{
	u64 ticks;

	owed_tsc += pause_tsc;
	tick_tsc = MAX(clock_us_to_tsc(BIOS_TICK_US), 1);
	ticks = owed_tsc / tick_tsc;
	if (ticks == 0) {
		return;
	}
	owed_tsc -= ticks * tick_tsc;
	/* One of them waits in the PIC and comes by itself. */
	if (pic_is_requested(LINE_TIMER)) {
		ticks--;
	}
	add_ticks((u32)(ticks % BIOS_TICKS_A_DAY));
}

void bios_ticks_catch_up(void)
{
	u64 pause_tsc = rdtsc() - stopped_tsc;

	if (pause_tsc >= tick_tsc) {
		pay(pause_tsc);
	}
}
