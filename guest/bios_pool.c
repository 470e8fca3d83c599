/* The kept guests; each is touched by its own core only. */
#include "guest/bios_pool.h"

#include "arch/pages.h"
#include "arch/percpu.h"
#include "arch/smp.h"
#include "lib/error.h"

#define VIEWS 2
#define V86_PAGES ((sizeof(struct v86) + PAGE_SIZE - 1) / PAGE_SIZE)

static struct v86 *guests[MAX_CPUS][VIEWS];

struct wanted {
	enum guest_view view;
	bool vme;
	struct v86 *guest;
	int err;
};

/* On the core whose guest it is to be. */
static void get(void *argument)
{
	struct wanted *wanted = argument;
	struct v86 **kept = &guests[this_cpu_index()][wanted->view];
	struct v86 *made;

	wanted->err = 0;
	wanted->guest = *kept;
	if (*kept != NULL) {
		return;
	}
	made = pages_get(V86_PAGES);
	wanted->err =
		made == NULL ? ERR_NO_MEMORY
			     : bios_guest_init(made, wanted->view, wanted->vme);
	if (wanted->err == 0) {
		*kept = wanted->guest = made;
	} else if (made != NULL) {
		pages_put(made, V86_PAGES);
	}
}

int bios_pool_get(enum guest_view view, bool vme, struct v86 **guest)
{
	struct wanted wanted = { .view = view, .vme = vme };

	if (view == GUEST_VIEW_MACHINE) {
		smp_call_boot_core(get, &wanted);
	} else {
		get(&wanted);
	}
	*guest = wanted.guest;
	return wanted.err;
}

void bios_pool_empty_this_core(void)
{
	for (unsigned view = 0; view < VIEWS; view++) {
		struct v86 **kept = &guests[this_cpu_index()][view];

		if (*kept != NULL) {
			bios_guest_free(*kept);
			pages_put(*kept, V86_PAGES);
			*kept = NULL;
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
