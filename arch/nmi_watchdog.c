/*
 * Opens and masks the entries of the I/O APIC's redirection table. The PIT runs
 * as the BIOS programmed it, and the PICs get its interrupts as before.
 */
/* build: hot */
#include "arch/nmi_watchdog.h"

#include "arch/ioapic.h"
#include "arch/spinlock.h"

#define IRQ_TIMER 0
#define IRQ_CASCADE 2

/* The inputs to which the PIT may be wired. */
static struct ioapic_input inputs[2];
static u32 users;
static bool silenced;
static bool open; /* the entries let the NMIs through */
static bool used; /* they have let NMIs through at some time */
static struct spinlock lock = SPINLOCK_INIT;

bool nmi_watchdog_init(void)
{
	bool found = ioapic_find_isa(IRQ_TIMER, &inputs[0]);

	/*
	 * Boards have the PIT at input 2, which the MADT should name in an
	 * override. If it does not, the firmware may just have left it out.
	 * Nothing else is wired to input 2.
	 */
	if (found && inputs[0].pin == IRQ_TIMER) {
		ioapic_find_isa(IRQ_CASCADE, &inputs[1]);
	}
	return found;
}

/* The lock is held. */
static void set_open(bool on)
{
	__atomic_store_n(&open, on, __ATOMIC_SEQ_CST);
	for (size_t i = 0; i < ARRAY_SIZE(inputs); i++) {
		if (inputs[i].registers == NULL) {
			continue;
		}
		used |= on;
		if (on) {
			ioapic_route_nmi_to_all(&inputs[i]);
		} else {
			ioapic_mask(&inputs[i]);
		}
	}
}

/* Opens or masks the entries, after each change of `users` or `silenced`. */
static __attribute__((noinline)) void apply(void)
{
	spinlock_lock(&lock);
	if (users == 0 || silenced) {
		set_open(false);
	}
	/* A core that has started it meanwhile may still have seen it open. */
	if (__atomic_load_n(&users, __ATOMIC_SEQ_CST) != 0 && !silenced) {
		set_open(true);
	}
	spinlock_unlock(&lock);
}

void nmi_watchdog_start(void)
{
	__atomic_fetch_add(&users, 1, __ATOMIC_SEQ_CST);
	if (unlikely(!__atomic_load_n(&open, __ATOMIC_SEQ_CST))) {
		apply();
	}
}

void nmi_watchdog_stop(void)
{
	__atomic_fetch_sub(&users, 1, __ATOMIC_SEQ_CST);
}

void nmi_watchdog_rest(void)
{
	if (open) {
		apply();
	}
}

void nmi_watchdog_silence(bool silent)
{
	silenced = silent;
	apply();
}

bool nmi_watchdog_used(void)
{
	return __atomic_load_n(&used, __ATOMIC_RELAXED);
}

u32 nmi_watchdog_users(void)
{
	return __atomic_load_n(&users, __ATOMIC_RELAXED);
}
