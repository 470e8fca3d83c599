/*
 * Makes 16-bit guests and moves registers in and out. On the guest's core, its
 * VMCS current, interrupts off.
 */
/* build: hot */
#include "guest/code16/guest16.h"

#include "arch/x86.h"
#include "guest/code16/engine.h"
#include "guest/far_ptr.h"
#include "guest/memory/v86_tables.h"
#include "guest/watch/access_counts.h"
#include "lib/error.h"
#include "vmm/vcpu_events.h"
#include "vmm/vcpu_state.h"
#include "vmm/vmx/vmx.h"

#define SEGMENT_LIMIT 0xffffu

/* The flags that a caller may set for the beginning of a call. */
#define RFLAGS_GUEST                                                           \
	(RFLAGS_CF | RFLAGS_PF | RFLAGS_AF | RFLAGS_ZF | RFLAGS_SF |           \
	 RFLAGS_TF | RFLAGS_IF | RFLAGS_DF | RFLAGS_OF | RFLAGS_AC |           \
	 RFLAGS_ID)

int guest16_init(struct guest16 *guest, const struct engine *engine,
		 const struct board_kind *board, bool vme)
{
	int err;

	if (!engine_available(engine, &vmx_this_core()->caps)) {
		return ERR_UNSUPPORTED;
	}
	err = vcpu_init(&guest->vcpu, engine->ops, guest);
	if (err != 0) {
		return err;
	}
	guest->engine = engine;
	guest->access_counts = access_counts_here();
	guest->vme = vme && vmx_this_core()->has_vme;
	err = guest_memory_init(&guest->memory, board->memory, engine->uses_v86,
				engine->uses_ept);
	if (err != 0) {
		vcpu_free(&guest->vcpu);
		return err;
	}
	board_init(&guest->board, board, &guest->vcpu, &guest->memory);
	if (engine->uses_v86) {
		v86_tables_build(guest->memory.system,
				 GUEST_SYSTEM_PAGES * PAGE_SIZE,
				 GUEST_SYSTEM_BASE);
	}
	guest->vcpu.uses_ept = engine->uses_ept;
	vcpu_load(&guest->vcpu);
	guest->kept = false;
	guest->awaits_window = false;
	err = engine_set_up(guest);
	if (err != 0) {
		guest16_free(guest);
	}
	return err;
}

void guest16_free(struct guest16 *guest)
{
	vcpu_free(&guest->vcpu);
	guest_memory_free(&guest->memory);
}

/*
 * Loads a segment register whose limit and rights are right already: in
 * virtual-8086 mode they always are. Most calls find all six selectors as they
 * need them. The selector is compared with the VMCS, because a copy kept here
 * would be wrong after any exit.
 */
static inline void change_segment(struct vcpu *vcpu, enum segment segment,
				  u32 selector)
{
	if (vcpu_selector(vcpu, segment) != (u16)selector) {
		vcpu_set_real_segment(vcpu, segment, (u16)selector);
	}
}

static void change_segments(struct vcpu *vcpu, const struct bios_regs *regs)
{
	change_segment(vcpu, SEGMENT_ES, regs->es);
	change_segment(vcpu, SEGMENT_CS, regs->cs);
	change_segment(vcpu, SEGMENT_SS, regs->ss);
	change_segment(vcpu, SEGMENT_DS, regs->ds);
	change_segment(vcpu, SEGMENT_FS, regs->fs);
	change_segment(vcpu, SEGMENT_GS, regs->gs);
}

/*
 * Sets all of each segment: the guest may have been in any mode, or not have
 * run yet.
 */
static void set_segments(struct guest16 *guest, const struct bios_regs *regs)
{
	const u32 cs = (u32)guest->vcpu.return_cs;
	const u32 selectors[] = { regs->es, cs,	      regs->ss,
				  regs->ds, regs->fs, regs->gs };

	for (enum segment i = SEGMENT_ES; i <= SEGMENT_GS; i++) {
		vcpu_set_segment(&guest->vcpu, i,
				 (struct vcpu_segment){
					 .selector = (u16)selectors[i],
					 .base = (u32)(u16)selectors[i] << 4,
					 .limit = SEGMENT_LIMIT,
					 .rights =
						 guest->engine->segment_rights,
				 });
	}
}

static inline void set_general(struct guest16 *guest,
			       const struct bios_regs *regs, u32 eip,
			       u64 more_flags)
{
	struct vcpu_regs *r = &guest->vcpu.regs;

	r->rax = regs->eax;
	r->rcx = regs->ecx;
	r->rdx = regs->edx;
	r->rbx = regs->ebx;
	r->rbp = regs->ebp;
	r->rsi = regs->esi;
	r->rdi = regs->edi;
	vcpu_set_rsp(&guest->vcpu, regs->esp);
	vcpu_set_rip(&guest->vcpu, eip);
	vcpu_set_rflags(&guest->vcpu, (regs->eflags & RFLAGS_GUEST) |
					      guest->engine->rflags_always |
					      more_flags);
}

