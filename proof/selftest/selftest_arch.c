/* Self-tests of what does not use VMX. On the boot core, interrupts off. */
#include "arch/clock.h"
#include "arch/console/console_poll.h"
#include "arch/console/keyboard.h"
#include "arch/cpu.h"
#include "arch/fault_log.h"
#include "arch/interrupt.h"
#include "arch/lapic.h"
#include "arch/mem/direct_map.h"
#include "arch/mem/pages.h"
#include "arch/msr.h"
#include "arch/nmi_watchdog.h"
#include "arch/percpu.h"
#include "arch/rtc.h"
#include "arch/smp.h"
#include "arch/symbols.h"
#include "arch/trap.h"
#include "arch/vectors.h"
#include "guest/board/pic_lines.h"
#include "lib/str.h"
#include "lib/string.h"
#include "proof/selftest/selftest.h"

/* In the range that the SDM reserves and will never use for MSRs. */
#define MSR_NONEXISTENT 0x400000ffu

/* The vectors of lines 7 and 15, and one between the BIOS's and ours. */
#define PIC_SPURIOUS_MASTER 0x0f
#define PIC_SPURIOUS_SLAVE 0x77
#define VECTOR_UNUSED 0x99

#define POLLED_US 10000
#define DELAY_US 200
#define DELAY_MAX_US 20000
#define TWO_TICKS_US 120000 /* of the PIT, as BIOSes program it */

static bool msr_fault(void)
{
	u64 value = 1;

	if (rdmsr_safe(MSR_NONEXISTENT, &value)) {
		selftest_skip("this machine has an answer for any MSR");
		return false;
	}
	return value == 0 && !wrmsr_safe(MSR_NONEXISTENT, 0);
}

/* The lowest page is handed out first, so the same one comes twice. */
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
 * Raises the local APIC's spurious vector, those of both PICs, and one that
 * nobody uses, which must get its EOI: otherwise no other interrupt would come.
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

/* Reads of port 64h must be rare, because each may cause an SMI. */
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

static u64 nmis_in_two_ticks(void)
{
	u64 before = this_cpu()->nmi_count;

	clock_delay_us(TWO_TICKS_US);
	return this_cpu()->nmi_count - before;
}

/*
 * While it is on, each tick of the PIT is an NMI; with no user left it is
 * turned off.
 */
static bool watchdog(void)
{
	u64 open, closed;

	if (!nmi_watchdog_init()) {
		selftest_skip("no I/O APIC has the timer");
		return false;
	}
	nmi_watchdog_start();
	open = nmis_in_two_ticks();
	nmi_watchdog_stop();
	nmi_watchdog_rest();
	closed = nmis_in_two_ticks();
	selftest_saw("%lu, then %lu", open, closed);
	return open >= 1 && open <= 3 && closed == 0;
}

#define MSR_X2APIC_LINT0 0x835u
#define LAPIC_LINT0_OFFSET 0x350
#define APIC_BASE_ADDRESS (BIT(52) - PAGE_SIZE)
#define LINT0_MODE_AND_MASK 0x10700u
#define LINT0_OPEN_TO_PIC 0x00700u

static void read_lint0(void *argument)
{
	u64 base = rdmsr(MSR_IA32_APIC_BASE) & APIC_BASE_ADDRESS;
	const volatile u32 *lint0 = phys_to_virt(base + LAPIC_LINT0_OFFSET);
	u32 *value = argument;

	*value = lapic_mode() == LAPIC_X2APIC ? (u32)rdmsr(MSR_X2APIC_LINT0)
					      : *lint0;
	*value &= LINT0_MODE_AND_MASK;
}

/* An interrupt of theirs acknowledged by two cores would be lost on one. */
static bool pics_reach_one_core(void)
{
	u32 open = 0;
	u32 value = 0;

	if (!lapic_present()) {
		selftest_skip("there is no local APIC");
		return false;
	}
	for (u32 i = 0; i < smp_count(); i++) {
		if (smp_start(i, read_lint0, &value) == 0) {
			smp_wait(i);
		}
		open += value == LINT0_OPEN_TO_PIC;
	}
	read_lint0(&value);
	selftest_saw("%u of %u cores, the boot core %s them", open, smp_count(),
		     value == LINT0_OPEN_TO_PIC ? "with" : "without");
	return open == 1 && value == LINT0_OPEN_TO_PIC;
}

