/*
 * BIOS calls from 64-bit code: any software interrupt of the machine's own
 * BIOS, with sixteen registers in and out, on any core.
 */
#pragma once

#include "guest/bios_regs.h"
#include "guest/code16/engine.h"
#include "guest/code16/guest16.h"
#include "lib/types.h"

/* What a call gets for a stack when ESP is 0: SS:SP = 2000:FFFE. */
#define BIOS_STACK_SEGMENT 0x2000
#define BIOS_STACK_TOP 0xfffe
#define BIOS_DEFAULT_TIMEOUT_MS 10000

/* Once, after bios_area_init() and serial_init(). 0 or ERR_NO_MEMORY. */
int bios_init(void);

/*
 * Makes a guest for calls on the calling core, in VMX operation; one with the
 * machine view on the boot core only, which makes the calls in it whoever asks,
 * one after the other. 0, or
 * ERR_UNSUPPORTED (no BIOS, no memory at 20000h, a missing control; logged),
 * ERR_NO_MEMORY.
 */
int bios_guest_init(struct guest16 *guest, const struct engine *engine,
		    const struct board_kind *board, bool vme);

/*
 * Gives it fresh memory and a reset FPU, as if it were just made; on its core.
 * 0 or ERR_NO_MEMORY: then it can only be freed.
 */
int bios_guest_renew(struct guest16 *guest);

/* On its core. Not after a bios_guest_init() that failed. */
void bios_guest_free(struct guest16 *guest);

/*
 * Calls interrupt `vector` (0-FFh) and returns when it has returned, by IRET or
 * RETF 2. On the guest's core, or on any with the machine view. The general
 * registers are passed in all 32 bits, segment registers in their low 16;
 * regs->cs and eip are ignored; eflags gives the arithmetic flags, TF, IF, DF,
 * AC and ID; SS and ESP both 0 mean the default stack. Five bytes at 2000:0000 are used
 * for the call and the way back, and the stack takes six. Interrupts of the
 * BIOS's own devices are served while a guest with the machine view runs.
 *
 * Returns how the call ended:
 *	VCPU_END_DONE		it came back; the service's own verdict is in
 *				regs, as a rule in CF and AH
 *	VCPU_END_TIMEOUT	it was stopped after timeout_ms
 *	VCPU_END_FAULT		it did what is not supported
 *	VCPU_END_SHUTDOWN	a triple fault, or it reset the machine
 *	VCPU_END_REFUSED	this engine cannot run it (CF is set then), or
 *				VM entry failed
 *	VCPU_END_INTERRUPTED	somebody at the console wants it to stop
 * regs then holds the registers at that point (with CS:EIP 0 after a proper
 * return); guest->vcpu.why says in words what happened, and guest->vcpu.exits
 * is the number of VM exits.
 */
enum vcpu_end bios_call(struct guest16 *guest, u8 vector,
			struct bios_regs *regs, u32 timeout_ms);

/*
 * The same for 16-bit code at regs->cs:eip that ends with a far return; its
 * stack takes four bytes.
 */
enum vcpu_end bios_far_call(struct guest16 *guest, struct bios_regs *regs,
			    u32 timeout_ms);
