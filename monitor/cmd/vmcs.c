/*
 * The command vmcs: shows the VMCS of a core's last guest, field by field, and
 * the checks that VM entry makes. A VMCS can be read only on the core where it
 * is current: that core reads, and the boot core prints. Runs on the boot core,
 * through command.c, while no guest runs.
 */
#include "arch/console/console.h"
#include "arch/mem/paging.h"
#include "arch/smp.h"
#include "lib/error.h"
#include "lib/str.h"
#include "monitor/command.h"
#include "vmm/entry_check.h"
#include "vmm/vcpu.h"
#include "vmm/vmx/vmcs.h"
#include "vmm/vmcs_words.h"
#include "vmm/vmx/vmx.h"

#define COUNT_ONE(name, encoding) +1
#define FIELDS (0 VMCS_FIELDS(COUNT_ONE))

#define FINDINGS_MAX 32
#define FINDING_BYTES 240

enum outcome { NO_VMX, NO_GUEST, GUEST_ELSEWHERE, GUEST_READ };

static struct reading {
	enum outcome outcome;
	const struct vcpu *vcpu;
	/* In the order of vmcs_field_encodings. */
	bool present[FIELDS];
	bool readable[FIELDS];
	u64 value[FIELDS];
	/* The entry checker's findings: how many, and the first one. */
	u32 found;
	struct vmcs_finding finding[FINDINGS_MAX];
} reading;

/* Does not use vmcs_read(), which would panic: the VMCS may be damaged. */
static void read_fields(struct reading *r, const struct vmx_caps *caps)
{
	for (size_t i = 0; i < FIELDS; i++) {
		u32 field = vmcs_field_encodings[i];

		r->present[i] = vmcs_field_present(field, caps);
		r->readable[i] =
			r->present[i] && vmread(field, &r->value[i]) == VMX_OK;
	}
}

static void keep_finding(void *ctx, const struct vmcs_finding *finding)
{
	struct reading *r = ctx;

	if (r->found < FINDINGS_MAX) {
		r->finding[r->found] = *finding;
	}
	r->found++;
}

/*
 * Reads, on the guest's core, interrupts off. A vcpu that was not loaded is
 * unloaded again.
 */
static void read_here(void *argument)
{
	struct reading *r = argument;
	struct vmx_core *core = vmx_this_core();
	struct vcpu *vcpu = core->last;
	bool loaded;

	if (core->state != VMX_ON) {
		r->outcome = NO_VMX;
		return;
	}
	if (vcpu == NULL) {
		r->outcome = NO_GUEST;
		return;
	}
	if (vcpu->cpu != NULL && vcpu->cpu != this_cpu()) {
		r->outcome = GUEST_ELSEWHERE;
		return;
	}
	loaded = vcpu->cpu != NULL;
	vcpu_load(vcpu);
	read_fields(r, &core->caps);
	r->found = 0;
	entry_check(vcpu, keep_finding, r);
	if (!loaded) {
		vcpu_unload(vcpu);
	}
	r->vcpu = vcpu;
	r->outcome = GUEST_READ;
}

static int explain(enum outcome outcome, u32 index)
{
	const struct vmx_core *core = vmx_core(index);

	switch (outcome) {
	case NO_VMX:
		return command_error(ERR_UNSUPPORTED, "%s; core %u; %s",
				     core->state == VMX_UNAVAILABLE
					     ? core->why
					     : "VMX is not on",
				     index,
				     core->state == VMX_UNAVAILABLE
					     ? core->remedy
					     : "'cpus' tells its state");
	case NO_GUEST:
		return command_error(ERR_NOT_FOUND,
				     "no guest has run here yet; core %u; run "
				     "one, as with 'bios 11 cpu=%u'",
				     index, index);
	case GUEST_ELSEWHERE:
		return command_error(ERR_BUSY,
				     "its last guest is on another core now; "
				     "core %u; name that core by cpu=",
				     index);
	case GUEST_READ:
		break;
	}
	return 0;
}

static void print_field(const struct reading *r, size_t i)
{
	u32 field = vmcs_field_encodings[i];
	const char *name = vmcs_field_name(field);

	if (!r->readable[i]) {
		console_printf("%s: VMREAD fails\n", name);
		return;
	}
	console_printf("%s = %0*llx", name, (int)vmcs_field_bytes(field) * 2,
		       (unsigned long long)r->value[i]);
	if (field == VMCS_EXIT_REASON) {
		console_printf(" %s", exit_reason_name((u32)r->value[i]));
	}
	console_printf("\n");
}