#define PIC_MASTER 0x20
#define PIC_SLAVE 0xa0
#define PIC_READ_IRR 0x0a
#define PIC_READ_ISR 0x0b
#define MASTER_OPEN_SLAVE 0xfb
#define SLAVE_OPEN_RTC 0xfe
#define RTC_A 0x0a
#define RTC_B 0x0b
#define RTC_C 0x0c
#define RTC_RATE_8192 0x03
#define RTC_PERIODIC 0x40
#define RTC_LINE 8
#define RTC_PATIENCE_US 20000

static u8 pic_register(u16 command, u8 which)
{
	outb(command, which);
	return inb(command);
}

static bool wait_for_rtc(void)
{
	u64 end = clock_us() + RTC_PATIENCE_US;

	while (!(pic_register(PIC_SLAVE, PIC_READ_IRR) & 1)) {
		if (clock_us() > end) {
			return false;
		}
	}
	return true;
}

static struct in_service {
	u8 master, slave;
} in_service(void)
{
	return (struct in_service){ pic_register(PIC_MASTER, PIC_READ_ISR),
				    pic_register(PIC_SLAVE, PIC_READ_ISR) };
}

/*
 * Makes the clock request an interrupt and withdraws it; false if it requested
 * none.
 */
static bool withdraw_request(void)
{
	u8 master = inb(PIC_MASTER + 1), slave = inb(PIC_SLAVE + 1);
	u8 a = rtc_read_cmos(RTC_A), b = rtc_read_cmos(RTC_B);
	bool came;

	rtc_read_cmos(RTC_C);
	rtc_write_cmos(RTC_A, (u8)((a & 0xf0) | RTC_RATE_8192));
	rtc_write_cmos(RTC_B, b | RTC_PERIODIC);
	came = wait_for_rtc();
	outb(PIC_MASTER + 1, master & MASTER_OPEN_SLAVE);
	outb(PIC_SLAVE + 1, SLAVE_OPEN_RTC);
	rtc_write_cmos(RTC_B, b);
	rtc_read_cmos(RTC_C);
	interrupt_wait_for_pic(DELAY_US);
	rtc_write_cmos(RTC_A, a);
	outb(PIC_MASTER + 1, master);
	outb(PIC_SLAVE + 1, slave);
	return came;
}

/*
 * The clock's interrupt is withdrawn before it is acknowledged. In its place
 * comes line 15, or line 7 if the master loses its request, too, or nothing.
 * None may stay in service, because then no other would come. The PICs of KVM
 * and QEMU keep a request: then the clock's own interrupt comes, which is for a
 * guest and not served here.
 */
static bool vanished_request(void)
{
	u64 counted = fault_log_counts().interrupts;
	struct in_service before = in_service(), after;
	bool came = withdraw_request(), kept = pic_lines_drop(RTC_LINE);
	bool clean;

	counted = fault_log_counts().interrupts - counted;
	after = in_service();
	clean = counted <= 1 && after.master == before.master &&
		after.slave == before.slave;
	selftest_saw("%lu counted, in service %02x and %02x", counted,
		     after.master, after.slave);
	if (!came && clean) {
		selftest_skip("the clock has requested no interrupt in time");
	} else if (kept && clean) {
		selftest_skip("this PIC keeps a request that its device has "
			      "withdrawn");
	}
	return came && clean;
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
		{ "NMI watchdog", "2 NMIs, then none", watchdog },
		{ "PICs", "one core, the boot core", pics_reach_one_core },
		{ "request that vanishes", "none in service",
		  vanished_request },
	};

	for (size_t i = 0; i < ARRAY_SIZE(tests); i++) {
		if (selftest_begin("arch", tests[i].name)) {
			selftest_end(tests[i].run(), tests[i].expected);
		}
	}
}
