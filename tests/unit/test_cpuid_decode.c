/* CPUID decoding, played back from recorded and made-up processors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arch/cpuid_decode.h"
#include "tests/unit/vmx_models.h"

struct leaf {
	u32 leaf;
	u32 sub;
	u32 out[4];
};

/* The processor cpuid plays. */
static struct {
	struct leaf leaves[24];
	size_t count;
	u32 garbage; /* what leaves that do not exist hold */
} cpu;

static void play_cpuid(u32 leaf, u32 sub, u32 out[4])
{
	for (size_t i = 0; i < 4; i++) {
		out[i] = cpu.garbage;
	}
	for (size_t i = 0; i < cpu.count; i++) {
		if (cpu.leaves[i].leaf == leaf && cpu.leaves[i].sub == sub) {
			memcpy(out, cpu.leaves[i].out, 4 * sizeof(*out));
		}
	}
}

static void add(u32 leaf, u32 eax, u32 ebx, u32 ecx, u32 edx)
{
	assert_true(cpu.count < ARRAY_SIZE(cpu.leaves));
	cpu.leaves[cpu.count++] =
		(struct leaf){ leaf, 0, { eax, ebx, ecx, edx } };
}

/* Sixteen characters as one leaf, registers in order. */
static void add_text(u32 leaf, const char text[16])
{
	u32 out[4];

	memcpy(out, text, sizeof(out));
	add(leaf, out[0], out[1], out[2], out[3]);
}

/* Leaf 0 with the vendor spread over ebx, edx, ecx. */
static void start(u32 max_leaf, const char vendor[12])
{
	u32 words[3];

	memset(&cpu, 0, sizeof(cpu));
	memcpy(words, vendor, sizeof(words));
	add(0, max_leaf, words[0], words[2], words[1]);
}

static void test_haswell(void **state)
{
	const struct vmx_model *model = vmx_model_find("corei7_haswell_4770");
	struct cpuid_info info;

	(void)state;
	start(0xd, "GenuineIntel");
	add(1, model->leaf1[0], 0x05010800, model->leaf1[2], model->leaf1[3]);
	add(7, model->leaf7[0], model->leaf7[1], model->leaf7[2],
	    model->leaf7[3]);
	add(0xb, 1, 1, 0, 5);
	add(0x80000000, 0x80000008, 0, 0, 0);
	add(0x80000001, 0, 0, 0x21, 0x2c100800);
	add_text(0x80000002, "      Intel(R) C");
	add_text(0x80000003, "ore(TM) i7-4770 ");
	add_text(0x80000004, "CPU @ 3.40GHz  \0");
	add(0x80000007, 0, 0, 0, 0x100);
	add(0x80000008, 0x3028, 0, 0, 0);
	cpuid_decode(play_cpuid, &info);

	assert_int_equal(info.vendor, CPUID_VENDOR_INTEL);
	assert_string_equal(info.vendor_name, "GenuineIntel");
	assert_string_equal(info.brand,
			    "Intel(R) Core(TM) i7-4770 CPU @ 3.40GHz");
	assert_string_equal(info.hypervisor_name, "");
	assert_int_equal(info.signature, 0x306c3);
	assert_int_equal(info.family, 6);
	assert_int_equal(info.model, 0x3c);
	assert_int_equal(info.stepping, 3);
	assert_int_equal(info.initial_apic_id, 5);
	assert_true(info.has_x2apic_id);
	assert_int_equal(info.apic_id, 5);
	assert_int_equal(info.physical_bits, 40);
	assert_int_equal(info.linear_bits, 48);
	assert_int_equal(info.tsc_hz, 0);
	assert_true(info.vmx && info.vme && info.pge && info.x2apic);
	assert_true(info.pcid && info.tsc_deadline && info.xsave);
	assert_true(info.fxsr && info.sse && info.sse2 && info.sse3);
	assert_true(info.fsgsbase && info.smep && info.invpcid);
	assert_true(info.long_mode && info.nx && info.page_1gb);
	assert_true(info.rdtscp && info.syscall && info.tsc_invariant);
	assert_false(info.svm || info.smap || info.umip || info.la57);
	assert_false(info.hypervisor_present);
}

