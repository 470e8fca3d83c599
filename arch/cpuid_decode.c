/*
 * Decodes CPUID into named fields (SDM volume 2, "CPUID"). Pure: the caller's
 * callback reads the leaves, on the core that they describe. Their values are
 * not trusted.
 */
/* build: pure */
#include "arch/cpuid_decode.h"

#include "lib/str.h"
#include "lib/string.h"

enum { EAX, EBX, ECX, EDX };

#define EXTENDED 0x80000000u
#define HYPERVISOR 0x40000000u

static const struct {
	enum cpuid_vendor vendor;
	const char *spelling;
	const char *text;
} vendors[] = {
	{ CPUID_VENDOR_INTEL, "GenuineIntel", "Intel" },
	{ CPUID_VENDOR_AMD, "AuthenticAMD", "AMD" },
	{ CPUID_VENDOR_HYGON, "HygonGenuine", "Hygon" },
	{ CPUID_VENDOR_CENTAUR, "CentaurHauls", "Centaur" },
	{ CPUID_VENDOR_ZHAOXIN, "  Shanghai  ", "Zhaoxin" },
};

/* The place of each feature flag: in the leaves, and in struct cpuid_info. */
enum word {
	LEAF1_EDX,
	LEAF1_ECX,
	LEAF7_EBX,
	LEAF7_ECX,
	EXT1_EDX,
	EXT1_ECX,
	EXT7_EDX,
	WORD_COUNT,
};

struct flag {
	size_t offset;
	enum word word;
	u8 bit;
};

#define FLAG(field, word, bit) offsetof(struct cpuid_info, field), word, bit

static const struct flag flags[] = {
	{ FLAG(fpu, LEAF1_EDX, 0) },
	{ FLAG(vme, LEAF1_EDX, 1) },
	{ FLAG(pse, LEAF1_EDX, 3) },
	{ FLAG(tsc, LEAF1_EDX, 4) },
	{ FLAG(msr, LEAF1_EDX, 5) },
	{ FLAG(pae, LEAF1_EDX, 6) },
	{ FLAG(mce, LEAF1_EDX, 7) },
	{ FLAG(apic, LEAF1_EDX, 9) },
	{ FLAG(sep, LEAF1_EDX, 11) },
	{ FLAG(mtrr, LEAF1_EDX, 12) },
	{ FLAG(pge, LEAF1_EDX, 13) },
	{ FLAG(pat, LEAF1_EDX, 16) },
	{ FLAG(fxsr, LEAF1_EDX, 24) },
	{ FLAG(sse, LEAF1_EDX, 25) },
	{ FLAG(sse2, LEAF1_EDX, 26) },
	{ FLAG(sse3, LEAF1_ECX, 0) },
	{ FLAG(monitor, LEAF1_ECX, 3) },
	{ FLAG(vmx, LEAF1_ECX, 5) },
	{ FLAG(smx, LEAF1_ECX, 6) },
	{ FLAG(pcid, LEAF1_ECX, 17) },
	{ FLAG(x2apic, LEAF1_ECX, 21) },
	{ FLAG(tsc_deadline, LEAF1_ECX, 24) },
	{ FLAG(xsave, LEAF1_ECX, 26) },
	{ FLAG(osxsave, LEAF1_ECX, 27) },
	{ FLAG(avx, LEAF1_ECX, 28) },
	{ FLAG(rdrand, LEAF1_ECX, 30) },
	{ FLAG(hypervisor_present, LEAF1_ECX, 31) },
	{ FLAG(fsgsbase, LEAF7_EBX, 0) },
	{ FLAG(smep, LEAF7_EBX, 7) },
	{ FLAG(invpcid, LEAF7_EBX, 10) },
	{ FLAG(rdseed, LEAF7_EBX, 18) },
	{ FLAG(smap, LEAF7_EBX, 20) },
	{ FLAG(umip, LEAF7_ECX, 2) },
	{ FLAG(la57, LEAF7_ECX, 16) },
	{ FLAG(syscall, EXT1_EDX, 11) },
	{ FLAG(nx, EXT1_EDX, 20) },
	{ FLAG(page_1gb, EXT1_EDX, 26) },
	{ FLAG(rdtscp, EXT1_EDX, 27) },
	{ FLAG(long_mode, EXT1_EDX, 29) },
	{ FLAG(svm, EXT1_ECX, 2) },
	{ FLAG(tsc_invariant, EXT7_EDX, 8) },
};

/*
 * Reads a leaf; zeroes for one beyond the last, for which processors return
 * another leaf's data.
 */
static void read_leaf(const struct cpuid_info *info, cpuid_fn cpuid, u32 leaf,
		      u32 sub, u32 out[4])
{
	u32 max = leaf >= EXTENDED ? info->max_extended_leaf : info->max_leaf;

	memset(out, 0, 4 * sizeof(*out));
	if (leaf <= max) {
		cpuid(leaf, sub, out);
	}
}

/* Stores a register as four characters and makes them printable. */
static void put_text(char *dst, u32 reg)
{
	memcpy(dst, &reg, sizeof(reg));
	for (size_t i = 0; i < sizeof(reg); i++) {
		if (dst[i] != '\0' && !str_is_print(dst[i])) {
			dst[i] = '.';
		}
	}
}

static void decode_vendor(struct cpuid_info *info, const u32 leaf0[4])
{
	put_text(info->vendor_name, leaf0[EBX]);
	put_text(info->vendor_name + 4, leaf0[EDX]);
	put_text(info->vendor_name + 8, leaf0[ECX]);
	for (size_t i = 0; i < ARRAY_SIZE(vendors); i++) {
		if (str_equal(info->vendor_name, vendors[i].spelling)) {
			info->vendor = vendors[i].vendor;
		}
	}
}

