/* Makes the image around a 64-bit hostile program. Pure. */
/* build: pure */
#include "proof/hostile/hostile_layout64.h"

#include "arch/x86.h"
#include "guest/insn/mmio_execute.h"
#include "guest/memory/guest64_memory.h"
#include "lib/string.h"
#include "proof/hostile/hostile_address64.h"
#include "proof/hostile/hostile_program.h"
#include "proof/hostile/hostile_random.h"

#define STUB 0x00u
#define GDTR 0x60u
#define IDTR 0x70u
#define HANDLER 0xb0u
#define GDT_BYTES 0x40u
#define TSS_BYTES 0x68u
#define VECTORS 48u /* INT n of others is #GP */
#define IDT_BYTES (16u * VECTORS)
#define TSS_RSP0 4u
#define TSS_IST1 0x24u
#define GATE_INTERRUPT 0xee00u /* present, of privilege level 3 */

static void put(u8 *image, u32 offset, u64 value, u32 bytes)
{
	memcpy(image + offset, &value, bytes);
}

static void put_gate(u8 *image, u32 vector, u64 handler, u32 rights)
{
	u32 at = HOSTILE_IMAGE_IDT + 16 * vector;

	put(image, at, (handler & 0xffff) | HOSTILE_SELECTOR_CODE << 16, 4);
	put(image, at + 4, rights | (handler & 0xffff0000), 4);
	put(image, at + 8, handler >> 32, 8);
}

static void put_idt(const struct hostile_program *p, u8 *image)
{
	static const u64 handlers[HOSTILE_IDTS] = {
		[HOSTILE_IDT_RETURN] = GUEST64_PROGRAM + HANDLER,
		[HOSTILE_IDT_TOP] = HOSTILE_NOT_CANONICAL - 1,
	};
	u64 state = p->vectors_seed;
	u64 base = GUEST64_PROGRAM + HOSTILE_IMAGE_IDT;

	for (u32 i = 0; i < VECTORS; i++) {
		u64 handler = p->idt == HOSTILE_IDT_PROGRAM
				      ? GUEST64_PROGRAM + p->offset
				      : handlers[p->idt];
		u32 stack_of_its_own = hostile_below(&state, 4) == 0;

		put_gate(image, i, handler, GATE_INTERRUPT | stack_of_its_own);
		if (p->idt == HOSTILE_IDT_RANDOM) {
			put(image, HOSTILE_IMAGE_IDT + 16 * i,
			    hostile_next(&state), 8);
		}
	}
	if (p->idt == HOSTILE_IDT_RANDOM && hostile_below(&state, 4) == 0) {
		base = hostile_address64(&state);
	}
	put(image, IDTR, p->idt == HOSTILE_IDT_EMPTY ? 0 : IDT_BYTES - 1, 2);
	put(image, IDTR + 2, base, 8);
}

static void put_gdt(u8 *image)
{
	const u64 base = GUEST64_PROGRAM + HOSTILE_IMAGE_TSS;
	const u64 gdt[GDT_BYTES / 8] = {
		0,
		0x00af9b000000ffff,
		0x00cf93000000ffff,
		0x00affb000000ffff,
		0x00cff3000000ffff,
		0x0000890000000000 | (TSS_BYTES - 1) | base << 16,
		0,
		0x00cf9b000000ffff, /* 32-bit code */
	};

	memcpy(image + HOSTILE_IMAGE_GDT, gdt, sizeof(gdt));
	put(image, GDTR, GDT_BYTES - 1, 2);
	put(image, GDTR + 2, GUEST64_PROGRAM + HOSTILE_IMAGE_GDT, 8);
	put(image, HOSTILE_IMAGE_TSS + TSS_RSP0, GUEST64_STACK_TOP, 8);
	put(image, HOSTILE_IMAGE_TSS + TSS_IST1, GUEST64_STACK_TOP - 0x1000, 8);
}

void hostile_program64_image(const struct hostile_program *program,
			     u8 image[HOSTILE_IMAGE_BYTES])
{
	/*
	 * MOV RAX, CR0; OR RAX, CR0.AM; MOV CR0, RAX; LGDT; LIDT; MOV EAX, the
	 * TSS; LTR AX; MOV RAX, what comes next.
	 */
	static const u8 stub[] = {
		0x0f, 0x20, 0xc0, 0x48, 0x0d, 0x00,
		0x00, 0x04, 0x00, 0x0f, 0x22, 0xc0,
		0x0f, 0x01, 0x14, 0x25, GDTR, 0x00,
		0x01, 0x00, 0x0f, 0x01, 0x1c, 0x25,
		IDTR, 0x00, 0x01, 0x00, 0xb8, HOSTILE_SELECTOR_TSS,
		0x00, 0x00, 0x00, 0x0f, 0x00, 0xd8,
		0x48, 0xb8,
	};
	const u64 frame[] = {
		GUEST64_PROGRAM + program->offset,
		program->user ? HOSTILE_SELECTOR_USER_CODE
			      : HOSTILE_SELECTOR_CODE,
		program->rflags,
		program->gpr[GPR_RSP],
		program->user ? HOSTILE_SELECTOR_USER_DATA
			      : HOSTILE_SELECTOR_DATA,
	};

	memset(image, 0, HOSTILE_IMAGE_BYTES);
	memcpy(image + STUB, stub, sizeof(stub));
	put(image, STUB + sizeof(stub), program->gpr[0], 8);
	put(image, STUB + sizeof(stub) + 8, 0xcf48, 2); /* IRETQ */
	put(image, HANDLER, 0xcf48, 2);
	memcpy(image + HOSTILE_IMAGE_FRAME, frame, sizeof(frame));
	put_gdt(image);
	put_idt(program, image);
	memcpy(image + program->offset, program->code,
	       program->bytes + HOSTILE_TAIL_BYTES);
}
