/*
 * The registers of the local APIC in both modes, interprocessor interrupts, and
 * the timer. Each function acts on the calling core's APIC, interrupts off.
 */
#include "arch/lapic.h"

#include "arch/cpu.h"
#include "arch/mem/paging.h"
#include "arch/console/log.h"
#include "arch/msr.h"
#include "arch/trap.h"
#include "arch/vectors.h"
#include "lib/checksum.h"
#include "lib/error.h"

#define APIC_BASE_X2APIC BIT(10)
#define APIC_BASE_ENABLE BIT(11)
#define APIC_BASE_ADDRESS 0x000ffffffffff000ull
#define CPUID_1_EDX_APIC BIT(9)
#define CPUID_1_ECX_X2APIC BIT(21)

/* Offsets in the xAPIC page; an x2APIC MSR is 800h + offset / 16. */
enum lapic_register {
	LAPIC_ID = 0x20,
	LAPIC_TPR = 0x80,
	LAPIC_EOI = 0xb0,
	LAPIC_SVR = 0xf0,
	LAPIC_ISR = 0x100,
	LAPIC_ICR_LOW = 0x300,
	LAPIC_ICR_HIGH = 0x310,
	LAPIC_LVT_TIMER = 0x320,
	LAPIC_LVT_LINT0 = 0x350,
	LAPIC_LVT_LINT1 = 0x360,
	LAPIC_LVT_ERROR = 0x370,
	LAPIC_TIMER_INITIAL = 0x380,
	LAPIC_TIMER_CURRENT = 0x390,
	LAPIC_TIMER_DIVIDE = 0x3e0,
};

#define X2APIC_MSR_BASE 0x800
#define SVR_ENABLE BIT(8)
#define LVT_MASKED BIT(16)
#define LVT_TIMER_PERIODIC BIT(17)
#define DELIVERY_NMI 0x400
#define DELIVERY_INIT 0x500
#define DELIVERY_STARTUP 0x600
#define DELIVERY_EXTINT 0x700
#define ICR_ASSERT BIT(14)
#define ICR_PENDING BIT(12)
#define TIMER_DIVIDE_BY_1 0xb
#define ICR_PATIENCE 1000000

#define APIC_BASE_OF_ALL                                                       \
	(APIC_BASE_ADDRESS | APIC_BASE_ENABLE | APIC_BASE_X2APIC)

static enum lapic_mode mode;
static u64 base_of_all; /* IA32_APIC_BASE of all cores, without the BSP flag */
static volatile u32 *registers;
static u64 timer_counts_per_ms;

static u32 lapic_read(enum lapic_register reg)
{
	if (mode == LAPIC_X2APIC) {
		return (u32)rdmsr(X2APIC_MSR_BASE + (u32)reg / 16);
	}
	return registers[reg / 4];
}

static void lapic_write(enum lapic_register reg, u32 value)
{
	if (mode == LAPIC_X2APIC) {
		wrmsr(X2APIC_MSR_BASE + (u32)reg / 16, value);
	} else {
		registers[reg / 4] = value;
	}
}

/*
 * Puts the APIC of this core at the address in the ACPI tables, where the other
 * cores' APICs are, too.
 */
static u64 place(u64 base, u64 mmio_phys)
{
	u64 found = base & APIC_BASE_ADDRESS;

	if (mmio_phys == 0 || mmio_phys == found ||
	    (mmio_phys & ~APIC_BASE_ADDRESS) != 0 ||
	    !phys_is_mapped(mmio_phys, PAGE_SIZE)) {
		return base;
	}
	log_warn("core 0's local APIC is at %lx, and by the ACPI tables at "
		 "%lx; put there",
		 found, mmio_phys);
	return (base & ~APIC_BASE_ADDRESS) | mmio_phys;
}

int lapic_init(u64 mmio_phys, bool want_x2apic)
{
	u32 regs[4];
	u64 base;

	cpuid(1, 0, regs);
	if (!(regs[3] & CPUID_1_EDX_APIC) ||
	    !rdmsr_safe(MSR_IA32_APIC_BASE, &base) ||
	    !(base & APIC_BASE_ENABLE)) {
		return ERR_UNSUPPORTED;
	}
	if (want_x2apic && (regs[2] & CPUID_1_ECX_X2APIC)) {
		base |= APIC_BASE_X2APIC;
	}
	mode = base & APIC_BASE_X2APIC ? LAPIC_X2APIC : LAPIC_XAPIC;
	if (mode == LAPIC_XAPIC) {
		base = place(base, mmio_phys);
	}
	if (!phys_is_mapped(base & APIC_BASE_ADDRESS, PAGE_SIZE)) {
		return ERR_UNSUPPORTED;
	}
	base_of_all = base & APIC_BASE_OF_ALL;
	registers = phys_to_virt(base & APIC_BASE_ADDRESS);
	return 0;
}

/*
 * Gives this core's APIC the address and mode of all cores, whatever the
 * firmware has left. An APIC can only go from x2APIC mode to xAPIC mode through
 * "disabled", and not directly from "disabled" to x2APIC mode (SDM volume 3,
 * x2APIC State Transitions).
 */
static void set_base(void)
{
	u64 base = rdmsr(MSR_IA32_APIC_BASE);
	u64 wanted = (base & ~APIC_BASE_OF_ALL) | base_of_all;

	if (base == wanted) {
		return;
	}
	if ((base & APIC_BASE_X2APIC) && mode == LAPIC_XAPIC) {
		wrmsr(MSR_IA32_APIC_BASE,
		      wanted & ~(u64)(APIC_BASE_ENABLE | APIC_BASE_X2APIC));
	} else if (!(base & APIC_BASE_ENABLE)) {
		wrmsr(MSR_IA32_APIC_BASE, wanted & ~(u64)APIC_BASE_X2APIC);
	}
	wrmsr(MSR_IA32_APIC_BASE, wanted);
}

