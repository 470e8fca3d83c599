/*
 * Runs hostile programs (proof/hostile/hostile_program.h) in guests of one kind
 * on one core, checks the host before and after, and shortens a program that
 * fails. On the boot core, except the runs themselves.
 */
#pragma once

#include "proof/host_check.h"
#include "proof/hostile/hostile_calls.h"
#include "proof/hostile/hostile_guest.h"

#define HOSTILE_ENDS (VCPU_END_INTERRUPTED + 1)
#define HOSTILE_ANY_END HOSTILE_ENDS

struct hostile {
	u32 core;
	const struct hostile_kind *kind;
	u64 seed;
	u64 timeout_us;
	u32 expected_end; /* how each program must end; or HOSTILE_ANY_END */
	struct hostile_calls *calls; /* NULL: no calls on another core */

	/* The results. */
	u64 ends[HOSTILE_ENDS]; /* programs, by how they ended */
	const char *what;	/* what went wrong, or NULL */

	/* For the runs. */
	struct hostile_guest guest; /* the guest of the programs */
	struct guest16 *bystander;  /* another guest, not to be affected */
	struct host_check memory, registers;
	u64 bystander_sum;
	const struct hostile_program *only; /* NULL: first to first + count - 1 */
	u64 first, count;
	bool found; /* program `first` is the one that went wrong */
	int err;
};

/*
 * Makes the two guests; the first five fields must be set. 0 or an error of
 * bios_guest_init(). Call hostile_end() in either case.
 */
int hostile_begin(struct hostile *hostile);
void hostile_end(struct hostile *hostile);

/*
 * Runs programs first to first + count - 1, or the one in `only`. Returns
 * whether the host has not changed, both guests can still be entered, and both
 * make a correct BIOS call afterwards; if not, hostile->what says what failed.
 */
bool hostile_run(struct hostile *hostile, u64 first, u64 count);
bool hostile_run_one(struct hostile *hostile,
		     const struct hostile_program *program);

/*
 * After hostile_run() has returned false: finds the program, and makes it as
 * short as possible. False if no program fails by itself.
 */
bool hostile_find(struct hostile *hostile, u64 *index,
		  struct hostile_program *program);