/* The segments keep their limits, which code in real mode may have changed. */
void guest16_set_regs(struct guest16 *guest, const struct bios_regs *regs)
{
	change_segments(&guest->vcpu, regs);
	set_general(guest, regs, regs->eip, guest->watch.forced_flags);
}

void guest16_set_regs_and_cs(struct guest16 *guest,
			     const struct bios_regs *regs)
{
	change_segment(&guest->vcpu, SEGMENT_CS, regs->cs);
	set_general(guest, regs, regs->eip, guest->watch.forced_flags);
}

static inline void change_kept(struct vcpu *vcpu, enum segment segment,
			       u32 kept, u32 selector)
{
	if (kept != selector) {
		vcpu_set_real_segment(vcpu, segment, (u16)selector);
	}
}

static __attribute__((noinline)) void
change_all_kept(struct guest16 *guest, const struct bios_regs *regs)
{
	const struct guest16_selectors *kept = &guest->selectors;
	struct vcpu *vcpu = &guest->vcpu;

	change_kept(vcpu, SEGMENT_ES, kept->es, regs->es);
	change_kept(vcpu, SEGMENT_SS, kept->ss, regs->ss);
	change_kept(vcpu, SEGMENT_DS, kept->ds, regs->ds);
	change_kept(vcpu, SEGMENT_FS, kept->fs, regs->fs);
	change_kept(vcpu, SEGMENT_GS, kept->gs, regs->gs);
}

static inline u64 two(const u32 *first)
{
	u64 both;

	__builtin_memcpy(&both, first, sizeof(both));
	return both;
}

/*
 * Compares two segments at once: SS and DS, and FS and GS, are neighbours in
 * both structs.
 */
static inline void change_kept_segments(struct guest16 *guest,
					const struct bios_regs *regs)
{
	const struct guest16_selectors *kept = &guest->selectors;

	if (unlikely(two(&kept->ss) != two(&regs->ss) ||
		     two(&kept->fs) != two(&regs->fs) ||
		     kept->es != regs->es)) {
		change_all_kept(guest, regs);
	}
}

static void begin_anew(struct guest16 *guest, const struct bios_regs *regs)
{
	set_segments(guest, regs);
	guest->selectors = (struct guest16_selectors){ .ss = regs->ss,
						       .ds = regs->ds,
						       .fs = regs->fs,
						       .gs = regs->gs,
						       .es = regs->es };
	guest->kept = true;
	if (!guest->engine->uses_v86) {
		engine_write_real_state(guest);
	}
}

void guest16_begin_call(struct guest16 *guest, const struct bios_regs *regs,
			u16 ip)
{
	if (!guest->kept) {
		begin_anew(guest, regs);
	}
	guest16_begin_next_call(guest, regs, ip);
}

/*
 * For a call that follows another: writes only what differs from what the last
 * call has left. Most calls find nearly everything as they need it.
 */
void guest16_begin_next_call(struct guest16 *guest,
			     const struct bios_regs *regs, u16 ip)
{
	change_kept_segments(guest, regs);
	set_general(guest, regs, ip, 0);
	/*
	 * Ends what the last run may have left: blocking by STI or MOV SS, and
	 * a pending single step.
	 */
	vcpu_forget_held_back(&guest->vcpu);
}

/* RFLAGS without the bits that a watch has forced on the guest. */
static inline void get_general(const struct guest16 *guest,
			       struct bios_regs *regs)
{
	const struct vcpu_regs *r = &guest->vcpu.regs;
	u32 rflags = (u32)vcpu_rflags(&guest->vcpu);

	regs->eax = (u32)r->rax;
	regs->ecx = (u32)r->rcx;
	regs->edx = (u32)r->rdx;
	regs->ebx = (u32)r->rbx;
	regs->ebp = (u32)r->rbp;
	regs->esi = (u32)r->rsi;
	regs->edi = (u32)r->rdi;
	regs->esp = (u32)vcpu_rsp(&guest->vcpu);
	regs->eflags = (rflags & (u32)RFLAGS_GUEST) | (u32)RFLAGS_FIXED_1;
}

void guest16_get_regs_and_cs(const struct guest16 *guest,
			     struct bios_regs *regs)
{
	get_general(guest, regs);
	regs->eflags &= ~(u32)guest->watch.forced_flags;
	regs->eip = (u32)vcpu_rip(&guest->vcpu);
	regs->cs = vcpu_selector(&guest->vcpu, SEGMENT_CS);
}

void guest16_get_other_segments(const struct guest16 *guest,
				struct bios_regs *regs)
{
	const struct vcpu *vcpu = &guest->vcpu;

	regs->es = vcpu_selector(vcpu, SEGMENT_ES);
	regs->ss = vcpu_selector(vcpu, SEGMENT_SS);
	regs->ds = vcpu_selector(vcpu, SEGMENT_DS);
	regs->fs = vcpu_selector(vcpu, SEGMENT_FS);
	regs->gs = vcpu_selector(vcpu, SEGMENT_GS);
}

