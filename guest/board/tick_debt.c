/* Counts the ticks of a pause. Called by guest/board/bios_ticks.c. Pure. */
/* build: pure */
#include "guest/board/tick_debt.h"

u64 tick_debt_take(struct tick_debt *debt, u64 pause_tsc, bool waits)
{
	u64 ticks;

	debt->owed_tsc += pause_tsc;
	ticks = debt->owed_tsc / debt->tick_tsc;
	debt->owed_tsc -= ticks * debt->tick_tsc;
	return ticks != 0 && waits ? ticks - 1 : ticks;
}

u32 tick_debt_count(u32 count, u64 ticks, bool *midnight)
{
	u64 later = count + ticks;

	if (later < TICK_DEBT_A_DAY) {
		return (u32)later;
	}
	*midnight = true;
	return (u32)(later % TICK_DEBT_A_DAY);
}
