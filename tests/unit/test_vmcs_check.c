/*
 * The entry checker: it finds nothing in good VMCSs of each kind on every
 * processor, and what each damage broke, and nothing that has no part in it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arch/x86.h"
#include "proof/selftest/entry_damages.h"
#include "tests/unit/vmx_models.h"
#include "vmm/vmx/check/vmcs_check.h"
#include "vmm/vmx/exit_reasons.h"
#include "vmm/guest_rights.h"
#include "vmm/vmx/vmx_cap_bits.h"

#define PAGE_PHYS 0x5000ull
#define VMCS_PHYS 0x7000ull
#define FIELDS_END 0x7000u

struct machine {
	struct vmx_caps caps;
	struct vmcs_check_env env;
	u64 field[FIELDS_END];
	u64 page[PAGE_SIZE / 8];
};

static struct machine machine;

/* A field the processor lacks must not be asked for: VMREAD would fail. */
static u64 read_field(void *ctx, enum vmcs_field field)
{
	const struct machine *m = ctx;

	assert_true(vmcs_field_present(field, &m->caps));
	return m->field[field];
}

static u64 read_any_field(void *ctx, enum vmcs_field field)
{
	return ((const struct machine *)ctx)->field[field];
}

static void put_field(void *ctx, enum vmcs_field field, u64 value)
{
	((struct machine *)ctx)->field[field] = value;
}

static bool write_field(void *ctx, enum vmcs_field field, u64 value)
{
	put_field(ctx, field, value);
	return true;
}

static u64 read_memory(void *ctx, u64 phys)
{
	const struct machine *m = ctx;

	assert_int_equal(phys % 8, 0);
	return phys >= PAGE_PHYS && phys < PAGE_PHYS + PAGE_SIZE
		       ? m->page[(phys - PAGE_PHYS) / 8]
		       : 0;
}

/* As vmm/vmx/vmcs_host.c does it. */
static void put_host(struct machine *m)
{
	m->field[VMCS_HOST_CR0] = vmx_caps_fix_cr0(&m->caps, CR0_WP | CR0_ET);
	m->field[VMCS_HOST_CR3] = 0x10000;
	m->field[VMCS_HOST_CR4] = vmx_caps_fix_cr4(&m->caps, CR4_PAE);
	for (u32 i = 0; i < 6; i++) {
		m->field[VMCS_HOST_ES_SELECTOR + 2 * i] = 0x10;
	}
	m->field[VMCS_HOST_CS_SELECTOR] = 0x08;
	m->field[VMCS_HOST_TR_SELECTOR] = 0x18;
	for (u32 i = 0; i < 5; i++) {
		m->field[VMCS_HOST_FS_BASE + 2 * i] = 0xffffffff80000000;
	}
	m->field[VMCS_HOST_RIP] = 0xffffffff80101000;
	m->field[VMCS_HOST_IA32_EFER] = EFER_LMA | EFER_LME | EFER_NXE;
	m->field[VMCS_HOST_IA32_PAT] = 0x0007040600070406;
}

static void use_caps(struct machine *m, const struct vmx_caps *caps)
{
	memset(m, 0, sizeof(*m));
	m->caps = *caps;
	entry_image_fill_page(m->page);
	m->env = (struct vmcs_check_env){
		.ctx = m,
		.read = read_field,
		.read_memory = read_memory,
		.caps = &m->caps,
		.vmcs_phys = VMCS_PHYS,
		.efer = EFER_SCE | EFER_LME | EFER_LMA | EFER_NXE,
		.perf_global_ctrl = 0x70000000f,
		.physical_bits = 39,
		.linear_bits = 48,
		.ia32e = true,
	};
}

static void make(struct machine *m, enum entry_kind kind)
{
	memset(m->field, 0, sizeof(m->field));
	entry_image_write(kind, &m->caps, PAGE_PHYS, put_field, m);
	put_host(m);
}

static void set_caps(struct vmx_caps *caps, u32 msr, u64 value)
{
	caps->msr[msr - MSR_IA32_VMX_FIRST] = value;
	caps->present |= 1u << (msr - MSR_IA32_VMX_FIRST);
}

/* A processor that has all there is; what no processor has stays out. */
static struct vmx_caps everything(void)
{
	struct vmx_caps caps = vmx_model_caps("tigerlake");

