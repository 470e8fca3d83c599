/*
 * Two cores in turn read their TSCs. What the second one read lies, on its own
 * clock, between two readings of the first: each round gives bounds for the
 * difference, and the best of them count.
 */
#include "arch/clock_sync.h"

#include "arch/clock.h"
#include "arch/console/log.h"
#include "arch/smp.h"

#define ROUNDS 16

struct meeting {
	u32 asked;    /* rounds begun; written by the boot core */
	u32 answered; /* rounds over; written by the other */
	u64 tsc;      /* that one's, of the last round */
};

static void answer(void *argument)
{
	struct meeting *meeting = argument;

	for (u32 round = 1; round <= ROUNDS; round++) {
		while (__atomic_load_n(&meeting->asked, __ATOMIC_ACQUIRE) !=
		       round) {
			cpu_pause();
		}
		meeting->tsc = rdtsc_ordered();
		__atomic_store_n(&meeting->answered, round, __ATOMIC_RELEASE);
	}
}

/*
 * Ticks that core `index` is ahead; 0 unless that is certainly wrong. The
 * difference may have any value, so its bounds are counted from what the first
 * round has found, where they are small.
 */
static s64 measure(u32 index)
{
	struct meeting meeting = { 0 };
	u64 patience = clock_us_to_tsc(SMP_START_US);
	u64 about = 0;
	s64 least = INT64_MIN, most = INT64_MAX;

	if (smp_start(index, answer, &meeting) != 0) {
		return 0;
	}
	for (u32 round = 1; round <= ROUNDS; round++) {
		u64 before = rdtsc_ordered();
		u64 after;

		__atomic_store_n(&meeting.asked, round, __ATOMIC_RELEASE);
		while (__atomic_load_n(&meeting.answered, __ATOMIC_ACQUIRE) !=
		       round) {
			if (clock_has_passed(before, patience)) {
				smp_give_up(index, "reading its TSC");
			}
			cpu_pause();
		}
		after = rdtsc_ordered();
		if (round == 1) {
			about = meeting.tsc - after;
		}
		least = MAX(least, (s64)(meeting.tsc - after - about));
		most = MIN(most, (s64)(meeting.tsc - before - about));
	}
	smp_wait(index);
	if (0 - about - (u64)least <= (u64)(most - least)) {
		return 0;
	}
	/* Never negative: Bochs 3.1 divides signed 64-bit values wrongly. */
	return (s64)(about + (u64)least + (u64)(most - least) / 2);
}

void clock_sync_measure(void)
{
	u32 different = 0, worst = 0;
	u64 worst_ticks = 0;

	for (u32 i = 1; i < smp_count(); i++) {
		s64 ahead = measure(i);
		u64 ticks = MIN((u64)ahead, 0 - (u64)ahead);

		smp_cpu(i)->tsc_ahead = ahead;
		different += ahead != 0;
		if (ticks > worst_ticks) {
			worst_ticks = ticks;
			worst = i;
		}
	}
	if (different != 0) {
		log_warn("the TSCs of %u cores differ from core 0's, that of "
			 "core %u most, by %lu us; times in this log allow for "
			 "it",
			 different, worst, clock_tsc_to_us(worst_ticks));
	}
}
