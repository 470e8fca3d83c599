/* VMX capabilities: which MSRs are read, what they mean, and their text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "arch/x86.h"
#include "lib/error.h"
#include "tests/unit/vmx_models.h"
#include "vmm/vmx/feature_control.h"
#include "vmm/vmx/vmx_cap_bits.h"
#include "vmm/vmx/vmx_cap_describe.h"

/* The processor rdmsr plays, and what was asked of it. */
static struct {
	u64 msr[VMX_CAPS_MSR_COUNT];
	u32 present;
	u32 asked;
	bool asked_twice;
} machine;

static bool play_rdmsr(u32 msr, u64 *value)
{
	u32 i = msr - MSR_IA32_VMX_FIRST;

	assert_in_range(msr, MSR_IA32_VMX_FIRST, MSR_IA32_VMX_LAST);
	machine.asked_twice |= (machine.asked >> i & 1) != 0;
	machine.asked |= 1u << i;
	if (!(machine.present >> i & 1)) {
		*value = 0xdeadbeefdeadbeef;
		return false;
	}
	*value = machine.msr[i];
	return true;
}

static void play(const struct vmx_model *model)
{
	memset(&machine, 0, sizeof(machine));
	memcpy(machine.msr, model->msr, sizeof(machine.msr));
	machine.present = model->present;
}

static void test_read_every_model(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(vmx_models); i++) {
		struct vmx_caps caps;

		play(&vmx_models[i]);
		assert_int_equal(vmx_caps_read(&caps, play_rdmsr), 0);
		/* All that is there, and never one that would fault. */
		assert_int_equal(caps.present, vmx_models[i].present);
		assert_int_equal(machine.asked, vmx_models[i].present);
		assert_false(machine.asked_twice);
		assert_memory_equal(caps.msr, vmx_models[i].msr,
				    sizeof(caps.msr));
	}
}

static void set(u32 msr, u64 value)
{
	machine.msr[msr - MSR_IA32_VMX_FIRST] = value;
	machine.present |= 1u << (msr - MSR_IA32_VMX_FIRST);
}

static void test_read_first_generation(void **state)
{
	struct vmx_caps caps;

	(void)state;
	/* No TRUE controls, no secondary controls. */
	memset(&machine, 0, sizeof(machine));
	machine.present = 0xfffff;
	set(MSR_IA32_VMX_PINBASED_CTLS, 0x0000003f00000016);
	assert_int_equal(vmx_caps_read(&caps, play_rdmsr), 0);
	assert_int_equal(machine.asked, 0x7ff);
	assert_int_equal(caps.present, 0x7ff);
	assert_int_equal(vmx_caps_allowed_msr(&caps, VMX_WORD_PINBASED),
			 MSR_IA32_VMX_PINBASED_CTLS);
	assert_int_equal(vmx_caps_allowed(&caps, VMX_WORD_PINBASED),
			 0x0000003f00000016);
	assert_int_equal(vmx_caps_allowed(&caps, VMX_WORD_PROCBASED2), 0);
	assert_false(vmx_caps_has_ept(&caps));
	assert_false(vmx_caps_ept_walk_4(&caps));
}

static void test_read_newest_generation(void **state)
{
	struct vmx_caps caps;

	(void)state;
	memset(&machine, 0, sizeof(machine));
	machine.present = 0xfffff;
	set(MSR_IA32_VMX_PROCBASED_CTLS,
	    (u64)PROCBASED_ACTIVATE_TERTIARY_CONTROLS << 32);
	set(MSR_IA32_VMX_EXIT_CTLS,
	    (u64)VMEXIT_ACTIVATE_SECONDARY_CONTROLS << 32);
	set(MSR_IA32_VMX_PROCBASED_CTLS3, PROCBASED3_IPI_VIRTUALIZATION);
	set(MSR_IA32_VMX_EXIT_CTLS2, VMEXIT2_LOAD_FRED);
	assert_int_equal(vmx_caps_read(&caps, play_rdmsr), 0);
	assert_int_equal(machine.asked, 0xc07ff);
	assert_int_equal(vmx_caps_may_be_1(&caps, VMX_WORD_PROCBASED3),
			 PROCBASED3_IPI_VIRTUALIZATION);
	assert_int_equal(vmx_caps_must_be_1(&caps, VMX_WORD_PROCBASED3), 0);
	assert_int_equal(vmx_caps_allowed(&caps, VMX_WORD_PROCBASED3), 0);
	assert_true(vmx_caps_may(&caps, VMX_WORD_EXIT2, VMEXIT2_LOAD_FRED));
	assert_false(vmx_caps_may(&caps, VMX_WORD_EXIT2, VMEXIT2_SAVE_FRED));
}

