/*
 * The host's IDT, and what is done about its traps. On any core, interrupts
 * off. Knows nothing of VMX: VM exits do not come this way.
 */
#include "arch/trap.h"

#include "arch/cpu.h"
#include "arch/gdt.h"
#include "arch/panic.h"
#include "arch/percpu.h"
#include "arch/x86.h"
#include "lib/string.h"

#define GATE_INTERRUPT_PRESENT 0x8e00ull
#define TRAP_STUB_BYTES 8
#define PIC_FIRST_VECTOR 0x08
#define PIC_VECTORS 8
#define PIC_SPURIOUS_VECTOR 0x0f
#define PIC_FRAME_VECTOR 0x100 /* added in the frame by the PIC's stubs */

struct gate {
	u64 low, high;
};

struct fixup {
	u64 faulting_rip, resume_rip;
};

extern const char trap_stubs[], trap_pic_stubs[];
extern const struct fixup fixup_table_start[], fixup_table_end[];

void trap_dispatch(struct trap_frame *frame);

static struct gate idt[256];
static struct gate idt_for_pic[256];

static void set_gate(struct gate *gate, const char *stub, unsigned ist)
{
	u64 target = (u64)stub;

	gate->low = (target & 0xffff) | SELECTOR_KERNEL_CODE << 16 |
		    (u64)ist << 32 | GATE_INTERRUPT_PRESENT << 32 |
		    (target >> 16 & 0xffff) << 48;
	gate->high = target >> 32;
}

static unsigned ist_of(unsigned vector)
{
	switch (vector) {
	case VECTOR_NMI:
		return IST_NMI;
	case VECTOR_DF:
		return IST_DOUBLE_FAULT;
	case VECTOR_MC:
		return IST_MACHINE_CHECK;
	default:
		return 0;
	}
}

static const struct trap_handlers *handlers;

void trap_init(const struct trap_handlers *of_kernel)
{
	handlers = of_kernel;
	for (unsigned vector = 0; vector < ARRAY_SIZE(idt); vector++) {
		set_gate(&idt[vector], &trap_stubs[vector * TRAP_STUB_BYTES],
			 ist_of(vector));
	}
	/*
	 * A request of the PIC that vanished when its lines were masked comes
	 * as vector 15. Exceptions do not use vector 15, so it can only be
	 * that.
	 */
	set_gate(&idt[PIC_SPURIOUS_VECTOR],
		 &trap_pic_stubs[(PIC_SPURIOUS_VECTOR - PIC_FIRST_VECTOR) *
				 TRAP_STUB_BYTES],
		 0);
	memcpy(idt_for_pic, idt, sizeof(idt));
	for (unsigned i = 0; i < PIC_VECTORS; i++) {
		set_gate(&idt_for_pic[PIC_FIRST_VECTOR + i],
			 &trap_pic_stubs[i * TRAP_STUB_BYTES], 0);
	}
}

static void load(const struct gate *table)
{
	struct descriptor_pointer pointer = {
		.limit = sizeof(idt) - 1,
		.base = (u64)table,
	};

	lidt(&pointer);
}

void trap_load(void)
{
	load(idt);
}

void trap_load_for_pic(void)
{
	load(idt_for_pic);
}

u64 trap_idt_base(void)
{
	return (u64)idt;
}

static void (*host_step)(struct trap_frame *frame);

void trap_set_step(void (*step)(struct trap_frame *frame))
{
	host_step = step;
}

static bool fix_up(struct trap_frame *frame)
{
	for (const struct fixup *entry = fixup_table_start;
	     entry < fixup_table_end; entry++) {
		if (entry->faulting_rip == frame->rip) {
			frame->rip = entry->resume_rip;
			return true;
		}
	}
	return false;
}

void trap_dispatch(struct trap_frame *frame)
{
	if (frame->vector == VECTOR_NMI) {
		handlers->nmi(frame->rip);
		return;
	}
	if (frame->vector >= PIC_FRAME_VECTOR) {
		handlers->interrupt((u8)(frame->vector - PIC_FRAME_VECTOR));
		return;
	}
	if (frame->vector >= 32) {
		handlers->interrupt((u8)frame->vector);
		return;
	}
	if (frame->vector == VECTOR_GP && fix_up(frame)) {
		return;
	}
	if (frame->vector == VECTOR_DB && host_step != NULL) {
		host_step(frame);
		return;
	}
	if (frame->vector == VECTOR_MC) {
		handlers->machine_check(frame);
		return;
	}
	panic_trap(frame);
}
