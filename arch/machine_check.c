/*
 * Reads and clears the machine-check banks of a core: at the start, in #MC, and
 * from time to time.
 */
#include "arch/machine_check.h"

#include "arch/clock.h"
#include "arch/cpu.h"
#include "arch/cpuid_decode.h"
#include "arch/fault_log.h"
#include "arch/mca_code.h"
#include "arch/mca_severity.h"
#include "arch/msr.h"
#include "arch/panic.h"
#include "arch/smp.h"
#include "lib/fmt.h"

#define CPUID_1_EDX_MCE_MCA (BIT(7) | BIT(14))

/* The first of the four registers of bank n. */
#define MSR_BANK(n) (MSR_IA32_MC0_CTL + 4 * (n))
#define CTL 0
#define STATUS 1
#define ADDR 2

/*
 * Reads IA32_MCG_CAP; false, and *cap = 0, if the processor has no
 * machine-check architecture.
 */
static bool read_cap(u64 *cap)
{
	u32 regs[4];

	cpuid(1, 0, regs);
	*cap = 0;
	return (regs[3] & CPUID_1_EDX_MCE_MCA) == CPUID_1_EDX_MCE_MCA &&
	       rdmsr_safe(MSR_IA32_MCG_CAP, cap);
}

/* Notes and clears bank n. Returns its status, 0 if it holds no error. */
static u64 drain(u32 n)
{
	u64 status, address = 0;

	if (!rdmsr_safe(MSR_BANK(n) + STATUS, &status) ||
	    !(status & MCI_STATUS_VAL)) {
		return 0;
	}
	if (status & MCI_STATUS_ADDRV) {
		rdmsr_safe(MSR_BANK(n) + ADDR, &address);
	}
	fault_log_machine_check(n, status, address);
	wrmsr_safe(MSR_BANK(n) + STATUS, 0);
	return status;
}

void machine_check_init_core(void)
{
	struct cpuid_info info;
	u32 first_control;
	u64 cap;

	if (!read_cap(&cap)) {
		return;
	}
	cpuid_decode(cpuid, &info);
	first_control = mca_first_control(info.family, info.model);
	if (cap & MCG_CAP_CTL_P) {
		wrmsr_safe(MSR_IA32_MCG_CTL, UINT64_MAX);
	}
	for (u32 n = 0; n < (cap & MCG_CAP_COUNT); n++) {
		drain(n);
		if (n >= first_control) {
			wrmsr_safe(MSR_BANK(n) + CTL, UINT64_MAX);
		}
	}
}

void machine_check_handle(const struct trap_frame *frame)
{
	struct mca_banks banks = { 0 };
	u64 cap, global = 0;

	read_cap(&cap);
	rdmsr_safe(MSR_IA32_MCG_STATUS, &global);
	for (u32 n = 0; n < (cap & MCG_CAP_COUNT); n++) {
		mca_banks_add(&banks, drain(n), cap);
	}
	if (!mca_may_go_on(&banks, global, smp_count() > 1)) {
		panic_trap(frame);
	}
	if (!banks.signalled) {
		fault_log_machine_check_elsewhere();
	}
	/*
	 * While MCIP is set in this register, another #MC would shut the
	 * processor down.
	 */
	wrmsr_safe(MSR_IA32_MCG_STATUS, 0);
}

static void drain_all(void *unused)
{
	u64 cap;

	(void)unused;
	read_cap(&cap);
	for (u32 n = 0; n < (cap & MCG_CAP_COUNT); n++) {
		drain(n);
	}
}

void machine_check_poll(void)
{
	smp_run_on_all(drain_all, NULL);
}

void machine_check_poll_now_and_then(void)
{
	static u64 next_us;
	u64 now = clock_us();

	if (now >= next_us) {
		next_us = now + MACHINE_CHECK_POLL_SECONDS * 1000000ull;
		machine_check_poll();
	}
}