	set_caps(&caps, MSR_IA32_VMX_TRUE_PINBASED_CTLS, 0x000000ff00000016);
	set_caps(&caps, MSR_IA32_VMX_TRUE_PROCBASED_CTLS, 0xfffffffe04006172);
	set_caps(&caps, MSR_IA32_VMX_PROCBASED_CTLS2, 0xdfffffff00000000);
	set_caps(&caps, MSR_IA32_VMX_TRUE_EXIT_CTLS, 0xffffffff00036dfb);
	set_caps(&caps, MSR_IA32_VMX_TRUE_ENTRY_CTLS, 0x03ffffff000011fb);
	set_caps(&caps, MSR_IA32_VMX_PROCBASED_CTLS3, 0x13ff);
	set_caps(&caps, MSR_IA32_VMX_EXIT_CTLS2, 0xf);
	set_caps(&caps, MSR_IA32_VMX_CR4_FIXED1, 0x3ff7fff);
	return caps;
}

struct findings {
	u32 count;
	struct vmcs_finding finding[32];
};

static void note(void *ctx, const struct vmcs_finding *finding)
{
	struct findings *findings = ctx;

	assert_true(findings->count < ARRAY_SIZE(findings->finding));
	findings->finding[findings->count++] = *finding;
}

static bool found(const struct findings *findings, const char *check)
{
	for (u32 i = 0; i < findings->count; i++) {
		if (strcmp(findings->finding[i].check->name, check) == 0) {
			return true;
		}
	}
	return false;
}

static struct findings judge(const struct machine *m)
{
	struct findings findings = { 0 };

	u32 count = vmcs_check_run(&m->env, note, &findings);

	assert_int_equal(count, findings.count);
	return findings;
}

static void expect_none(const char *model, enum entry_kind kind)
{
	struct findings findings = judge(&machine);
	char text[200];

	if (findings.count != 0) {
		vmcs_finding_format(&findings.finding[0], text, sizeof(text));
		fail_msg("%s, %s: %s", model, entry_kind_name(kind), text);
	}
}

static void test_good(void **state)
{
	u32 made = 0;

	(void)state;
	for (size_t m = 0; m <= ARRAY_SIZE(vmx_models); m++) {
		bool real = m < ARRAY_SIZE(vmx_models);
		const char *name = real ? vmx_models[m].name : "everything";
		struct vmx_caps caps =
			real ? vmx_model_caps(name) : everything();

		use_caps(&machine, &caps);
		for (u32 kind = 0; kind < ENTRY_KINDS; kind++) {
			if (entry_kind_possible(kind, &caps)) {
				make(&machine, kind);
				expect_none(name, kind);
				made++;
			}
		}
	}
	assert_true(made > 40);
}

/* What comes along with another finding because one follows from the other. */
static const struct {
	const char *check;
	const char *also;
} companions[] = {
	{ "guest RFLAGS.VM", "V86 bases" },
	{ "guest RFLAGS.VM", "V86 limits" },
	{ "guest RFLAGS.VM", "V86 rights" },
	{ "host address-space size", "host RIP" },
	{ "host address-space size", "host IA32_EFER.LMA" },
	{ "host address-space size", "64-bit guest" },
	{ "host SS", "host address-space size" },
	{ "host SS", "host RIP" },
	{ "host SS", "host IA32_EFER.LMA" },
	{ "host SS", "64-bit guest" },
	{ "64-bit guest", "host address-space size" },
	{ "64-bit guest", "host RIP" },
	{ "64-bit guest", "host IA32_EFER.LMA" },
	{ "enclave interruption", "interruptibility reserved bits" },
	{ "host CR4.CET", "host CR4" },
	{ "guest CR4.CET", "guest CR4" },
	{ "guest CR4.PCIDE", "guest CR4" },
	{ "guest CR0", "64-bit guest's CR0" },
	{ "guest CR0", "guest RFLAGS.VM" },
	{ "64-bit guest's CR0", "guest CR0" },
	{ "SS selector", "SS DPL" },
	{ "SS DPL", "CS DPL" },
	{ "64-bit bases", "V86 bases" },
	{ "notification vector", "posted interrupts" },
	{ "posted-interrupt descriptor", "posted interrupts" },
};

static bool may_come_along(const char *check, const char *also)
{
	for (size_t i = 0; i < ARRAY_SIZE(companions); i++) {
		if (strcmp(companions[i].check, check) == 0 &&
		    strcmp(companions[i].also, also) == 0) {
			return true;
		}
	}
	return strcmp(check, also) == 0;
}

