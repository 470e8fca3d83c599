/*
 * Hostile programs (proof/hostile/hostile_program.h) in guests of one kind on
 * one core, with the host looked at before and after, and what fails made
 * short. On the boot core, but for the runs themselves.
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
	u32 expected_end;	     /* each program's; or HOSTILE_ANY_END */
	struct hostile_calls *calls; /* NULL: other cores have nothing to do */

	/* What came of it. */
	u64 ends[HOSTILE_ENDS]; /* programs, by how they ended */
	const char *what;	/* what went wrong, or NULL */

	/* For the runs on the core. */
	struct hostile_guest guest; /* the one they have */
	struct guest16 *bystander;  /* one that must not notice */
	struct host_check memory, registers;
	u64 bystander_sum;
	const struct hostile_program *only; /* NULL: first to first + count - 1 */
	u64 first, count;
	bool found; /* program `first` is the one that went wrong */
	int err;
};

/*
 * Makes the two guests; the first five fields are set. 0 or an error, as
 * bios_guest_init() has them. hostile_end() in either case.
 */
int hostile_begin(struct hostile *hostile);
void hostile_end(struct hostile *hostile);

/*
 * Runs programs first .. first + count - 1, or the one given. Returns whether
 * nothing of the host's changed, every guest can still be entered, and both
 * guests make a right BIOS call after; else hostile->what says what not.
 */
bool hostile_run(struct hostile *hostile, u64 first, u64 count);
bool hostile_run_one(struct hostile *hostile,
		     const struct hostile_program *program);

/*
 * After hostile_run() was false: finds the program, and makes it as short as it
 * can be. False if none of them does it alone.
 */
bool hostile_find(struct hostile *hostile, u64 *index,
		  struct hostile_program *program);