static void test_vpid_alone_has_a_capability_msr(void **state)
{
	struct vmx_caps caps;

	(void)state;
	memset(&machine, 0, sizeof(machine));
	machine.present = 0xfffff;
	set(MSR_IA32_VMX_PROCBASED_CTLS,
	    (u64)PROCBASED_ACTIVATE_SECONDARY_CONTROLS << 32);
	set(MSR_IA32_VMX_PROCBASED_CTLS2, (u64)PROCBASED2_ENABLE_VPID << 32);
	assert_int_equal(vmx_caps_read(&caps, play_rdmsr), 0);
	assert_true(vmx_caps_present(&caps, MSR_IA32_VMX_EPT_VPID_CAP));
	assert_false(vmx_caps_present(&caps, MSR_IA32_VMX_VMFUNC));
}

static void test_read_failures(void **state)
{
	struct vmx_caps caps;

	(void)state;
	/* A register all processors have. */
	play(vmx_model_find("corei7_haswell_4770"));
	machine.present &=
		~(1u << (MSR_IA32_VMX_CR4_FIXED1 - MSR_IA32_VMX_FIRST));
	assert_int_equal(vmx_caps_read(&caps, play_rdmsr), ERR_UNSUPPORTED);

	/* One that was announced, as some nested hypervisors leave out. */
	play(vmx_model_find("corei7_haswell_4770"));
	machine.present &=
		~(1u << (MSR_IA32_VMX_EPT_VPID_CAP - MSR_IA32_VMX_FIRST));
	assert_int_equal(vmx_caps_read(&caps, play_rdmsr), 0);
	assert_false(vmx_caps_present(&caps, MSR_IA32_VMX_EPT_VPID_CAP));
	assert_int_equal(vmx_caps_msr(&caps, MSR_IA32_VMX_EPT_VPID_CAP), 0);
	assert_false(vmx_caps_ept_walk_4(&caps));

	/* A TRUE register that is missing leaves the plain one in force. */
	play(vmx_model_find("corei7_haswell_4770"));
	machine.present &=
		~(1u << (MSR_IA32_VMX_TRUE_EXIT_CTLS - MSR_IA32_VMX_FIRST));
	assert_int_equal(vmx_caps_read(&caps, play_rdmsr), 0);
	assert_int_equal(vmx_caps_allowed_msr(&caps, VMX_WORD_EXIT),
			 MSR_IA32_VMX_EXIT_CTLS);
}

/* Translations that cannot be dropped may not be kept. */
static void test_vpid_needs_invvpid(void **state)
{
	struct vmx_caps caps = vmx_model_caps("corei7_haswell_4770");
	u64 *bits = &caps.msr[MSR_IA32_VMX_EPT_VPID_CAP - MSR_IA32_VMX_FIRST];

	(void)state;
	for (u32 type = 0; type <= 3; type++) {
		assert_true(vmx_caps_has_invvpid_type(&caps, type));
	}
	assert_false(vmx_caps_has_invvpid_type(&caps, 4));
	*bits &= ~VPID_CAP_INVVPID_SINGLE;
	assert_false(vmx_caps_has_invvpid_type(&caps, 1));
	assert_true(vmx_caps_has_vpid(&caps));
	*bits &= ~VPID_CAP_INVVPID_ALL;
	assert_false(vmx_caps_has_vpid(&caps));
	*bits |= VPID_CAP_INVVPID_SINGLE;
	assert_true(vmx_caps_has_vpid(&caps));
	*bits &= ~VPID_CAP_INVVPID;
	assert_false(vmx_caps_has_vpid(&caps));
}

