/* Which mitigations processors need, by what they say of themselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "vmm/vmx/mitigations.h"

/* Leaf 7: EBX bit 11 is RTM; the microcode's age shows in EDX. */
static const struct {
	const char *name;
	struct mitigation_facts facts;
	const char *active;
	const char *missing;
} processors[] = {
	/*
	 * As machines have told: libvirt, tests/cputestdata (files of these
	 * names), and for Apollo Lake speed47/spectre-meltdown-checker, thread
	 * 221. Leaf 7's EDX says whether the MSR is the machine's.
	 */
	{ "Core-i7-5600U-ibrs",
	  { true, true, 6, 0x3d, 0x021c2fbb, 0x0c000000, 0 },
	  "ibrs,stibp,ibpb,rsb",
	  "l1d-flush,verw" },
	{ "Xeon-Gold-6148",
	  { true, true, 6, 0x55, 0xd39ffffb, 0, 0 },
	  "none",
	  "l1d-flush,verw,ibrs,ibpb" },
	{ "Core-i7-8700",
	  { true, true, 6, 0x9e, 0x029c6fbf, 0x9c000000, 0 },
	  "l1d-flush,ibrs,stibp,ibpb,rsb",
	  "verw" },
	{ "Core-i7-8550U",
	  { true, true, 6, 0x8e, 0x029c67af, 0x9c002400, 0 },
	  "l1d-flush,verw,ibrs,stibp,ibpb,rsb",
	  "none" },
	{ "Xeon-Platinum-9242",
	  { true, true, 6, 0x55, 0xd39ffffb, 0xbc000400, 0xab },
	  "verw,eibrs,stibp,ibpb,rsb",
	  "none" },
	{ "Cooperlake",
	  { true, true, 6, 0x55, 0xd39ffffb, 0xbc000400, 0x1eb },
	  "eibrs,stibp,ibpb,rsb",
	  "none" },
	/* Of before it was sold: it does not say yet that MDS is mended. */
	{ "Ice-Lake-Server",
	  { true, true, 6, 0x6a, 0xf3bfffff, 0xbc000012, 0xb },
	  "eibrs,stibp,ibpb,rsb",
	  "verw" },
	{ "Atom-P5362",
	  { true, true, 6, 0x86, 0x2394b2c3, 0xfc000400, 0x1a8c7fa080036b },
	  "eibrs,stibp,ibpb,rsb",
	  "none" },
	{ "Apollo Lake",
	  { true, true, 6, 0x5c, 0, 0x2c000000, 0x19 },
	  "ibrs,stibp,ibpb,rsb",
	  "none" },

	/* Put together by what is documented of them, of other microcode. */
	{ "Penryn",
	  { true, false, 6, 0x17, 0, 0, 0 },
	  "none",
	  "verw,ibrs,ibpb" },
	{ "Nehalem, old microcode",
	  { true, true, 6, 0x1a, 0, 0, 0 },
	  "none",
	  "l1d-flush,verw,ibrs,ibpb" },
	{ "Nehalem, 2018",
	  { true, true, 6, 0x1a, 0, 0x9c000000, 0 },
	  "l1d-flush,ibrs,stibp,ibpb,rsb",
	  "verw" },
	{ "Sandy Bridge",
	  { true, true, 6, 0x2a, 0, 0x9c000400, 0 },
	  "l1d-flush,verw,ibrs,stibp,ibpb,rsb",
	  "none" },
	{ "Haswell",
	  { true, true, 6, 0x3c, 0x27ab, 0x9c000400, 0 },
	  "l1d-flush,verw,ibrs,stibp,ibpb,rsb",
	  "none" },
	{ "Haswell, IBRS microcode of early 2018",
	  { true, true, 6, 0x3c, 0x27ab, 0x0c000000, 0 },
	  "ibrs,stibp,ibpb,rsb",
	  "l1d-flush,verw" },
	{ "Broadwell",
	  { true, true, 6, 0x3d, 0x21c2fbb, 0x9c000400, 0 },
	  "l1d-flush,verw,ibrs,stibp,ibpb,rsb",
	  "none" },
	{ "Skylake-X",
	  { true, true, 6, 0x55, 0xd39ffffb, 0x9c002400, 0 },
	  "l1d-flush,verw,ibrs,stibp,ibpb,rsb",
	  "none" },
	{ "Kaby Lake, RSBA",
	  { true, true, 6, 0x9e, 0x29c6fbf, 0xbc002400, 4 },
	  "l1d-flush,verw,ibrs,stibp,ibpb,rsb",
	  "none" },
	{ "Coffee Lake",
	  { true, true, 6, 0x9e, 0x29c67af, 0x9c002400, 0 },
	  "l1d-flush,verw,ibrs,stibp,ibpb,rsb",
	  "none" },
	{ "Cascade Lake, TSX off",
	  { true, true, 6, 0x55, 0xd39ff7eb, 0xbc000400, 0xab },
	  "eibrs,stibp,ibpb,rsb",
	  "none" },
	{ "Ice Lake",
	  { true, true, 6, 0x7e, 0xf2bf27ef, 0xbc000410, 0x16b },
	  "eibrs,stibp,ibpb,rsb",
	  "none" },
	{ "Ice Lake, MMIO stale data",
	  { true, true, 6, 0x6a, 0xf3bfb7eb, 0xbc000410, 0x2016b },
	  "verw,eibrs,stibp,ibpb,rsb",
	  "none" },
	{ "Alder Lake",
	  { true, true, 6, 0x97, 0x239c27eb, 0xbc18c410, 0x180fd6b },
	  "eibrs,stibp,ibpb",
	  "none" },
	{ "Alder Lake, register file data sampling",
	  { true, true, 6, 0x97, 0x239c27eb, 0xbc18c410, 0x1180fd6b },
	  "verw,eibrs,stibp,ibpb",
	  "none" },
	/* Each of the three that must be denied for stale data of MMIO. */
	{ "Alder Lake, FB_CLEAR without SBDR_SSDP_NO",
	  { true, true, 6, 0x97, 0x239c27eb, 0xbc18c410, 0x182dd6b },
	  "verw,eibrs,stibp,ibpb",
	  "none" },
	{ "Alder Lake, FB_CLEAR without FBSDP_NO",
	  { true, true, 6, 0x97, 0x239c27eb, 0xbc18c410, 0x182bd6b },
	  "verw,eibrs,stibp,ibpb",
	  "none" },
	{ "Alder Lake, FB_CLEAR without PSDP_NO",
	  { true, true, 6, 0x97, 0x239c27eb, 0xbc18c410, 0x1827d6b },
	  "verw,eibrs,stibp,ibpb",
	  "none" },
	{ "Alder Lake, FB_CLEAR with all three",
	  { true, true, 6, 0x97, 0x239c27eb, 0xbc18c410, 0x182fd6b },
	  "eibrs,stibp,ibpb",
	  "none" },
	/* As a hypervisor says it where guests may move to a Skylake. */
	{ "Alder Lake, RSBA beside PBRSB_NO",
	  { true, true, 6, 0x97, 0x239c27eb, 0xbc18c410, 0x180fd6f },
	  "eibrs,stibp,ibpb,rsb",
	  "none" },
	{ "Silvermont",
	  { true, true, 6, 0x37, 0x2282, 0x0c000400, 0 },
	  "verw,ibrs,stibp,ibpb,rsb",
	  "none" },
	{ "Bonnell", { true, false, 6, 0x1c, 0, 0, 0 }, "none", "none" },
	{ "not Intel",
	  { false, true, 6, 0x3c, 0, 0x9c000400, 0 },
	  "none",
	  "none" },
};

