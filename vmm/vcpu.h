/*
 * A virtual processor: its VMCS, its registers, and its runs. A run is on the
 * calling core and lasts until the guest ends it or is stopped.
 */
#pragma once

#include "arch/console/input.h"
#include "arch/cpu.h"
#include "arch/percpu.h"
#include "lib/types.h"
#include "vmm/refusals.h"
#include "vmm/vcpu_regs.h"
#include "vmm/vmx/vmcs_host.h"
#include "vmm/vmx/exit_reasons.h"

struct vcpu;
struct vmx_way;
struct cpu;
struct exit_stats;
struct vmx_core;
struct trace_event;

/* What is to be done after an exit. */
enum exit_action {
	EXIT_RESUME,	       /* enter the guest where its RIP is */
	EXIT_SKIP_INSTRUCTION, /* first move RIP behind the instruction */
	EXIT_STOP,	       /* the run is over: vcpu->end says how */
};

/* How a run ended. */
enum vcpu_end {
	VCPU_END_DONE,	      /* the guest came to its proper end */
	VCPU_END_TIMEOUT,     /* the guest ran longer than its time limit */
	VCPU_END_FAULT,	      /* the guest did something unsupported */
	VCPU_END_SHUTDOWN,    /* triple fault */
	VCPU_END_REFUSED,     /* the guest was not or could not be entered */
	VCPU_END_INTERRUPTED, /* Ctrl-C or a break on the console */
};

/*
 * The handlers of a kind of guest. Each is called after an exit, with the
 * guest's VMCS current, interrupts off. A handler that ends the run returns the
 * value of vcpu_stop().
 */
struct vcpu_ops {
	bool code64; /* it may run 64-bit code, which has R8-R15 */
	/* An exception that is intercepted; never an NMI. */
	enum exit_action (*exception)(struct vcpu *vcpu, u32 info);
	/* A fault of the instruction at RIP. Only with rdmsr or wrmsr. */
	enum exit_action (*raise)(struct vcpu *vcpu, u8 vector, u32 error_code);
	/* After an external interrupt: one may now be due for the guest. */
	void (*interrupt)(struct vcpu *vcpu);
	enum exit_action (*interrupt_window)(struct vcpu *vcpu);
	enum exit_action (*hlt)(struct vcpu *vcpu);
	enum exit_action (*vmcall)(
		struct vcpu *vcpu); /* other than a run's end */
	enum exit_action (*io)(struct vcpu *vcpu, struct io_qualification io);
	/* Where NULL, such an exit stops the guest. */
	enum exit_action (*cr_access)(struct vcpu *vcpu,
				      struct cr_qualification access);
	/* LGDT, LIDT, LLDT, LTR and what stores those registers. */
	enum exit_action (*descriptor_table)(struct vcpu *vcpu);
	/* False: the instruction raises #GP. */
	bool (*rdmsr)(struct vcpu *vcpu, u32 msr, u64 *value);
	bool (*wrmsr)(struct vcpu *vcpu, u32 msr, u64 value);
	enum exit_action (*ept_violation)(struct vcpu *vcpu, u64 address);
	/* The alarm's time has come: see vcpu_set_alarm(). May be NULL. */
	enum exit_action (*alarm)(struct vcpu *vcpu);
	/* An exit that is not in the exit table. Where NULL, it stops too. */
	enum exit_action (*other)(struct vcpu *vcpu, u32 reason);
	/* Before the guest goes on; where trace has TRACE_WATCHED. */
	void (*resuming)(struct vcpu *vcpu);
	/* Only with code64: before an exit is handled. */
	void (*watch)(struct vcpu *vcpu, u32 exit_reason);
	/*
	 * Changes what CPUID has answered in the registers; without code64 only
	 * of the leaves up to GUEST_CPUID_LAST. May be NULL there.
	 */
	void (*cpuid)(struct vcpu *vcpu, u32 leaf);
	/*
	 * A run went wrong: notes what the report is to show and the owner may
	 * change before it, as repairs do. May be NULL.
	 */
	void (*ended)(struct vcpu *vcpu);
	/* Adds lines of its own to the report of such a run. */
	void (*describe)(struct vcpu *vcpu);
};

#define VCPU_WHY_BYTES 200

