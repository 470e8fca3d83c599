/*
 * Bring-up of the application processors and the hand-over of jobs. The boot
 * core drives; smp_ap_main() is where each other core lives.
 */
#include "arch/smp.h"

#include "arch/clock.h"
#include "arch/console/console_poll.h"
#include "arch/console/log.h"
#include "arch/interrupt.h"
#include "arch/lapic.h"
#include "arch/machine.h"
#include "arch/mem/pages.h"
#include "arch/mem/paging.h"
#include "arch/msr.h"
#include "arch/power.h"
#include "arch/smp_boot.h"
#include "arch/trap.h"
#include "arch/vectors.h"
#include "arch/x86.h"
#include "lib/error.h"
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

static struct cpu *cpus[MAX_CPUS];
static u32 cpu_count = 1;
static u32 left_out;
static void (*wait_work)(void);

/* Somebody else's VMX is for vmm/vmx/vmx.c to find. */
#define CR4_AS_FOUND CR4_VMXE
#define CR4_OF_KERNEL (CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT | CR4_DE | CR4_MCE)

/* Firmware setups limit CPUID to what Windows NT 4 bears: leaf 3. */
static void lift_cpuid_limit(void)
{
	u64 enable;

	if (rdmsr_safe(MSR_IA32_MISC_ENABLE, &enable) &&
	    (enable & MISC_ENABLE_LIMIT_CPUID_MAXVAL)) {
		wrmsr_safe(MSR_IA32_MISC_ENABLE,
			   enable & ~MISC_ENABLE_LIMIT_CPUID_MAXVAL);
	}
}

/*
 * The types that the kernel's page tables mean, and what runs in guests: none
 * can write IA32_PAT, so that it is not switched for them. All cores must agree.
 * The order of steps is that for MTRRs (SDM volume 3, "Programming the PAT").
 */
static void set_pat(void)
{
	u64 pat;

	if (!rdmsr_safe(MSR_IA32_PAT, &pat) || pat == PAT_OF_KERNEL) {
		return;
	}
	write_cr0(CR0_OF_KERNEL | CR0_CD);
	wbinvd();
	write_cr3(read_cr3());
	wrmsr(MSR_IA32_PAT, PAT_OF_KERNEL);
	wbinvd();
	write_cr3(read_cr3());
	write_cr0(CR0_OF_KERNEL);
}

void smp_set_control_registers(void)
{
	write_cr0(CR0_OF_KERNEL);
	write_cr4((read_cr4() & CR4_AS_FOUND) | CR4_OF_KERNEL);
	write_dr7(DR7_RESET);
	lift_cpuid_limit();
	set_pat();
}

/* Stacks of core `slot`, named in its TSS; false without memory. */
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

	cpus[0] = cpu;
	cpu->online = true;
	return make_stacks(cpu, 0) ? cpu->stack_top : 0;
}

/* A page below 640 KiB that is RAM; 0 if there is none. */
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
	/* Until enlist() knows better: no two cores may take each other for one. */
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

		if (apic_id == cpus[0]->apic_id) {
			continue;
		}
		if (lapic_mode() == LAPIC_XAPIC && apic_id >= 0xff) {
			log_warn("core with APIC ID %u needs x2APIC mode, left "
				 "out; try apic=x2apic",
				 apic_id);
			left_out++;
		} else if (limit != 0 && smp_boot_slot_count + 1 >= limit) {
			left_out++;
		} else if (smp_boot_slot_count + 1 >= MAX_CPUS ||
			   !prepare_slot(apic_id)) {
			log_warn("core with APIC ID %u left out: no room for it",
				 apic_id);
			left_out++;
		}
	}
}

static struct cpu *slot_cpu(u32 slot)
{
	return (struct cpu *)smp_boot_slots[slot].cpu;
}

static bool is_online(u32 slot)
{
	return __atomic_load_n(&slot_cpu(slot)->online, __ATOMIC_ACQUIRE);
}

static bool all_online(void)
{
	for (u32 slot = 0; slot < smp_boot_slot_count; slot++) {
		if (!is_online(slot)) {
			return false;
		}
	}
	return true;
}

static bool wait_for_all(u64 us)
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

