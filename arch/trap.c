/*
 * The host's IDT and the dispatch of its traps. Runs on any core with
 * interrupts off; knows nothing of VMX, whose exits do not come this way.
 */
#include "arch/trap.h"

#include "arch/cpu.h"
#include "arch/gdt.h"
#include "arch/interrupt.h"
#include "arch/panic.h"
#include "arch/percpu.h"
#include "arch/x86.h"

#define GATE_INTERRUPT_PRESENT 0x8e00ull
#define TRAP_STUB_BYTES 16

struct gate {
	u64 low, high;
};

struct fixup {
	u64 faulting_rip, resume_rip;
};

extern const char trap_stubs[];
extern const struct fixup fixup_table_start[], fixup_table_end[];

void trap_dispatch(struct trap_frame *frame);

static struct gate idt[256];

static void set_gate(unsigned vector, unsigned ist)
{
	u64 target = (u64)&trap_stubs[vector * TRAP_STUB_BYTES];

	idt[vector].low = (target & 0xffff) | SELECTOR_KERNEL_CODE << 16 |
			  (u64)ist << 32 | GATE_INTERRUPT_PRESENT << 32 |
			  (target >> 16 & 0xffff) << 48;
	idt[vector].high = target >> 32;
}

void trap_init(void)
{
	for (unsigned vector = 0; vector < ARRAY_SIZE(idt); vector++) {
		set_gate(vector, 0);
	}
	set_gate(VECTOR_NMI, IST_NMI);
	set_gate(VECTOR_DF, IST_DOUBLE_FAULT);
	set_gate(VECTOR_MC, IST_MACHINE_CHECK);
}

void trap_load(void)
{
	struct descriptor_pointer pointer = {
		.limit = sizeof(idt) - 1,
		.base = (u64)idt,
	};

	lidt(&pointer);
}

u64 trap_idt_base(void)
{
	return (u64)idt;
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
		interrupt_nmi();
		return;
	}
	if (frame->vector >= 32) {
		interrupt_dispatch((u8)frame->vector);
		return;
	}
	if (frame->vector == VECTOR_GP && fix_up(frame)) {
		return;
	}
	panic_trap(frame);
}
