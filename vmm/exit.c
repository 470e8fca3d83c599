/*
 * VM exits: a table of handlers, and the ways in which a handler ends. A reason
 * without a handler stops the guest, because skipping an instruction that is
 * not understood could do harm. Interrupts off throughout.
 *
 * Every handler ends with a tail call of resume() or a function like it, which
 * enters the guest again or, when the run is over, returns. So a short exit is
 * straight code without a stack frame.
 */
/* build: hot sibling-calls */
#include "vmm/exit.h"

#include "arch/cpu.h"
#include "arch/interrupt.h"
#include "arch/x86.h"
#include "vmm/exit_stats.h"
#include "vmm/guest_cpuid.h"
#include "vmm/guest_rights.h"
#include "vmm/vmx/vmcs.h"
#include "vmm/vmx/vmx_errors.h"

/*
 * Ends exits that take long or are rare: looks at the deadline, too. All other
 * exits are too short for that; one in 256 of them comes here as well (see
 * begin()). Where there is no preemption timer, vcpu_resume() looks each time.
 */
static __attribute__((noinline)) void resume_in_time(struct vcpu *vcpu,
						     enum exit_reason reason)
{
	u64 now = rdtsc();

	exit_stats_note(vcpu->stats, reason,
			now - tsc_of_halves(vcpu->exit_tsc));
	if (unlikely(vcpu_time_is_up(vcpu, now))) {
		vcpu_stop_early(vcpu, VCPU_END_TIMEOUT);
		return;
	}
	vcpu->resume(vcpu);
}

static inline void resume(struct vcpu *vcpu, enum exit_reason reason)
{
	u32 ticks = rdtsc_low() - vcpu->exit_tsc.low;

	if (unlikely(!exit_stats_note_short(vcpu->stats, reason, ticks))) {
		resume_in_time(vcpu, reason);
		return;
	}
	vcpu->resume(vcpu);
}

/* The run is over: vcpu->end says how. */
static inline void stop(struct vcpu *vcpu, enum exit_reason reason)
{
	u32 ticks = rdtsc_low() - vcpu->exit_tsc.low;

	if (unlikely(!exit_stats_note_short(vcpu->stats, reason, ticks))) {
		exit_stats_note(vcpu->stats, reason,
				rdtsc() - tsc_of_halves(vcpu->exit_tsc));
	}
}

#define BLOCKING_BY_INSTRUCTION (INTERRUPTIBILITY_STI | INTERRUPTIBILITY_MOV_SS)

/*
 * RIP behind an instruction at the end of the addresses: code of 16 and of 32
 * bits goes on at 0.
 */
static u64 wrap_ip(u64 rip)
{
	u64 rights = vmcs_read(VMCS_GUEST_CS_ACCESS_RIGHTS);

	if (rights & RIGHTS_L) {
		return rip;
	}
	return rights & RIGHTS_DB ? (u32)rip : (u16)rip;
}

void vcpu_skip(struct vcpu *vcpu, u64 bytes)
{
	u64 rip = vmcs_read(VMCS_GUEST_RIP) + bytes;
	u64 blocking = vmcs_read(VMCS_GUEST_INTERRUPTIBILITY_STATE);

	(void)vcpu;
	/* RIP can only wrap if it has more than 16 bits. */
	vmcs_write(VMCS_GUEST_RIP, rip > 0xffff ? wrap_ip(rip) : rip);
	if (blocking & BLOCKING_BY_INSTRUCTION) {
		vmcs_write(VMCS_GUEST_INTERRUPTIBILITY_STATE,
			   blocking & ~(u64)BLOCKING_BY_INSTRUCTION);
	}
}

/*
 * The processor raises no single-step trap for an instruction that exits, so
 * whoever executes the instruction has to. No guest can set IA32_DEBUGCTL.BTF,
 * so with TF set there is a trap after each instruction.
 */
void vcpu_complete(struct vcpu *vcpu, u64 bytes)
{
	vcpu_skip(vcpu, bytes);
	if (vmcs_read(VMCS_GUEST_RFLAGS) & RFLAGS_TF) {
		vmcs_write(VMCS_GUEST_PENDING_DEBUG_EXCEPTIONS,
			   PENDING_DEBUG_BS);
	}
}

