/*
 * Starts the other cores by INIT-SIPI-SIPI. The boot core drives; smp_ap_main()
 * is where each other core lives.
 */
#include "arch/smp_start.h"

#include "arch/clock.h"
#include "arch/console/log.h"
#include "arch/control_registers.h"
#include "arch/lapic.h"
#include "arch/machine.h"
#include "arch/mem/pages.h"
#include "arch/mem/paging.h"
#include "arch/percpu.h"
#include "arch/smp.h"
#include "arch/smp_boot.h"
#include "arch/smp_enlist.h"
#include "arch/trap.h"
#include "lib/string.h"

#define STACK_BYTES 16384
#define NMI_STACK_BYTES 8192
#define FAULT_STACK_BYTES 8192 /* a panic runs on it */
#define STACKS_PER_CORE 4
#define INIT_DELAY_US 10000
#define STARTUP_DELAY_US 200
#define LOW_MEMORY_END 0xa0000
#define TRAMPOLINE_LOWEST 0x1000

extern const char trampoline_start[], trampoline_end[];

void smp_ap_main(struct cpu *cpu);

struct smp_boot_slot smp_boot_slots[MAX_CPUS];
u32 smp_boot_slot_count;
u64 smp_boot_cr3;

static void (*init_core)(void);

/*
 * Makes the stacks of core `slot` and enters them in its TSS; false without
 * memory.
 */
static bool make_stacks(struct cpu *cpu, u32 slot)
{
	u32 first = slot * STACKS_PER_CORE;
	u64 nmi = paging_map_stack(first + 1, NMI_STACK_BYTES);
	u64 double_fault = paging_map_stack(first + 2, FAULT_STACK_BYTES);
	u64 machine_check = paging_map_stack(first + 3, FAULT_STACK_BYTES);

	cpu->stack_top = paging_map_stack(first, STACK_BYTES);
	if (cpu->stack_top == 0 || nmi == 0 || double_fault == 0 ||
	    machine_check == 0) {
		return false;
	}
	cpu->tss.ist[IST_NMI - 1] = nmi;
	cpu->tss.ist[IST_DOUBLE_FAULT - 1] = double_fault;
	cpu->tss.ist[IST_MACHINE_CHECK - 1] = machine_check;
	return true;
}

u64 smp_init_boot_core(void)
{
	struct cpu *cpu = percpu_boot();

	smp_add(cpu);
	cpu->online = true;
	return make_stacks(cpu, 0) ? cpu->stack_top : 0;
}

/* The highest page of RAM below 640 KiB; 0 if there is none. */
static u64 find_trampoline_page(void)
{
	for (u64 page = LOW_MEMORY_END - PAGE_SIZE; page >= TRAMPOLINE_LOWEST;
	     page -= PAGE_SIZE) {
		if (memmap_is_ram(machine_memmap(), page, PAGE_SIZE)) {
			return page;
		}
	}
	return 0;
}

static bool prepare_slot(u32 apic_id)
{
	struct smp_boot_slot *slot = &smp_boot_slots[smp_boot_slot_count];
	struct cpu *cpu = pages_get(1);

	if (cpu == NULL || !make_stacks(cpu, smp_boot_slot_count + 1)) {
		return false;
	}
	/*
	 * A preliminary number: until smp_enlist() no two cores may have the
	 * same.
	 */
	cpu->index = smp_boot_slot_count + 1;
	cpu->apic_id = apic_id;
	slot->apic_id = apic_id;
	slot->state = SMP_SLOT_WAITING;
	slot->stack_top = cpu->stack_top;
	slot->cpu = (u64)cpu;
	smp_boot_slot_count++;
	return true;
}

static void prepare_slots(u32 limit)
{
	const struct acpi_info *acpi = machine_acpi();

	for (u32 i = 0; i < acpi->cpu_count; i++) {
		u32 apic_id = acpi->cpu[i].apic_id;

		if (apic_id == percpu_boot()->apic_id) {
			continue;
		}
		if (lapic_mode() == LAPIC_XAPIC && apic_id >= 0xff) {
			log_warn("core with APIC ID %u needs x2APIC mode, left "
				 "out; try apic=x2apic",
				 apic_id);
			smp_leave_out(1);
		} else if (limit != 0 && smp_boot_slot_count + 1 >= limit) {
			smp_leave_out(1);
		} else if (smp_boot_slot_count + 1 >= MAX_CPUS ||
			   !prepare_slot(apic_id)) {
			log_warn("core with APIC ID %u left out: no room for it",
				 apic_id);
			smp_leave_out(1);
		}
	}
}

static void send_startups(u64 page)
{
	for (u32 slot = 0; slot < smp_boot_slot_count; slot++) {
		if (!smp_enlist_is_online(slot)) {
			lapic_send_startup(smp_boot_slots[slot].apic_id,
					   (u8)(page >> PAGE_SHIFT));
		}
	}
}

/* SDM volume 3, MP Initialization: INIT, 10 ms, SIPI, 200 us, SIPI. */
static void wake(u64 page)
{
	for (u32 slot = 0; slot < smp_boot_slot_count; slot++) {
		lapic_send_init(smp_boot_slots[slot].apic_id);
	}
	clock_delay_us(INIT_DELAY_US);
	send_startups(page);
	if (!smp_enlist_wait(STARTUP_DELAY_US)) {
		send_startups(page);
		smp_enlist_wait(SMP_PATIENCE_US);
	}
}

void smp_start_all(u32 limit, void (*each_init)(void))
{
	u64 page = find_trampoline_page();
	size_t bytes = (size_t)(trampoline_end - trampoline_start);
	void *saved;

	init_core = each_init;
	percpu_boot()->apic_id = lapic_id();
	prepare_slots(limit);
	if (smp_boot_slot_count == 0) {
		return;
	}
	saved = pages_get(1);
	if (page == 0 || saved == NULL) {
		log_warn("no free page below 640 KiB to start the other cores "
			 "from; using one core");
		smp_leave_out(smp_boot_slot_count);
		return;
	}
	smp_boot_cr3 = paging_cr3();
	memcpy(saved, phys_to_virt(page), PAGE_SIZE);
	memcpy(phys_to_virt(page), trampoline_start, bytes);
	wake(page);
	smp_enlist();
	memcpy(phys_to_virt(page), saved, PAGE_SIZE);
	pages_put(saved, 1);
}

void smp_ap_main(struct cpu *cpu)
{
	percpu_load(cpu);
	gdt_load(&cpu->gdt, &cpu->tss, (u64)cpu);
	trap_load();
	/*
	 * Sets CR4.MCE, so it comes after the IDT that a machine check needs.
	 */
	control_registers_set();
	lapic_init_core(false);
	init_core();
	__atomic_store_n(&cpu->online, true, __ATOMIC_RELEASE);
	for (;;) {
		void (*job)(void *) =
			__atomic_load_n(&cpu->job, __ATOMIC_ACQUIRE);

		if (job == NULL) {
			interrupts_enable_and_halt();
			interrupts_disable();
			continue;
		}
		job(cpu->job_arg);
		__atomic_store_n(&cpu->job, NULL, __ATOMIC_RELEASE);
	}
}