static void test_ept_needs_invept(void **state)
{
	struct vmx_caps caps = vmx_model_caps("corei7_haswell_4770");
	u64 *bits = &caps.msr[MSR_IA32_VMX_EPT_VPID_CAP - MSR_IA32_VMX_FIRST];

	(void)state;
	*bits &= ~EPT_CAP_INVEPT_SINGLE;
	assert_true(vmx_caps_can_use_ept(&caps));
	*bits &= ~EPT_CAP_INVEPT_ALL;
	assert_false(vmx_caps_can_use_ept(&caps));
	*bits |= EPT_CAP_INVEPT_SINGLE;
	assert_true(vmx_caps_can_use_ept(&caps));
	*bits &= ~EPT_CAP_INVEPT;
	assert_false(vmx_caps_can_use_ept(&caps));
}

static void test_features_by_model(void **state)
{
	static const struct {
		const char *model;
		u32 revision;
		bool ept, vpid, unrestricted, timer, mtf, efer, length_0;
		u32 fields; /* the highest index of a field */
	} rows[] = {
		{ "bx_generic", 0x2b, 0, 0, 0, 0, 0, 0, 0, 0x1a },
		{ "core2_penryn_t9600", 0x2b, 0, 0, 0, 0, 0, 0, 0, 0x1a },
		{ "corei5_lynnfield_750", 0x2b, 1, 1, 0, 1, 0, 1, 0, 0x1a },
		{ "corei5_arrandale_m520", 0x2b, 1, 1, 1, 1, 0, 1, 0, 0x1a },
		{ "corei7_sandy_bridge_2600k", 0x2b, 1, 1, 1, 1, 0, 1, 0,
		  0x1a },
		{ "corei7_ivy_bridge_3770k", 0x2b, 1, 1, 1, 1, 0, 1, 0, 0x1a },
		{ "corei7_haswell_4770", 0x2b, 1, 1, 1, 1, 0, 1, 0, 0x1a },
		{ "broadwell_ult", 0x2b, 1, 1, 1, 1, 0, 1, 0, 0x1a },
		{ "corei7_skylake_x", 0x2b, 1, 1, 1, 1, 0, 1, 1, 0x1a },
		{ "corei3_cnl", 0x2b, 1, 1, 1, 1, 0, 1, 1, 0x1a },
		{ "corei7_icelake_u", 4, 1, 1, 1, 1, 1, 1, 1, 0x1a },
		{ "tigerlake", 4, 1, 1, 1, 1, 1, 1, 1, 0x1a },
		{ "wildcat_lake", 4, 1, 1, 1, 1, 1, 1, 1, 0x2a },
	};

	(void)state;
	assert_int_equal(ARRAY_SIZE(rows), ARRAY_SIZE(vmx_models));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct vmx_caps caps = vmx_model_caps(rows[i].model);

		assert_int_equal(vmx_caps_revision(&caps), rows[i].revision);
		assert_int_equal(vmx_caps_highest_field_index(&caps),
				 rows[i].fields);
		assert_int_equal(vmx_caps_has_ept(&caps), rows[i].ept);
		assert_int_equal(vmx_caps_has_vpid(&caps), rows[i].vpid);
		assert_int_equal(vmx_caps_has_unrestricted_guest(&caps),
				 rows[i].unrestricted);
		assert_int_equal(vmx_caps_has_preemption_timer(&caps),
				 rows[i].timer);
		assert_int_equal(vmx_caps_has_mtf(&caps), rows[i].mtf);
		assert_int_equal(vmx_caps_has_efer_switch(&caps), rows[i].efer);
		assert_int_equal(vmx_caps_ept_walk_4(&caps), rows[i].ept);
		assert_int_equal(vmx_caps_has_invept_type(&caps, 2),
				 rows[i].ept);
		assert_int_equal(vmx_caps_has_injection_length_0(&caps),
				 rows[i].length_0);
	}
}

