/*
 * The virtual-8086 engine: 16-bit code at privilege level 3 under 32-bit guest
 * paging. It needs no EPT, so it works on every processor with VMX.
 */
#pragma once

#include "guest/bios_regs.h"
#include "guest/guest_memory.h"
#include "lib/types.h"
#include "vmm/vcpu.h"

struct v86 {
	struct vcpu vcpu; /* first: handlers get from it to this */
	struct guest_memory memory;
	bool vme;	   /* INT n is redirected by the processor */
	bool halts_end_it; /* HLT with interrupts off is a proper end */
	u8 cmos_index;	   /* last written to port 70h */
	/* Where VMCALL means that the called code has returned. */
	u16 return_cs, return_ip;
};

/*
 * Makes a guest on the calling core, which must be in VMX operation, and loads
 * it. vme: let the processor redirect INT n where it can. Returns 0,
 * ERR_NO_MEMORY, or ERR_UNSUPPORTED where the processor lacks a control that
 * this engine needs (logged by name).
 */
int v86_init(struct v86 *v86, enum guest_view view, bool vme);
void v86_free(struct v86 *v86);

/* All sixteen registers, to and from the loaded guest. */
void v86_set_regs(struct v86 *v86, const struct bios_regs *regs);
void v86_get_regs(struct v86 *v86, struct bios_regs *regs);

/*
 * Acts as INT n or an interrupt at the guest's present CS:IP: FLAGS, CS and IP
 * go on its stack, IF, TF and AC are cleared, CS:IP comes from the IVT. The
 * stack pointer wraps within 16 bits.
 */
void v86_enter_vector(struct v86 *v86, u8 vector);

/* Acts as a far call from the guest's present CS:IP. */
void v86_call_far(struct v86 *v86, u16 segment, u16 offset);

/* The guest's CS:IP as a linear address. */
u32 v86_linear_ip(void);

/* The exit handlers (guest/v86_exits.c). */
extern const struct vcpu_ops v86_ops;