static __attribute__((noinline)) void skip_all(struct vcpu *vcpu,
					       enum exit_reason reason)
{
	vcpu_complete(vcpu, vmcs_read(VMCS_VM_EXIT_INSTRUCTION_LENGTH));
	resume(vcpu, reason);
}

/* Moves RIP behind the instruction. Mostly there is nothing else to change. */
static inline void skip(struct vcpu *vcpu, enum exit_reason reason)
{
	u64 stepping = vmcs_get(VMCS_GUEST_RFLAGS) & RFLAGS_TF;
	u64 blocking = vmcs_get(VMCS_GUEST_INTERRUPTIBILITY_STATE);
	u64 bytes = vmcs_get(VMCS_VM_EXIT_INSTRUCTION_LENGTH);
	u64 rip;

	/*
	 * Blocking by NMI is asked as well: it is just as rare, and one
	 * comparison is enough.
	 */
	if (unlikely((blocking | stepping) != 0)) {
		skip_all(vcpu, reason);
		return;
	}
	rip = vmcs_get(VMCS_GUEST_RIP);
	if (unlikely(add_low_16(&rip, bytes))) {
		skip_all(vcpu, reason);
		return;
	}
	vmcs_set(VMCS_GUEST_RIP, rip);
	resume(vcpu, reason);
}

/* Ends an exit by the action that its handler returned. */
static inline void end(struct vcpu *vcpu, enum exit_reason reason,
		       enum exit_action action)
{
	if (action == EXIT_SKIP_INSTRUCTION) {
		skip(vcpu, reason);
	} else if (action == EXIT_RESUME) {
		resume(vcpu, reason);
	} else {
		stop(vcpu, reason);
	}
}

/* The same, for exits that take time: looks at the deadline. */
static inline void end_in_time(struct vcpu *vcpu, enum exit_reason reason,
			       enum exit_action action)
{
	if (action == EXIT_STOP) {
		stop(vcpu, reason);
		return;
	}
	if (action == EXIT_SKIP_INSTRUCTION) {
		vcpu_complete(vcpu, vmcs_read(VMCS_VM_EXIT_INSTRUCTION_LENGTH));
	}
	resume_in_time(vcpu, reason);
}

enum exit_action exit_not_supported(struct vcpu *vcpu)
{
	u32 reason = (u32)vmcs_read(VMCS_EXIT_REASON) & EXIT_REASON_BASIC;
	char qualification[80] = "";

	if (exit_reason_has_qualification(reason)) {
		exit_qualification_format(reason,
					  vmcs_read(VMCS_EXIT_QUALIFICATION),
					  qualification, sizeof(qualification));
	}
	return vcpu_stop(vcpu, VCPU_END_FAULT, "exit %u, %s%s%s: not supported",
			 reason, exit_reason_name(reason),
			 qualification[0] != '\0' ? ", " : "", qualification);
}

static void entry_failed(struct vcpu *vcpu, u32 reason)
{
	char text[VCPU_WHY_BYTES];

	vmx_entry_failure_format(reason, vmcs_read(VMCS_EXIT_QUALIFICATION),
				 text, sizeof(text));
	vcpu->entry_failed = true;
	vcpu->entry_failure = reason;
	vcpu_stop(vcpu, VCPU_END_REFUSED, "%s", text);
}

/*
 * For exits without a handler: the guest's owner may have one (ops->other); if
 * not, the guest stops.
 */
static __attribute__((noinline, cold)) void unhandled(struct vcpu *vcpu)
{
	u32 reason = (u32)vmcs_read(VMCS_EXIT_REASON);
	u32 basic = reason & EXIT_REASON_BASIC;

	if (exit_reason_is_entry_failure(reason)) {
		entry_failed(vcpu, reason);
	} else if (basic >= EXIT_REASON_COUNT) {
		exit_not_supported(vcpu);
	} else {
		end_in_time(vcpu, basic,
			    vcpu->ops->other == NULL
				    ? exit_not_supported(vcpu)
				    : vcpu->ops->other(vcpu, basic));
	}
}

/*
 * After an NMI exit, NMIs are blocked in root mode until an IRET, which the
 * host's own NMI handler executes. The NMI was not delivered to the guest and
 * so blocks nothing there; Bochs 2.7 nevertheless saves blocking by NMI in the
 * VMCS.
 */
