/*
 * Measures exits, timed by the guest itself with RDTSC: loops of one
 * instruction, and interrupts that come while the guest does nothing else.
 */
#include "arch/console/serial.h"
#include "arch/lapic.h"
#include "guest/memory/bios_area.h"
#include "proof/bench/bench.h"
#include "proof/bench/bench_snippets.h"
#include "vmm/vmx/vmcs.h"

#define EFLAGS_IF_ON 0x202u
#define LOOP_SAMPLES 16
#define LOOP_COUNT 100
#define HANDLER_COUNT 8
#define HOST_INTERRUPTS 32
#define HOST_INTERRUPT_US 250 /* KVM: not below 200 */
#define TIMER_INTERRUPTS 7
#define GAP_TICKS 64 /* more than a turn of the loop, less than any exit */
#define UART_SCRATCH 7
#define BDA_TIME_BYTES 5 /* BDA_TICKS and the midnight flag */

static bool run_snippet(struct bench_run *run, const struct snippet *snippet,
			struct bios_regs *regs)
{
	enum vcpu_end end;

	guest_memory_write(&run->guest->memory,
			   (BENCH_SEGMENT << 4) + BENCH_CODE, snippet->code,
			   snippet->bytes);
	regs->cs = BENCH_SEGMENT;
	regs->eip = BENCH_CODE;
	regs->eflags = EFLAGS_IF_ON;
	end = bios_far_call(run->guest, regs, BENCH_TIMEOUT_MS);
	return bench_came_back(run, run->guest, end);
}

bool bench_time_loop(struct bench_run *run, const struct snippet *snippet,
		     const struct bios_regs *regs, u32 count, u64 *ticks)
{
	struct bios_regs empty = { .edi = count };
	struct bios_regs full = *regs;

	full.edi = count;
	if (!run_snippet(run, &bench_snippet_empty, &empty) ||
	    !run_snippet(run, snippet, &full)) {
		return false;
	}
	*ticks = full.eax > empty.eax ? full.eax - empty.eax : 0;
	return true;
}

/*
 * Times a loop. The first round is not counted: it fills caches and makes
 * pages.
 */
static bool loop(struct bench_run *run, const struct snippet *snippet, u16 port)
{
	const struct bios_regs regs = { .edx = port };

	for (u32 i = 0; i <= LOOP_SAMPLES; i++) {
		u64 ticks;

		if (!bench_time_loop(run, snippet, &regs, LOOP_COUNT, &ticks)) {
			return false;
		}
		if (i != 0) {
			bench_add(run, ticks / LOOP_COUNT, LOOP_COUNT);
		}
	}
	return true;
}

static bool cpuid_exit(struct bench_run *run)
{
	return loop(run, &bench_snippet_cpuid, 0);
}

static bool rdmsr_exit(struct bench_run *run)
{
	return loop(run, &bench_snippet_rdmsr, 0);
}

static bool out_exit(struct bench_run *run)
{
	u16 port;

	if (serial_ports(&port, 1) == 0) {
		return bench_skip(run, "no console UART, so no port to trap");
	}
	return loop(run, &bench_snippet_out, (u16)(port + UART_SCRATCH));
}

/* For the VMCALLs of the snippet, which would otherwise stop the guest. */
static enum exit_action pass_vmcall(struct vcpu *vcpu)
{
	(void)vcpu;
	return EXIT_SKIP_INSTRUCTION;
}

static bool vmcall_exit(struct bench_run *run)
{
	struct vcpu *vcpu = &run->guest->vcpu;
	const struct vcpu_ops *usual_ops = vcpu->ops;
	struct vcpu_ops ops = *usual_ops;
	bool done;

	ops.vmcall = pass_vmcall;
	vcpu->ops = &ops;
	done = loop(run, &bench_snippet_vmcall, 0);
	vcpu->ops = usual_ops;
	return done;
}

static bool int11_loop(struct bench_run *run)
{
	return loop(run, &bench_snippet_int11, 0);
}

/* Times `count` interruptions of a guest that only watches the time. */
static bool gaps(struct bench_run *run, const struct snippet *snippet,
		 u32 count, u64 handler_ticks)
{
	struct bios_regs regs = { .ecx = count,
				  .es = BENCH_SEGMENT,
				  .edi = BENCH_DATA,
				  .ebp = GAP_TICKS };
	u32 gap[BENCH_MAX_SAMPLES] = { 0 };

	/*
	 * Written first, so that the page exists when the guest stores there.
	 */
	guest_memory_write(&run->guest->memory,
			   (BENCH_SEGMENT << 4) + BENCH_DATA, gap, sizeof(gap));
	if (!run_snippet(run, snippet, &regs)) {
		return false;
	}
	guest_memory_read(&run->guest->memory,
			  (BENCH_SEGMENT << 4) + BENCH_DATA, gap,
			  count * sizeof(gap[0]));
	for (u32 i = 0; i < count; i++) {
		bench_add(run,
			  gap[i] > handler_ticks ? gap[i] - handler_ticks : 0,
			  1);
	}
	return true;
}

/* An interrupt of the host's own: exit, EOI, entry. */
static bool host_interrupt(struct bench_run *run)
{
	bool done;

	if (!lapic_present()) {
		return bench_skip(run, "no local APIC");
	}
	lapic_timer_periodic_us(HOST_INTERRUPT_US);
	done = gaps(run, &bench_snippet_gaps, HOST_INTERRUPTS, 0);
	lapic_timer_stop();
	return done;
}

/*
 * Times the handler itself: the middle one of three, because IRQ 0 may come
 * during one.
 */
static bool time_handler(struct bench_run *run, u64 *ticks)
{
	const struct bios_regs regs = { 0 };
	u64 t[3];

	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		if (!bench_time_loop(run, &bench_snippet_irq0, &regs,
				     HANDLER_COUNT, &t[i])) {
			return false;
		}
	}
	*ticks = MAX(MIN(t[0], t[1]), MIN(MAX(t[0], t[1]), t[2]));
	return true;
}

/*
 * Times IRQ 0 through the BIOS's INT 08h and back, without the time of that
 * handler. Puts the time of day right afterwards, because the handler counts
 * it.
 */
static bool timer_interrupt(struct bench_run *run)
{
	u8 time[BDA_TIME_BYTES];
	u64 handler;
	bool done;

	guest_memory_read(&run->guest->memory, BDA_TICKS, time, sizeof(time));
	done = time_handler(run, &handler);
	guest_memory_write(&run->guest->memory, BDA_TICKS, time, sizeof(time));
	return done && gaps(run, &bench_snippet_tick_gaps, TIMER_INTERRUPTS,
			    handler / HANDLER_COUNT);
}

const struct benchmark bench_loops[] = {
	{ "cpuid", false, &board_private, cpuid_exit },
	{ "vmcall", false, &board_private, vmcall_exit },
	{ "rdmsr", false, &board_private, rdmsr_exit },
	{ "out", false, &board_private, out_exit },
	{ "int11-loop", false, &board_private, int11_loop },
	{ "host-interrupt", false, &board_private, host_interrupt },
	{ "timer-interrupt", false, &board_machine, timer_interrupt },
	{ 0 },
};
