/*
 * A ticket lock: cores get it in the order in which they asked. Interrupts are
 * off wherever the kernel holds one, so it need not save the interrupt flag.
 */
#pragma once

#include "arch/cpu.h"
#include "lib/types.h"

struct spinlock {
	u32 next;
	u32 serving;
};

#define SPINLOCK_INIT                                                          \
	{                                                                      \
		0, 0                                                           \
	}

static inline void spinlock_lock(struct spinlock *lock)
{
	u32 ticket = __atomic_fetch_add(&lock->next, 1, __ATOMIC_RELAXED);

	while (__atomic_load_n(&lock->serving, __ATOMIC_ACQUIRE) != ticket) {
		cpu_pause();
	}
}

static inline bool spinlock_trylock(struct spinlock *lock)
{
	u32 serving = __atomic_load_n(&lock->serving, __ATOMIC_RELAXED);
	u32 expected = serving;

	return __atomic_compare_exchange_n(&lock->next, &expected, serving + 1,
					   false, __ATOMIC_ACQUIRE,
					   __ATOMIC_RELAXED);
}

static inline void spinlock_unlock(struct spinlock *lock)
{
	__atomic_store_n(&lock->serving, lock->serving + 1, __ATOMIC_RELEASE);
}