static void test_recorded_models(void **state)
{
	static const struct {
		const char *name;
		u32 family, model, stepping;
		bool x2apic, pcid, smep, smap, has_x2apic_id;
	} rows[] = {
		{ "bx_generic", 6, 0x03, 3, 0, 0, 0, 0, 0 },
		{ "core2_penryn_t9600", 6, 0x17, 10, 0, 0, 0, 0, 0 },
		{ "corei5_lynnfield_750", 6, 0x1e, 5, 0, 0, 0, 0, 1 },
		{ "corei5_arrandale_m520", 6, 0x25, 2, 0, 0, 0, 0, 1 },
		{ "corei7_sandy_bridge_2600k", 6, 0x2a, 7, 0, 1, 0, 0, 1 },
		{ "corei7_ivy_bridge_3770k", 6, 0x3a, 9, 1, 1, 1, 0, 1 },
		{ "corei7_haswell_4770", 6, 0x3c, 3, 1, 1, 1, 0, 1 },
		{ "broadwell_ult", 6, 0x3d, 4, 1, 1, 1, 1, 1 },
		{ "corei7_skylake_x", 6, 0x55, 4, 1, 1, 1, 1, 1 },
		{ "corei3_cnl", 6, 0x66, 3, 1, 1, 1, 1, 1 },
		{ "corei7_icelake_u", 6, 0x7e, 5, 1, 1, 1, 1, 1 },
		{ "tigerlake", 6, 0x8c, 1, 1, 1, 1, 1, 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct vmx_model *model = vmx_model_find(rows[i].name);
		struct cpuid_info info;

		assert_non_null(model);
		start(0xb, "GenuineIntel");
		add(1, model->leaf1[0], model->leaf1[1], model->leaf1[2],
		    model->leaf1[3]);
		add(7, model->leaf7[0], model->leaf7[1], model->leaf7[2],
		    model->leaf7[3]);
		add(0xb, model->leafb[0], model->leafb[1], model->leafb[2],
		    model->leafb[3]);
		cpuid_decode(play_cpuid, &info);
		assert_int_equal(info.family, rows[i].family);
		assert_int_equal(info.model, rows[i].model);
		assert_int_equal(info.stepping, rows[i].stepping);
		assert_true(info.vmx);
		assert_int_equal(info.x2apic, rows[i].x2apic);
		assert_int_equal(info.pcid, rows[i].pcid);
		assert_int_equal(info.smep, rows[i].smep);
		assert_int_equal(info.smap, rows[i].smap);
		assert_int_equal(info.has_x2apic_id, rows[i].has_x2apic_id);
	}
}

#define AT(field) offsetof(struct cpuid_info, field)

/* Register of a leaf, and the features at its bits from 0 on; 0: none of ours. */
static const struct {
	u32 leaf, reg;
	size_t at[32];
} features[] = {
	{ 1,
	  3,
	  { [0] = AT(fpu),
	    [1] = AT(vme),
	    [3] = AT(pse),
	    [4] = AT(tsc),
	    [5] = AT(msr),
	    [6] = AT(pae),
	    [7] = AT(mce),
	    [9] = AT(apic),
	    [11] = AT(sep),
	    [12] = AT(mtrr),
	    [13] = AT(pge),
	    [16] = AT(pat),
	    [24] = AT(fxsr),
	    [25] = AT(sse),
	    [26] = AT(sse2) } },
	{ 1,
	  2,
	  { [0] = AT(sse3),
	    [3] = AT(monitor),
	    [5] = AT(vmx),
	    [6] = AT(smx),
	    [17] = AT(pcid),
	    [21] = AT(x2apic),
	    [24] = AT(tsc_deadline),
	    [26] = AT(xsave),
	    [27] = AT(osxsave),
	    [28] = AT(avx),
	    [30] = AT(rdrand),
	    [31] = AT(hypervisor_present) } },
	{ 7,
	  1,
	  { [0] = AT(fsgsbase),
	    [7] = AT(smep),
	    [10] = AT(invpcid),
	    [18] = AT(rdseed),
	    [20] = AT(smap) } },
	{ 7, 2, { [2] = AT(umip), [16] = AT(la57) } },
	{ 0x80000001,
	  3,
	  { [11] = AT(syscall),
	    [20] = AT(nx),
	    [26] = AT(page_1gb),
	    [27] = AT(rdtscp),
	    [29] = AT(long_mode) } },
	{ 0x80000001, 2, { [2] = AT(svm) } },
	{ 0x80000007, 3, { [8] = AT(tsc_invariant) } },
};

/* From the first of them on all of the structure is one flag a byte. */
static void check_one_feature(u32 leaf, u32 reg, u32 bit, size_t at)
{
	struct cpuid_info info;
	const bool *flag = (const bool *)&info;
	u32 out[4] = { 0 };

	start(7, "GenuineIntel");
	add(0x80000000, 0x80000008, 0, 0, 0);
	out[reg] = 1u << bit;
	add(leaf, out[0], out[1], out[2], out[3]);
	cpuid_decode(play_cpuid, &info);
	for (size_t i = AT(fpu); i <= AT(tsc_invariant); i++) {
		assert_int_equal(flag[i], i == at);
	}
}

static void test_each_feature(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(features); i++) {
		for (u32 bit = 0; bit < 32; bit++) {
			check_one_feature(features[i].leaf, features[i].reg,
					  bit, features[i].at[bit]);
		}
	}
}

