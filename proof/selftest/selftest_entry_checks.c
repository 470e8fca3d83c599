/*
 * Compares the entry checker with the processor: good VMCSs of all kinds of
 * guests are damaged one by one, the checker predicts what VM entry does, and
 * VM entry is tried, once as a launch and once as a resume. A guest that is
 * entered leaves before its first instruction. On the boot core, interrupts
 * off.
 */
#include "arch/console/console.h"
#include "arch/console/input.h"
#include "arch/cpu.h"
#include "arch/cpuid_decode.h"
#include "arch/mem/pages.h"
#include "arch/mem/paging.h"
#include "lib/str.h"
#include "lib/string.h"
#include "proof/selftest/entry_damages.h"
#include "proof/selftest/host_repair.h"
#include "proof/selftest/selftest.h"
#include "vmm/entry_check.h"
#include "vmm/vcpu.h"
#include "vmm/vmx/vmcs.h"
#include "vmm/vmx/vmcs_host.h"
#include "vmm/vmx/vmx.h"
#include "vmm/vmx/vmx_entry.h"
#include "vmm/vmx/vmx_errors.h"

#define ENTERED VMCS_CHECK_GROUPS /* the verdict where nothing is wrong */
#define OTHER (ENTERED + 1)
#define BIT_OF(group) (1u << (group))

/*
 * Groups of checks that VM entry makes in one stage: a fault in one ends the
 * entry before the next stage.
 */
#define STAGE_CONTROLS (BIT_OF(VMCS_CHECK_CONTROLS) | BIT_OF(VMCS_CHECK_HOST))
#define STAGE_GUEST                                                            \
	(BIT_OF(VMCS_CHECK_GUEST) | BIT_OF(VMCS_CHECK_PDPTE) |                 \
	 BIT_OF(VMCS_CHECK_NMI) | BIT_OF(VMCS_CHECK_LINK))

struct trial {
	struct vcpu vcpu;
	u64 *page;
	enum entry_kind kind;
	bool under_kvm;
	bool launches;			   /* true: VMLAUNCH; false: VMRESUME */
	const struct entry_damage *damage; /* NULL: none */
	/*
	 * The checker's findings: the groups, and whether the damaged check is
	 * among them.
	 */
	u32 groups;
	bool named;
	/* Counts for a kind of guest, launches and resumes together. */
	u32 tried, refused, differed, untried, failed;
	u32 dropped; /* at resumes, of the damage being tried */
	struct {
		u32 tried, differed;
	} known[ENTRY_DIFFERENCES];
};

/* Ends the run after the first exit, in any way. */
static enum exit_action stop(struct vcpu *vcpu)
{
	return vcpu_stop(vcpu, VCPU_END_DONE, "left");
}

static enum exit_action stop_exception(struct vcpu *vcpu, u32 info)
{
	(void)info;
	return stop(vcpu);
}

static void ignore_interrupt(struct vcpu *vcpu)
{
	(void)vcpu;
}

static enum exit_action stop_io(struct vcpu *vcpu, struct io_qualification io)
{
	(void)io;
	return stop(vcpu);
}

static const struct vcpu_ops ops = {
	.exception = stop_exception,
	.interrupt = ignore_interrupt,
	.interrupt_window = stop,
	.hlt = stop,
	.vmcall = stop,
	.io = stop_io,
};

static void write_field(void *ctx, enum vmcs_field field, u64 value)
{
	(void)ctx;
	vmcs_write(field, value);
}

/* Does not read fields that a model announces and does not have. */
static u64 try_read(void *ctx, enum vmcs_field field)
{
	u64 value;

	(void)ctx;
	return vmread(field, &value) == VMX_OK ? value : 0;
}

static bool try_write(void *ctx, enum vmcs_field field, u64 value)
{
	(void)ctx;
	return vmwrite(field, value) == VMX_OK;
}

static void make_good(struct trial *trial)
{
	const struct vmx_caps *caps = &vmx_this_core()->caps;

	entry_image_fill_page(trial->page);
	entry_image_write(trial->kind, caps, virt_to_phys(trial->page),
			  write_field, NULL);
	vmcs_write_host_state(trial->vcpu.way->exit);
	if (vmcs_field_present(VMCS_HOST_IA32_PAT, caps)) {
		vmcs_write(VMCS_HOST_IA32_PAT, rdmsr(MSR_IA32_PAT));
	}
}

