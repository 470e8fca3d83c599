/*
 * Watching a guest of 16-bit code: what it does to ports, which INT n it executes
 * and with what result, each instruction, and where it passes a breakpoint. Set
 * up by the monitor while no guest runs; the guest's core then arms the VMCS for
 * the length of a run and writes events into its ring (vmm/trace.h). Guests of
 * 64-bit code are for guest/watch/watch64.h, by the same configuration.
 */
#pragma once

#include "guest/bios_regs.h"
#include "guest/far_ptr.h"
#include "lib/types.h"
#include "vmm/trace.h"
#include "vmm/vcpu.h"

struct guest16;

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

/* guest16_run() where something is to be watched, of this guest or another. */
enum vcpu_end watch_run(struct guest16 *guest, u64 timeout_us)
	__attribute__((noinline));

/*
 * INT n at CS:IP is about to be done by the host, as the guest's engine has it
 * fault; handled: by a service of the host's own, so that no handler runs.
 */
void watch_int(struct guest16 *guest, bool handled);
/* The host's own service is done. */
void watch_int_done(struct guest16 *guest);

/* An interrupt is about to be delivered. line: the PIC's. */
void watch_irq(struct guest16 *guest, u8 line, u8 vector);

/* A port access, around doing it; see guest16_io(). */
struct trace_event watch_io_before(struct vcpu *vcpu,
				   struct io_qualification io);
void watch_io_after(struct vcpu *vcpu, struct trace_event *event);

/* #DB: true if it was ours. */
bool watch_debug(struct guest16 *guest);
/* For struct vcpu_ops. */
enum exit_action watch_other(struct vcpu *vcpu, u32 reason);
void watch_resuming(struct vcpu *vcpu);

/* Real mode: the guest has written CR0. */
void watch_mode_changed(struct guest16 *guest);
