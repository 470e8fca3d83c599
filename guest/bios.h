/*
 * BIOS calls from 64-bit code: any software interrupt of the machine's own
 * BIOS, with sixteen registers in and out, on any core.
 */
#pragma once

#include "guest/bios_regs.h"
#include "guest/engine.h"
#include "guest/guest16.h"
#include "lib/types.h"

/* What a call gets for a stack when ESP is 0: SS:SP = 2000:FFFE. */
#define BIOS_STACK_SEGMENT 0x2000
#define BIOS_STACK_TOP 0xfffe
#define BIOS_DEFAULT_TIMEOUT_MS 10000

/* Once, after bios_area_init() and console_init(). 0 or ERR_NO_MEMORY. */
int bios_init(void);

/*
 * Makes a guest for calls on the calling core, in VMX operation; one with the
 * machine view on the boot core only, which makes the calls in it whoever asks,
 * one after the other. 0, or
 * ERR_UNSUPPORTED (no BIOS, no memory at 20000h, a missing control; logged),
 * ERR_NO_MEMORY.
 */
int bios_guest_init(struct guest16 *guest, const struct engine *engine,
		    enum guest_view view, bool vme);

/*
 * Gives it fresh memory and a reset FPU, as if it were just made; on its core.
 * 0 or ERR_NO_MEMORY: then it can only be freed.
 */
int bios_guest_renew(struct guest16 *guest);
void bios_guest_free(struct guest16 *guest);

/*
 * Calls interrupt `vector` (0-FFh) and returns when its IRET is done. regs->cs
 * and eip are ignored; SS:ESP 0 means the default stack; the first bytes at
 * 2000:0000 are used for the call and the way back. Interrupts of the BIOS's own devices
 * are served while a guest with the machine view runs on the boot core.
 *
 * Returns how the call ended; regs then holds the registers at that point
 * (with CS:EIP 0 after a proper return), and guest->vcpu.why says more.
 */
enum vcpu_end bios_call(struct guest16 *guest, u8 vector,
			struct bios_regs *regs, u32 timeout_ms);

/* The same for 16-bit code at regs->cs:eip that ends with a far return. */
enum vcpu_end bios_far_call(struct guest16 *guest, struct bios_regs *regs,
			    u32 timeout_ms);
