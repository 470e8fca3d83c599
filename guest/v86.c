/*
 * Builds the guest state of virtual-8086 mode and moves registers in and out.
 * On the guest's core, its VMCS current, interrupts off.
 */
#include "guest/v86.h"

#include "arch/cpuid_decode.h"
#include "arch/log.h"
#include "arch/paging.h"
#include "arch/x86.h"
#include "guest/far_ptr.h"
#include "guest/io_policy.h"
#include "guest/v86_tables.h"
#include "lib/error.h"
#include "vmm/guest_rights.h"
#include "vmm/vmcs.h"
#include "vmm/vmx.h"
#include "vmm/vmx_cap_bits.h"
#include "vmm/vmx_controls.h"

#define SEGMENT_LIMIT 0xffffu

/* In virtual-8086 mode IOPL 3 lets the guest own IF: interrupts exit anyway. */
#define V86_RFLAGS_ALWAYS (RFLAGS_VM | RFLAGS_IOPL | RFLAGS_FIXED_1)
#define V86_RFLAGS_GUEST                                                       \
	(RFLAGS_CF | RFLAGS_PF | RFLAGS_AF | RFLAGS_ZF | RFLAGS_SF |           \
	 RFLAGS_TF | RFLAGS_IF | RFLAGS_DF | RFLAGS_OF | RFLAGS_AC |           \
	 RFLAGS_ID)

#define V86_CR0 (CR0_PG | CR0_NE | CR0_ET | CR0_PE)
#define V86_CR4 (CR4_VMXE | CR4_PSE)

static bool set_control(enum vmx_control_word word, u32 required, u32 advisory,
			enum vmcs_field field)
{
	const struct vmx_caps *caps = &vmx_this_core()->caps;
	u32 value, missing_required, missing_advisory;
	char names[120];

	if (vmx_controls_compute(required, advisory,
				 vmx_caps_allowed(caps, word), &value,
				 &missing_required, &missing_advisory) != 0) {
		vmx_controls_format(word, missing_required, names,
				    sizeof(names));
		log_error("virtual-8086 guest: this processor lacks %s", names);
		return false;
	}
	vmcs_write(field, value);
	return true;
}

static bool write_controls(void)
{
	const struct vmx_caps *caps = &vmx_this_core()->caps;
	u32 secondary = (u32)vmx_caps_must_be_1(caps, VMX_WORD_PROCBASED2);
	bool all;

	all = set_control(VMX_WORD_PINBASED,
			  PINBASED_EXTERNAL_INTERRUPT_EXITING |
				  PINBASED_NMI_EXITING,
			  PINBASED_PREEMPTION_TIMER, VMCS_PINBASED_CONTROLS);
	all &= set_control(VMX_WORD_PROCBASED,
			   PROCBASED_HLT_EXITING | PROCBASED_MONITOR_EXITING |
				   PROCBASED_MWAIT_EXITING |
				   PROCBASED_USE_IO_BITMAPS,
			   secondary != 0
				   ? PROCBASED_ACTIVATE_SECONDARY_CONTROLS
				   : 0,
			   VMCS_PROCBASED_CONTROLS);
	if (secondary != 0) {
		vmcs_write(VMCS_SECONDARY_PROCBASED_CONTROLS, secondary);
	}
	all &= set_control(VMX_WORD_EXIT,
			   VMEXIT_HOST_ADDRESS_SPACE_SIZE |
				   VMEXIT_ACKNOWLEDGE_INTERRUPT,
			   VMEXIT_SAVE_DEBUG_CONTROLS |
				   VMEXIT_SAVE_PREEMPTION_TIMER |
				   VMEXIT_SAVE_EFER | VMEXIT_LOAD_EFER,
			   VMCS_VM_EXIT_CONTROLS);
	all &= set_control(VMX_WORD_ENTRY, 0,
			   VMENTRY_LOAD_DEBUG_CONTROLS | VMENTRY_LOAD_EFER,
			   VMCS_VM_ENTRY_CONTROLS);
	return all;
}