static void note(void *ctx, const struct vmcs_finding *finding)
{
	struct trial *trial = ctx;

	trial->groups |= BIT_OF(finding->check->group);
	trial->named |= trial->damage != NULL &&
			str_equal(finding->check->name, trial->damage->check);
}

static u32 group_of_exit(const struct vcpu *vcpu)
{
	if ((vcpu->entry_failure & EXIT_REASON_BASIC) ==
	    EXIT_REASON_ENTRY_FAILURE_MSR_LOADING) {
		return VMCS_CHECK_MSR_LOADING;
	}
	switch (vmcs_read(VMCS_EXIT_QUALIFICATION)) {
	case 2:
		return VMCS_CHECK_PDPTE;
	case 3:
		return VMCS_CHECK_NMI;
	case 4:
		return VMCS_CHECK_LINK;
	default:
		return VMCS_CHECK_GUEST;
	}
}

/* The processor's verdict: enum vmcs_check_group, ENTERED, or OTHER. */
static u32 enter(struct trial *trial)
{
	struct vcpu *vcpu = &trial->vcpu;

	vcpu_run(vcpu, 0);
	if (!vcpu->entry_failed) {
		if (trial->damage != NULL) {
			host_repair();
		}
		return ENTERED;
	}
	trial->refused++;
	if (vcpu->entry_failure != 0) {
		return group_of_exit(vcpu);
	}
	switch (vmcs_read(VMCS_VM_INSTRUCTION_ERROR)) {
	case VMX_ERROR_ENTRY_CONTROLS:
		return VMCS_CHECK_CONTROLS;
	case VMX_ERROR_ENTRY_HOST_STATE:
		return VMCS_CHECK_HOST;
	default:
		return OTHER;
	}
}

/*
 * Whether the verdict is possible: within a stage the processor may report any
 * of the faults.
 */
static bool foreseen(u32 groups, u32 verdict)
{
	static const u32 stages[] = { STAGE_CONTROLS, STAGE_GUEST,
				      BIT_OF(VMCS_CHECK_MSR_LOADING) };

	for (size_t i = 0; i < ARRAY_SIZE(stages); i++) {
		if ((groups & stages[i]) != 0) {
			return (groups & stages[i] & BIT_OF(verdict)) != 0;
		}
	}
	return verdict == ENTERED;
}

static const char *verdict_text(u32 verdict)
{
	return verdict == ENTERED ? "enters"
	       : verdict == OTHER ? vmx_error_text((u32)vmcs_read(
					    VMCS_VM_INSTRUCTION_ERROR))
				  : vmcs_check_group_text(verdict);
}

static void judge(struct trial *trial)
{
	trial->groups = 0;
	trial->named = trial->damage == NULL;
	entry_check(&trial->vcpu, note, trial);
}

/* Reports a result that was not expected, and goes on with the next damages. */
static void fail(struct trial *trial, u32 time, const char *verdict)
{
	trial->failed++;
	console_printf("difference: %s guest: not known: \"%s\" (%u) at a %s: "
		       "the checker %s it, groups %x; the processor: %s\n",
		       entry_kind_name(trial->kind), trial->damage->check, time,
		       trial->launches ? "launch" : "resume",
		       trial->named ? "names" : "does not name", trial->groups,
		       verdict);
}

static void try_damage(struct trial *trial, u32 time)
{
	const struct entry_damage *damage = trial->damage;
	enum entry_difference known =
		entry_damage_difference(damage, trial->under_kvm);
	enum entry_damage_result done;
	u32 verdict;
	bool agrees;

	make_good(trial);
	done = entry_damage_do(damage, time, virt_to_phys(trial->page),
			       try_read, try_write, NULL);
	trial->dropped += done == ENTRY_DAMAGE_DROPPED;
	if (done != ENTRY_DAMAGE_DONE) {
		return;
	}
	judge(trial);
	verdict = enter(trial);
	/* After an interruption no guest is entered any more. */
	if (input_interrupted()) {
		return;
	}
	agrees = foreseen(trial->groups, verdict);
	trial->tried++;
	trial->known[known].tried++;
	if (!agrees) {
		trial->differed++;
		trial->known[known].differed++;
	}
	if (!trial->named || (!agrees && known == DIFFERS_NOT)) {
		fail(trial, time, verdict_text(verdict));
	}
}

