/*
 * The guest in which hostile programs run, of each kind. Each program finds it
 * as if just made, so that it does the same each time. On the guest's core.
 */
#pragma once

#include "guest/code16/engine.h"
#include "guest/code64/guest64.h"
#include "proof/hostile/hostile_program.h"

struct hostile_kind {
	const char *name;
	const struct engine *engine; /* for 16-bit code; NULL: 64-bit code */
	bool under_ept;		     /* 64-bit code; if false, shadow tables */
	u64 timeout_us; /* enough for nearly all programs that end */
};

#define HOSTILE_KINDS 5
extern const struct hostile_kind hostile_kinds[HOSTILE_KINDS];

struct hostile_guest {
	const struct hostile_kind *kind;
	struct guest16 *guest16; /* on the board isolated */
	struct guest64 *guest64; /* made anew for each run */
	u8 *image;		 /* of its program */
};

bool hostile_kind_available(const struct hostile_kind *kind,
			    const struct vmx_caps *caps);
void hostile_kind_make_program(const struct hostile_kind *kind,
			       struct hostile_program *program, u64 seed,
			       u64 index);

/*
 * 0, ERR_NO_MEMORY, or an error of bios_guest_init(). Free it in either case.
 */
int hostile_guest_init(struct hostile_guest *guest,
		       const struct hostile_kind *kind);
void hostile_guest_free(struct hostile_guest *guest);

/* How a program ended. */
struct hostile_end {
	enum vcpu_end end;
	bool entry_failed; /* VM entry failed, because of the VMCS */
	u64 rax;	   /* of 64-bit code, at its end */
};

/* Runs the program. 0, or ERR_NO_MEMORY: it was not run. */
int hostile_guest_run(struct hostile_guest *guest,
		      const struct hostile_program *program, u64 timeout_us,
		      struct hostile_end *end);

/* Whether a harmless program still works in the guest. */
bool hostile_guest_is_well(struct hostile_guest *guest);

/*
 * Makes a guest of 16-bit code with this board; NULL, with *err set, if it
 * cannot.
 */
struct guest16 *hostile_guest16_make(const struct engine *engine,
				     const struct board_kind *board, int *err);
void hostile_guest16_give_up(struct guest16 **guest);
/* Whether a BIOS call in the guest returns what the BIOS data area holds. */
bool hostile_guest16_call_is_right(struct guest16 *guest);