static void test_processors(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(processors); i++) {
		struct mitigations got;
		char active[80], missing[80];

		mitigations_decide(&processors[i].facts, &got);
		mitigations_format(got.active, active, sizeof(active));
		mitigations_format(got.missing, missing, sizeof(missing));
		if (strcmp(active, processors[i].active) != 0 ||
		    strcmp(missing, processors[i].missing) != 0) {
			fail_msg("%s: %s, missing %s", processors[i].name,
				 active, missing);
		}
		assert_int_equal(got.active & got.missing, 0);
	}
}

/*
 * Of family 6, with old microcode and EPT: all models but these want the L1D
 * flush, and all but the second list's VERW. Intel, "Affected Processors:
 * Transient Execution Attacks".
 */
static void test_old_models(void **state)
{
	static const u8 without_l1tf[] = { 0x1c, 0x26, 0x27, 0x35, 0x36,
					   0x37, 0x4a, 0x4c, 0x4d, 0x57,
					   0x5a, 0x5c, 0x5d, 0x5f, 0x75,
					   0x7a, 0x85, 0x86, 0x96, 0x9c };
	static const u8 without_mds[] = { 0x1c, 0x26, 0x27, 0x35, 0x36, 0x5c,
					  0x5f, 0x7a, 0x86, 0x96, 0x9c };

	(void)state;
	for (u32 model = 0; model < 256; model++) {
		struct mitigation_facts facts = {
			.intel = true, .ept = true, .family = 6, .model = model
		};
		u8 byte = (u8)model;
		struct mitigations got;

		mitigations_decide(&facts, &got);
		assert_int_equal((got.missing & MITIGATION_L1D_FLUSH) == 0,
				 memchr(without_l1tf, byte,
					sizeof(without_l1tf)) != NULL);
		assert_int_equal((got.missing & MITIGATION_VERW) == 0,
				 memchr(without_mds, byte,
					sizeof(without_mds)) != NULL);
	}
}

static void test_format_is_cut_short(void **state)
{
	char buf[8];

	(void)state;
	assert_int_equal(mitigations_format(MITIGATION_L1D_FLUSH |
						    MITIGATION_RSB,
					    buf, sizeof(buf)),
			 strlen("l1d-flush,rsb"));
	assert_string_equal(buf, "l1d-flu");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_processors),
		cmocka_unit_test(test_old_models),
		cmocka_unit_test(test_format_is_cut_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
