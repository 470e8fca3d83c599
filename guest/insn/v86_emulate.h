/*
 * Executes an instruction as a processor in real mode would, for a guest in
 * virtual-8086 mode that faulted (#GP, #SS) or exited on it. Pure: it works on
 * struct v86_machine and reaches everything else through v86_machine_ops.
 *
 * The caller copies the guest's registers in, calls v86_step(), acts on the
 * result, and copies them back.
 *
 * Flags. regs.eflags holds EFLAGS as the program in real mode sees them: IF,
 * IOPL and NT are the program's own. The caller adds what the processor needs
 * (VM, another IOPL). PUSHF, INT n and interrupts push bits 14-12 as the
 * program set them and bit 15 as 0, as every processor since the 80386 does;
 * POPF and IRET set them. VM, RF, VIF and VIP are never pushed; VM, VIF and VIP
 * keep their values. If the processor runs with IOPL 3, a PUSHF that does not
 * fault pushes IOPL 3: to keep the program's own IOPL, the caller must store it
 * elsewhere meanwhile.
 *
 * Stack and limits. An access must lie within offsets 0-FFFFh as a whole;
 * otherwise it raises #SS (by SS) or #GP (by others). SP wraps from 0 to FFFEh
 * and back, but a word pushed with SP = 1, or popped with SP = FFFFh, raises
 * #SS. ESP's upper half keeps its value. An instruction that ends at FFFFh
 * leaves EIP = 10000h; one that crosses FFFFh, or begins behind it, raises #GP.
 */
#pragma once

#include "guest/insn/v86_machine.h"
#include "lib/types.h"

/*
 * Fetches the instruction at CS:EIP, decodes and executes it, INT n, INT3 and
 * INTO included. INVD, WBINVD and INVLPG do nothing. Besides the results of the
 * instruction itself: V86_EXCEPTION with #GP if it is too long or crosses
 * FFFFh, V86_UNSUPPORTED if the decoder does not know it, V86_REFUSED if the
 * code cannot be read.
 */
enum v86_result v86_step(struct v86_machine *m);

/*
 * Delivers an interrupt or exception: pushes FLAGS, CS and return_ip, clears
 * IF, TF and AC, and loads CS:IP from the IVT that IDTR names. For an exception
 * return_ip is regs.eip. Ends the interrupt shadow, and a single step that is
 * due. Returns V86_DONE, V86_SHUTDOWN, or V86_REFUSED with nothing changed.
 */
enum v86_result v86_deliver(struct v86_machine *m, u8 vector, u16 return_ip);