static void expect_damage(const char *model, enum entry_kind kind,
			  const struct entry_damage *damage, u32 time)
{
	struct findings findings;

	make(&machine, kind);
	assert_int_equal(entry_damage_do(damage, time, PAGE_PHYS,
					 read_any_field, write_field, &machine),
			 ENTRY_DAMAGE_DONE);
	findings = judge(&machine);
	if (!found(&findings, damage->check)) {
		fail_msg("%s, %s: \"%s\" (%u) is not found", model,
			 entry_kind_name(kind), damage->check, time);
	}
	for (u32 i = 0; i < findings.count; i++) {
		const char *also = findings.finding[i].check->name;

		if (!may_come_along(damage->check, also)) {
			fail_msg("%s, %s: with \"%s\" comes \"%s\"", model,
				 entry_kind_name(kind), damage->check, also);
		}
	}
}

static u32 damage_all(const char *model, const struct vmx_caps *caps)
{
	const struct entry_damage *damage;
	u32 done = 0;

	use_caps(&machine, caps);
	machine.env.rtm = true;
	for (size_t i = 0; (damage = entry_damage_nth(i)) != NULL; i++) {
		u32 times = MAX(damage->times, 1);

		for (u32 k = 0; k < ENTRY_KINDS * times; k++) {
			enum entry_kind kind = k / times;

			if (entry_kind_possible(kind, caps) &&
			    entry_damage_fits(damage, kind, caps)) {
				expect_damage(model, kind, damage, k % times);
				done++;
			}
		}
	}
	return done;
}

static void test_damages(void **state)
{
	struct vmx_caps caps = everything();

	(void)state;
	assert_true(damage_all("everything", &caps) > 600);
	for (size_t m = 0; m < ARRAY_SIZE(vmx_models); m++) {
		caps = vmx_model_caps(vmx_models[m].name);
		assert_true(damage_all(vmx_models[m].name, &caps) > 150);
	}
}

/* As KVM does it, and some Intel processors. */
static bool drop_reserved_rights(void *ctx, enum vmcs_field field, u64 value)
{
	bool rights = field >= VMCS_GUEST_ES_ACCESS_RIGHTS &&
		      field <= VMCS_GUEST_TR_ACCESS_RIGHTS;

	put_field(ctx, field, rights ? value & 0x1f0ff : value);
	return true;
}

static void test_dropped_bits_are_told(void **state)
{
	struct vmx_caps caps = everything();
	const struct entry_damage *damage;
	u32 dropped = 0;

	(void)state;
	use_caps(&machine, &caps);
	for (size_t i = 0; (damage = entry_damage_nth(i)) != NULL; i++) {
		bool reserved =
			strcmp(damage->check, "segment reserved bits") == 0;

		make(&machine, ENTRY_LONG);
		assert_int_equal(
			entry_damage_do(damage, 0, PAGE_PHYS, read_any_field,
					drop_reserved_rights, &machine),
			reserved ? ENTRY_DAMAGE_DROPPED : ENTRY_DAMAGE_DONE);
		dropped += reserved;
	}
	assert_int_equal(dropped, 2);
}

/* Without EPT, or without that VM function, a processor names other checks. */
static void test_eptp_switching_needs_both(void **state)
{
	struct vmx_caps caps[2] = { everything(), everything() };
	const struct entry_damage *damage;
	u32 tried = 0;

	(void)state;
	caps[0].msr[MSR_IA32_VMX_PROCBASED_CTLS2 - MSR_IA32_VMX_FIRST] &=
		~((u64)PROCBASED2_ENABLE_EPT << 32);
	caps[1].msr[MSR_IA32_VMX_VMFUNC - MSR_IA32_VMX_FIRST] = 0;
	for (size_t i = 0; (damage = entry_damage_nth(i)) != NULL; i++) {
		if (strncmp(damage->check, "EPTP switching", 14) == 0 ||
		    strncmp(damage->check, "EPTP list", 9) == 0) {
			for (u32 kind = 0; kind < ENTRY_KINDS; kind++) {
				assert_false(entry_damage_fits(damage, kind,
							       &caps[0]));
				assert_false(entry_damage_fits(damage, kind,
							       &caps[1]));
			}
			tried++;
		}
	}
	assert_int_equal(tried, 2);
}