struct vcpu {
	struct vcpu_regs
		regs; /* first: vmm/vmx/vmx_entry.S takes a pointer to either */
	const struct vcpu_ops *ops;
	/*
	 * exited: the function that an exit calls. resume: the function that a
	 * handler ends with, by a tail call, to enter the guest again. Both are
	 * of vmm/exit.c and vmx_entry.S, unless the guest has 64-bit code, or a
	 * trace or a debug build puts a function of its own in between.
	 */
	void (*exited)(struct vcpu *vcpu);
	void (*resume)(struct vcpu *vcpu);
	void (*usual_resume)(
		struct vcpu *vcpu); /* what resume is without a trace */
	const struct vmx_way
		*way; /* the code that enters the guest and takes its exits */
	void (*reenter)(
		struct vcpu *vcpu); /* way->resume, at hand for vcpu_rerun() */
	bool launched;		    /* VMRESUME is due, not VMLAUNCH */
	bool settled;		    /* see vcpu_settle() */
	void *guest; /* the owner's struct, for the functions of ops */
	void *vmcs;
	bool uses_ept; /* the owner sets it before the first load */
	/* For the ways with mitigations (vmm/vmx/mitigations.h). */
	bool l1d_flush;
	u32 spec_ctrl;	       /* the guest's IA32_SPEC_CTRL; 0: not written */
	bool unchecked;	       /* a debug build does not check its entries */
	struct cpu *cpu;       /* the core that has loaded the VMCS, or NULL */
	struct vmx_core *core; /* VMX state of that core, or of the last one */
	struct exit_stats *stats;    /* where that core counts exits */
	struct vmcs_host_state host; /* the host state that the VMCS holds */
	struct vcpu *next_on_core;   /* the core's list of loaded vcpus */
	bool vpid; /* translations outlive exits: vmm/vcpu_state.h */
	bool has_translations; /* it has run with the VPID since VMCLEAR */
	bool has_preemption_timer;
	u32 preemption_timer_shift; /* a unit is 2^this ticks of the TSC */
	u32 trace;	     /* kinds of events noted, see vcpu_trace() */
	u64 trace_start_tsc; /* where the times of events start */
	struct trace_event
		*trace_exit_event; /* of the exit that is being handled */

	/*
	 * The time limit of a run; kept in ticks too, as most runs have the
	 * last one's.
	 */
	u64 timeout_us;
	u64 timeout_tsc;
	u64 look_up_tsc; /* the preemption timer's start value, in ticks */
	u64 alarm_tsc;	 /* of a run; only with ops->alarm */

	/*
	 * A VMCALL at this address ends the run well; any other is
	 * ops->vmcall's.
	 */
	u64 return_cs, return_rip;

	/* Of the run that is going on, or of the last one. */
	struct tsc_halves start_tsc;
	struct tsc_halves exit_tsc; /* when the last exit came */
	union {
		u64 exits;
		u8 exits_low; /* the low byte of exits, for vmm/exit.c */
	};
	enum vcpu_end end;
	/*
	 * entry_failed: the last VM entry failed. entry_failure: the exit
	 * reason that it gave, or 0 if VMLAUNCH or VMRESUME itself failed.
	 */
	bool entry_failed;
	u32 entry_failure;
	char why[VCPU_WHY_BYTES]; /* what happened; "" for VCPU_END_DONE */
	/*
	 * A run that was broken off: what its next entry was to deliver, as
	 * vcpu_inject() has it, or 0. For an owner who goes on with it.
	 */
	u32 undelivered, undelivered_error_code;
	struct refusals refusals; /* of the last run in which there was one */

	/*
	 * CR2 and FPU state of the guest, unless they are in the processor:
	 * then vmx_core's in_fpu is this vcpu.
	 */
	u64 cr2;
	u8 fx_area[512] __attribute__((aligned(16)));
};

/*
 * Makes vcpu ready for its first load: a VMCS region of the calling core's
 * revision, cleared, and a reset FPU. 0 or ERR_NO_MEMORY.
 */
int vcpu_init(struct vcpu *vcpu, const struct vcpu_ops *ops, void *guest);

/* Unloads it if need be (then from the calling core) and frees the VMCS. */
void vcpu_free(struct vcpu *vcpu);

/*
 * Makes its VMCS current on the calling core, which must be in VMX operation
 * and stays its only core until vcpu_unload() flushes the VMCS to memory.
 */
void vcpu_load(struct vcpu *vcpu);
void vcpu_unload(struct vcpu *vcpu);
/* The same for all that the calling core has; for vmx_set_hook(). */
void vcpu_unload_all(void);

/* How many are loaded, on all cores, which have to be idle. */
u32 vcpu_loaded_count(void);

