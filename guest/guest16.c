/*
 * Makes 16-bit guests and moves registers in and out. On the guest's core, its
 * VMCS current, interrupts off.
 */
#include "guest/guest16.h"

#include "arch/cpuid_decode.h"
#include "arch/x86.h"
#include "guest/engine.h"
#include "guest/far_ptr.h"
#include "guest/v86_program.h"
#include "guest/v86_tables.h"
#include "lib/error.h"
#include "vmm/vmcs.h"
#include "vmm/vmx.h"

#define SEGMENT_LIMIT 0xffffu

/* What a program may have in EFLAGS when a call begins. */
#define RFLAGS_GUEST                                                           \
	(RFLAGS_CF | RFLAGS_PF | RFLAGS_AF | RFLAGS_ZF | RFLAGS_SF |           \
	 RFLAGS_TF | RFLAGS_IF | RFLAGS_DF | RFLAGS_OF | RFLAGS_AC |           \
	 RFLAGS_ID)

static bool processor_has_vme(void)
{
	struct cpuid_info info;

	cpuid_decode(cpuid, &info);
	return info.vme;
}

int guest16_init(struct guest16 *guest, const struct engine *engine,
		 enum guest_view view, bool vme)
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
	guest->vme = vme && processor_has_vme();
	err = guest_memory_init(&guest->memory, view, engine->uses_v86,
				engine->uses_ept);
	if (err != 0) {
		vcpu_free(&guest->vcpu);
		return err;
	}
	v86_program_init(guest);
	if (engine->uses_v86) {
		v86_tables_build(guest->memory.system,
				 GUEST_SYSTEM_PAGES * PAGE_SIZE,
				 GUEST_SYSTEM_BASE);
	}
	vcpu_load(&guest->vcpu);
	err = engine_write_vmcs(guest);
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

struct segment_fields {
	enum vmcs_field selector, base, limit, rights;
	size_t offset; /* in struct bios_regs */
};

/* clang-format off */
#define SEGMENT(NAME, name) \
	{ VMCS_GUEST_##NAME##_SELECTOR, VMCS_GUEST_##NAME##_BASE, \
	  VMCS_GUEST_##NAME##_LIMIT, VMCS_GUEST_##NAME##_ACCESS_RIGHTS, \
	  offsetof(struct bios_regs, name) }

static const struct segment_fields segments[] = {
	SEGMENT(ES, es), SEGMENT(CS, cs), SEGMENT(SS, ss),
	SEGMENT(DS, ds), SEGMENT(FS, fs), SEGMENT(GS, gs),
};
/* clang-format on */

static void write_segment(const struct segment_fields *fields, u32 selector)
{
	vmcs_write(fields->selector, selector & 0xffff);
	vmcs_write(fields->base, (selector & 0xffff) << 4);
}

static void set_segments(const struct guest16 *guest,
			 const struct bios_regs *regs)
{
	for (size_t i = 0; i < ARRAY_SIZE(segments); i++) {
		const u8 *at = (const u8 *)regs + segments[i].offset;

		write_segment(&segments[i], *(const u32 *)(const void *)at);
		vmcs_write(segments[i].limit, SEGMENT_LIMIT);
		vmcs_write(segments[i].rights, guest->engine->segment_rights);
	}
}

void guest16_set_call_regs(struct guest16 *guest, const struct bios_regs *regs)
{
	struct vcpu_regs *r = &guest->vcpu.regs;

	r->rax = regs->eax;
	r->rcx = regs->ecx;
	r->rdx = regs->edx;
	r->rbx = regs->ebx;
	r->rbp = regs->ebp;
	r->rsi = regs->esi;
	r->rdi = regs->edi;
	vmcs_write(VMCS_GUEST_RSP, regs->esp);
	vmcs_write(VMCS_GUEST_RIP, regs->eip);
	vmcs_write(VMCS_GUEST_RFLAGS, (regs->eflags & RFLAGS_GUEST) |
					      guest->engine->rflags_always);
	set_segments(guest, regs);
}