static enum exit_action handle_nmi(struct vcpu *vcpu)
{
	u64 blocking = vmcs_read(VMCS_GUEST_INTERRUPTIBILITY_STATE);

	call_nmi_handler();
	if (blocking & INTERRUPTIBILITY_NMI) {
		vmcs_write(VMCS_GUEST_INTERRUPTIBILITY_STATE,
			   blocking & ~(u64)INTERRUPTIBILITY_NMI);
	}
	return vcpu_look_up(vcpu);
}

static void on_exception_or_nmi(struct vcpu *vcpu)
{
	const enum exit_reason reason = EXIT_REASON_EXCEPTION_OR_NMI;
	u32 info = (u32)vmcs_get(VMCS_VM_EXIT_INTERRUPTION_INFO);

	if (interruption_info_type(info) == INTERRUPTION_TYPE_NMI) {
		end_in_time(vcpu, reason, handle_nmi(vcpu));
	} else if (interruption_info_vector(info) == VECTOR_MC &&
		   interruption_info_type(info) ==
			   INTERRUPTION_TYPE_HARDWARE_EXCEPTION) {
		/*
		 * A machine check is the machine's and not the guest's: the
		 * host handles it.
		 */
		software_interrupt(VECTOR_MC);
		resume_in_time(vcpu, reason);
	} else {
		end(vcpu, reason, vcpu->ops->exception(vcpu, info));
	}
}

/* Acknowledge-on-exit has fetched the vector from the interrupt controller. */
static void on_external_interrupt(struct vcpu *vcpu)
{
	u32 info = (u32)vmcs_get(VMCS_VM_EXIT_INTERRUPTION_INFO);

	interrupt_dispatch(interruption_info_vector(info));
	vcpu->ops->interrupt(vcpu);
	end(vcpu, EXIT_REASON_EXTERNAL_INTERRUPT, vcpu_check_interrupted(vcpu));
}

static void on_triple_fault(struct vcpu *vcpu)
{
	end(vcpu, EXIT_REASON_TRIPLE_FAULT,
	    vcpu_stop(vcpu, VCPU_END_SHUTDOWN,
		      "triple fault: no handler could be reached"));
}

/*
 * An INIT signal (SDM volume 3, "Other Causes of VM Exits") would have reset
 * this core outside VMX operation. It is noted and ignored.
 */
static void on_init(struct vcpu *vcpu)
{
	resume(vcpu, EXIT_REASON_INIT_SIGNAL);
}

static void on_interrupt_window(struct vcpu *vcpu)
{
	end(vcpu, EXIT_REASON_INTERRUPT_WINDOW,
	    vcpu->ops->interrupt_window(vcpu));
}

void exit_guest_cpuid(struct vcpu_regs *regs)
{
	u32 leaf = (u32)regs->rax;

	cpuid_registers(&regs->rax, &regs->rbx, &regs->rcx, &regs->rdx);
	guest_cpuid_hide(leaf, regs);
}

/* In a function of its own, so that the other leaves need no stack frame. */
static __attribute__((noinline)) void on_cpuid_in_part(struct vcpu *vcpu)
{
	u32 leaf = (u32)vcpu->regs.rax;

	exit_guest_cpuid(&vcpu->regs);
	if (vcpu->ops->cpuid != NULL) {
		vcpu->ops->cpuid(vcpu, leaf);
	}
	skip(vcpu, EXIT_REASON_CPUID);
}

static void on_cpuid(struct vcpu *vcpu)
{
	struct vcpu_regs *regs = &vcpu->regs;

	if (unlikely((u32)regs->rax - 1 < GUEST_CPUID_LAST)) {
		on_cpuid_in_part(vcpu);
		return;
	}
	cpuid_registers(&regs->rax, &regs->rbx, &regs->rcx, &regs->rdx);
	skip(vcpu, EXIT_REASON_CPUID);
}

/* Time passes while the guest waits in HLT: the deadline is looked at. */
static void on_hlt(struct vcpu *vcpu)
{
	end_in_time(vcpu, EXIT_REASON_HLT, vcpu->ops->hlt(vcpu));
}

/*
 * Executes WBINVD in place of the guest's INVD, which would drop data of the
 * host's from the caches.
 */