static void test_what_all_models_share(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(vmx_models); i++) {
		struct vmx_caps caps = vmx_model_caps(vmx_models[i].name);

		assert_int_equal(vmx_caps_region_bytes(&caps), 4096);
		assert_int_equal(vmx_caps_memory_type(&caps), MEMORY_TYPE_WB);
		assert_false(vmx_caps_32bit_addresses(&caps));
		assert_int_equal(vmx_caps_preemption_timer_shift(&caps), 0);
		assert_int_equal(vmx_caps_cr3_target_count(&caps), 4);
		assert_int_equal(vmx_caps_msr_list_max(&caps), 512);
		for (u32 activity = 0; activity <= 3; activity++) {
			assert_true(vmx_caps_has_activity(&caps, activity));
		}
		assert_int_equal(vmx_caps_must_be_1(&caps, VMX_WORD_PROCBASED),
				 0x04006172);
	}
}

static void test_misc_fields(void **state)
{
	struct vmx_caps caps = { 0 };
	u64 *basic = &caps.msr[0];
	u64 *misc = &caps.msr[MSR_IA32_VMX_MISC - MSR_IA32_VMX_FIRST];

	(void)state;
	*basic = 0xffffffff | 0x0400ull << 32 | BIT(48);
	/* Bit 31 is no part of the identifier. */
	assert_int_equal(vmx_caps_revision(&caps), 0x7fffffff);
	assert_int_equal(vmx_caps_region_bytes(&caps), 1024);
	assert_int_equal(vmx_caps_memory_type(&caps), MEMORY_TYPE_UC);
	assert_true(vmx_caps_32bit_addresses(&caps));

	*misc = 5 | BIT(7) | 0x1ffull << 16 | 7ull << 25;
	assert_int_equal(vmx_caps_preemption_timer_shift(&caps), 5);
	assert_true(vmx_caps_has_activity(&caps, 0));
	assert_false(vmx_caps_has_activity(&caps, 1));
	assert_true(vmx_caps_has_activity(&caps, 2));
	assert_false(vmx_caps_has_activity(&caps, 3));
	assert_false(vmx_caps_has_activity(&caps, 4));
	assert_false(vmx_caps_has_activity(&caps, 0xffffffff));
	assert_int_equal(vmx_caps_cr3_target_count(&caps), 511);
	assert_int_equal(vmx_caps_msr_list_max(&caps), 4096);
}

static void test_msr_names_and_range(void **state)
{
	struct vmx_caps caps;

	(void)state;
	memset(&caps, 0xff, sizeof(caps));
	assert_string_equal(vmx_caps_msr_name(0x480), "VMX_BASIC");
	assert_string_equal(vmx_caps_msr_name(0x48c), "VMX_EPT_VPID_CAP");
	assert_string_equal(vmx_caps_msr_name(0x493), "VMX_EXIT_CTLS2");
	assert_string_equal(vmx_caps_msr_name(0x47f), "?");
	assert_string_equal(vmx_caps_msr_name(0x494), "?");
	assert_false(vmx_caps_present(&caps, 0x47f));
	assert_false(vmx_caps_present(&caps, 0x494));
	assert_int_equal(vmx_caps_msr(&caps, 0x494), 0);
	assert_false(vmx_caps_has_invept_type(&caps, 0));
	assert_false(vmx_caps_has_invept_type(&caps, 3));
}