static u32 exit_reason(const struct reading *r)
{
	for (size_t i = 0; i < FIELDS; i++) {
		if (vmcs_field_encodings[i] == VMCS_EXIT_REASON) {
			return (u32)r->value[i];
		}
	}
	return 0;
}

/* One of those asked for: what its bits mean stands below it. */
static void explain_field(const struct reading *r, size_t i)
{
	char words[FINDING_BYTES];

	print_field(r, i);
	if (r->readable[i] && vmcs_field_encodings[i] != VMCS_EXIT_REASON &&
	    vmcs_field_words(vmcs_field_encodings[i], r->value[i],
			     exit_reason(r), words, sizeof(words)) != 0) {
		console_printf("  %s\n", words);
	}
}

static char upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* Whether the name, in capitals, has the word in it, in letters of any case. */
static bool has_word(const char *name, const char *word)
{
	for (; *name != '\0'; name++) {
		size_t n = 0;

		while (word[n] != '\0' && upper(word[n]) == name[n]) {
			n++;
		}
		if (word[n] == '\0') {
			return true;
		}
	}
	return false;
}

static int explain_fields(const struct reading *r, const char *word)
{
	bool found = false;

	for (size_t i = 0; i < FIELDS; i++) {
		u32 field = vmcs_field_encodings[i];

		if (r->present[i] &&
		    (str_equal(word, vmcs_field_group(field)) ||
		     has_word(vmcs_field_name(field), word))) {
			found = true;
			explain_field(r, i);
		}
	}
	if (!found) {
		return command_error(
			ERR_NOT_FOUND,
			"no field or group has '%.32s' in its name; "
			"vmcs; 'vmcs' shows all fields of this core",
			word);
	}
	return 0;
}

static void print_group(const struct reading *r, const char *group)
{
	console_printf("%s:\n", group);
	for (size_t i = 0; i < FIELDS; i++) {
		if (r->present[i] &&
		    str_equal(vmcs_field_group(vmcs_field_encodings[i]),
			      group)) {
			print_field(r, i);
		}
	}
}

static void print_fields(const struct reading *r)
{
	static const char *const groups[] = { "control", "exit", "guest",
					      "host" };

	for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
		print_group(r, groups[i]);
	}
}

static int print_checks(const struct reading *r, u32 index)
{
	char text[FINDING_BYTES];

	for (u32 i = 0; i < MIN(r->found, FINDINGS_MAX); i++) {
		vmcs_finding_format(&r->finding[i], text, sizeof(text));
		console_printf("check: %s\n", text);
	}
	if (r->found != 0) {
		return command_error(ERR_INVALID,
				     "%u fields break a check of VM entry; the "
				     "VMCS of core %u; mend what made it so",
				     r->found, index);
	}
	console_printf("vmcs: all %u checks hold\n", vmcs_check_count());
	return 0;
}

static int run_vmcs(struct args *args)
{
	const char *word = args_positional(args, 0);
	u64 index = 0;
	int err;

	err = args_dec(args, "cpu", smp_count() - 1, &index);
	if (err >= 0) {
		err = smp_start((u32)index, read_here, &reading);
	}
	if (err < 0) {
		return err;
	}
	smp_wait((u32)index);
	if (reading.outcome != GUEST_READ) {
		return explain(reading.outcome, (u32)index);
	}
	console_printf("vmcs: cpu=%u region=%08llx result=%s exits=%llu\n",
		       (u32)index,
		       (unsigned long long)virt_to_phys(reading.vcpu->vmcs),
		       vcpu_end_name(reading.vcpu->end),
		       (unsigned long long)reading.vcpu->exits);
	if (word != NULL) {
		return str_equal(word, "check")
			       ? print_checks(&reading, (u32)index)
			       : explain_fields(&reading, word);
	}
	print_fields(&reading);
	return 0;
}

COMMAND(VMX, 60, vmcs) = {
	.name = "vmcs",
	.usage = "[GROUP|NAME|check] [cpu=N]",
	.summary = "the VMCS of a core's last guest, field by field",
	.details = "A first line on the guest's last run; then NAME = HEX "
		   "for every field the core\n"
		   "has, in the groups control, exit, guest and host.\n"
		   "With GROUP, or NAME or a part of it, only these, each "
		   "with what its bits mean.\n"
		   "With check instead: which of the checks that VM entry "
		   "makes do not hold.",
	.example = "vmcs guest_cr",
	.keys = "cpu",
	.max_words = 1,
	.run = run_vmcs,
};
