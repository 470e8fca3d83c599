/*
 * Runs a 64-bit guest, and watches it if that is wanted. On the guest's core,
 * interrupts off.
 */
#include "arch/cpu.h"
#include "arch/msr.h"
#include "guest/code64/guest64.h"
#include "guest/code64/watch64.h"

/*
 * Exchanges IA32_KERNEL_GS_BASE, which the guest's SWAPGS changes without an
 * exit.
 */
static u64 swap_kernel_gs_base(u64 value)
{
	u64 old = rdmsr(MSR_IA32_KERNEL_GS_BASE);

	wrmsr(MSR_IA32_KERNEL_GS_BASE, value);
	return old;
}

enum vcpu_end guest64_run(struct guest64 *guest, u64 timeout_us)
{
	u64 host = swap_kernel_gs_base(guest->kernel_gs_base);
	enum vcpu_end end;

	watch64_begin(guest);
	end = vcpu_run(&guest->vcpu, timeout_us);
	watch64_end(guest);
	guest->kernel_gs_base = swap_kernel_gs_base(host);
	guest_uart_flush(&guest->board.uart);
	return end;
}
