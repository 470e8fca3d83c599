/*
 * Runs hostile programs. The other core does nothing but the jobs that it gets
 * here.
 */
#include "proof/hostile/hostile.h"

#include "arch/smp.h"
#include "guest/code16/engines.h"
#include "guest/code16/guest16.h"
#include "lib/string.h"
#include "vmm/vmx/vmx.h"

static void on_core(struct hostile *hostile, void (*function)(void *))
{
	smp_start(hostile->core, function, hostile);
	smp_wait(hostile->core);
}

static void make_calls(void *argument)
{
	struct hostile *h = argument;

	if (!hostile_guest_is_well(&h->guest)) {
		h->what = "a good program in the same guest";
	} else if (!hostile_guest16_call_is_right(h->bystander)) {
		h->what = "a BIOS call in another guest";
	}
	h->bystander_sum = guest_memory_checksum(&h->bystander->memory);
}

/* The engine of the bystander: that of the hostile guest, if it has one. */
static const struct engine *bystander_engine(const struct hostile *h)
{
	return h->kind->engine != NULL ? h->kind->engine
				       : engine_best(&vmx_this_core()->caps);
}

static void begin(void *argument)
{
	struct hostile *h = argument;

	h->err = hostile_guest_init(&h->guest, h->kind);
	if (h->err == 0) {
		h->bystander = hostile_guest16_make(bystander_engine(h),
						    &board_private, &h->err);
	}
	if (h->bystander != NULL) {
		make_calls(h);
		host_check_registers(&h->registers);
	}
}

/*
 * Whether low memory is compared. If the boot core makes BIOS calls it changes,
 * because the BIOS counts and notes things there.
 */
static bool low_memory_is_checked(const struct hostile *h)
{
	return h->calls == NULL || h->calls->core != 0;
}

int hostile_begin(struct hostile *hostile)
{
	hostile->bystander = NULL;
	hostile->what = NULL;
	hostile->err = 0;
	memset(hostile->ends, 0, sizeof(hostile->ends));
	on_core(hostile, begin);
	return hostile->err;
}

static void end(void *argument)
{
	struct hostile *h = argument;

	hostile_guest_free(&h->guest);
	hostile_guest16_give_up(&h->bystander);
}

void hostile_end(struct hostile *hostile)
{
	on_core(hostile, end);
}

static void run_program(struct hostile *h, const struct hostile_program *p)
{
	struct hostile_end end;

	h->err = hostile_guest_run(&h->guest, p, h->timeout_us, &end);
	if (h->err != 0) {
		h->what = "memory for the guest";
		return;
	}
	h->ends[end.end]++;
	if (end.end == VCPU_END_INTERRUPTED) {
		h->what = vcpu_end_name(end.end);
	} else if (end.end == VCPU_END_REFUSED && end.entry_failed) {
		h->what = "a VM entry, which failed";
	} else if (h->expected_end != HOSTILE_ANY_END &&
		   h->expected_end != (u32)end.end) {
		h->what = vcpu_end_name(end.end);
	}
}

static void run_programs(void *argument)
{
	struct hostile *h = argument;
	struct host_check registers;

	if (h->only != NULL) {
		run_program(h, h->only);
	}
	while (h->count != 0 && h->what == NULL) {
		struct hostile_program program;

		hostile_kind_make_program(h->kind, &program, h->seed, h->first);
		run_program(h, &program);
		h->found = h->what != NULL;
		if (!h->found) {
			h->first++;
			h->count--;
		}
	}
	if (h->what == NULL) {
		host_check_registers(&registers);
		h->what = host_check_difference(&h->registers, &registers);
		h->registers = registers;
	}
}

static void check_memory(struct hostile *h)
{
	struct host_check now;

	host_check_memory(&now, low_memory_is_checked(h));
	h->what = host_check_difference(&h->memory, &now);
	if (h->what == NULL &&
	    guest_memory_checksum(&h->bystander->memory) != h->bystander_sum) {
		h->what = "another guest's memory";
	}
}

/*
 * Runs the programs while another core makes calls. One of the two is the boot
 * core.
 */
static void run_with_calls(struct hostile *h)
{
	struct hostile_calls *calls = h->calls;

	if (calls->core != 0) {
		calls->stop = false;
		smp_start(calls->core, hostile_calls_until_stopped, calls);
		run_programs(h);
		__atomic_store_n(&calls->stop, true, __ATOMIC_RELEASE);
		smp_wait(calls->core);
		return;
	}
	smp_start(h->core, run_programs, h);
	do {
		hostile_calls_once(calls);
		smp_serve_requests();
	} while (!smp_is_idle(h->core));
	smp_wait(h->core);
}

static bool run(struct hostile *h)
{
	h->what = NULL;
	h->found = false;
	/*
	 * Taken anew each time: later programs are not to blame for an earlier
	 * change, and a line printed to the screen moves the cursor in the BIOS
	 * data area.
	 */
	host_check_memory(&h->memory, low_memory_is_checked(h));
	if (h->calls != NULL) {
		h->calls->wrong = NULL;
		run_with_calls(h);
		h->what = h->what != NULL ? h->what : h->calls->wrong;
	} else {
		on_core(h, run_programs);
	}
	if (h->what == NULL) {
		check_memory(h);
	}
	if (h->what == NULL) {
		on_core(h, make_calls);
	}
	return h->what == NULL;
}

bool hostile_run(struct hostile *hostile, u64 first, u64 count)
{
	hostile->only = NULL;
	hostile->first = first;
	hostile->count = count;
	return run(hostile);
}

bool hostile_run_one(struct hostile *hostile,
		     const struct hostile_program *program)
{
	hostile->only = program;
	hostile->count = 0;
	return run(hostile);
}

/* Whether the program fails in new guests, which no other program has used. */
static bool goes_wrong(void *context, const struct hostile_program *part)
{
	struct hostile *h = context;

	on_core(h, end);
	on_core(h, begin);
	return h->err == 0 && !hostile_run_one(h, part);
}

bool hostile_find(struct hostile *hostile, u64 *index,
		  struct hostile_program *program)
{
	const char *what = hostile->what;
	u64 next = hostile->found ? hostile->first : *index;
	u64 last = hostile->first;
	bool found = false;

	for (; next <= last && !found; next++) {
		hostile_kind_make_program(hostile->kind, program, hostile->seed,
					  next);
		found = goes_wrong(hostile, program);
		*index = next;
	}
	if (found) {
		hostile_program_shrink(program, goes_wrong, hostile);
		goes_wrong(hostile, program);
	}
	hostile->what = found ? hostile->what : what;
	return found;
}
