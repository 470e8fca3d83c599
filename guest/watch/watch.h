/*
 * What is to be watched of guests: ports, INT n and their results,
 * instructions, breakpoints, exits. The monitor says so while no guest runs. A
 * guest's core then arms the guest for the length of a run, and writes events
 * into its ring (vmm/trace.h): guest/code16/watch16.h for 16-bit code,
 * guest/code64/watch64.h for 64-bit code.
 */
#pragma once

#include "guest/bios_regs.h"
#include "guest/far_ptr.h"
#include "lib/types.h"
#include "vmm/trace.h"
#include "vmm/vcpu.h"

#define WATCH_BREAKPOINTS 3 /* of four: INT n needs one for its way back */
#define WATCH_FRAMES 8	    /* INTs within INTs whose return is seen */
#define WATCH_EVERY_CORE UINT32_MAX

struct watch_breakpoint {
	bool used;
	struct far_ptr at;
	u32 steps; /* instructions to step from there on */
	u64 hits;
};

struct watch_config {
	u32 kinds; /* TRACE_BIT() of what is wanted; 0: nothing */
	u32 core;  /* only this core's guests, or WATCH_EVERY_CORE */
	u16 first_port, last_port;
	int vector; /* only this INT or interrupt; -1: all */
	struct watch_breakpoint breakpoint[WATCH_BREAKPOINTS];
	/*
	 * Single steps: from the start of a run, or from `from`, up to `until`.
	 */
	u32 steps; /* the most steps; 0: none */
	bool has_from, has_until;
	struct far_ptr from, until;
};

/* The monitor fills it in, while no guest runs. */
extern struct watch_config watch_config;

/* An INT n that has not returned yet. */
struct watch_frame {
	u8 vector;
	u16 cs, ip; /* where it will return to */
	u16 ss, sp; /* with this stack */
	u64 tsc;
	struct bios_regs regs;
};

/* The state of a guest's watch, for one run. */
struct guest_watch {
	bool armed;
	bool suspended; /* the guest is in protected mode */
	bool stepping;
	bool try_mtf;	    /* the monitor trap flag is on besides TF */
	bool by_mtf;	    /* it works: TF is not needed */
	bool trapped;	    /* an instruction was just executed */
	bool interrupted;   /* an interrupt came instead */
	bool ints;	    /* INT n raises #GP */
	u32 exceptions;	    /* the exception bitmap without a watch */
	bool shadow;	    /* blocking by STI or MOV SS, kept here for TF */
	bool at_breakpoint; /* not yet past its instruction */
	u64 breakpoint_place;
	u32 steps_left;
	u32 step_number;
	u64 forced_flags;      /* set in RFLAGS, hidden from the guest: TF */
	struct bios_regs last; /* registers at the last step */
	u8 last_code;	       /* the opcode there, behind prefixes */
	u32 depth;
	struct watch_frame frame[WATCH_FRAMES];
};

/* Whether anything is to be watched, on any core. */
static inline bool watch_wanted(void)
{
	return watch_config.kinds != 0;
}

/* Whether events of that kind are noted of a guest. */
static inline bool watch_kind_wanted(const struct vcpu *vcpu,
				     enum trace_kind kind)
{
	return (vcpu->trace & TRACE_BIT(kind)) != 0;
}

/* Whether the filters let a vector or a port through, or this core's guests. */
bool watch_vector_wanted(u8 vector);
bool watch_port_wanted(u16 port);
bool watch_core_wanted(void);
