/*
 * The guests that are kept for later calls. Only a guest's own core touches it.
 */
#include "guest/bios/bios_pool.h"

#include "arch/console/vga_text.h"
#include "arch/mem/pages.h"
#include "arch/percpu.h"
#include "arch/smp.h"
#include "guest/code16/engines.h"
#include "lib/error.h"

#define ENGINES 3
#define GUEST_PAGES ((sizeof(struct guest16) + PAGE_SIZE - 1) / PAGE_SIZE)

/* The board pc, the last of them, has other guests. */
#define POOLED_BOARDS (BOARDS - 1)

static struct guest16 *guests[MAX_CPUS][POOLED_BOARDS][ENGINES];

static struct guest16 **slot_of(const struct board_kind *board,
				const struct engine *engine)
{
	size_t i = 0;

	while (engines[i] != engine) {
		i++;
	}
	return &guests[this_cpu_index()][board_index(board)][i];
}

/*
 * The guest on the board `private` of each core's last program. The next
 * program gets a new one.
 */
static struct guest16 *program_guests[MAX_CPUS];

struct wanted {
	const struct engine *engine;
	const struct board_kind *board;
	bool vme;
	struct guest16 *guest;
	int err;
};

static int make(const struct wanted *wanted, struct guest16 **kept)
{
	struct guest16 *made = pages_get(GUEST_PAGES);
	int err = made == NULL ? ERR_NO_MEMORY
			       : bios_guest_init(made, wanted->engine,
						 wanted->board, wanted->vme);

	if (err == 0) {
		*kept = made;
	} else if (made != NULL) {
		pages_put(made, GUEST_PAGES);
	}
	return err;
}

/* Makes the guest; called on the core that it is for. */
static void get(void *argument)
{
	struct wanted *wanted = argument;
	struct guest16 **kept = slot_of(wanted->board, wanted->engine);

	wanted->err = *kept == NULL ? make(wanted, kept) : 0;
	wanted->guest = *kept;
}

int bios_pool_get(const struct engine *engine, const struct board_kind *board,
		  bool vme, struct guest16 **guest)
{
	struct wanted wanted = { .engine = engine, .board = board, .vme = vme };

	if (board->on_boot_core) {
		smp_call_boot_core(get, &wanted);
	} else {
		/*
		 * Every use of a guest begins here, so this is the cheapest
		 * place to note it.
		 */
		vga_text_may_have_changed();
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

int bios_pool_get_for_program(const struct engine *engine,
			      const struct board_kind *board, bool vme,
			      struct guest16 **guest)
{
	struct wanted wanted = { .engine = engine, .board = board, .vme = vme };
	struct guest16 **kept = &program_guests[this_cpu_index()];
	int err;

	if (board->on_boot_core) {
		return bios_pool_get(engine, board, vme, guest);
	}
	give_up(kept);
	err = make(&wanted, kept);
	*guest = *kept;
	return err;
}

static void empty_one(void *unused)
{
	(void)unused;
	give_up(&program_guests[this_cpu_index()]);
	for (unsigned board = 0; board < POOLED_BOARDS; board++) {
		for (unsigned engine = 0; engine < ENGINES; engine++) {
			give_up(&guests[this_cpu_index()][board][engine]);
		}
	}
}

void bios_pool_empty(void)
{
	smp_run_on_all(empty_one, NULL);
}