static void test_fixed_bits(void **state)
{
	struct vmx_caps caps = vmx_model_caps("core2_penryn_t9600");
	const u64 good = CR0_PE | CR0_NE | CR0_ET | CR0_PG;

	(void)state;
	assert_int_equal(vmx_caps_bad_cr0(&caps, good), 0);
	assert_int_equal(vmx_caps_bad_cr0(&caps, good & ~CR0_NE), CR0_NE);
	assert_int_equal(vmx_caps_bad_cr0(&caps, 0), CR0_PE | CR0_NE | CR0_PG);
	assert_int_equal(vmx_caps_bad_cr0(&caps, good | BIT(40)), BIT(40));
	assert_int_equal(vmx_caps_fix_cr0(&caps, CR0_TS | BIT(40)),
			 CR0_TS | CR0_PE | CR0_NE | CR0_PG);

	assert_int_equal(vmx_caps_bad_cr4(&caps, CR4_VMXE | CR4_PAE), 0);
	assert_int_equal(vmx_caps_bad_cr4(&caps, CR4_PAE), CR4_VMXE);
	assert_int_equal(vmx_caps_bad_cr4(&caps, CR4_VMXE | CR4_SMEP),
			 CR4_SMEP);
	assert_int_equal(vmx_caps_fix_cr4(&caps, CR4_PAE | CR4_SMEP),
			 CR4_PAE | CR4_VMXE);

	assert_int_equal(vmx_caps_bad_guest_cr0(&caps, CR0_NE, true), 0);
	assert_int_equal(vmx_caps_bad_guest_cr0(&caps, CR0_NE, false),
			 CR0_PE | CR0_PG);
	assert_int_equal(vmx_caps_bad_guest_cr0(&caps, 0, true), CR0_NE);
	/* VM entry does not look at NW and CD, even where they are fixed. */
	caps.msr[MSR_IA32_VMX_CR0_FIXED1 - MSR_IA32_VMX_FIRST] &=
		~(CR0_NW | CR0_CD);
	assert_int_equal(vmx_caps_bad_guest_cr0(&caps, good | CR0_CD, false),
			 0);
	assert_int_equal(vmx_caps_bad_cr0(&caps, good | CR0_CD), CR0_CD);
}

/* Collects what was emitted. */
struct lines {
	char text[24000];
	size_t length;
	size_t count;
	size_t widest;
};

static void collect(void *ctx, const char *line)
{
	struct lines *lines = ctx;
	size_t length = strlen(line);

	assert_true(lines->length + length + 1 < sizeof(lines->text));
	memcpy(lines->text + lines->length, line, length);
	lines->length += length;
	lines->text[lines->length++] = '\n';
	lines->text[lines->length] = '\0';
	lines->count++;
	lines->widest = MAX(lines->widest, length);
	for (size_t i = 0; i < length; i++) {
		assert_in_range(line[i], 0x20, 0x7e);
	}
}

static struct lines lines;

static void test_compare(void **state)
{
	struct vmx_caps a = vmx_model_caps("corei5_lynnfield_750");
	struct vmx_caps b = vmx_model_caps("corei5_arrandale_m520");
	struct vmx_caps c = a;

	(void)state;
	memset(&lines, 0, sizeof(lines));
	assert_int_equal(vmx_caps_compare(&a, &c, collect, &lines), 0);
	assert_int_equal(lines.count, 0);
	assert_int_equal(vmx_caps_compare(&a, &b, collect, &lines), 1);
	assert_string_equal(lines.text,
			    "48bh VMX_PROCBASED_CTLS2: 0000007f00000000, "
			    "then 000000ff00000000\n");
	assert_int_equal(vmx_caps_compare(&a, &b, NULL, NULL), 1);

	/* Zero and absent are not the same. */
	memset(&lines, 0, sizeof(lines));
	c.present |= 1u << (MSR_IA32_VMX_VMFUNC - MSR_IA32_VMX_FIRST);
	assert_int_equal(vmx_caps_compare(&a, &c, collect, &lines), 1);
	assert_string_equal(lines.text,
			    "491h VMX_VMFUNC: absent, then there\n");
}

static void describe(const char *model)
{
	struct vmx_caps caps = vmx_model_caps(model);

	memset(&lines, 0, sizeof(lines));
	vmx_cap_describe(&caps, collect, &lines);
}

static void assert_has(const char *text)
{
	if (!strstr(lines.text, text)) {
		fail_msg("no \"%s\" in:\n%s", text, lines.text);
	}
}

static void assert_has_not(const char *text)
{
	if (strstr(lines.text, text)) {
		fail_msg("\"%s\" in:\n%s", text, lines.text);
	}
}

static void test_describe_every_model(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(vmx_models); i++) {
		describe(vmx_models[i].name);
		assert_in_range(lines.widest, 60, 79);
		assert_in_range(lines.count, 150, 400);
		assert_has("\nmissing:\n");
	}
}

