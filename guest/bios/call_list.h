/*
 * Many BIOS calls in one stay in the guest: the calls are listed in the guest's
 * memory, a small loop of ours makes them one after the other, and the guest
 * comes back when all are made. A call then costs some 25 ticks beside
 * the service itself.
 *
 *	struct call_list list;
 *
 *	err = call_list_begin(&list, guest);
 *	call = call_list_add(&list, 0x10);
 *	call->eax = 0x0e00 | '!';
 *	end = bios_call_list(&list, CALL_LIST_TO_THE_END, timeout_ms);
 *
 * A list takes 2000:0010 to 2000:4FFF of the guest's memory, until it has been
 * read. All on the guest's core; with the board `machine`, on the boot core.
 */
#pragma once

#include "guest/bios/bios.h"
#include "guest/bios/call_list_layout.h"
#include "lib/types.h"

/*
 * The registers of one call, in and out, as the list's code pops them. SS:SP is
 * the default stack; FS, GS and the upper half of EFLAGS begin as 0, and each
 * call finds what the call before has left there.
 */
struct listed_call {
	u32 edi, esi, ebp;
	u32 unused; /* POPAD skips it */
	u32 ebx, edx, ecx, eax;
	u16 es, ds;
	u16 flags;
	u16 entry_ip, entry_cs; /* call_list_add()'s */
	u8 reserved[CALL_LIST_RECORD_BYTES - 42];
} __attribute__((aligned(CALL_LIST_RECORD_BYTES)));
static_assert(sizeof(struct listed_call) == CALL_LIST_RECORD_BYTES,
	      "a page ends between two records");

#define CALL_LIST_PAGES                                                        \
	((CALL_LIST_MAX + 2) * CALL_LIST_RECORD_BYTES / PAGE_SIZE)

struct call_list {
	struct guest16 *guest;
	u8 *code; /* the page with code and entries, as the host sees it */
	struct listed_call *page[CALL_LIST_PAGES]; /* of records */
	u32 count;				   /* of calls listed */
	u32 made; /* of them, in order, by bios_call_list() */
	u32 rows; /* of calls of the same vector, one after the other: */
	struct call_row {
		u8 vector, calls;
	} row[CALL_LIST_MAX];
	struct bios_regs at_end; /* where the list did not come back */
};

enum call_list_stop {
	CALL_LIST_TO_THE_END,
	CALL_LIST_STOP_AT_CARRY, /* after the first call that returns with CF */
};

/* An empty list for that guest. 0 or ERR_NO_MEMORY. */
int call_list_begin(struct call_list *list, struct guest16 *guest);

/* The i-th of the calls listed, for its registers. */
static inline struct listed_call *call_list_at(const struct call_list *list,
					       u32 i)
{
	const u32 per_page = PAGE_SIZE / CALL_LIST_RECORD_BYTES;

	/* The first record's place is the state's. */
	return &list->page[(i + 1) / per_page][(i + 1) % per_page];
}

/*
 * One more call: interrupt `vector`, registers 0, interrupts on. NULL where
 * CALL_LIST_MAX calls are listed.
 */
struct listed_call *call_list_add(struct call_list *list, u8 vector);

/*
 * Makes the calls, in at most timeout_ms in all. Returns how that ended, as
 * bios_call() does. list->made calls have come back, and their registers are
 * those after the call. After another end than VCPU_END_DONE the call behind
 * these is the one that went wrong, and list->at_end has the registers. The
 * list may be run again.
 */
enum vcpu_end bios_call_list(struct call_list *list, enum call_list_stop stop,
			     u32 timeout_ms);