static void test_every_check_has_a_damage(void **state)
{
	const struct vmcs_check *check;
	const struct entry_damage *damage;
	struct vmx_caps caps = everything();

	(void)state;
	for (u32 i = 0; (check = vmcs_check_nth(i)) != NULL; i++) {
		bool has = false;

		for (size_t d = 0; (damage = entry_damage_nth(d)) != NULL;
		     d++) {
			if (strcmp(damage->check, check->name) == 0 &&
			    vmx_caps_may(&caps, damage->needs_word,
					 damage->needs)) {
				has = true;
			}
		}
		if (!has) {
			fail_msg("no damage for \"%s\"", check->name);
		}
	}
	assert_int_equal(vmcs_check_count() > 110, true);
}

static void test_names_are_unique(void **state)
{
	(void)state;
	for (u32 i = 0; i < vmcs_check_count(); i++) {
		for (u32 j = 0; j < i; j++) {
			assert_string_not_equal(vmcs_check_nth(i)->name,
						vmcs_check_nth(j)->name);
		}
	}
	assert_null(vmcs_check_nth(vmcs_check_count()));
}

/* What no damage can say: it depends on the VMCS or on a capability. */
static const struct {
	const char *check;
	u32 msr;   /* takes this value, if it is not 0 */
	u64 value; /* of the capability */
	u32 field; /* is set to ... */
	u64 to;
	u32 field2;
	u64 to2;
	bool holds;
} special_cases[] = {
	{ "link pointer", .field = VMCS_VMCS_LINK_POINTER, .to = VMCS_PHYS },
	/* Not where VMX_BASIC bit 56 leaves the error code to us. */
	{ "injected error code flag", MSR_IA32_VMX_BASIC, 0x01d8100000000004,
	  VMCS_VM_ENTRY_INTERRUPTION_INFO, 0x8000030d, .holds = true },
	{ "injected error code flag", MSR_IA32_VMX_BASIC, 0x00d8100000000004,
	  VMCS_VM_ENTRY_INTERRUPTION_INFO, 0x8000030d, .holds = false },
	{ "injected error code flag", MSR_IA32_VMX_BASIC, 0x00d8100000000004,
	  VMCS_VM_ENTRY_INTERRUPTION_INFO, 0x80000b06, .holds = false },
	{ "injected error code flag", MSR_IA32_VMX_BASIC, 0x00d8100000000004,
	  VMCS_VM_ENTRY_INTERRUPTION_INFO, 0x80000b11, .holds = true },
	/* The monitor trap flag is bit 27. */
	{ "injected type", MSR_IA32_VMX_TRUE_PROCBASED_CTLS, 0xf7f9fffe04006172,
	  VMCS_VM_ENTRY_INTERRUPTION_INFO, 0x80000700, .holds = false },
	{ "injected type", MSR_IA32_VMX_TRUE_PROCBASED_CTLS, 0xfff9fffe04006172,
	  VMCS_VM_ENTRY_INTERRUPTION_INFO, 0x80000700, .holds = true },
	{ "injected vector", .field = VMCS_VM_ENTRY_INTERRUPTION_INFO,
	  .to = 0x80000701 },
	{ "injected instruction length", MSR_IA32_VMX_MISC, 0x401e0,
	  VMCS_VM_ENTRY_INTERRUPTION_INFO, 0x80000430,
	  VMCS_VM_ENTRY_INSTRUCTION_LENGTH, 0, .holds = false },
	{ "injected instruction length", MSR_IA32_VMX_MISC, 0x400401e0,
	  VMCS_VM_ENTRY_INTERRUPTION_INFO, 0x80000430,
	  VMCS_VM_ENTRY_INSTRUCTION_LENGTH, 0, true },
	/* VMX_BASIC bit 48: addresses of 32 bits. */
	{ "MSR areas", MSR_IA32_VMX_BASIC, 0x00d9100000000004,
	  VMCS_VM_EXIT_MSR_LOAD_ADDRESS, BIT(32), VMCS_VM_EXIT_MSR_LOAD_COUNT,
	  1, .holds = false },
	/* The last byte is beyond the 39 bits there are. */
	{ "MSR areas", .field = VMCS_VM_EXIT_MSR_LOAD_ADDRESS,
	  .to = BIT(39) - 16, .field2 = VMCS_VM_EXIT_MSR_LOAD_COUNT, .to2 = 2 },
	{ "MSR areas", .field = VMCS_VM_EXIT_MSR_LOAD_ADDRESS,
	  .to = BIT(39) - 16, .field2 = VMCS_VM_EXIT_MSR_LOAD_COUNT, .to2 = 1,
	  .holds = true },
	{ "activity state", MSR_IA32_VMX_MISC, 0x40000,
	  VMCS_GUEST_ACTIVITY_STATE, ACTIVITY_HLT, .holds = false },
	{ "64-bit guest's RIP", .field = VMCS_GUEST_RIP,
	  .to = 0xffff800000000000, .holds = true },
	{ "64-bit guest's RIP", .field = VMCS_GUEST_RIP,
	  .to = 0x0000800000000000, .holds = true },
	{ "64-bit guest's RIP", .field = VMCS_GUEST_RIP,
	  .to = 0x0001000000000000 },
	{ "CS DPL", .field = VMCS_GUEST_CS_ACCESS_RIGHTS, .to = 0xa0fd,
	  .field2 = VMCS_GUEST_CS_SELECTOR, .to2 = 0x20 },
	{ "CS DPL", .field = VMCS_GUEST_CS_ACCESS_RIGHTS, .to = 0xa09d,
	  .holds = true },
	{ "data segment types", .field = VMCS_GUEST_DS_ACCESS_RIGHTS,
	  .to = RIGHTS_UNUSABLE, .holds = true },
	{ "segments present", .field = VMCS_GUEST_CS_ACCESS_RIGHTS,
	  .to = RIGHTS_UNUSABLE },
};