static void on_invd(struct vcpu *vcpu)
{
	skip(vcpu, EXIT_REASON_INVD);
}

static void on_vmcall(struct vcpu *vcpu)
{
	if (unlikely(vmcs_get(VMCS_GUEST_RIP) != vcpu->return_rip ||
		     vmcs_get(VMCS_GUEST_CS_SELECTOR) != vcpu->return_cs)) {
		end(vcpu, EXIT_REASON_VMCALL, vcpu->ops->vmcall(vcpu));
		return;
	}
	/* Every BIOS call ends by this VMCALL. */
	stop(vcpu, EXIT_REASON_VMCALL);
}

static void on_io(struct vcpu *vcpu)
{
	u64 qualification = vmcs_get(VMCS_EXIT_QUALIFICATION);
	enum exit_action action =
		vcpu->ops->io(vcpu, io_qualification_decode(qualification));

	if (unlikely(action != EXIT_SKIP_INSTRUCTION)) {
		end(vcpu, EXIT_REASON_IO_INSTRUCTION, action);
		return;
	}
	skip(vcpu, EXIT_REASON_IO_INSTRUCTION);
}

static void on_cr_access(struct vcpu *vcpu)
{
	u64 qualification = vmcs_get(VMCS_EXIT_QUALIFICATION);

	if (vcpu->ops->cr_access == NULL) {
		unhandled(vcpu);
		return;
	}
	end(vcpu, EXIT_REASON_CR_ACCESS,
	    vcpu->ops->cr_access(vcpu, cr_qualification_decode(qualification)));
}

static void on_descriptor_table(struct vcpu *vcpu, enum exit_reason reason)
{
	if (vcpu->ops->descriptor_table == NULL) {
		unhandled(vcpu);
		return;
	}
	end(vcpu, reason, vcpu->ops->descriptor_table(vcpu));
}

static void on_gdtr_idtr(struct vcpu *vcpu)
{
	on_descriptor_table(vcpu, EXIT_REASON_GDTR_IDTR_ACCESS);
}

static void on_ldtr_tr(struct vcpu *vcpu)
{
	on_descriptor_table(vcpu, EXIT_REASON_LDTR_TR_ACCESS);
}

static enum exit_action read_msr(struct vcpu *vcpu)
{
	u64 value;

	if (!vcpu->ops->rdmsr(vcpu, (u32)vcpu->regs.rcx, &value)) {
		vcpu_note_refusal(vcpu, REFUSAL_RDMSR, (u32)vcpu->regs.rcx, 0);
		return vcpu->ops->raise(vcpu, VECTOR_GP, 0);
	}
	vcpu->regs.rax = (u32)value;
	vcpu->regs.rdx = value >> 32;
	return EXIT_SKIP_INSTRUCTION;
}

static void on_rdmsr(struct vcpu *vcpu)
{
	if (vcpu->ops->rdmsr == NULL) {
		unhandled(vcpu);
		return;
	}
	end(vcpu, EXIT_REASON_RDMSR, read_msr(vcpu));
}

static enum exit_action write_msr(struct vcpu *vcpu)
{
	u64 value = vcpu->regs.rdx << 32 | (u32)vcpu->regs.rax;

	if (!vcpu->ops->wrmsr(vcpu, (u32)vcpu->regs.rcx, value)) {
		vcpu_note_refusal(vcpu, REFUSAL_WRMSR, (u32)vcpu->regs.rcx,
				  value);
		return vcpu->ops->raise(vcpu, VECTOR_GP, 0);
	}
	return EXIT_SKIP_INSTRUCTION;
}

static void on_wrmsr(struct vcpu *vcpu)
{
	if (vcpu->ops->wrmsr == NULL) {
		unhandled(vcpu);
		return;
	}
	end(vcpu, EXIT_REASON_WRMSR, write_msr(vcpu));
}

static void on_ept_violation(struct vcpu *vcpu)
{
	if (vcpu->ops->ept_violation == NULL) {
		unhandled(vcpu);
		return;
	}
	end(vcpu, EXIT_REASON_EPT_VIOLATION,
	    vcpu->ops->ept_violation(vcpu,
				     vmcs_get(VMCS_GUEST_PHYSICAL_ADDRESS)));
}