static void unwrap(void)
{
	char *end;

	while ((end = strstr(lines.text, "\n        ")) != NULL) {
		*end = ' ';
		memmove(end + 1, end + 9, strlen(end + 9) + 1);
	}
}

/* The line about those bits that must be 1 in CR4, without its beginning. */
static void fixed_in_cr4(u64 bits, char *text, size_t size)
{
	static const char what[] = "    must be 1 in CR4:";
	struct vmx_caps caps = vmx_model_caps("corei7_icelake_u");
	const char *found;

	caps.msr[MSR_IA32_VMX_CR4_FIXED0 - MSR_IA32_VMX_FIRST] = bits;
	memset(&lines, 0, sizeof(lines));
	vmx_cap_describe(&caps, collect, &lines);
	assert_in_range(lines.widest, 60, 79);
	unwrap();
	found = strstr(lines.text, what);
	assert_non_null(found);
	found += strlen(what);
	snprintf(text, size, "%.*s", (int)strcspn(found, "\n"), found);
}

/* Where a line ends only a blank is lost: put together again, all is there. */
static void test_wrapped_text_is_whole(void **state)
{
	char name[32][32];
	u32 bits = 1;

	(void)state;
	for (u32 i = 0; i < 32; i++) {
		fixed_in_cr4(BIT(i), name[i], sizeof(name[i]));
	}
	for (u32 run = 0; run < 500; run++) {
		char expected[400] = "";
		char text[400];

		bits = bits * 1664525 + 1013904223;
		for (u32 i = 0; i < 32; i++) {
			strcat(expected, bits & BIT(i) ? name[i] : "");
		}
		fixed_in_cr4(bits, text, sizeof(text));
		assert_string_equal(text, expected);
	}
}

static void test_describe_penryn(void **state)
{
	(void)state;
	describe("core2_penryn_t9600");
	assert_has("480h VMX_BASIC                00d810000000002b\n"
		   "    revision 0000002b, regions of 4096 bytes, "
		   "memory type WB\n");
	assert_has("    yes  TRUE control MSRs\n");
	assert_has("48dh VMX_TRUE_PINBASED_CTLS   0000003f00000016\n"
		   "    may-be-1   external-interrupt exiting\n"
		   "    may-be-1   NMI exiting\n"
		   "    may-be-1   virtual NMIs\n"
		   "    must-be-0  activate VMX-preemption timer\n"
		   "    must-be-0  process posted interrupts\n"
		   "    must-be-1  reserved bits 00000016\n");
	/* CR3 exits can be turned off by the TRUE controls only. */
	assert_has("    must-be-1  CR3-load exiting\n");
	assert_has("    may-be-1   CR3-load exiting\n");
	assert_has("486h VMX_CR0_FIXED0           0000000080000021\n"
		   "    must be 1 in CR0: PE NE PG\n");
	assert_has("    must be 1 in CR4: VMXE\n");
	assert_has("    highest field index 26\n");
	assert_has("48ch VMX_EPT_VPID_CAP         absent\n");
	assert_has("    activate VMX-preemption timer (48dh): guests are "
		   "bounded by an NMI watchdog\n        instead\n");
	assert_has("    unrestricted guest (48bh): 16-bit code runs in "
		   "virtual-8086 mode;");
	/* Where there is no EPT, its properties are not missed. */
	assert_has_not("EPT: 2-MiB pages");
}

static void test_describe_icelake(void **state)
{
	(void)state;
	describe("corei7_icelake_u");
	assert_has("    may-be-1   unrestricted guest\n");
	assert_has("    may-be-1   monitor trap flag\n");
	assert_has("    yes  EPT: 1-GiB pages\n");
	assert_has("    may-be-1   EPTP switching\n");
	assert_has("missing:\n    nothing that is of use here\n");
}