/*
 * The brand string, leaves 80000002h-80000004h, without the blanks around it.
 */
static void decode_brand(struct cpuid_info *info, cpuid_fn cpuid)
{
	char text[sizeof(info->brand)] = { 0 };
	const char *start = text;
	size_t length;

	if (info->max_extended_leaf < EXTENDED + 4) {
		return;
	}
	for (u32 i = 0; i < 3; i++) {
		u32 out[4];

		read_leaf(info, cpuid, EXTENDED + 2 + i, 0, out);
		for (u32 reg = 0; reg < 4; reg++) {
			put_text(text + i * 16 + reg * 4, out[reg]);
		}
	}
	while (*start == ' ') {
		start++;
	}
	length = strlen(start);
	while (length > 0 && start[length - 1] == ' ') {
		length--;
	}
	memcpy(info->brand, start, length);
	info->brand[length] = '\0';
}

static void decode_signature(struct cpuid_info *info, u32 eax)
{
	u32 family = eax >> 8 & 0xf;
	u32 model = eax >> 4 & 0xf;

	info->signature = eax;
	info->stepping = eax & 0xf;
	if (family == 6 || family == 15) {
		model |= eax >> 12 & 0xf0;
	}
	if (family == 15) {
		family += eax >> 20 & 0xff;
	}
	info->family = family;
	info->model = model;
}

static void decode_flags(struct cpuid_info *info, cpuid_fn cpuid)
{
	u32 words[WORD_COUNT];
	u32 out[4];

	read_leaf(info, cpuid, 1, 0, out);
	decode_signature(info, out[EAX]);
	info->initial_apic_id = (u8)(out[EBX] >> 24);
	words[LEAF1_EDX] = out[EDX];
	words[LEAF1_ECX] = out[ECX];
	read_leaf(info, cpuid, 7, 0, out);
	words[LEAF7_EBX] = out[EBX];
	words[LEAF7_ECX] = out[ECX];
	read_leaf(info, cpuid, EXTENDED + 1, 0, out);
	words[EXT1_EDX] = out[EDX];
	words[EXT1_ECX] = out[ECX];
	read_leaf(info, cpuid, EXTENDED + 7, 0, out);
	words[EXT7_EDX] = out[EDX];

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		bool set = (words[flags[i].word] >> flags[i].bit & 1) != 0;

		*(bool *)((char *)info + flags[i].offset) = set;
	}
}

static void decode_apic_id(struct cpuid_info *info, cpuid_fn cpuid)
{
	u32 out[4];

	/* If the leaf is real, sub-leaf 0 counts some logical processors. */
	read_leaf(info, cpuid, 0xb, 0, out);
	info->has_x2apic_id = (out[EBX] & 0xffff) != 0;
	info->x2apic_id = info->has_x2apic_id ? out[EDX] : 0;
	info->apic_id =
		info->has_x2apic_id ? info->x2apic_id : info->initial_apic_id;
}

static void decode_widths(struct cpuid_info *info, cpuid_fn cpuid)
{
	u32 out[4];

	read_leaf(info, cpuid, EXTENDED + 8, 0, out);
	info->physical_bits = (u8)out[EAX];
	info->linear_bits = (u8)(out[EAX] >> 8);
	/* The widths of processors without that leaf. */
	if (info->physical_bits == 0) {
		info->physical_bits = info->pae ? 36 : 32;
	}
	if (info->linear_bits == 0) {
		info->linear_bits = info->long_mode ? 48 : 32;
	}
}

static void decode_clocks(struct cpuid_info *info, cpuid_fn cpuid)
{
	u32 out[4];

	/*
	 * The TSC's rate is ecx (the crystal's) * ebx / eax; unknown if one of
	 * them is 0.
	 */
	read_leaf(info, cpuid, 0x15, 0, out);
	if (out[EAX] && out[EBX] && out[ECX]) {
		info->tsc_hz = (u64)out[ECX] * out[EBX] / out[EAX];
	}
	read_leaf(info, cpuid, 0x16, 0, out);
	info->base_mhz = out[EAX] & 0xffff;
}

void cpuid_decode(cpuid_fn cpuid, struct cpuid_info *out)
{
	u32 leaf[4];

	memset(out, 0, sizeof(*out));
	cpuid(0, 0, leaf);
	out->max_leaf = leaf[EAX];
	decode_vendor(out, leaf);

	/* Old processors return some other leaf's data for this one. */
	cpuid(EXTENDED, 0, leaf);
	if (leaf[EAX] >> 16 == EXTENDED >> 16) {
		out->max_extended_leaf = leaf[EAX];
	}
	decode_flags(out, cpuid);
	decode_brand(out, cpuid);
	decode_apic_id(out, cpuid);
	decode_widths(out, cpuid);
	decode_clocks(out, cpuid);

	if (out->hypervisor_present) {
		cpuid(HYPERVISOR, 0, leaf);
		put_text(out->hypervisor_name, leaf[EBX]);
		put_text(out->hypervisor_name + 4, leaf[ECX]);
		put_text(out->hypervisor_name + 8, leaf[EDX]);
	}
}

const char *cpuid_vendor_text(enum cpuid_vendor vendor)
{
	for (size_t i = 0; i < ARRAY_SIZE(vendors); i++) {
		if (vendors[i].vendor == vendor) {
			return vendors[i].text;
		}
	}
	return "unknown";
}