static void write_execution_fields(void)
{
	vmcs_write(VMCS_EXCEPTION_BITMAP, UINT32_MAX);
	vmcs_write(VMCS_PAGE_FAULT_ERROR_CODE_MASK, 0);
	vmcs_write(VMCS_PAGE_FAULT_ERROR_CODE_MATCH, 0);
	vmcs_write(VMCS_IO_BITMAP_A_ADDRESS, io_policy_bitmap_a());
	vmcs_write(VMCS_IO_BITMAP_B_ADDRESS, io_policy_bitmap_b());
	/* The guest neither reads nor writes CR0 and CR4 at CPL 3. */
	vmcs_write(VMCS_CR0_GUEST_HOST_MASK, UINT32_MAX);
	vmcs_write(VMCS_CR4_GUEST_HOST_MASK, UINT32_MAX);
	vmcs_write(VMCS_CR0_READ_SHADOW, V86_CR0);
	vmcs_write(VMCS_CR4_READ_SHADOW, V86_CR4 & ~CR4_VMXE);
	vmcs_write(VMCS_CR3_TARGET_COUNT, 0);
	vmcs_write(VMCS_VM_EXIT_MSR_STORE_COUNT, 0);
	vmcs_write(VMCS_VM_EXIT_MSR_LOAD_COUNT, 0);
	vmcs_write(VMCS_VM_ENTRY_MSR_LOAD_COUNT, 0);
	vmcs_write(VMCS_VM_ENTRY_INTERRUPTION_INFO, 0);
	vmcs_write(VMCS_TSC_OFFSET, 0);
}

static void write_system_state(struct v86 *v86)
{
	const struct vmx_caps *caps = &vmx_this_core()->caps;
	u64 cr4 = V86_CR4 | (v86->vme ? CR4_VME : 0);

	vmcs_write(VMCS_GUEST_CR0, vmx_caps_fix_cr0(caps, V86_CR0));
	vmcs_write(VMCS_GUEST_CR3, guest_memory_cr3(&v86->memory));
	vmcs_write(VMCS_GUEST_CR4, vmx_caps_fix_cr4(caps, cr4));
	vmcs_write(VMCS_GUEST_DR7, DR7_RESET);
	vmcs_write(VMCS_GUEST_TR_SELECTOR, V86_SELECTOR_TSS);
	vmcs_write(VMCS_GUEST_TR_BASE, GUEST_SYSTEM_BASE + V86_TSS_OFFSET);
	vmcs_write(VMCS_GUEST_TR_LIMIT, V86_TSS_BYTES - 1);
	vmcs_write(VMCS_GUEST_TR_ACCESS_RIGHTS, RIGHTS_TSS_BUSY);
	vmcs_write(VMCS_GUEST_LDTR_SELECTOR, V86_SELECTOR_LDT);
	vmcs_write(VMCS_GUEST_LDTR_BASE, GUEST_SYSTEM_BASE + V86_LDT_OFFSET);
	vmcs_write(VMCS_GUEST_LDTR_LIMIT, V86_LDT_LIMIT);
	vmcs_write(VMCS_GUEST_LDTR_ACCESS_RIGHTS, RIGHTS_LDT);
	vmcs_write(VMCS_GUEST_GDTR_BASE, GUEST_SYSTEM_BASE + V86_GDT_OFFSET);
	vmcs_write(VMCS_GUEST_GDTR_LIMIT, V86_GDT_LIMIT);
	vmcs_write(VMCS_GUEST_IDTR_BASE, GUEST_SYSTEM_BASE + V86_IDT_OFFSET);
	vmcs_write(VMCS_GUEST_IDTR_LIMIT, V86_IDT_LIMIT);
	vmcs_write(VMCS_GUEST_IA32_SYSENTER_CS, 0);
	vmcs_write(VMCS_GUEST_IA32_SYSENTER_ESP, 0);
	vmcs_write(VMCS_GUEST_IA32_SYSENTER_EIP, 0);
	vmcs_write(VMCS_GUEST_IA32_DEBUGCTL, 0);
	if (vmx_caps_has_efer_switch(caps)) {
		vmcs_write(VMCS_GUEST_IA32_EFER, 0);
	}
	vmcs_write(VMCS_GUEST_INTERRUPTIBILITY_STATE, 0);
	vmcs_write(VMCS_GUEST_ACTIVITY_STATE, ACTIVITY_ACTIVE);
	vmcs_write(VMCS_GUEST_PENDING_DEBUG_EXCEPTIONS, 0);
	vmcs_write(VMCS_VMCS_LINK_POINTER, UINT64_MAX);
}

