/*
 * Runs a program, on its core, interrupts off. The VMCALL that ends it lies in
 * the BIOS data area and not where bios_call() has its own, because a program
 * may use all of low memory.
 */
#include "guest/bios/program16.h"

#include "arch/machine.h"
#include "arch/smp.h"
#include "arch/x86.h"
#include "guest/abi.h"
#include "guest/memory/bios_area.h"
#include "guest/code16/guest16_run.h"
#include "guest/code16/v86_program.h"
#include "lib/string.h"
#include "vmm/vcpu_state.h"

#define RETURN_ADDRESS                                                         \
	far_to_linear(PROGRAM_RETURN_SEGMENT, PROGRAM_RETURN_OFFSET)

static const u8 vmcall_code[] = { 0x0f, 0x01, 0xc1 };

static_assert((PROGRAM_RETURN_SEGMENT << 4) + PROGRAM_RETURN_OFFSET +
			      sizeof(vmcall_code) <=
		      PROGRAM_LOWEST,
	      "no image overwrites its way back");

struct bios_regs program16_regs(const struct program16 *program)
{
	const u16 segment = program->at.segment;

	return (struct bios_regs){ .eflags = RFLAGS_IF | RFLAGS_FIXED_1,
				   .esp = PROGRAM_STACK_TOP,
				   .ds = segment,
				   .es = segment,
				   .ss = segment };
}

int program16_check(const struct program16 *program,
		    const struct bios_regs *regs,
		    const struct board_kind *board, char *why, size_t size)
{
	const struct memmap *ram = board->memory->ram ? machine_memmap() : NULL;
	const struct program16_room room = {
		.end = program16_room_end(bios_area_read16(BDA_MEMORY_KIB),
					  bios_area_read16(BDA_EBDA_SEGMENT),
					  ram),
		.ram = ram,
	};

	return program16_place_check(program, regs, &room, why, size);
}

int program16_load(struct guest16 *guest, const struct program16 *program)
{
	return guest_memory_write(&guest->memory,
				  far_to_linear(program->at.segment,
						program->at.offset),
				  program->image, program->bytes);
}

/* A run that another core asks the guest's core to make. */
struct run {
	struct guest16 *guest;
	const struct program16 *program;
	struct bios_regs *regs;
	u64 timeout_us;
	enum vcpu_end end;
};

static void enter(struct guest16 *guest, const struct run *run)
{
	guest16_begin_call(guest, run->regs, PROGRAM_RETURN_OFFSET);
	guest16_call_far(guest, run->program->at.segment,
			 run->program->at.offset);
}

static bool has_returned(const struct guest16 *guest,
			 const struct bios_regs *regs)
{
	return regs->cs == guest->vcpu.return_cs &&
	       regs->eip == guest->vcpu.return_rip;
}

/* Resets what the program has set and later calls must not see. */
static void forget_program(struct guest16 *guest)
{
	guest16_forget_call(guest);
	v86_program_init(guest);
	vcpu_set_dr7(&guest->vcpu, DR7_RESET);
}

static void run_here(struct run *run)
{
	struct guest16 *guest = run->guest;
	u8 *way_back = guest_memory_at(&guest->memory, RETURN_ADDRESS);
	u8 saved[sizeof(vmcall_code)];
	const struct board_kind *board = guest->board.kind;
	bool returned;

	vcpu_load(&guest->vcpu);
	if (way_back == NULL) {
		vcpu_stop(&guest->vcpu, VCPU_END_REFUSED,
			  "no memory for the guest's page 0");
		run->end = guest->vcpu.end;
		return;
	}
	memcpy(saved, way_back, sizeof(saved));
	memcpy(way_back, vmcall_code, sizeof(vmcall_code));
	if (board->lend != NULL) {
		board->lend();
	}
	guest16_forget_call(guest);
	enter(guest, run);
	run->end = guest16_run(guest, run->timeout_us);
	guest_uart_flush(&guest->board.uart);
	guest16_get_regs(guest, run->regs);
	returned = run->end == VCPU_END_DONE && has_returned(guest, run->regs);
	if (!returned && board->repair != NULL) {
		board->repair(&guest->board);
	}
	if (board->take_back != NULL) {
		board->take_back();
	}
	memcpy(way_back, saved, sizeof(saved));
	forget_program(guest);
	if (returned) {
		run->regs->cs = 0;
		run->regs->eip = 0;
	}
}

static void make_run(void *argument)
{
	struct run *run = argument;
	struct guest16 *guest = run->guest;
	struct vcpu *vcpu = &guest->vcpu;
	const u64 return_cs = vcpu->return_cs;
	const u64 return_rip = vcpu->return_rip;

	vcpu->return_cs = PROGRAM_RETURN_SEGMENT;
	vcpu->return_rip = PROGRAM_RETURN_OFFSET;
	guest->hlt_ends = true;
	run_here(run);
	vcpu->return_cs = return_cs;
	vcpu->return_rip = return_rip;
	guest->hlt_ends = false;
}

enum vcpu_end program16_run(struct guest16 *guest,
			    const struct program16 *program,
			    struct bios_regs *regs, u64 timeout_us)
{
	struct run run = { .guest = guest,
			   .program = program,
			   .regs = regs,
			   .timeout_us = timeout_us };

	if (guest->board.kind->on_boot_core) {
		smp_call_boot_core(make_run, &run);
	} else {
		make_run(&run);
	}
	return run.end;
}
