/* Self-tests of what lies below VMX. On the boot core, interrupts off. */
#include "arch/clock.h"
#include "arch/console/console.h"
#include "arch/console/keyboard.h"
#include "arch/fault_log.h"
#include "arch/interrupt.h"
#include "arch/lapic.h"
#include "arch/mem/pages.h"
#include "arch/percpu.h"
#include "arch/symbols.h"
#include "arch/trap.h"
#include "lib/string.h"
#include "proof/selftest/selftest.h"

/* In the range that the SDM keeps free of MSRs for ever. */
#define MSR_NONEXISTENT 0x400000ffu

/* INT n with the vectors of lines 7 and 15, and one between BIOS's and ours. */
#define PIC_SPURIOUS_MASTER 0x0f
#define PIC_SPURIOUS_SLAVE 0x77
#define VECTOR_UNUSED 0x99

#define POLLED_US 10000
#define DELAY_US 200
#define DELAY_MAX_US 20000

static bool msr_fault(void)
{
	u64 value = 1;

	return !rdmsr_safe(MSR_NONEXISTENT, &value) && value == 0 &&
	       !wrmsr_safe(MSR_NONEXISTENT, 0);
}

/* Pages come lowest first, so the same one comes twice. */
static bool zeroed_pages(void)
{
	u8 *page = pages_get(1);
	u8 rest = 0;

	if (page == NULL) {
		return false;
	}
	memset(page, 0xa5, PAGE_SIZE);
	pages_put(page, 1);
	page = pages_get(1);
	for (size_t i = 0; i < PAGE_SIZE; i++) {
		rest |= page[i];
	}
	pages_put(page, 1);
	return rest == 0;
}

static bool symbol_names(void)
{
	u64 offset = 0;
	const char *name = symbols_find((u64)symbols_find + 1, &offset);

	return name != NULL && str_equal(name, "symbols_find") && offset == 1;
}

static bool clock_runs(void)
{
	u64 start = clock_us();
	u64 us;

	clock_delay_us(DELAY_US);
	us = clock_us() - start;
	selftest_saw("%lu us", us);
	return us >= DELAY_US && us < DELAY_MAX_US;
}

/*
 * The local APIC's spurious vector, both of the PIC's, and one that nobody
 * uses, which must get its EOI or no other would come.
 */
static bool meaningless_interrupts(void)
{
	u64 before = fault_log_counts().interrupts;
	u64 counted;

	software_interrupt(VECTOR_SPURIOUS);
	software_interrupt(PIC_SPURIOUS_MASTER);
	software_interrupt(PIC_SPURIOUS_SLAVE);
	if (!lapic_present()) {
		selftest_skip("there is no local APIC");
		return false;
	}
	for (unsigned i = 0; i < 2; i++) {
		lapic_send_fixed(this_cpu()->apic_id, VECTOR_UNUSED);
		interrupts_enable_and_halt();
		interrupts_disable();
	}
	counted = fault_log_counts().interrupts - before;
	selftest_saw("%lu counted", counted);
	return counted == 5 && !lapic_in_service(VECTOR_UNUSED);
}

/* Each read of port 64h may be an SMI. */
static bool keyboard_at_leisure(void)
{
	u64 before = keyboard_looks();
	u64 first = clock_us();
	u64 looks, us;

	while (clock_us() - first < POLLED_US) {
		console_poll();
	}
	looks = keyboard_looks() - before;
	us = clock_us() - first;
	selftest_saw("%lu reads in %lu us", looks, us);
	return looks <= us / KEYBOARD_LOOK_US + 1;
}

void selftest_arch(void)
{
	static const struct {
		const char *name;
		const char *expected;
		bool (*run)(void);
	} tests[] = {
		{ "MSR that is not there", "two faults", msr_fault },
		{ "zeroed pages", "zeroes", zeroed_pages },
		{ "symbols", "symbols_find+1", symbol_names },
		{ "clock", "200 us", clock_runs },
		{ "keyboard port", "1 read in 2000 us", keyboard_at_leisure },
		{ "interrupts that mean nothing", "5 counted, none in service",
		  meaningless_interrupts },
	};

	for (size_t i = 0; i < ARRAY_SIZE(tests); i++) {
		if (selftest_begin("arch", tests[i].name)) {
			selftest_end(tests[i].run(), tests[i].expected);
		}
	}
}
