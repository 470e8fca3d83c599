/* The kept guests; each is touched by its own core only. */
#include "guest/bios_pool.h"

#include "arch/pages.h"
#include "arch/percpu.h"
#include "arch/smp.h"
#include "lib/error.h"

#define VIEWS 2
#define ENGINES 3
#define GUEST_PAGES ((sizeof(struct guest16) + PAGE_SIZE - 1) / PAGE_SIZE)

static struct guest16 *guests[MAX_CPUS][VIEWS][ENGINES];

static struct guest16 **slot_of(enum guest_view view,
				const struct engine *engine)
{
	size_t i = 0;

	while (engines[i] != engine) {
		i++;
	}
	return &guests[this_cpu_index()][view][i];
}

struct wanted {
	const struct engine *engine;
	enum guest_view view;
	bool vme;
	struct guest16 *guest;
	int err;
};

/* On the core whose guest it is to be. */
static void get(void *argument)
{
	struct wanted *wanted = argument;
	struct guest16 **kept = slot_of(wanted->view, wanted->engine);
	struct guest16 *made;

	wanted->err = 0;
	wanted->guest = *kept;
	if (*kept != NULL) {
		return;
	}
	made = pages_get(GUEST_PAGES);
	wanted->err = made == NULL ? ERR_NO_MEMORY
				   : bios_guest_init(made, wanted->engine,
						     wanted->view, wanted->vme);
	if (wanted->err == 0) {
		*kept = wanted->guest = made;
	} else if (made != NULL) {
		pages_put(made, GUEST_PAGES);
	}
}

int bios_pool_get(const struct engine *engine, enum guest_view view, bool vme,
		  struct guest16 **guest)
{
	struct wanted wanted = { .engine = engine, .view = view, .vme = vme };

	if (view == GUEST_VIEW_MACHINE) {
		smp_call_boot_core(get, &wanted);
	} else {
		get(&wanted);
	}
	*guest = wanted.guest;
	return wanted.err;
}

static void give_up(struct guest16 **kept)
{
	if (*kept != NULL) {
		bios_guest_free(*kept);
		pages_put(*kept, GUEST_PAGES);
		*kept = NULL;
	}
}

void bios_pool_empty_this_core(void)
{
	for (unsigned view = 0; view < VIEWS; view++) {
		for (unsigned engine = 0; engine < ENGINES; engine++) {
			give_up(&guests[this_cpu_index()][view][engine]);
		}
	}
}

static void empty_one(void *unused)
{
	(void)unused;
	bios_pool_empty_this_core();
}

void bios_pool_empty(void)
{
	smp_run_on_all(empty_one, NULL);
}