static void on_preemption_timer(struct vcpu *vcpu)
{
	end_in_time(vcpu, EXIT_REASON_PREEMPTION_TIMER,
		    vcpu_timer_expired(vcpu));
}

/* The first line fills the whole table; the others replace entries. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"
static void (*const handlers[UINT8_MAX + 1])(struct vcpu *vcpu) = {
	[0 ... UINT8_MAX] = unhandled,
	[EXIT_REASON_EXCEPTION_OR_NMI] = on_exception_or_nmi,
	[EXIT_REASON_EXTERNAL_INTERRUPT] = on_external_interrupt,
	[EXIT_REASON_TRIPLE_FAULT] = on_triple_fault,
	[EXIT_REASON_INIT_SIGNAL] = on_init,
	[EXIT_REASON_INTERRUPT_WINDOW] = on_interrupt_window,
	[EXIT_REASON_CPUID] = on_cpuid,
	[EXIT_REASON_HLT] = on_hlt,
	[EXIT_REASON_INVD] = on_invd,
	[EXIT_REASON_VMCALL] = on_vmcall,
	[EXIT_REASON_CR_ACCESS] = on_cr_access,
	[EXIT_REASON_IO_INSTRUCTION] = on_io,
	[EXIT_REASON_RDMSR] = on_rdmsr,
	[EXIT_REASON_WRMSR] = on_wrmsr,
	[EXIT_REASON_GDTR_IDTR_ACCESS] = on_gdtr_idtr,
	[EXIT_REASON_LDTR_TR_ACCESS] = on_ldtr_tr,
	[EXIT_REASON_EPT_VIOLATION] = on_ept_violation,
	[EXIT_REASON_PREEMPTION_TIMER] = on_preemption_timer,
};
#pragma GCC diagnostic pop

static void resume_with_a_look(struct vcpu *vcpu)
{
	vcpu->resume = vcpu->usual_resume;
	if (vcpu_time_is_up(vcpu, rdtsc())) {
		vcpu_stop_early(vcpu, VCPU_END_TIMEOUT);
		return;
	}
	vcpu->resume(vcpu);
}

static __attribute__((noinline, cold)) void look_after_this(struct vcpu *vcpu)
{
	vcpu->exits += UINT8_MAX + 1;
	if (vcpu->resume != resume_with_a_look) {
		vcpu->usual_resume = vcpu->resume;
		vcpu->resume = resume_with_a_look;
	}
}

/*
 * True for each 256th exit, which then looks at the clock. The preemption timer
 * alone would not end a guest that makes only short exits: its units may be
 * coarse, and in Bochs with several cores it does not count a stay that is
 * shorter than a core's turn.
 */
static inline bool begin(struct vcpu *vcpu)
{
	vcpu->exit_tsc = rdtsc_halves();
	vcpu->exits_low++;
	return unlikely(vcpu->exits_low == 0);
}

static __attribute__((noinline, cold)) void
dispatch_with_a_look(struct vcpu *vcpu)
{
	look_after_this(vcpu);
	handlers[(u8)vmcs_get(VMCS_EXIT_REASON)](vcpu);
}

/*
 * Finds the handler by the low byte of the exit reason. A failed VM entry also
 * has a basic reason of its own, for which unhandled() is called. Bits 16 to 30
 * tell of SGX, SMM and shadow stacks, which no guest here has.
 */
void exit_dispatch(struct vcpu *vcpu)
{
	if (begin(vcpu)) {
		dispatch_with_a_look(vcpu);
		return;
	}
	handlers[(u8)vmcs_get(VMCS_EXIT_REASON)](vcpu);
}

void exit_dispatch64(struct vcpu *vcpu)
{
	u64 reason = vmcs_get(VMCS_EXIT_REASON);
	u32 leaf = (u32)vcpu->regs.rax;

	vcpu->ops->watch(vcpu, (u32)reason);
	if (reason != EXIT_REASON_CPUID) {
		exit_dispatch(vcpu);
		return;
	}
	if (begin(vcpu)) {
		look_after_this(vcpu);
	}
	exit_guest_cpuid(&vcpu->regs);
	vcpu->ops->cpuid(vcpu, leaf);
	skip(vcpu, EXIT_REASON_CPUID);
}