void guest16_get_regs(struct guest16 *guest, struct bios_regs *regs)
{
	guest16_get_regs_and_cs(guest, regs);
	guest16_get_other_segments(guest, regs);
}

void guest16_end_call(struct guest16 *guest, struct bios_regs *regs)
{
	struct guest16_selectors *s = &guest->selectors;
	const struct vcpu *vcpu = &guest->vcpu;

	get_general(guest, regs);
	regs->cs = 0;
	regs->eip = 0;
	regs->es = s->es = vcpu_selector(vcpu, SEGMENT_ES);
	regs->ss = s->ss = vcpu_selector(vcpu, SEGMENT_SS);
	regs->ds = s->ds = vcpu_selector(vcpu, SEGMENT_DS);
	regs->fs = s->fs = vcpu_selector(vcpu, SEGMENT_FS);
	regs->gs = s->gs = vcpu_selector(vcpu, SEGMENT_GS);
}

bool guest16_in_protected_mode(const struct guest16 *guest)
{
	return !guest->engine->uses_v86 &&
	       (vcpu_cr0(&guest->vcpu) & CR0_PE) != 0;
}

static u32 linear_ip(const struct guest16 *guest)
{
	return (u32)vcpu_segment_base(&guest->vcpu, SEGMENT_CS) +
	       (u32)vcpu_rip(&guest->vcpu);
}

u8 guest16_code_byte(struct guest16 *guest, u32 index)
{
	const u8 *at =
		guest_memory_at(&guest->memory, linear_ip(guest) + index);

	return at == NULL ? 0 : *at;
}

/* The stack frame of INT n and of interrupts. A far call pushes no FLAGS. */
struct frame {
	u16 ip, cs, flags;
};
#define FAR_CALL_FRAME_BYTES offsetof(struct frame, flags)

/*
 * Pushes byte by byte: SP wraps within 16 bits, and the upper half of ESP keeps
 * its value.
 */
static __attribute__((noinline)) void push_bytes(struct guest16 *guest,
						 const struct frame *frame,
						 u32 base, u16 sp, u32 bytes)
{
	for (u32 i = 0; i < bytes; i++) {
		guest_memory_write(&guest->memory, base + (u16)(sp + i),
				   (const u8 *)frame + i, 1);
	}
}

/* Nearly all frames lie in one page and are one write. */
static inline void push(struct guest16 *guest, struct frame frame, u32 bytes)
{
	u32 base = (u32)vcpu_segment_base(&guest->vcpu, SEGMENT_SS);
	u32 esp = (u32)vcpu_rsp(&guest->vcpu);
	u16 sp = (u16)(esp - bytes);
	u8 *at = guest_memory_at(&guest->memory, base + sp);

	vcpu_set_rsp(&guest->vcpu, (esp & 0xffff0000u) | sp);
	if (unlikely(at == NULL ||
		     (base + sp) % PAGE_SIZE > PAGE_SIZE - sizeof(frame) ||
		     sp > 0x10000u - sizeof(frame))) {
		push_bytes(guest, &frame, base, sp, bytes);
	} else if (bytes == sizeof(frame)) {
		__builtin_memcpy(at, &frame, sizeof(frame));
	} else {
		__builtin_memcpy(at, &frame, FAR_CALL_FRAME_BYTES);
	}
}

static void go(struct guest16 *guest, struct far_ptr to)
{
	vcpu_set_real_segment(&guest->vcpu, SEGMENT_CS, to.segment);
	vcpu_set_rip(&guest->vcpu, to.offset);
}

void guest16_call_far(struct guest16 *guest, u16 segment, u16 offset)
{
	const struct frame frame = { .ip = (u16)vcpu_rip(&guest->vcpu),
				     .cs = (u16)vcpu_selector(&guest->vcpu,
							      SEGMENT_CS) };

	push(guest, frame, FAR_CALL_FRAME_BYTES);
	go(guest, (struct far_ptr){ .offset = offset, .segment = segment });
}

void guest16_enter_vector(struct guest16 *guest, u8 vector)
{
	u64 forced = guest->watch.forced_flags;
	u64 rflags = vcpu_rflags(&guest->vcpu) & ~forced;
	const struct frame frame = { .ip = (u16)vcpu_rip(&guest->vcpu),
				     .cs = (u16)vcpu_selector(&guest->vcpu,
							      SEGMENT_CS),
				     .flags = (u16)rflags };
	const struct far_ptr *ivt =
		(const void *)guest_memory_at(&guest->memory, 0);

	push(guest, frame, sizeof(frame));
	go(guest, ivt != NULL ? ivt[vector] : (struct far_ptr){ 0 });
	vcpu_set_rflags(&guest->vcpu,
			(rflags & ~(RFLAGS_IF | RFLAGS_TF | RFLAGS_AC)) |
				forced);
}
