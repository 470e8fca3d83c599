/*
 * Makes a BIOS call: pushes a stack frame like that of INT n or of a far call,
 * whose return address leads to a VMCALL, and runs the guest until that VMCALL.
 */
/* build: hot */
#include "guest/bios/bios.h"

#include "arch/console/log.h"
#include "arch/interrupt.h"
#include "arch/machine.h"
#include "arch/smp.h"
#include "arch/x86.h"
#include "guest/code16/v86_program.h"
#include "guest/watch/access_counts.h"
#include "guest/memory/bios_area.h"
#include "guest/board/bios_ticks.h"
#include "guest/board/pic_lines.h"
#include "guest/code16/guest16_run.h"
#include "guest/code16/smm_call.h"
#include "lib/error.h"

/*
 * The code that calls, at the bottom of the default stack's segment: INT n, and
 * the VMCALL to which called code returns. The processor executes INT n faster
 * than the host could emulate it.
 */
static const u8 caller_code[] = { 0xcd, 0, 0x0f, 0x01, 0xc1 };

#define CALLER_SEGMENT BIOS_STACK_SEGMENT
#define VECTOR_OFFSET 1
#define RETURN_OFFSET 2

int bios_init(void)
{
	int err;

	interrupt_set_pic_handler(pic_lines_note);
	bios_ticks_stop();
	err = boards_init();
	return err == 0 ? smm_call_init() : err;
}

static bool find_caller(struct guest16 *guest)
{
	guest->caller = guest_memory_at(&guest->memory, CALLER_SEGMENT << 4);
	return guest->caller != NULL;
}

int bios_guest_init(struct guest16 *guest, const struct engine *engine,
		    const struct board_kind *board, bool vme)
{
	int err;

	if (!bios_area_present()) {
		return ERR_UNSUPPORTED;
	}
	if (board->memory->ram &&
	    !memmap_is_ram(machine_memmap(), BIOS_STACK_SEGMENT << 4, 65536)) {
		log_error("BIOS calls on board %s: no RAM at "
			  "20000h-2ffffh for their stack",
			  board->name);
		return ERR_UNSUPPORTED;
	}
	err = guest16_init(guest, engine, board, vme);
	if (err != 0) {
		return err;
	}
	err = bios_guest_adopt(guest);
	if (err != 0) {
		guest16_free(guest);
	}
	return err;
}

int bios_guest_adopt(struct guest16 *guest)
{
	v86_program_init(guest);
	guest->vcpu.return_cs = CALLER_SEGMENT;
	guest->vcpu.return_rip = RETURN_OFFSET;
	guest16_forget_call(guest);
	return find_caller(guest) ? 0 : ERR_NO_MEMORY;
}

int bios_guest_renew(struct guest16 *guest)
{
	guest_memory_renew(&guest->memory);
	vcpu_forget_fpu(&guest->vcpu);
	board_reset(&guest->board);
	guest16_forget_call(guest);
	return find_caller(guest) ? 0 : ERR_NO_MEMORY;
}

void bios_guest_free(struct guest16 *guest)
{
	guest16_free(guest);
}

/*
 * Writes the code anew for each call, because a program may have used that
 * memory.
 */
static inline void write_caller(struct guest16 *guest, u8 vector)
{
	u8 *caller = guest->caller;

	__builtin_memcpy(caller, caller_code, sizeof(caller_code));
	caller[VECTOR_OFFSET] = vector;
}

static inline void set_default_stack(struct bios_regs *regs)
{
	if (likely((regs->esp | regs->ss) == 0)) {
		regs->ss = BIOS_STACK_SEGMENT;
		regs->esp = BIOS_STACK_TOP;
	}
}

/* In place of a vector: call regs->cs:eip. */
#define FAR_CALL (-1)

static inline u16 first_ip(int vector)
{
	return vector == FAR_CALL ? RETURN_OFFSET : 0;
}

static __attribute__((noinline)) void
failed(struct guest16 *guest, enum vcpu_end end, struct bios_regs *regs)
{
	guest16_forget_call(guest);
	guest16_get_regs(guest, regs);
	if (end == VCPU_END_REFUSED) {
		/*
		 * A BIOS refuses a service by CF set: nobody may take the call
		 * for done.
		 */
		regs->eflags |= (u32)RFLAGS_CF;
	}
}

static inline void prepare(struct guest16 *guest, int vector,
			   struct bios_regs *regs)
{
	set_default_stack(regs);
	write_caller(guest, (u8)vector);
	if (vector != FAR_CALL) {
		access_counts_note_int(guest->access_counts, (u8)vector);
	}
}

