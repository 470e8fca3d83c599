/* See hostile.h. The other core only ever runs what it is given here. */
#include "monitor/hostile.h"

#include "arch/pages.h"
#include "arch/smp.h"
#include "guest/bios.h"
#include "guest/bios_area.h"
#include "guest/program16.h"
#include "lib/error.h"
#include "lib/string.h"
#include "monitor/settings.h"

#define GUEST_PAGES ((sizeof(struct guest16) + PAGE_SIZE - 1) / PAGE_SIZE)
#define VECTOR_EQUIPMENT 0x11
#define CALL_TIMEOUT_MS 1000
#define VECTORS 256u

static void on_core(struct hostile *hostile, void (*function)(void *))
{
	smp_start(hostile->core, function, hostile);
	smp_wait(hostile->core);
}

static struct guest16 *make(struct hostile *h, enum guest_view view)
{
	struct guest16 *guest = pages_get(GUEST_PAGES);

	if (guest == NULL) {
		h->err = ERR_NO_MEMORY;
		return NULL;
	}
	h->err = bios_guest_init(guest, h->engine, view, settings()->vme);
	if (h->err == 0) {
		return guest;
	}
	pages_put(guest, GUEST_PAGES);
	return NULL;
}

static void give_up(struct guest16 **guest)
{
	if (*guest != NULL) {
		bios_guest_free(*guest);
		pages_put(*guest, GUEST_PAGES);
		*guest = NULL;
	}
}

static bool call_is_right(struct guest16 *guest)
{
	struct bios_regs regs = { .eflags = 0x202 };

	return bios_call(guest, VECTOR_EQUIPMENT, &regs, CALL_TIMEOUT_MS) ==
		       VCPU_END_DONE &&
	       (u16)regs.eax == bios_area_read16(BDA_EQUIPMENT);
}

static void make_calls(void *argument)
{
	struct hostile *h = argument;

	if (bios_guest_renew(h->guest) != 0 || !call_is_right(h->guest)) {
		h->what = "a BIOS call in the same guest";
	} else if (!call_is_right(h->bystander)) {
		h->what = "a BIOS call in another guest";
	}
	h->bystander_sum = guest_memory_checksum(&h->bystander->memory);
}

static void begin(void *argument)
{
	struct hostile *h = argument;

	h->guest = make(h, GUEST_VIEW_ISOLATED);
	if (h->guest != NULL) {
		h->bystander = make(h, GUEST_VIEW_PRIVATE);
	}
	if (h->bystander != NULL) {
		make_calls(h);
		host_check_registers(&h->registers);
	}
}

int hostile_begin(struct hostile *hostile)
{
	hostile->guest = hostile->bystander = NULL;
	hostile->what = NULL;
	hostile->err = 0;
	memset(hostile->ends, 0, sizeof(hostile->ends));
	on_core(hostile, begin);
	host_check_memory(&hostile->memory);
	return hostile->err;
}

static void end(void *argument)
{
	struct hostile *h = argument;

	give_up(&h->guest);
	give_up(&h->bystander);
}

void hostile_end(struct hostile *hostile)
{
	on_core(hostile, end);
}

static int set_vectors(struct hostile *h, const struct hostile_program *p)
{
	struct far_ptr ivt[VECTORS];

	if (p->ivt == HOSTILE_IVT_BIOS) {
		return 0;
	}
	for (u32 i = 0; i < VECTORS; i++) {
		ivt[i] = hostile_program_vector(p, (u8)i);
	}
	return guest_memory_write(&h->guest->memory, 0, ivt, sizeof(ivt));
}

/* In a guest as if just made, so that a program does the same each time. */
static void run_program(struct hostile *h, const struct hostile_program *p)
{
	const struct program16 image = { .image = p->code,
					 .bytes = p->bytes + HOSTILE_TAIL_BYTES,
					 .at = p->at };
	struct bios_regs regs = p->regs;
	enum vcpu_end ended;

	h->err = bios_guest_renew(h->guest);
	if (h->err == 0) {
		h->err = program16_load(h->guest, &image);
	}
	if (h->err == 0) {
		h->err = set_vectors(h, p);
	}
	if (h->err != 0) {
		h->what = "memory for the guest";
		return;
	}
	ended = program16_run(h->guest, &image, &regs, h->timeout_us);
	h->ends[ended]++;
	if (ended == VCPU_END_INTERRUPTED) {
		h->what = vcpu_end_name(ended);
	} else if (ended == VCPU_END_REFUSED && h->guest->vcpu.entry_failed) {
		h->what = "a VM entry, which failed";
	} else if (h->expected_end != HOSTILE_ANY_END &&
		   h->expected_end != (u32)ended) {
		h->what = vcpu_end_name(ended);
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

		hostile_program_make(&program, h->seed, h->first);
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

	host_check_memory(&now);
	h->what = host_check_difference(&h->memory, &now);
	/* What is wrong once must not be taken for the next one's fault. */
	h->memory = now;
	if (h->what == NULL &&
	    guest_memory_checksum(&h->bystander->memory) != h->bystander_sum) {
		h->what = "another guest's memory";
	}
}

static bool run(struct hostile *h)
{
	h->what = NULL;
	h->found = false;
	on_core(h, run_programs);
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

/* With guests that no other program has been in. */
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
		hostile_program_make(program, hostile->seed, next);
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
