/* The kept guests; each is touched by its own core only. */
#include "guest/bios_pool.h"

#include "arch/pages.h"
#include "arch/percpu.h"
#include "arch/smp.h"
#include "lib/error.h"

#define VIEWS 2
#define V86_PAGES ((sizeof(struct v86) + PAGE_SIZE - 1) / PAGE_SIZE)

static struct v86 *guests[MAX_CPUS][VIEWS];

int bios_pool_get(enum guest_view view, bool vme, struct v86 **guest)
{
	struct v86 **kept = &guests[this_cpu_index()][view];
	int err;

	if (*kept == NULL) {
		struct v86 *made = pages_get(V86_PAGES);

		if (made == NULL) {
			return ERR_NO_MEMORY;
		}
		err = bios_guest_init(made, view, vme);
		if (err != 0) {
			pages_put(made, V86_PAGES);
			return err;
		}
		*kept = made;
	}
	*guest = *kept;
	return 0;
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