static inline enum vcpu_end finish(struct guest16 *guest, enum vcpu_end end,
				   struct bios_regs *regs)
{
	if (likely(end == VCPU_END_DONE)) {
		guest16_end_call(guest, regs);
	} else {
		failed(guest, end, regs);
	}
	if (unlikely(guest->board.uart.length != 0)) {
		guest_uart_flush(&guest->board.uart);
	}
	return end;
}

static __attribute__((noinline, flatten)) enum vcpu_end
call_with_care(struct guest16 *guest, int vector, struct bios_regs *regs,
	       u64 timeout_us)
{
	enum vcpu_end end;

	vcpu_load(&guest->vcpu);
	prepare(guest, vector, regs);
	guest16_begin_call(guest, regs, first_ip(vector));
	if (vector == FAR_CALL) {
		guest16_call_far(guest, (u16)regs->cs, (u16)regs->eip);
	}
	end = finish(guest, guest16_run(guest, timeout_us), regs);
	if (guest->kept && guest->board.kind->begin == NULL) {
		vcpu_settle(&guest->vcpu);
	}
	return end;
}

/*
 * The body of all calls. Every instruction in it is part of the cost of each
 * call, so it is compiled once for each kind of call, with all functions
 * inline.
 */
static inline __attribute__((always_inline)) enum vcpu_end
call(struct guest16 *guest, bool machine, int vector, struct bios_regs *regs,
     u64 timeout_us)
{
	if (unlikely(!vcpu_may_rerun(&guest->vcpu, timeout_us) ||
		     watch_wanted())) {
		return call_with_care(guest, vector, regs, timeout_us);
	}
	prepare(guest, vector, regs);
	guest16_begin_next_call(guest, regs, first_ip(vector));
	if (vector == FAR_CALL) {
		guest16_call_far(guest, (u16)regs->cs, (u16)regs->eip);
	}
	if (machine) {
		guest16_irq_deliver(guest);
	}
	return finish(guest, vcpu_rerun(&guest->vcpu), regs);
}

/* A call on the board `machine`; on the boot core. */
static __attribute__((flatten)) enum vcpu_end
call_in_machine(struct guest16 *guest, int vector, struct bios_regs *regs,
		u64 timeout_us)
{
	const struct board_kind *board = guest->board.kind;
	enum vcpu_end end;

	board->lend();
	end = call(guest, true, vector, regs, timeout_us);
	if (unlikely(end != VCPU_END_DONE)) {
		board->repair(&guest->board);
	}
	board->take_back();
	return end;
}

/* A call that another core asks the boot core to make. */
struct request {
	struct guest16 *guest;
	struct bios_regs *regs;
	int vector;
	u64 timeout_us;
	enum vcpu_end end;
};

static void serve(void *argument)
{
	struct request *request = argument;

	request->end = call_in_machine(request->guest, request->vector,
				       request->regs, request->timeout_us);
}

static __attribute__((noinline)) enum vcpu_end
ask_boot_core(struct guest16 *guest, int vector, struct bios_regs *regs,
	      u64 timeout_us)
{
	struct request request = { .guest = guest,
				   .regs = regs,
				   .vector = vector,
				   .timeout_us = timeout_us };

	smp_call_boot_core(serve, &request);
	return request.end;
}

/*
 * The boot core must make the call: the machine's BIOS and its interrupts
 * belong to it.
 */
static __attribute__((noinline)) enum vcpu_end
call_machine(struct guest16 *guest, int vector, struct bios_regs *regs,
	     u64 timeout_us)
{
	return this_cpu_index() == 0
		       ? call_in_machine(guest, vector, regs, timeout_us)
		       : ask_boot_core(guest, vector, regs, timeout_us);
}

/* The time limit in microseconds, as struct vcpu has it. */
static inline u64 limit_us(u32 timeout_ms)
{
	return timeout_ms * 1000ul;
}

__attribute__((flatten)) enum vcpu_end bios_call(struct guest16 *guest,
						 u8 vector,
						 struct bios_regs *regs,
						 u32 timeout_ms)
{
	if (guest->board.kind->on_boot_core) {
		return call_machine(guest, vector, regs, limit_us(timeout_ms));
	}
	return call(guest, false, vector, regs, limit_us(timeout_ms));
}

__attribute__((flatten)) enum vcpu_end
bios_far_call(struct guest16 *guest, struct bios_regs *regs, u32 timeout_ms)
{
	if (guest->board.kind->on_boot_core) {
		return call_machine(guest, FAR_CALL, regs,
				    limit_us(timeout_ms));
	}
	return call(guest, false, FAR_CALL, regs, limit_us(timeout_ms));
}
