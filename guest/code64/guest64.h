/*
 * A guest with 64-bit code: it has memory (guest/memory/guest64_memory.h), and
 * a board that answers at I/O ports and at addresses without memory. No
 * interrupt is ever delivered to it.
 */
#pragma once

#include "guest/board/board.h"
#include "guest/memory/guest64_memory.h"
#include "guest/insn/mmio_execute.h"
#include "guest/memory/walk64.h"
#include "lib/types.h"
#include "vmm/vcpu.h"
#include "vmm/vmx/vmx_caps.h"

/* The registers that commands show, with the values that the guest reads. */
struct guest64_regs {
	u64 gpr[GPR_COUNT]; /* by number */
	u64 rip, rflags;
	u64 cr0, cr2, cr3, cr4, efer;
	u64 fs_base, gs_base;
	u16 cs, ss, ds, es, fs, gs;
};

struct guest64 {
	struct vcpu vcpu; /* first: handlers cast it to this struct */
	struct guest64_memory memory;
	struct board board;
	struct walk64 walk; /* its own page tables, as they are now */
	u64 cr8;
	u64 kernel_gs_base; /* while it is not running */
	u32 exceptions;	    /* the exception bitmap, while it is watched */
	/* If not NULL: called at each exit, before it is handled. */
	void (*watch)(struct guest64 *guest, u32 exit_reason);
};

/* Whether cores with these capabilities can run it under EPT. */
bool guest64_can_use_ept(const struct vmx_caps *caps);

/*
 * Makes a guest on the calling core, which must be in VMX operation, loads it,
 * and sets its registers for a program that starts at GUEST64_PROGRAM + start.
 * board: board_bare, or board_isolated for a program whose accesses outside its
 * RAM are not to be shown. ram_end: as guest64_memory_init() has it. program:
 * bytes of it, which must fit; at most GUEST64_PROGRAM_MAX. 0, ERR_NO_MEMORY,
 * or ERR_UNSUPPORTED where the processor lacks a control (logged by name).
 */
int guest64_init(struct guest64 *guest, const struct board_kind *board,
		 enum guest64_pages pages, bool under_ept, u32 ram_end,
		 const void *program, size_t bytes, u64 start);
/* On its core, after a guest64_init() that succeeded. */
void guest64_free(struct guest64 *guest);

/*
 * Runs the guest on its core until the run ends; as vcpu_run(), with
 * guest->vcpu.why and exits. Accesses outside the guest's RAM are printed at
 * once.
 */
enum vcpu_end guest64_run(struct guest64 *guest, u64 timeout_us);

/* During a run, or right after it. */
void guest64_get_regs(struct guest64 *guest, struct guest64_regs *regs);
/* The general registers, RFLAGS and nothing else. */
void guest64_set_regs(struct guest64 *guest, const struct guest64_regs *regs);

/* Copies the general registers only, in the order of the encoding. */
void guest64_get_gprs(const struct guest64 *guest, u64 out[GPR_COUNT]);
void guest64_set_gprs(struct guest64 *guest, const u64 in[GPR_COUNT]);