/* On its core, between runs: the next one begins with FPU and CR2 reset. */
void vcpu_forget_fpu(struct vcpu *vcpu);

/*
 * Runs the loaded vcpu until its guest ends, timeout_us microseconds have
 * passed, or somebody at the console wants it to stop. Returns vcpu->end.
 */
enum vcpu_end vcpu_run(struct vcpu *vcpu, u64 timeout_us);

/*
 * After a run that ended well, by an owner who would begin the next one with
 * nothing but the registers: it may be vcpu_rerun(), where processor and build
 * allow that, until vcpu_run() or vcpu_unsettle().
 */
void vcpu_settle(struct vcpu *vcpu);
static inline void vcpu_unsettle(struct vcpu *vcpu)
{
	vcpu->settled = false;
}

/* vcpu_load() and vcpu_run() with the last run's time limit, in short. */
static inline bool vcpu_may_rerun(const struct vcpu *vcpu, u64 timeout_us)
{
	return vcpu->settled && this_cpu()->vcpu == vcpu &&
	       vcpu->timeout_us == timeout_us && !input_interrupted();
}
enum vcpu_end vcpu_rerun(struct vcpu *vcpu);

/* Ticks of the TSC that the run has used, if the TSC is at `now`. */
static inline u64 vcpu_time_used(const struct vcpu *vcpu, u64 now)
{
	return now - tsc_of_halves(vcpu->start_tsc);
}

static inline bool vcpu_time_is_up(const struct vcpu *vcpu, u64 now)
{
	return vcpu_time_used(vcpu, now) >= vcpu->timeout_tsc;
}

/*
 * Has ops->alarm called as soon as the run has used so many ticks of the TSC, or
 * shortly after, the time in root operation included; VCPU_NO_ALARM: never. Of a
 * loaded vcpu whose processor has the preemption timer.
 */
#define VCPU_NO_ALARM UINT64_MAX
void vcpu_set_alarm(struct vcpu *vcpu, u64 used_tsc);

/* For handlers of exits that take long: whether it is due by this exit. */
static inline bool vcpu_alarm_is_due(const struct vcpu *vcpu)
{
	return vcpu_time_used(vcpu, tsc_of_halves(vcpu->exit_tsc)) >=
	       vcpu->alarm_tsc;
}

/* For handlers: notes how and why the run ends. The text is one clause. */
enum exit_action vcpu_stop(struct vcpu *vcpu, enum vcpu_end end,
			   const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The same for an end from outside; the text says how long the run was. */
enum exit_action vcpu_stop_early(struct vcpu *vcpu, enum vcpu_end end);

/* "ok", "timeout", "fault", "shutdown", "refused", "interrupted". */
const char *vcpu_end_name(enum vcpu_end end);

/*
 * From now on, events of these kinds are noted (TRACE_BIT(), TRACE_WATCHED of
 * vmm/trace.h). 0 ends that, after a run. On the vcpu's core.
 */
void vcpu_trace(struct vcpu *vcpu, u32 kinds);

/*
 * Moves RIP on by `bytes`, within 16 bits for 16-bit code, and ends blocking by
 * STI and MOV SS, as executing an instruction does.
 */
void vcpu_skip(struct vcpu *vcpu, u64 bytes);

/*
 * The same, for an instruction that the host has executed as a whole: where the
 * guest single-steps (RFLAGS.TF), the #DB follows at the next entry.
 */
void vcpu_complete(struct vcpu *vcpu, u64 bytes);

/* For handlers: ends the run if somebody at the console wants that. */
enum exit_action vcpu_check_interrupted(struct vcpu *vcpu);

/*
 * As vcpu_check_interrupted(); on the boot core it first takes what was typed,
 * in case no interrupt told of it. For exits that come now and then.
 */
enum exit_action vcpu_look_up(struct vcpu *vcpu);

/*
 * For vcpu->resume: enters the guest. Without a preemption timer it ends the
 * run instead once the time limit has passed; a debug build ends it where the
 * entry checker finds a fault.
 */
void vcpu_resume(struct vcpu *vcpu);

/*
 * For the exit table: arms the preemption timer for the time that the run has
 * left.
 */
enum exit_action vcpu_timer_expired(struct vcpu *vcpu);

/* Prints all that is known of a run that did not end well. */
void vcpu_report(struct vcpu *vcpu);

/*
 * For a panic: the guest whose VMCS is current on the calling core, as lines
 * that begin with "panic: "; says so where there is none.
 */
void vcpu_panic_report(void);