/* Limits and rights never change in virtual-8086 mode. */
static void write_segment_constants(void)
{
	static const enum vmcs_field fields[][2] = {
		{ VMCS_GUEST_ES_LIMIT, VMCS_GUEST_ES_ACCESS_RIGHTS },
		{ VMCS_GUEST_CS_LIMIT, VMCS_GUEST_CS_ACCESS_RIGHTS },
		{ VMCS_GUEST_SS_LIMIT, VMCS_GUEST_SS_ACCESS_RIGHTS },
		{ VMCS_GUEST_DS_LIMIT, VMCS_GUEST_DS_ACCESS_RIGHTS },
		{ VMCS_GUEST_FS_LIMIT, VMCS_GUEST_FS_ACCESS_RIGHTS },
		{ VMCS_GUEST_GS_LIMIT, VMCS_GUEST_GS_ACCESS_RIGHTS },
	};

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		vmcs_write(fields[i][0], SEGMENT_LIMIT);
		vmcs_write(fields[i][1], RIGHTS_V86);
	}
}

static bool processor_has_vme(void)
{
	struct cpuid_info info;

	cpuid_decode(cpuid, &info);
	return info.vme;
}

int v86_init(struct v86 *v86, enum guest_view view, bool vme)
{
	int err = vcpu_init(&v86->vcpu, &v86_ops, v86);

	if (err != 0) {
		return err;
	}
	v86->vme = vme && processor_has_vme();
	v86->halts_end_it = false;
	v86->cmos_index = 0;
	err = guest_memory_init(&v86->memory, view);
	if (err != 0) {
		vcpu_free(&v86->vcpu);
		return err;
	}
	v86_tables_build(v86->memory.system, GUEST_SYSTEM_PAGES * PAGE_SIZE,
			 GUEST_SYSTEM_BASE);
	vcpu_load(&v86->vcpu);
	if (!write_controls()) {
		v86_free(v86);
		return ERR_UNSUPPORTED;
	}
	write_execution_fields();
	write_system_state(v86);
	write_segment_constants();
	return 0;
}

void v86_free(struct v86 *v86)
{
	vcpu_free(&v86->vcpu);
	guest_memory_free(&v86->memory);
}

static void write_segment(enum vmcs_field selector_field,
			  enum vmcs_field base_field, u32 selector)
{
	vmcs_write(selector_field, selector & 0xffff);
	vmcs_write(base_field, (selector & 0xffff) << 4);
}

