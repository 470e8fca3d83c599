/*
 * Decides which mitigations a processor needs, from what it says of itself.
 * Pure.
 */
/* build: pure */
#include "vmm/vmx/mitigations.h"

#include "arch/msr.h"
#include "lib/fmt.h"

#define LEAF7_EBX_RTM BIT(11)
#define LEAF7_EDX_MD_CLEAR BIT(10)
#define LEAF7_EDX_SPEC_CTRL BIT(26) /* IBRS and IBPB */
#define LEAF7_EDX_STIBP BIT(27)
#define LEAF7_EDX_L1D_FLUSH BIT(28)

enum immunity {
	IMMUNE_L1TF = 1,
	IMMUNE_MDS = 2,
	IMMUNE_ALL = 4, /* executes in order */
};

/*
 * Family 6 models that are not affected and are too old to say so. The names
 * are those of the cores.
 */
static const struct {
	u8 model;
	u8 immune;
} old_models[] = {
	{ 0x1c, IMMUNE_ALL }, /* Bonnell */
	{ 0x26, IMMUNE_ALL },
	{ 0x27, IMMUNE_ALL }, /* Saltwell */
	{ 0x35, IMMUNE_ALL },
	{ 0x36, IMMUNE_ALL },
	{ 0x37, IMMUNE_L1TF }, /* Silvermont */
	{ 0x4a, IMMUNE_L1TF },
	{ 0x4d, IMMUNE_L1TF },
	{ 0x5a, IMMUNE_L1TF },
	{ 0x5d, IMMUNE_L1TF },
	{ 0x4c, IMMUNE_L1TF }, /* Airmont */
	{ 0x75, IMMUNE_L1TF },
	{ 0x5c, IMMUNE_L1TF | IMMUNE_MDS }, /* Goldmont */
	{ 0x5f, IMMUNE_L1TF | IMMUNE_MDS },
	{ 0x7a, IMMUNE_L1TF | IMMUNE_MDS },
	{ 0x86, IMMUNE_L1TF | IMMUNE_MDS }, /* Tremont */
	{ 0x96, IMMUNE_L1TF | IMMUNE_MDS },
	{ 0x9c, IMMUNE_L1TF | IMMUNE_MDS },
	{ 0x57, IMMUNE_L1TF }, /* Knights Landing */
	{ 0x85, IMMUNE_L1TF }, /* Knights Mill */
};

static u32 immunity(const struct mitigation_facts *facts)
{
	if (!facts->intel || facts->family != 6) {
		return IMMUNE_ALL;
	}
	for (size_t i = 0; i < ARRAY_SIZE(old_models); i++) {
		if (old_models[i].model == facts->model) {
			return old_models[i].immune;
		}
	}
	return 0;
}

static bool says(const struct mitigation_facts *facts, u64 capability)
{
	return (facts->arch_capabilities & capability) == capability;
}

static bool needs_l1d_flush(const struct mitigation_facts *facts, u32 immune)
{
	return facts->ept && (immune & IMMUNE_L1TF) == 0 &&
	       !says(facts, ARCH_CAP_RDCL_NO) &&
	       !says(facts, ARCH_CAP_SKIP_L1DFL_VMENTRY);
}

/*
 * Whether VERW is needed: it acts against four leaks, and each can be absent in
 * its own way.
 */
static bool needs_verw(const struct mitigation_facts *facts, u32 immune)
{
	bool mds = (immune & IMMUNE_MDS) == 0 && !says(facts, ARCH_CAP_MDS_NO);
	bool taa = (facts->leaf7_ebx & LEAF7_EBX_RTM) != 0 &&
		   !says(facts, ARCH_CAP_TAA_NO);
	bool mmio = says(facts, ARCH_CAP_FB_CLEAR) &&
		    !says(facts, ARCH_CAP_SBDR_SSDP_NO | ARCH_CAP_FBSDP_NO |
					 ARCH_CAP_PSDP_NO);
	bool rfds = says(facts, ARCH_CAP_RFDS_CLEAR) &&
		    !says(facts, ARCH_CAP_RFDS_NO);

	return mds || taa || mmio || rfds;
}

static bool verw_clears(const struct mitigation_facts *facts)
{
	return (facts->leaf7_edx & LEAF7_EDX_MD_CLEAR) != 0 ||
	       says(facts, ARCH_CAP_FB_CLEAR) ||
	       says(facts, ARCH_CAP_RFDS_CLEAR);
}

static void need(struct mitigations *out, u32 what, bool possible)
{
	if (possible) {
		out->active |= what;
	} else {
		out->missing |= what;
	}
}

/*
 * Decides about branches. Without IBRS in the microcode a guest can train the
 * host's indirect branches, so that stuffing the RSB alone would not help. With
 * enhanced IBRS the RSB is stuffed, unless the processor says that it is immune
 * to both attacks on returns.
 */
static void decide_branches(const struct mitigation_facts *facts,
			    struct mitigations *out)
{
	bool possible = (facts->leaf7_edx & LEAF7_EDX_SPEC_CTRL) != 0;
	bool enhanced = says(facts, ARCH_CAP_IBRS_ALL);

	need(out, enhanced ? MITIGATION_EIBRS : MITIGATION_IBRS, possible);
	need(out, MITIGATION_IBPB, possible);
	if (!possible) {
		return;
	}
	if ((facts->leaf7_edx & LEAF7_EDX_STIBP) != 0) {
		out->active |= MITIGATION_STIBP;
	}
	if (!enhanced || says(facts, ARCH_CAP_RSBA) ||
	    !says(facts, ARCH_CAP_PBRSB_NO)) {
		out->active |= MITIGATION_RSB;
	}
}

void mitigations_decide(const struct mitigation_facts *facts,
			struct mitigations *out)
{
	u32 immune = immunity(facts);

	*out = (struct mitigations){ 0 };
	if (immune & IMMUNE_ALL) {
		return;
	}
	if (needs_l1d_flush(facts, immune)) {
		need(out, MITIGATION_L1D_FLUSH,
		     (facts->leaf7_edx & LEAF7_EDX_L1D_FLUSH) != 0);
	}
	if (needs_verw(facts, immune)) {
		need(out, MITIGATION_VERW, verw_clears(facts));
	}
	decide_branches(facts, out);
}

size_t mitigations_format(u32 set, char *buf, size_t size)
{
	static const char *const names[] = { "l1d-flush", "verw",  "ibrs",
					     "eibrs",	  "stibp", "ibpb",
					     "rsb" };
	size_t length = 0;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (set >> i & 1) {
			size_t at = MIN(length, size);

			length += (size_t)fmt_snprintf(buf + at, size - at,
						       "%s%s",
						       length > 0 ? "," : "",
						       names[i]);
		}
	}
	return length > 0 ? length : (size_t)fmt_snprintf(buf, size, "none");
}