static void test_describe_lynnfield_misses_little(void **state)
{
	const char *missing;

	(void)state;
	describe("corei5_lynnfield_750");
	missing = strstr(lines.text, "missing:\n");
	assert_non_null(missing);
	assert_non_null(strstr(missing, "    unrestricted guest (48bh): "));
	assert_non_null(strstr(missing, "    monitor trap flag (48eh): "));
	assert_null(strstr(missing, "enable EPT"));
	assert_null(strstr(missing, "preemption timer"));
}

static void test_describe_hostile(void **state)
{
	struct vmx_caps caps;

	(void)state;
	memset(&caps, 0xff, sizeof(caps));
	memset(&lines, 0, sizeof(lines));
	vmx_cap_describe(&caps, collect, &lines);
	assert_in_range(lines.widest, 1, 79);
	assert_has("memory type reserved\n");
	memset(&caps, 0, sizeof(caps));
	memset(&lines, 0, sizeof(lines));
	vmx_cap_describe(&caps, collect, &lines);
	assert_has("493h VMX_EXIT_CTLS2           absent\n");
	assert_has("    NMI exiting (481h): no guest can be run without it\n");
}

static void test_bit_tables_are_well_formed(void **state)
{
	(void)state;
	for (u32 word = 0; word < VMX_WORD_COUNT; word++) {
		size_t count;
		const struct vmx_cap_bit *bits =
			vmx_cap_bits_word((enum vmx_control_word)word, &count);
		u64 before = 0;

		assert_true(count > 0);
		for (size_t i = 0; i < count; i++) {
			/* One bit each, in rising order. */
			assert_int_equal(bits[i].mask & (bits[i].mask - 1), 0);
			assert_true(bits[i].mask > before);
			assert_in_range(strlen(bits[i].name), 4, 63);
			before = bits[i].mask;
		}
	}
}

static void test_feature_control(void **state)
{
	static const struct {
		u64 raw;
		enum feature_control_state want;
		bool has_remedy;
	} rows[] = {
		{ 0, FEATURE_CONTROL_UNLOCKED, false },
		{ 4, FEATURE_CONTROL_UNLOCKED, false },
		{ 6, FEATURE_CONTROL_UNLOCKED, false },
		{ 5, FEATURE_CONTROL_LOCKED_ON, false },
		{ 7, FEATURE_CONTROL_LOCKED_ON, false },
		{ 0xff07, FEATURE_CONTROL_LOCKED_ON, false },
		{ 1, FEATURE_CONTROL_LOCKED_OFF, true },
		{ 0xff01, FEATURE_CONTROL_LOCKED_OFF, true },
		{ 3, FEATURE_CONTROL_LOCKED_SMX_ONLY, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		enum feature_control_state got =
			feature_control_classify(rows[i].raw);

		assert_int_equal(got, rows[i].want);
		assert_true(strlen(feature_control_text(got)) > 0);
		assert_int_equal(strlen(feature_control_remedy(got)) > 0,
				 rows[i].has_remedy);
	}
	/* What was unlocked is on after the write, other bits kept. */
	assert_int_equal(feature_control_unlock(0), 5);
	assert_int_equal(feature_control_unlock(0x40002), 0x40007);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read_every_model),
		cmocka_unit_test(test_read_first_generation),
		cmocka_unit_test(test_read_newest_generation),
		cmocka_unit_test(test_vpid_alone_has_a_capability_msr),
		cmocka_unit_test(test_read_failures),
		cmocka_unit_test(test_vpid_needs_invvpid),
		cmocka_unit_test(test_ept_needs_invept),
		cmocka_unit_test(test_features_by_model),
		cmocka_unit_test(test_what_all_models_share),
		cmocka_unit_test(test_misc_fields),
		cmocka_unit_test(test_msr_names_and_range),
		cmocka_unit_test(test_fixed_bits),
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_describe_every_model),
		cmocka_unit_test(test_wrapped_text_is_whole),
		cmocka_unit_test(test_describe_penryn),
		cmocka_unit_test(test_describe_icelake),
		cmocka_unit_test(test_describe_lynnfield_misses_little),
		cmocka_unit_test(test_describe_hostile),
		cmocka_unit_test(test_bit_tables_are_well_formed),
		cmocka_unit_test(test_feature_control),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
