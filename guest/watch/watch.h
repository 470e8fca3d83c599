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
	u32 steps; /* instructions to show from there on */
	u64 hits;
};

struct watch_config {
	u32 kinds; /* TRACE_BIT() of what is wanted; 0: nothing */
	u32 core;  /* of this core's guests alone, or WATCH_EVERY_CORE */
	u16 first_port, last_port;
	int vector; /* of this INT or interrupt alone, or -1 */
	struct watch_breakpoint breakpoint[WATCH_BREAKPOINTS];
	/* Single steps: from the start, or where `from` is; up to `until`. */
	u32 steps; /* at most so many; 0: none */
	bool has_from, has_until;
	struct far_ptr from, until;
};

/* The monitor's to fill in, while no guest runs. */
extern struct watch_config watch_config;

/* An INT n that has not come back. */
struct watch_frame {
	u8 vector;
	u16 cs, ip; /* where it will */
	u16 ss, sp; /* with this stack */
	u64 tsc;
	struct bios_regs regs;
};

/* Of a guest, for one run. */
struct guest_watch {
	bool armed;
	bool suspended; /* it is in protected mode */
	bool stepping;
	bool try_mtf; /* by TF, and by the monitor trap flag if that exits */
	bool by_mtf;  /* it does: by that alone */
	bool trapped; /* an instruction was just executed */
	bool interrupted; /* none was: it is the handler's turn */
	bool ints;	  /* INT n is made to fault */
	u32 exceptions;	  /* the exception bitmap otherwise */
	bool shadow; /* of STI or MOV SS, which TF does not allow to tell */
	bool at_breakpoint; /* its instruction has not been executed yet */
	u64 breakpoint_place;
	u32 steps_left;
	u32 step_number;
	u64 forced_flags;      /* in RFLAGS, unseen by the guest: TF */
	struct bios_regs last; /* at the last step */
	u8 last_code;	       /* its opcode, behind prefixes */
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

/* Whether the filters let it through; the core is the calling one. */
bool watch_vector_wanted(u8 vector);
bool watch_port_wanted(u16 port);
bool watch_core_wanted(void);
