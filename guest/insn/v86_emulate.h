/*
 * Executes an instruction as a processor in real mode would, for a guest in
 * virtual-8086 mode that faulted (#GP, #SS) or exited on it. Pure: it works on
 * struct v86_machine and reaches everything else through v86_machine_ops.
 *
 * The caller copies the guest's registers in, calls v86_step(), acts on the
 * result, and copies them back.
 *
 * Flags. regs.eflags holds what a real-mode program has in EFLAGS, at what is
 * privilege level 0 to it: IF, IOPL and NT are the program's own. What the
 * processor runs with (VM, its IOPL) is the caller's to add. PUSHF, INT n and
 * interrupts show bits 14-12 as the program set them and bit 15 as 0, as every
 * processor since the 80386 does; POPF and IRET set them. VM, RF, VIF and VIP
 * are in no image; VM, VIF and VIP keep their values. Where the processor's
 * IOPL is 3, PUSHF and POPF that do not fault show 3 instead: a caller that
 * wants the program's IOPL to last keeps it apart and puts it back in.
 *
 * Stack and limits. Every access lies within offsets 0-FFFFh as a whole, or it
 * is #SS (by SS) or #GP (the others). So SP steps from 0 to FFFEh, and back,
 * but a word pushed with SP = 1, or popped with SP = FFFFh, is #SS; ESP's upper
 * half stays as it is. An instruction that ends at FFFFh leaves EIP = 10000h;
 * one that would go on behind FFFFh, or begin there, is #GP.
 */
#pragma once

#include "guest/insn/v86_machine.h"
#include "lib/types.h"

/*
 * Fetches the instruction at CS:EIP, decodes and emulates it. INT n, INT3 and
 * INTO are done when it returns. INVD, WBINVD and INVLPG do nothing. Besides
 * what the instruction itself gives: V86_EXCEPTION with #GP for one that is too
 * long or passes FFFFh, V86_UNSUPPORTED for one that the decoder does not know,
 * V86_REFUSED where the code cannot be read.
 */
enum v86_result v86_step(struct v86_machine *m);

/*
 * Takes an interrupt or exception: FLAGS, CS and return_ip to the stack; IF,
 * TF and AC cleared; CS:IP from the IVT, where IDTR says. An exception's
 * return_ip is regs.eip. Ends the interrupt shadow and a due single step.
 * Returns V86_DONE, V86_SHUTDOWN, or V86_REFUSED with nothing changed.
 */
enum v86_result v86_deliver(struct v86_machine *m, u8 vector, u16 return_ip);
