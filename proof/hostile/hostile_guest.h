/*
 * The guest that hostile programs run in, of each kind there is. Each program
 * finds it as if just made, so that it does the same each time. On the guest's
 * core.
 */
#pragma once

#include "guest/code16/engine.h"
#include "guest/code64/guest64.h"
#include "proof/hostile/hostile_program.h"

struct hostile_kind {
	const char *name;
	const struct engine *engine; /* of 16-bit code; NULL: it is 64-bit */
	bool under_ept;		     /* 64-bit code; else by shadow tables */
	u64 timeout_us;		     /* enough for nearly all that end */
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

/* 0, or ERR_NO_MEMORY and what bios_guest_init() has. free() in either case. */
int hostile_guest_init(struct hostile_guest *guest,
		       const struct hostile_kind *kind);
void hostile_guest_free(struct hostile_guest *guest);

/* How a program ended. */
struct hostile_end {
	enum vcpu_end end;
	bool entry_failed; /* VCPU_END_REFUSED for the VMCS was bad */
	u64 rax;	   /* 64-bit code's, at the end */
};

/* 0 or ERR_NO_MEMORY, with nothing run. */
int hostile_guest_run(struct hostile_guest *guest,
		      const struct hostile_program *program, u64 timeout_us,
		      struct hostile_end *end);

/* Whether it still does what a good program asks for. */
bool hostile_guest_is_well(struct hostile_guest *guest);

/* A guest of 16-bit code with memory of that view; NULL and *err. */
struct guest16 *hostile_guest16_make(const struct engine *engine,
				     const struct board_kind *board, int *err);
void hostile_guest16_give_up(struct guest16 **guest);
/* Whether a BIOS call tells in it what the BIOS data area holds. */
bool hostile_guest16_call_is_right(struct guest16 *guest);
