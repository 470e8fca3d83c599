/*
 * Adds to the BIOS's tick count the ticks that it missed while no guest ran, as
 * counted by the TSC. The PIC keeps one tick while IRQ 0 is masked, so a pause
 * shorter than a tick loses none. Of longer pauses the fraction of a tick is
 * carried over. Boot core, interrupts off.
 */
/* build: hot */
#include "guest/board/bios_ticks.h"

#include "arch/clock.h"
#include "arch/cpu.h"
#include "arch/mem/paging.h"
#include "arch/pic.h"
#include "guest/memory/bios_area.h"
#include "guest/board/tick_debt.h"
#include "lib/string.h"

#define LINE_TIMER 0

static u64 stopped_tsc;
static struct tick_debt debt; /* tick_tsc is 0 until the first pause */

void bios_ticks_stop(void)
{
	stopped_tsc = rdtsc();
}

static void add_ticks(u64 ticks)
{
	bool midnight = false;
	u32 count;

	memcpy(&count, phys_to_virt(BDA_TICKS), sizeof(count));
	count = tick_debt_count(count, ticks, &midnight);
	memcpy(phys_to_virt(BDA_TICKS), &count, sizeof(count));
	if (midnight) {
		*(u8 *)phys_to_virt(BDA_MIDNIGHT) = 1;
	}
}

/*
 * In a function of its own: calls that follow each other soon do not come here.
 */
static __attribute__((noinline)) void pay(u64 pause_tsc)
{
	debt.tick_tsc = MAX(clock_us_to_tsc(BIOS_TICK_US), 1);
	add_ticks(
		tick_debt_take(&debt, pause_tsc, pic_is_requested(LINE_TIMER)));
}

void bios_ticks_catch_up(void)
{
	u64 pause_tsc = rdtsc() - stopped_tsc;

	if (pause_tsc >= debt.tick_tsc) {
		pay(pause_tsc);
	}
}