void lapic_init_core(bool is_boot_core)
{
	set_base();
	lapic_write(LAPIC_TPR, 0);
	lapic_write(LAPIC_SVR, SVR_ENABLE | VECTOR_SPURIOUS);
	lapic_write(LAPIC_LVT_TIMER, LVT_MASKED | VECTOR_LAPIC_TIMER);
	lapic_write(LAPIC_LVT_ERROR, LVT_MASKED);
	lapic_write(LAPIC_LVT_LINT0, is_boot_core
					     ? DELIVERY_EXTINT
					     : LVT_MASKED | DELIVERY_EXTINT);
	lapic_write(LAPIC_LVT_LINT1, DELIVERY_NMI);
	lapic_write(LAPIC_TIMER_DIVIDE, TIMER_DIVIDE_BY_1);
}

bool lapic_present(void)
{
	return registers != NULL;
}

enum lapic_mode lapic_mode(void)
{
	return mode;
}

u32 lapic_id(void)
{
	u32 id = lapic_read(LAPIC_ID);

	return mode == LAPIC_X2APIC ? id : id >> 24;
}

u64 lapic_checksum(void)
{
	static const enum lapic_register steady[] = {
		LAPIC_ID, LAPIC_TPR, LAPIC_SVR, LAPIC_LVT_LINT0, LAPIC_LVT_LINT1
	};
	u64 sum = 0;

	for (size_t i = 0; i < ARRAY_SIZE(steady); i++) {
		u32 value = lapic_read(steady[i]);

		sum = checksum64(sum, &value, sizeof(value));
	}
	return sum;
}

void lapic_eoi(void)
{
	lapic_write(LAPIC_EOI, 0);
}

bool lapic_in_service(u8 vector)
{
	u32 word = lapic_read(LAPIC_ISR + (vector / 32u) * 16u);

	return (word >> (vector % 32u) & 1) != 0;
}

u32 lapic_in_service_count(void)
{
	u32 count = 0;

	for (u32 i = 0; i < 8; i++) {
		u32 word = lapic_read(LAPIC_ISR + i * 16u);

		for (; word != 0; word &= word - 1) {
			count++;
		}
	}
	return count;
}

/*
 * Sends an interrupt; the receiver sees all that this core has written before.
 * In xAPIC mode this holds without further care: the registers are uncacheable,
 * so that a store to them waits for earlier stores. A WRMSR in x2APIC mode does
 * not wait (SDM volume 3, "MSR Access in x2APIC Mode"): without the fence the
 * receiver could wake, see no job, and halt again.
 */
static void send(u32 apic_id, u32 command)
{
	if (mode == LAPIC_X2APIC) {
		fence_before_wrmsr();
		wrmsr(X2APIC_MSR_BASE + LAPIC_ICR_LOW / 16,
		      (u64)apic_id << 32 | command);
		return;
	}
	/* Writing the low half sends, so the high half comes first. */
	lapic_write(LAPIC_ICR_HIGH, apic_id << 24);
	lapic_write(LAPIC_ICR_LOW, command);
	for (unsigned i = 0; i < ICR_PATIENCE; i++) {
		if (!(lapic_read(LAPIC_ICR_LOW) & ICR_PENDING)) {
			return;
		}
		cpu_pause();
	}
}

void lapic_send_init(u32 apic_id)
{
	send(apic_id, DELIVERY_INIT | ICR_ASSERT);
}

void lapic_send_startup(u32 apic_id, u8 page)
{
	send(apic_id, DELIVERY_STARTUP | ICR_ASSERT | page);
}

void lapic_send_nmi(u32 apic_id)
{
	send(apic_id, DELIVERY_NMI | ICR_ASSERT);
}

void lapic_send_fixed(u32 apic_id, u8 vector)
{
	send(apic_id, ICR_ASSERT | vector);
}

void lapic_timer_set_rate(u64 counts_per_ms)
{
	timer_counts_per_ms = counts_per_ms;
}

void lapic_timer_measure_start(void)
{
	lapic_write(LAPIC_LVT_TIMER, LVT_MASKED | VECTOR_LAPIC_TIMER);
	lapic_write(LAPIC_TIMER_INITIAL, UINT32_MAX);
}

u32 lapic_timer_measure_elapsed(void)
{
	return UINT32_MAX - lapic_read(LAPIC_TIMER_CURRENT);
}

static void timer_start(u64 us, u64 lvt)
{
	u64 count = timer_counts_per_ms * us / 1000;

	lapic_write(LAPIC_LVT_TIMER, (u32)(lvt | VECTOR_LAPIC_TIMER));
	lapic_write(LAPIC_TIMER_INITIAL, (u32)MIN(MAX(count, 1), UINT32_MAX));
}

void lapic_timer_once_us(u64 us)
{
	timer_start(us, 0);
}

void lapic_timer_periodic_us(u64 us)
{
	timer_start(us, LVT_TIMER_PERIODIC);
}

void lapic_timer_stop(void)
{
	lapic_write(LAPIC_LVT_TIMER, LVT_MASKED | VECTOR_LAPIC_TIMER);
	lapic_write(LAPIC_TIMER_INITIAL, 0);
}

bool lapic_timer_is_on(void)
{
	return (lapic_read(LAPIC_LVT_TIMER) & LVT_MASKED) == 0;
}