static void send_startups(u64 page)
{
	for (u32 slot = 0; slot < smp_boot_slot_count; slot++) {
		if (!is_online(slot)) {
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
	if (!wait_for_all(STARTUP_DELAY_US)) {
		send_startups(page);
		wait_for_all(SMP_PATIENCE_US);
	}
}

static bool has_woken(u32 slot, u64 times)
{
	const struct cpu *cpu = slot_cpu(slot);

	return __atomic_load_n(&cpu->interrupt_count[VECTOR_WAKE],
			       __ATOMIC_ACQUIRE) >= times;
}

/*
 * A core that takes none would never learn of a job; one that takes the first
 * alone has its local APIC elsewhere, and its EOI went astray.
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
	left_out++;
}

/* Gives each core that came a number, in the order of the ACPI tables. */
static void enlist(void)
{
	for (u32 slot = 0; slot < smp_boot_slot_count; slot++) {
		u32 waiting = SMP_SLOT_WAITING;

		/* One that is just on its way in is waited for after all. */
		if (!is_online(slot) &&
		    !__atomic_compare_exchange_n(&smp_boot_slots[slot].state,
						 &waiting, SMP_SLOT_ABANDONED,
						 false, __ATOMIC_ACQ_REL,
						 __ATOMIC_ACQUIRE)) {
			clock_delay_us(SMP_PATIENCE_US);
		}
		if (!is_online(slot)) {
			leave_out(slot, "does not answer");
			continue;
		}
		if (!takes_interrupts(slot)) {
			leave_out(slot, "has started and takes no interrupts");
			continue;
		}
		slot_cpu(slot)->index = cpu_count;
		__atomic_store_n(&cpus[cpu_count], slot_cpu(slot),
				 __ATOMIC_RELEASE);
		cpu_count++;
	}
}

static void (*init_core)(void);

void smp_start_all(u32 limit, void (*each_init)(void))
{
	u64 page = find_trampoline_page();
	size_t bytes = (size_t)(trampoline_end - trampoline_start);
	void *saved;

	init_core = each_init;
	cpus[0]->apic_id = lapic_id();
	prepare_slots(limit);
	if (smp_boot_slot_count == 0) {
		return;
	}
	saved = pages_get(1);
	if (page == 0 || saved == NULL) {
		log_warn("no free page below 640 KiB to start the other cores "
			 "from; using one core");
		left_out += smp_boot_slot_count;
		return;
	}
	smp_boot_cr3 = paging_cr3();
	memcpy(saved, phys_to_virt(page), PAGE_SIZE);
	memcpy(phys_to_virt(page), trampoline_start, bytes);
	wake(page);
	enlist();
	memcpy(phys_to_virt(page), saved, PAGE_SIZE);
	pages_put(saved, 1);
}

void smp_ap_main(struct cpu *cpu)
{
	percpu_load(cpu);
	gdt_load(&cpu->gdt, &cpu->tss, (u64)cpu);
	trap_load();
	/* With CR4.MCE, so behind what a machine check needs. */
	smp_set_control_registers();
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

u32 smp_count(void)
{
	return cpu_count;
}

struct cpu *smp_cpu(u32 index)
{
	return index < cpu_count ? cpus[index] : NULL;
}

u32 smp_left_out(void)
{
	return left_out;
}

int smp_start(u32 index, void (*function)(void *), void *argument)
{
	struct cpu *cpu = smp_cpu(index);

	if (cpu == NULL) {
		return ERR_NOT_FOUND;
	}
	if (cpu == this_cpu()) {
		function(argument);
		return 0;
	}
	if (!smp_is_idle(index)) {
		return ERR_BUSY;
	}
	cpu->job_arg = argument;
	__atomic_store_n(&cpu->job, function, __ATOMIC_RELEASE);
	lapic_send_fixed(cpu->apic_id, VECTOR_WAKE);
	return 0;
}

bool smp_is_idle(u32 index)
{
	return __atomic_load_n(&cpus[index]->job, __ATOMIC_ACQUIRE) == NULL;
}

void smp_set_wait_work(void (*function)(void))
{
	wait_work = function;
}

static void do_wait_work(void)
{
	if (wait_work != NULL && this_cpu_index() == 0) {
		wait_work();
	}
}

void smp_wait(u32 index)
{
	while (!smp_is_idle(index)) {
		console_poll();
		smp_serve_requests();
		do_wait_work();
		cpu_pause();
	}
	do_wait_work();
}

void smp_give_up(u32 index, const char *work)
{
	log_error("core %u (APIC ID %u) does not come back from %s", index,
		  cpus[index]->apic_id, work);
	log_error("cpus=%u on the command line goes without it; stopped",
		  index);
	power_halt();
}

void smp_start_on_all(void (*function)(void *), const char *work)
{
	u64 first = rdtsc();

	for (u32 i = 1; i < cpu_count; i++) {
		smp_start(i, function, NULL);
	}
	function(NULL);
	for (u32 i = 1; i < cpu_count; i++) {
		while (!smp_is_idle(i)) {
			if (clock_has_passed(first,
					     clock_us_to_tsc(SMP_START_US))) {
				smp_give_up(i, work);
			}
			cpu_pause();
		}
	}
}

void smp_run_on_all(void (*function)(void *), void *argument)
{
	for (u32 i = 0; i < cpu_count; i++) {
		if (cpus[i] != this_cpu()) {
			smp_start(i, function, argument);
		}
	}
	function(argument);
	for (u32 i = 0; i < cpu_count; i++) {
		if (cpus[i] != this_cpu()) {
			smp_wait(i);
		}
	}
}

void smp_call_boot_core(void (*function)(void *), void *argument)
{
	struct cpu *cpu = this_cpu();

	if (cpu->index == 0) {
		function(argument);
		return;
	}
	cpu->request_arg = argument;
	__atomic_store_n(&cpu->request, function, __ATOMIC_RELEASE);
	lapic_send_fixed(cpus[0]->apic_id, VECTOR_WAKE);
	while (__atomic_load_n(&cpu->request, __ATOMIC_ACQUIRE) != NULL) {
		cpu_pause();
	}
}

void smp_serve_requests(void)
{
	if (this_cpu_index() != 0) {
		return;
	}
	for (u32 i = 1; i < cpu_count; i++) {
		void (*request)(void *) =
			__atomic_load_n(&cpus[i]->request, __ATOMIC_ACQUIRE);

		if (request != NULL) {
			request(cpus[i]->request_arg);
			__atomic_store_n(&cpus[i]->request, NULL,
					 __ATOMIC_RELEASE);
		}
	}
}

void smp_send_nmi(struct cpu *cpu)
{
	__atomic_fetch_add(&cpu->nmis_announced, 1, __ATOMIC_RELEASE);
	lapic_send_nmi(cpu->apic_id);
}

void smp_wake_all(void)
{
	for (u32 i = 0; i < cpu_count && lapic_present(); i++) {
		lapic_send_fixed(cpus[i]->apic_id, VECTOR_WAKE);
	}
}

void smp_stop_others(void)
{
	for (u32 i = 0; i < cpu_count; i++) {
		if (cpus[i] != NULL && cpus[i] != this_cpu() &&
		    lapic_present()) {
			smp_send_nmi(cpus[i]);
		}
	}
}