static bool try_good(struct trial *trial)
{
	u32 verdict;

	trial->damage = NULL;
	make_good(trial);
	judge(trial);
	verdict = enter(trial);
	if (trial->groups == 0 && verdict == ENTERED) {
		return true;
	}
	selftest_saw("undamaged: the checker finds groups %x; the processor: "
		     "%s %s",
		     trial->groups, verdict_text(verdict), trial->vcpu.why);
	return false;
}

/* Clears the VMCS, so that the next entry is a launch. */
static void clear(struct trial *trial)
{
	vcpu_unload(&trial->vcpu);
	vcpu_load(&trial->vcpu);
}

static void try_all(struct trial *trial, bool launch)
{
	const struct vmx_caps *caps = &vmx_this_core()->caps;
	const struct entry_damage *damage;

	trial->launches = launch;
	for (size_t i = 0; (damage = entry_damage_nth(i)) != NULL; i++) {
		u32 times = MAX(damage->times, 1);

		if (!entry_damage_fits(damage, trial->kind, caps)) {
			continue;
		}
		if (damage->untried != NULL) {
			trial->untried += times;
			continue;
		}
		trial->dropped = 0;
		for (u32 time = 0; time < times && !input_interrupted();
		     time++) {
			if (launch) {
				clear(trial);
			}
			trial->damage = damage;
			try_damage(trial, time);
		}
		if (trial->dropped != 0 && !launch) {
			console_printf("left out: %s guest: \"%s\": VMWRITE "
				       "drops such bits, %u of %u times\n",
				       entry_kind_name(trial->kind),
				       damage->check, trial->dropped, times);
		}
	}
}

/* Prints the known differences; one that did not occur has a count of 0. */
static void tell_differences(const struct trial *trial)
{
	for (u32 i = DIFFERS_NOT + 1; i < ENTRY_DIFFERENCES; i++) {
		if (trial->known[i].tried != 0) {
			console_printf(
				"difference: %s guest: %s: %u of %u entries\n",
				entry_kind_name(trial->kind),
				entry_difference_text(i),
				trial->known[i].differed,
				trial->known[i].tried);
		}
	}
}

static bool run_trial(struct trial *trial)
{
	vcpu_load(&trial->vcpu);
	trial->vcpu.unchecked = true;
	host_repair_begin();
	if (!try_good(trial) || !try_good(trial)) {
		return false;
	}
	try_all(trial, false);
	if (!try_good(trial)) {
		return false;
	}
	try_all(trial, true);
	if (input_interrupted()) {
		return false;
	}
	tell_differences(trial);
	if (trial->failed != 0) {
		selftest_saw("%u of %u damages otherwise; see above",
			     trial->failed, trial->tried);
		return false;
	}
	selftest_saw("%u damages, %u entries refused, %u known differences, "
		     "%u not tried",
		     trial->tried, trial->refused, trial->differed,
		     trial->untried);
	return true;
}

static bool under_kvm(void)
{
	struct cpuid_info info;

	cpuid_decode(cpuid, &info);
	return str_equal(info.hypervisor_name, "KVMKVMKVM");
}

static bool test_kind(enum entry_kind kind)
{
	static struct trial trial;
	bool passed = false;

	memset(&trial, 0, sizeof(trial));
	trial.kind = kind;
	trial.under_kvm = under_kvm();
	trial.page = pages_get(1);
	if (trial.page == NULL || vcpu_init(&trial.vcpu, &ops, NULL) != 0) {
		selftest_saw("no memory");
	} else {
		passed = run_trial(&trial);
	}
	vcpu_free(&trial.vcpu);
	if (trial.page != NULL) {
		pages_put(trial.page, 1);
	}
	return passed;
}

void selftest_entry_checks(void)
{
	for (u32 kind = 0; kind < ENTRY_KINDS; kind++) {
		bool passed = false;

		if (!selftest_begin("entry-checks", entry_kind_name(kind))) {
			continue;
		}
		if (entry_kind_possible(kind, &vmx_this_core()->caps)) {
			passed = test_kind(kind);
		} else {
			selftest_skip("this processor has no such guests");
		}
		selftest_end(passed, "what the checker says");
	}
}
