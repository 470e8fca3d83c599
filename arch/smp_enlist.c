/*
 * Finds out which of the woken cores have started and can be given jobs. Boot
 * core, while no other core has a job.
 */
#include "arch/smp_enlist.h"

#include "arch/clock.h"
#include "arch/console/log.h"
#include "arch/cpu.h"
#include "arch/lapic.h"
#include "arch/percpu.h"
#include "arch/smp.h"
#include "arch/smp_boot.h"
#include "arch/vectors.h"

static struct cpu *slot_cpu(u32 slot)
{
	return (struct cpu *)smp_boot_slots[slot].cpu;
}

bool smp_enlist_is_online(u32 slot)
{
	return __atomic_load_n(&slot_cpu(slot)->online, __ATOMIC_ACQUIRE);
}

static bool all_online(void)
{
	for (u32 slot = 0; slot < smp_boot_slot_count; slot++) {
		if (!smp_enlist_is_online(slot)) {
			return false;
		}
	}
	return true;
}

bool smp_enlist_wait(u64 us)
{
	u64 first = rdtsc();
	u64 ticks = clock_us_to_tsc(us);

	while (!all_online()) {
		if (clock_has_passed(first, ticks)) {
			return false;
		}
		cpu_pause();
	}
	return true;
}

static bool has_woken(u32 slot, u64 times)
{
	const struct cpu *cpu = slot_cpu(slot);

	return __atomic_load_n(&cpu->interrupt_count[VECTOR_WAKE],
			       __ATOMIC_ACQUIRE) >= times;
}

/*
 * Sends two interrupts to the core. A core that takes none would never learn of
 * a job. A core that takes only the first has its local APIC at another
 * address, so that its EOI went nowhere.
 */
static bool takes_interrupts(u32 slot)
{
	u64 first = rdtsc();
	u64 patience = clock_us_to_tsc(SMP_PATIENCE_US);

	for (u64 times = 1; times <= 2; times++) {
		lapic_send_fixed(smp_boot_slots[slot].apic_id, VECTOR_WAKE);
		while (!has_woken(slot, times)) {
			if (clock_has_passed(first, patience)) {
				return false;
			}
			cpu_pause();
		}
	}
	return true;
}

static void leave_out(u32 slot, const char *why)
{
	log_warn("core with APIC ID %u %s; going on without it",
		 smp_boot_slots[slot].apic_id, why);
	smp_leave_out(1);
}

void smp_enlist(void)
{
	for (u32 slot = 0; slot < smp_boot_slot_count; slot++) {
		u32 waiting = SMP_SLOT_WAITING;

		/*
		 * A core that has claimed its slot this moment is waited for.
		 */
		if (!smp_enlist_is_online(slot) &&
		    !__atomic_compare_exchange_n(&smp_boot_slots[slot].state,
						 &waiting, SMP_SLOT_ABANDONED,
						 false, __ATOMIC_ACQ_REL,
						 __ATOMIC_ACQUIRE)) {
			clock_delay_us(SMP_PATIENCE_US);
		}
		if (!smp_enlist_is_online(slot)) {
			leave_out(slot, "does not answer");
			continue;
		}
		if (!takes_interrupts(slot)) {
			leave_out(slot, "has started and takes no interrupts");
			continue;
		}
		smp_add(slot_cpu(slot));
	}
}