static void test_special_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(special_cases); i++) {
		struct vmx_caps caps = everything();
		struct findings findings;

		if (special_cases[i].msr != 0) {
			set_caps(&caps, special_cases[i].msr,
				 special_cases[i].value);
		}
		use_caps(&machine, &caps);
		make(&machine, ENTRY_LONG);
		machine.field[special_cases[i].field] = special_cases[i].to;
		if (special_cases[i].field2 != 0) {
			machine.field[special_cases[i].field2] =
				special_cases[i].to2;
		}
		findings = judge(&machine);
		if (found(&findings, special_cases[i].check) ==
		    special_cases[i].holds) {
			fail_msg("row %zu, \"%s\"", i, special_cases[i].check);
		}
	}
}

/*
 * What is pending while something holds a single step back: BS just where
 * RFLAGS.TF traps each instruction, not where DEBUGCTL.BTF makes it branches.
 */
static void test_pending_step(void **state)
{
	static const struct {
		u64 rflags, debugctl;
		u32 blocking, activity;
		u64 pending;
		bool holds;
	} rows[] = {
		{ RFLAGS_TF, 0, INTERRUPTIBILITY_STI, 0, PENDING_DEBUG_BS,
		  true },
		{ RFLAGS_TF, 0, INTERRUPTIBILITY_STI, 0, 0, false },
		{ RFLAGS_TF, 0, INTERRUPTIBILITY_MOV_SS, 0, 0, false },
		{ RFLAGS_TF, DEBUGCTL_BTF, INTERRUPTIBILITY_STI, 0, 0, true },
		{ RFLAGS_TF, DEBUGCTL_BTF, INTERRUPTIBILITY_STI, 0,
		  PENDING_DEBUG_BS, false },
		{ 0, 0, INTERRUPTIBILITY_STI, 0, 0, true },
		{ 0, 0, INTERRUPTIBILITY_STI, 0, PENDING_DEBUG_BS, false },
		{ 0, DEBUGCTL_BTF, INTERRUPTIBILITY_MOV_SS, 0, 0, true },
		{ RFLAGS_TF, 0, 0, ACTIVITY_HLT, 0, false },
		{ RFLAGS_TF, 0, 0, ACTIVITY_HLT, PENDING_DEBUG_BS, true },
		/* Nothing holds it back: either way is right. */
		{ RFLAGS_TF, 0, 0, 0, 0, true },
		{ 0, 0, 0, 0, PENDING_DEBUG_BS, true },
	};
	struct vmx_caps caps = everything();

	(void)state;
	use_caps(&machine, &caps);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct findings findings;

		make(&machine, ENTRY_LONG);
		machine.field[VMCS_GUEST_RFLAGS] |= RFLAGS_IF | rows[i].rflags;
		machine.field[VMCS_GUEST_IA32_DEBUGCTL] = rows[i].debugctl;
		machine.field[VMCS_GUEST_INTERRUPTIBILITY_STATE] =
			rows[i].blocking;
		machine.field[VMCS_GUEST_ACTIVITY_STATE] = rows[i].activity;
		machine.field[VMCS_GUEST_PENDING_DEBUG_EXCEPTIONS] =
			rows[i].pending;
		findings = judge(&machine);
		if (found(&findings, "pending single step") == rows[i].holds ||
		    findings.count > 1) {
			fail_msg("row %zu: %u findings", i, findings.count);
		}
	}
}

