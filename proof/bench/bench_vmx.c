/*
 * Counts the VMX instructions of what the hypervisor does most often. Under
 * another hypervisor each of them may be an exit.
 */
#include "lib/error.h"
#include "monitor/settings.h"
#include "proof/bench/bench.h"
#include "proof/bench/bench_snippets.h"
#include "proof/bench/vmx_count.h"

#define EFLAGS_IF_ON 0x202u
#define SAMPLES 4
#define VECTOR_EQUIPMENT 0x11

static bool call_int11(struct bench_run *run)
{
	struct bios_regs regs = { .eflags = EFLAGS_IF_ON };

	return bench_came_back(run, run->guest,
			       bios_call(run->guest, VECTOR_EQUIPMENT, &regs,
					 BENCH_TIMEOUT_MS));
}

/*
 * Makes the call twice and counts in the second one, which finds the state that
 * a call leaves.
 */
static bool count_call(struct bench_run *run, u32 *count)
{
	bool done = call_int11(run);

	if (done) {
		vmx_count_through(&run->guest->vcpu);
		vmx_count_begin();
		done = call_int11(run);
		*count = vmx_count_end();
		vmx_count_leave(&run->guest->vcpu);
	}
	return done;
}

static const char unit[] = "instructions";

static bool whole_call(struct bench_run *run)
{
	run->unit = unit;
	for (u32 i = 0; i < SAMPLES; i++) {
		u32 count;

		if (!count_call(run, &count)) {
			return false;
		}
		bench_add(run, count, 1);
	}
	return true;
}

/* Counts in a call whose code makes `exits` CPUID exits. */
static bool count_cpuids(struct bench_run *run, u32 exits, u32 *count)
{
	struct bios_regs regs = { .cs = BENCH_SEGMENT,
				  .eip = BENCH_CODE,
				  .eflags = EFLAGS_IF_ON,
				  .edi = exits };
	enum vcpu_end end;

	guest_memory_write(&run->guest->memory,
			   (BENCH_SEGMENT << 4) + BENCH_CODE,
			   bench_snippet_cpuid.code, bench_snippet_cpuid.bytes);
	vmx_count_through(&run->guest->vcpu);
	vmx_count_begin();
	end = bios_far_call(run->guest, &regs, BENCH_TIMEOUT_MS);
	*count = vmx_count_end();
	vmx_count_leave(&run->guest->vcpu);
	return bench_came_back(run, run->guest, end);
}

static bool one_exit(struct bench_run *run)
{
	run->unit = unit;
	if (!call_int11(run)) {
		return false;
	}
	for (u32 i = 0; i < SAMPLES; i++) {
		u32 one, two;

		if (!count_cpuids(run, 1, &one) ||
		    !count_cpuids(run, 2, &two)) {
			return false;
		}
		bench_add(run, two - one, 1);
	}
	return true;
}

/* Counts from a VMCS that was cleared up to VMLAUNCH. */
static bool launch(struct bench_run *run)
{
	run->unit = unit;
	for (u32 i = 0; i < SAMPLES; i++) {
		bool done;

		if (!call_int11(run)) {
			return false;
		}
		vcpu_unload(&run->guest->vcpu);
		vmx_count_begin();
		done = call_int11(run);
		bench_add(run, vmx_count_end(), 1);
		if (!done) {
			return false;
		}
	}
	return true;
}

/* Counts from making a guest up to VMLAUNCH. */
static bool new_guest(struct bench_run *run)
{
	static struct guest16 guest;
	struct bios_regs regs = { .eflags = EFLAGS_IF_ON };
	int err;

	run->unit = unit;
	vmx_count_begin();
	err = bios_guest_init(&guest, run->engine, &board_private,
			      settings()->vme);
	if (err == 0) {
		bios_call(&guest, VECTOR_EQUIPMENT, &regs, BENCH_TIMEOUT_MS);
	}
	bench_add(run, vmx_count_end(), 1);
	if (err != 0) {
		return bench_skip(run, "%s", error_text(err));
	}
	bios_guest_free(&guest);
	return true;
}

const struct benchmark bench_vmx[] = {
	{ "call-vmx", false, &board_private, whole_call },
	{ "exit-vmx", false, &board_private, one_exit },
	{ "launch-vmx", false, &board_private, launch },
	{ "new-guest-vmx", false, &board_private, new_guest },
	{ 0 },
};