void v86_set_regs(struct v86 *v86, const struct bios_regs *regs)
{
	struct vcpu_regs *r = &v86->vcpu.regs;

	r->rax = regs->eax;
	r->rcx = regs->ecx;
	r->rdx = regs->edx;
	r->rbx = regs->ebx;
	r->rbp = regs->ebp;
	r->rsi = regs->esi;
	r->rdi = regs->edi;
	vmcs_write(VMCS_GUEST_RSP, regs->esp);
	vmcs_write(VMCS_GUEST_RIP, regs->eip);
	vmcs_write(VMCS_GUEST_RFLAGS,
		   (regs->eflags & V86_RFLAGS_GUEST) | V86_RFLAGS_ALWAYS);
	write_segment(VMCS_GUEST_ES_SELECTOR, VMCS_GUEST_ES_BASE, regs->es);
	write_segment(VMCS_GUEST_CS_SELECTOR, VMCS_GUEST_CS_BASE, regs->cs);
	write_segment(VMCS_GUEST_SS_SELECTOR, VMCS_GUEST_SS_BASE, regs->ss);
	write_segment(VMCS_GUEST_DS_SELECTOR, VMCS_GUEST_DS_BASE, regs->ds);
	write_segment(VMCS_GUEST_FS_SELECTOR, VMCS_GUEST_FS_BASE, regs->fs);
	write_segment(VMCS_GUEST_GS_SELECTOR, VMCS_GUEST_GS_BASE, regs->gs);
}

void v86_get_regs(struct v86 *v86, struct bios_regs *regs)
{
	const struct vcpu_regs *r = &v86->vcpu.regs;
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
	regs->eflags = (u32)((rflags & V86_RFLAGS_GUEST) | RFLAGS_FIXED_1);
	regs->es = (u32)vmcs_read(VMCS_GUEST_ES_SELECTOR);
	regs->cs = (u32)vmcs_read(VMCS_GUEST_CS_SELECTOR);
	regs->ss = (u32)vmcs_read(VMCS_GUEST_SS_SELECTOR);
	regs->ds = (u32)vmcs_read(VMCS_GUEST_DS_SELECTOR);
	regs->fs = (u32)vmcs_read(VMCS_GUEST_FS_SELECTOR);
	regs->gs = (u32)vmcs_read(VMCS_GUEST_GS_SELECTOR);
}

u32 v86_linear_ip(void)
{
	return (u32)vmcs_read(VMCS_GUEST_CS_BASE) +
	       (u32)vmcs_read(VMCS_GUEST_RIP);
}

/* One word down the guest's stack; SP wraps, ESP's upper half stays. */
static u32 push16(struct v86 *v86, u32 esp, u16 value)
{
	u16 sp = (u16)(esp - 2);
	u32 base = (u32)vmcs_read(VMCS_GUEST_SS_BASE);

	guest_memory_write16(&v86->memory, base + sp, value);
	return (esp & 0xffff0000u) | sp;
}

/* What INT n and a far call have in common: CS and IP to the stack, go. */
static void transfer(struct v86 *v86, u32 esp, u16 segment, u16 offset)
{
	esp = push16(v86, esp, (u16)vmcs_read(VMCS_GUEST_CS_SELECTOR));
	esp = push16(v86, esp, (u16)vmcs_read(VMCS_GUEST_RIP));
	vmcs_write(VMCS_GUEST_RSP, esp);
	write_segment(VMCS_GUEST_CS_SELECTOR, VMCS_GUEST_CS_BASE, segment);
	vmcs_write(VMCS_GUEST_RIP, offset);
}

void v86_call_far(struct v86 *v86, u16 segment, u16 offset)
{
	transfer(v86, (u32)vmcs_read(VMCS_GUEST_RSP), segment, offset);
}

void v86_enter_vector(struct v86 *v86, u8 vector)
{
	u64 rflags = vmcs_read(VMCS_GUEST_RFLAGS);
	u32 esp = (u32)vmcs_read(VMCS_GUEST_RSP);
	u32 entry = vector * (u32)sizeof(struct far_ptr);
	u16 offset = guest_memory_read16(&v86->memory, entry);
	u16 segment = guest_memory_read16(&v86->memory, entry + 2);

	esp = push16(v86, esp, (u16)rflags);
	transfer(v86, esp, segment, offset);
	vmcs_write(VMCS_GUEST_RFLAGS,
		   rflags & ~(RFLAGS_IF | RFLAGS_TF | RFLAGS_AC));
}