void guest16_set_regs(struct guest16 *guest, const struct bios_regs *regs)
{
	guest16_set_call_regs(guest, regs);
	/* What STI, MOV SS or TF held back at the last run's end is void. */
	vmcs_write(VMCS_GUEST_INTERRUPTIBILITY_STATE, 0);
	vmcs_write(VMCS_GUEST_PENDING_DEBUG_EXCEPTIONS, 0);
	if (!guest->engine->uses_v86) {
		engine_write_real_state();
	}
}

void guest16_get_regs(struct guest16 *guest, struct bios_regs *regs)
{
	const struct vcpu_regs *r = &guest->vcpu.regs;
	u64 rflags = vmcs_read(VMCS_GUEST_RFLAGS);

	regs->eax = (u32)r->rax;
	regs->ecx = (u32)r->rcx;
	regs->edx = (u32)r->rdx;
	regs->ebx = (u32)r->rbx;
	regs->ebp = (u32)r->rbp;
	regs->esi = (u32)r->rsi;
	regs->edi = (u32)r->rdi;
	regs->esp = (u32)vmcs_read(VMCS_GUEST_RSP);
	regs->eip = (u32)vmcs_read(VMCS_GUEST_RIP);
	regs->eflags = (u32)((rflags & RFLAGS_GUEST) | RFLAGS_FIXED_1);
	for (size_t i = 0; i < ARRAY_SIZE(segments); i++) {
		u8 *at = (u8 *)regs + segments[i].offset;

		*(u32 *)(void *)at = (u32)vmcs_read(segments[i].selector);
	}
}

bool guest16_in_protected_mode(const struct guest16 *guest)
{
	return !guest->engine->uses_v86 &&
	       (vmcs_read(VMCS_GUEST_CR0) & CR0_PE) != 0;
}

u32 guest16_linear_ip(void)
{
	return (u32)vmcs_read(VMCS_GUEST_CS_BASE) +
	       (u32)vmcs_read(VMCS_GUEST_RIP);
}

u8 guest16_code_byte(struct guest16 *guest, u32 index)
{
	const u8 *at =
		guest_memory_at(&guest->memory, guest16_linear_ip() + index);

	return at == NULL ? 0 : *at;
}

/* One word down the guest's stack; SP wraps, ESP's upper half stays. */
static u32 push16(struct guest16 *guest, u32 esp, u16 value)
{
	u16 sp = (u16)(esp - 2);
	u32 base = (u32)vmcs_read(VMCS_GUEST_SS_BASE);

	guest_memory_write16(&guest->memory, base + sp, value);
	return (esp & 0xffff0000u) | sp;
}

/* What INT n and a far call have in common: CS and IP to the stack, go. */
static void transfer(struct guest16 *guest, u32 esp, u16 segment, u16 offset)
{
	esp = push16(guest, esp, (u16)vmcs_read(VMCS_GUEST_CS_SELECTOR));
	esp = push16(guest, esp, (u16)vmcs_read(VMCS_GUEST_RIP));
	vmcs_write(VMCS_GUEST_RSP, esp);
	write_segment(&segments[V86_CS], segment);
	vmcs_write(VMCS_GUEST_RIP, offset);
}

void guest16_call_far(struct guest16 *guest, u16 segment, u16 offset)
{
	transfer(guest, (u32)vmcs_read(VMCS_GUEST_RSP), segment, offset);
}

void guest16_enter_vector(struct guest16 *guest, u8 vector)
{
	u64 rflags = vmcs_read(VMCS_GUEST_RFLAGS);
	u32 esp = (u32)vmcs_read(VMCS_GUEST_RSP);
	u32 entry = vector * (u32)sizeof(struct far_ptr);
	u16 offset = guest_memory_read16(&guest->memory, entry);
	u16 segment = guest_memory_read16(&guest->memory, entry + 2);

	esp = push16(guest, esp, (u16)rflags);
	transfer(guest, esp, segment, offset);
	vmcs_write(VMCS_GUEST_RFLAGS,
		   rflags & ~(RFLAGS_IF | RFLAGS_TF | RFLAGS_AC));
}
