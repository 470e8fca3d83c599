/* Reads and clears the banks of a core: at start, in #MC, and now and then. */
#include "arch/machine_check.h"

#include "arch/clock.h"
#include "arch/cpu.h"
#include "arch/fault_log.h"
#include "arch/mca_code.h"
#include "arch/msr.h"
#include "arch/panic.h"
#include "arch/smp.h"
#include "lib/fmt.h"

#define CPUID_1_EDX_MCE_MCA (BIT(7) | BIT(14))

#define MCG_CAP_COUNT 0xffu
#define MCG_CAP_CTL_P X86_BIT(8)
#define MCG_CAP_SER_P X86_BIT(24) /* software error recovery */
#define MCG_STATUS_RIPV X86_BIT(0)

#define STATUS_VAL X86_BIT(63)
#define STATUS_OVER X86_BIT(62)
#define STATUS_UC X86_BIT(61)
#define STATUS_ADDRV X86_BIT(58)
#define STATUS_PCC X86_BIT(57)
#define STATUS_AR X86_BIT(55)

/* Bank n: its four registers begin at 400h + 4n. */
#define MSR_BANK(n) (MSR_IA32_MC0_CTL + 4 * (n))
#define CTL 0
#define STATUS 1
#define ADDR 2

/* False, and *cap = 0, on a processor without. */
static bool read_cap(u64 *cap)
{
	u32 regs[4];

	cpuid(1, 0, regs);
	*cap = 0;
	return (regs[3] & CPUID_1_EDX_MCE_MCA) == CPUID_1_EDX_MCE_MCA &&
	       rdmsr_safe(MSR_IA32_MCG_CAP, cap);
}

/* Notes and clears bank n; returns its status, 0 where it holds nothing. */
static u64 drain(u32 n)
{
	u64 status, address = 0;

	if (!rdmsr_safe(MSR_BANK(n) + STATUS, &status) ||
	    !(status & STATUS_VAL)) {
		return 0;
	}
	if (status & STATUS_ADDRV) {
		rdmsr_safe(MSR_BANK(n) + ADDR, &address);
	}
	fault_log_machine_check(n, status, address);
	wrmsr_safe(MSR_BANK(n) + STATUS, 0);
	return status;
}

void machine_check_init_core(void)
{
	u64 cap;

	if (!read_cap(&cap)) {
		return;
	}
	if (cap & MCG_CAP_CTL_P) {
		wrmsr_safe(MSR_IA32_MCG_CTL, UINT64_MAX);
	}
	for (u32 n = 0; n < (cap & MCG_CAP_COUNT); n++) {
		drain(n);
		wrmsr_safe(MSR_BANK(n) + CTL, UINT64_MAX);
	}
}

/* Whether what was interrupted can go on as if nothing had been. */
static bool is_survivable(u64 status, u64 cap)
{
	if (status & STATUS_PCC) {
		return false;
	}
	return !(status & STATUS_UC) ||
	       ((cap & MCG_CAP_SER_P) && !(status & STATUS_AR));
}

void machine_check_handle(const struct trap_frame *frame)
{
	bool survivable, any = false;
	u64 cap, global = 0;

	read_cap(&cap);
	rdmsr_safe(MSR_IA32_MCG_STATUS, &global);
	survivable = (global & MCG_STATUS_RIPV) != 0;
	for (u32 n = 0; n < (cap & MCG_CAP_COUNT); n++) {
		u64 status = drain(n);

		any |= status != 0;
		survivable &= status == 0 || is_survivable(status, cap);
	}
	if (!survivable || !any) {
		panic_trap(frame);
	}
	/* Until this is cleared another #MC would shut the processor down. */
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

size_t machine_check_format(u32 bank, u64 status, u64 address, char *buf,
			    size_t size)
{
	char code[MCA_CODE_TEXT_BYTES];
	int length;

	mca_code_format((u16)status, code, sizeof(code));
	length = fmt_snprintf(
		buf, size,
		"bank %u: %s error, code %04lx (%s)%s%s; status %016lx", bank,
		status & STATUS_UC ? "uncorrected" : "corrected",
		status & 0xffff, code,
		status & STATUS_PCC ? ", processor context corrupt" : "",
		status & STATUS_OVER ? ", more were lost" : "", status);

	if (status & STATUS_ADDRV) {
		length += fmt_snprintf(buf + length, size - (size_t)length,
				       ", address %lx", address);
	}
	return (size_t)length;
}