/* An event must not be injected where what is in force would hold it back. */
static void test_blocked_injection(void **state)
{
	static const struct {
		enum interruption_type type;
		bool virtual_nmis;
		u32 blocking;
		const char *check; /* NULL: nothing is wrong */
	} rows[] = {
		{ INTERRUPTION_TYPE_NMI, true, 0, NULL },
		{ INTERRUPTION_TYPE_NMI, true, INTERRUPTIBILITY_NMI,
		  "blocking by NMI" },
		{ INTERRUPTION_TYPE_NMI, false, INTERRUPTIBILITY_NMI, NULL },
		{ INTERRUPTION_TYPE_NMI, false, INTERRUPTIBILITY_STI,
		  "STI and NMI" },
		{ INTERRUPTION_TYPE_NMI, false, INTERRUPTIBILITY_MOV_SS,
		  "blocking and injection" },
		{ INTERRUPTION_TYPE_EXTERNAL_INTERRUPT, true, 0, NULL },
		{ INTERRUPTION_TYPE_EXTERNAL_INTERRUPT, true,
		  INTERRUPTIBILITY_NMI, NULL },
		{ INTERRUPTION_TYPE_EXTERNAL_INTERRUPT, false,
		  INTERRUPTIBILITY_STI, "blocking and injection" },
		{ INTERRUPTION_TYPE_EXTERNAL_INTERRUPT, false,
		  INTERRUPTIBILITY_MOV_SS, "blocking and injection" },
	};
	struct vmx_caps caps = everything();

	(void)state;
	use_caps(&machine, &caps);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		bool nmi = rows[i].type == INTERRUPTION_TYPE_NMI;
		struct findings findings;

		make(&machine, ENTRY_LONG);
		machine.field[VMCS_GUEST_RFLAGS] |= RFLAGS_IF;
		machine.field[VMCS_PINBASED_CONTROLS] |=
			rows[i].virtual_nmis ? PINBASED_VIRTUAL_NMIS : 0;
		machine.field[VMCS_VM_ENTRY_INTERRUPTION_INFO] =
			interruption_info_make(rows[i].type, nmi ? 2 : 0x40,
					       false);
		machine.field[VMCS_GUEST_INTERRUPTIBILITY_STATE] =
			rows[i].blocking;
		findings = judge(&machine);
		if (findings.count != (rows[i].check != NULL) ||
		    (rows[i].check != NULL &&
		     !found(&findings, rows[i].check))) {
			fail_msg("row %zu: %u findings, %s", i, findings.count,
				 findings.count != 0
					 ? findings.finding[0].check->name
					 : "");
		}
	}
}

static void test_words(void **state)
{
	struct vmx_caps caps = everything();
	struct findings findings;
	char text[200];

	(void)state;
	use_caps(&machine, &caps);
	make(&machine, ENTRY_V86);
	machine.field[VMCS_GUEST_DS_LIMIT] = 0xfffe;
	findings = judge(&machine);
	assert_int_equal(findings.count, 1);
	vmcs_finding_format(&findings.finding[0], text, sizeof(text));
	assert_string_equal(text,
			    "V86 limits: GUEST_DS_LIMIT = 0000fffe, bits 1: "
			    "FFFFh in virtual-8086 mode");
	make(&machine, ENTRY_LONG);
	machine.field[VMCS_GUEST_IA32_SYSENTER_EIP] = BIT(63);
	findings = judge(&machine);
	vmcs_finding_format(&findings.finding[0], text, sizeof(text));
	assert_string_equal(text, "guest SYSENTER: GUEST_IA32_SYSENTER_EIP = "
				  "8000000000000000: canonical");
	for (u32 group = 0; group < VMCS_CHECK_GROUPS; group++) {
		assert_non_null(vmcs_check_group_text(group));
	}
	for (u32 i = 1; i < ENTRY_DIFFERENCES; i++) {
		assert_true(strlen(entry_difference_text(i)) > 10);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_damages),
		cmocka_unit_test(test_dropped_bits_are_told),
		cmocka_unit_test(test_eptp_switching_needs_both),
		cmocka_unit_test(test_every_check_has_a_damage),
		cmocka_unit_test(test_names_are_unique),
		cmocka_unit_test(test_special_cases),
		cmocka_unit_test(test_pending_step),
		cmocka_unit_test(test_blocked_injection),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
