/*
 * BIOS calls from 64-bit code: any software interrupt of the machine's own
 * BIOS, with sixteen registers in and out, on any core.
 */
#pragma once

#include "guest/bios_regs.h"
#include "guest/code16/engine.h"
#include "guest/code16/guest16.h"
#include "lib/types.h"

/* The default stack, for a call with SS and ESP both 0: SS:SP = 2000:FFFE. */
#define BIOS_STACK_SEGMENT 0x2000
#define BIOS_STACK_TOP 0xfffe
#define BIOS_DEFAULT_TIMEOUT_MS 10000

/* Once, after bios_area_init() and serial_init(). 0 or ERR_NO_MEMORY. */
int bios_init(void);

/*
 * Makes a guest for calls on the calling core, which must be in VMX operation.
 * A guest with the board `machine` can be made on the boot core only; that core
 * also makes all calls in it, one after the other, whichever core asks for
 * them. Returns 0, ERR_UNSUPPORTED (no BIOS, no memory at 20000h, a missing
 * control; logged) or ERR_NO_MEMORY.
 */
int bios_guest_init(struct guest16 *guest, const struct engine *engine,
		    const struct board_kind *board, bool vme);

/*
 * Gives the guest new memory and a reset FPU, as if it had just been made. On
 * the guest's core. Returns 0, or ERR_NO_MEMORY: the guest can then only be
 * freed.
 */
int bios_guest_renew(struct guest16 *guest);

/*
 * The same for a guest that was made elsewhere and whose BIOS has finished its
 * power-on self-test. 0, or ERR_NO_MEMORY without memory at 20000h.
 */
int bios_guest_adopt(struct guest16 *guest);

/* On the guest's core. Not after a bios_guest_init() that failed. */
void bios_guest_free(struct guest16 *guest);

/*
 * Calls interrupt `vector` (0-FFh) and returns when the handler has returned,
 * by IRET or RETF 2. On the guest's core, or on any core if the guest has the
 * board `machine`. The general registers are passed in all 32 bits, segment
 * registers in their low 16; regs->cs and eip are ignored; eflags gives the
 * arithmetic flags, TF, IF, DF, AC and ID; SS and ESP both 0 mean the default
 * stack. The code of the call is five bytes at 2000:0000; the call takes six
 * bytes of the stack. Interrupts of the BIOS's own devices are served while a
 * guest with the board `machine` runs.
 *
 * Returns how the call ended:
 *	VCPU_END_DONE		the handler returned; the service's own result
 *				is in regs, mostly in CF and AH
 *	VCPU_END_TIMEOUT	the call was stopped after timeout_ms
 *	VCPU_END_FAULT		the guest did something that is not supported
 *	VCPU_END_SHUTDOWN	a triple fault, or the guest reset the machine
 *	VCPU_END_REFUSED	this engine cannot run the service (CF is set
 *				then), or VM entry failed
 *	VCPU_END_INTERRUPTED	Ctrl-C or a break on the console
 * regs then holds the registers at the end (with CS:EIP 0 after
 * VCPU_END_DONE); guest->vcpu.why says in words what happened, and
 * guest->vcpu.exits is the number of VM exits.
 */
enum vcpu_end bios_call(struct guest16 *guest, u8 vector,
			struct bios_regs *regs, u32 timeout_ms);

/*
 * As bios_call(), for 16-bit code at regs->cs:eip that ends with a far return;
 * the call takes four bytes of the stack.
 */
enum vcpu_end bios_far_call(struct guest16 *guest, struct bios_regs *regs,
			    u32 timeout_ms);
