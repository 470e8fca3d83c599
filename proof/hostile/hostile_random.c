/* The random numbers that hostile programs are made from. Pure. */
/* build: pure */
#include "proof/hostile/hostile_random.h"

/*
 * SplitMix64: a state is one addition from the last, and each word is well
 * mixed.
 */
u64 hostile_next(u64 *state)
{
	u64 z = *state += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

u64 hostile_state(u64 seed, u64 index)
{
	u64 state = seed;

	state = hostile_next(&state) ^ index;
	return hostile_next(&state);
}

u32 hostile_below(u64 *state, u32 limit)
{
	return (u32)(hostile_next(state) >> 32) % limit;
}
