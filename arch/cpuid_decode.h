/*
 * What CPUID says, decoded once into a struct. The caller executes the
 * instruction, in a callback, so that tests can decode any machine's answers.
 */
#pragma once

#include "lib/types.h"

enum cpuid_vendor {
	CPUID_VENDOR_OTHER,
	CPUID_VENDOR_INTEL,   /* GenuineIntel */
	CPUID_VENDOR_AMD,     /* AuthenticAMD */
	CPUID_VENDOR_HYGON,   /* HygonGenuine */
	CPUID_VENDOR_CENTAUR, /* CentaurHauls: VIA, Zhaoxin; has VMX */
	CPUID_VENDOR_ZHAOXIN, /* "  Shanghai  " */
};

/* Runs CPUID with eax = leaf, ecx = sub; out is eax, ebx, ecx, edx. */
typedef void (*cpuid_fn)(u32 leaf, u32 sub, u32 out[4]);

struct cpuid_info {
	enum cpuid_vendor vendor;
	char vendor_name[13];	  /* unprintable characters are '.' */
	char brand[49];		  /* blanks trimmed; "" if there is none */
	char hypervisor_name[13]; /* "" unless hypervisor_present */

	u32 max_leaf;
	u32 max_extended_leaf; /* 0 if there are no extended leaves */

	u32 signature; /* leaf 1, eax, as it is */
	u32 family;    /* extended family and model included */
	u32 model;
	u32 stepping;

	u8 initial_apic_id; /* 8 bits, leaf 1 */
	bool has_x2apic_id; /* leaf 0Bh has data */
	u32 x2apic_id;
	u32 apic_id; /* the x2APIC ID if there is one, else the 8-bit ID */

	/* Physical and linear address width in bits. */
	u8 physical_bits;
	u8 linear_bits;

	u64 tsc_hz;   /* from leaf 15h; 0: not given */
	u32 base_mhz; /* from leaf 16h; 0: not given */

	/* Leaf 1, edx. */
	bool fpu, vme, pse, tsc, msr, pae, mce, apic, sep, mtrr, pge, pat, fxsr;
	bool sse, sse2;
	/* Leaf 1, ecx. */
	bool sse3, monitor, vmx, smx, pcid, x2apic, tsc_deadline, xsave,
		osxsave;
	bool avx, rdrand, hypervisor_present;
	/* Leaf 7, ebx and ecx. */
	bool fsgsbase, smep, invpcid, rdseed, smap, umip, la57;
	/* Extended leaves. */
	bool long_mode, nx, page_1gb, rdtscp, svm, syscall, tsc_invariant;
};

/* Fills all of *out. A leaf that the processor lacks counts as zeroes. */
void cpuid_decode(cpuid_fn cpuid, struct cpuid_info *out);

/* The vendor's name: "Intel", "AMD", ...; "unknown" for any other. */
const char *cpuid_vendor_text(enum cpuid_vendor vendor);
