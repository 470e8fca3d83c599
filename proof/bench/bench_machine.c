/* Measures making and freeing a guest, and turning VMX operation off and on. */
#include "arch/cpu.h"
#include "lib/error.h"
#include "monitor/settings.h"
#include "proof/bench/bench.h"
#include "proof/bench/bench_snippets.h"
#include "vmm/vmx/vmx.h"

#define GUESTS 16
#define CYCLES 16

/* Runs code whose first exit ends the run. */
static enum vcpu_end run_to_exit(struct guest16 *guest)
{
	struct bios_regs regs = { .cs = BENCH_SEGMENT, .eip = BENCH_CODE };

	guest_memory_write(&guest->memory, (BENCH_SEGMENT << 4) + BENCH_CODE,
			   bench_snippet_return.code,
			   bench_snippet_return.bytes);
	return bios_far_call(guest, &regs, BENCH_TIMEOUT_MS);
}

static bool guests(struct bench_run *run, bool time_free)
{
	static struct guest16 guest;

	for (u32 i = 0; i < GUESTS; i++) {
		u64 start = rdtsc();
		int err = bios_guest_init(&guest, run->engine, &board_private,
					  settings()->vme);
		enum vcpu_end end;
		u64 exited, freed;

		if (err != 0) {
			return bench_skip(run, "%s", error_text(err));
		}
		end = run_to_exit(&guest);
		exited = rdtsc();
		bios_guest_free(&guest);
		freed = rdtsc();
		if (!bench_came_back(run, &guest, end)) {
			return false;
		}
		bench_add(run, time_free ? freed - exited : exited - start, 1);
	}
	return true;
}

static bool new_guest(struct bench_run *run)
{
	return guests(run, false);
}

static bool free_guest(struct bench_run *run)
{
	return guests(run, true);
}

/* The first round is not counted: it also flushes the guests' VMCSs. */
static bool vmx_cycle(struct bench_run *run)
{
	for (u32 i = 0; i <= CYCLES; i++) {
		u64 start = rdtsc();

		vmx_off();
		if (vmx_on() != 0) {
			return bench_skip(run, "%s", vmx_this_core()->why);
		}
		if (i != 0) {
			bench_add(run, rdtsc() - start, 1);
		}
	}
	return true;
}

const struct benchmark bench_machine[] = {
	{ "new-guest", false, &board_private, new_guest },
	{ "free-guest", false, &board_private, free_guest },
	{ "vmx-cycle", true, &board_private, vmx_cycle },
	{ 0 },
};