static void test_old_processor(void **state)
{
	struct cpuid_info info;

	(void)state;
	/* No extended leaves: 80000000h returns another leaf's data. */
	start(2, "GenuineIntel");
	cpu.garbage = 0x0c040841;
	add(1, 0x00000f12, 0x00010808, 0, 0x3febfbff);
	cpuid_decode(play_cpuid, &info);
	assert_int_equal(info.max_leaf, 2);
	assert_int_equal(info.max_extended_leaf, 0);
	assert_string_equal(info.brand, "");
	assert_int_equal(info.family, 15);
	assert_int_equal(info.model, 1);
	assert_false(info.vmx || info.long_mode || info.nx || info.smep);
	assert_false(info.has_x2apic_id);
	assert_int_equal(info.physical_bits, 36);
	assert_int_equal(info.linear_bits, 32);
	assert_int_equal(info.base_mhz, 0);
}

static void test_extended_family_and_amd(void **state)
{
	struct cpuid_info info;

	(void)state;
	start(0xd, "AuthenticAMD");
	add(1, 0x00870f10, 0, 0, 0x178bfbff);
	add(0x80000000, 0x80000008, 0, 0, 0);
	add(0x80000001, 0, 0, 0x4, 0x20000000);
	cpuid_decode(play_cpuid, &info);
	assert_int_equal(info.vendor, CPUID_VENDOR_AMD);
	assert_string_equal(cpuid_vendor_text(info.vendor), "AMD");
	assert_int_equal(info.family, 0x17);
	assert_int_equal(info.model, 0x71);
	assert_true(info.svm && info.long_mode);
	assert_false(info.vmx);
	/* Leaf 80000008h is there but says nothing. */
	assert_int_equal(info.linear_bits, 48);
}

static void test_vendors(void **state)
{
	static const struct {
		const char *name;
		enum cpuid_vendor vendor;
		const char *text;
		const char *shown;
	} rows[] = {
		{ "GenuineIntel", CPUID_VENDOR_INTEL, "Intel", "GenuineIntel" },
		{ "HygonGenuine", CPUID_VENDOR_HYGON, "Hygon", "HygonGenuine" },
		{ "CentaurHauls", CPUID_VENDOR_CENTAUR, "Centaur",
		  "CentaurHauls" },
		{ "  Shanghai  ", CPUID_VENDOR_ZHAOXIN, "Zhaoxin",
		  "  Shanghai  " },
		{ "genuineintel", CPUID_VENDOR_OTHER, "unknown",
		  "genuineintel" },
		{ "Bad\x01\xff\n bytes", CPUID_VENDOR_OTHER, "unknown",
		  "Bad... bytes" },
	};
	struct cpuid_info info;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		start(1, rows[i].name);
		cpuid_decode(play_cpuid, &info);
		assert_int_equal(info.vendor, rows[i].vendor);
		assert_string_equal(info.vendor_name, rows[i].shown);
		assert_string_equal(cpuid_vendor_text(info.vendor),
				    rows[i].text);
	}
}

