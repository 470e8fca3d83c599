/*
 * The ways to run 16-bit code, each a const struct:
 *
 *	v86	 virtual-8086 mode under guest paging; every VMX processor
 *	v86-ept	 the same inside extended page tables
 *	real	 real mode, and whatever the code switches to: an unrestricted
 *		 guest under extended page tables
 */
#pragma once

#include "arch/x86.h"
#include "lib/types.h"
#include "vmm/vmx/vmx_caps.h"

struct guest16;
struct vcpu_ops;

struct engine {
	const char *name;
	bool uses_v86; /* virtual-8086 mode, else real mode */
	bool uses_ept;
	u32 segment_rights; /* of all six segments when a call begins */
	u64 rflags_always;  /* set in RFLAGS beneath what the code sees */
	u32 exceptions;	    /* that exit: bit n for vector n */
	/* Interrupts come by VM entry, through IVT or IDT, and not by the host. */
	bool injects;
	const struct vcpu_ops *ops;
};

/* Whether a processor with these capabilities can run it. */
bool engine_available(const struct engine *engine, const struct vmx_caps *caps);

/*
 * Sets up the loaded guest's vcpu: all that stays as it is from call to call.
 * 0, or ERR_UNSUPPORTED where a required control is missing (logged by name).
 */
int engine_set_up(struct guest16 *guest);

/*
 * What a call in real mode begins with, after one that may have ended anywhere.
 * From then on exits tell when the code is about to change it, until
 * engine_release_real_state() lets it do so.
 */
void engine_write_real_state(struct guest16 *guest);
void engine_release_real_state(struct guest16 *guest);

/*
 * Whether the processor has the exits that tell; if not, each call writes all.
 */
bool engine_watches_real_state(void);

/*
 * Bits of CR4 that code in real mode owns once the state is released. Not among
 * them is what brings state to life that is not switched between guests:
 * OSXSAVE, PKE, CET.
 */
#define REAL_CR4_OF_GUEST                                                      \
	(CR4_VME | CR4_PVI | CR4_TSD | CR4_DE | CR4_PSE | CR4_PAE | CR4_PGE |  \
	 CR4_PCE | CR4_OSFXSR | CR4_OSXMMEXCPT)