static void test_hypervisor(void **state)
{
	struct cpuid_info info;

	(void)state;
	start(1, "GenuineIntel");
	add(0x40000000, 0x40000001, 0x4b4d564b, 0x564b4d56, 0x0000004d);
	add(1, 0x306c3, 0, BIT(31) | BIT(5), 0);
	cpuid_decode(play_cpuid, &info);
	assert_true(info.hypervisor_present);
	assert_string_equal(info.hypervisor_name, "KVMKVMKVM");

	/* The leaf is not looked at where no hypervisor says it is there. */
	cpu.leaves[cpu.count - 1].out[2] = BIT(5);
	cpuid_decode(play_cpuid, &info);
	assert_string_equal(info.hypervisor_name, "");
}

static void test_apic_ids(void **state)
{
	struct cpuid_info info;

	(void)state;
	start(0xb, "GenuineIntel");
	add(1, 0x306c3, 0xff000000, 0, 0);
	add(0xb, 1, 2, 0x100, 0x1ff);
	cpuid_decode(play_cpuid, &info);
	assert_int_equal(info.initial_apic_id, 0xff);
	assert_int_equal(info.x2apic_id, 0x1ff);
	assert_int_equal(info.apic_id, 0x1ff);

	/* The leaf exists but is empty: the 8-bit identifier counts. */
	cpu.leaves[cpu.count - 1].out[1] = 0;
	cpuid_decode(play_cpuid, &info);
	assert_false(info.has_x2apic_id);
	assert_int_equal(info.apic_id, 0xff);
}

static void test_clocks(void **state)
{
	struct cpuid_info info;

	(void)state;
	start(0x16, "GenuineIntel");
	add(0x15, 2, 300, 24000000, 0);
	add(0x16, 3600, 4000, 100, 0);
	cpuid_decode(play_cpuid, &info);
	assert_int_equal(info.tsc_hz, 3600000000ull);
	assert_int_equal(info.base_mhz, 3600);

	/* A ratio without the crystal says nothing, nor does one over 0. */
	cpu.leaves[1].out[2] = 0;
	cpuid_decode(play_cpuid, &info);
	assert_int_equal(info.tsc_hz, 0);
	cpu.leaves[1].out[2] = 24000000;
	cpu.leaves[1].out[0] = 0;
	cpuid_decode(play_cpuid, &info);
	assert_int_equal(info.tsc_hz, 0);
}

static void test_brand_is_bounded(void **state)
{
	struct cpuid_info info;

	(void)state;
	start(1, "GenuineIntel");
	add(0x80000000, 0x80000004, 0, 0, 0);
	add_text(0x80000002, "0123456789abcdef");
	add_text(0x80000003, "0123456789abcdef");
	add_text(0x80000004, "0123456789abcdef");
	cpuid_decode(play_cpuid, &info);
	assert_int_equal(strlen(info.brand), 48);

	start(1, "GenuineIntel");
	add(0x80000000, 0x80000004, 0, 0, 0);
	add_text(0x80000002, "                ");
	add_text(0x80000003, "                ");
	add_text(0x80000004, "                ");
	cpuid_decode(play_cpuid, &info);
	assert_string_equal(info.brand, "");

	/* One leaf short: there is no brand string. */
	start(1, "GenuineIntel");
	cpu.garbage = 0x41414141;
	add(0x80000000, 0x80000003, 0, 0, 0);
	cpuid_decode(play_cpuid, &info);
	assert_string_equal(info.brand, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_haswell),
		cmocka_unit_test(test_recorded_models),
		cmocka_unit_test(test_each_feature),
		cmocka_unit_test(test_old_processor),
		cmocka_unit_test(test_extended_family_and_amd),
		cmocka_unit_test(test_vendors),
		cmocka_unit_test(test_hypervisor),
		cmocka_unit_test(test_apic_ids),
		cmocka_unit_test(test_clocks),
		cmocka_unit_test(test_brand_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
