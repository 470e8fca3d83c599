/*
 * Chooses the mitigations for a processor on which a guest can learn data of
 * the host or of another guest (Intel, "Guidance for Security Issues on Intel
 * Processors": L1 terminal fault, microarchitectural data sampling, TSX
 * asynchronous abort, MMIO stale data, branch target injection). Pure.
 */
#pragma once

#include "arch/x86.h"
#include "lib/types.h"

enum mitigation {
	MITIGATION_L1D_FLUSH = 1 << 0, /* before entry, of guests with EPT */
	MITIGATION_VERW = 1 << 1,      /* clears buffers before entry */
	MITIGATION_IBRS = 1 << 2,      /* written after each exit */
	MITIGATION_EIBRS = 1 << 3,     /* written once, when VMX is turned on */
	MITIGATION_STIBP = 1 << 4,     /* with either of these */
	MITIGATION_IBPB = 1 << 5,      /* when a core changes its guest */
	MITIGATION_RSB = 1 << 6,       /* 32 harmless returns after each exit */
};

/* Those that need code at every exit and entry. */
#define MITIGATIONS_OF_EXITS                                                   \
	(MITIGATION_L1D_FLUSH | MITIGATION_VERW | MITIGATION_IBRS |            \
	 MITIGATION_RSB)

/*
 * Exceptions that must exit in every guest: an endless series of them would
 * hold the core in microcode (CVE-2015-5307, CVE-2015-8104).
 */
#define MITIGATION_EXCEPTIONS ((u32)(BIT(VECTOR_DB) | BIT(VECTOR_AC)))

struct mitigation_facts {
	bool intel;
	bool ept; /* a guest may have page tables of its own */
	u32 family, model;
	u32 leaf7_ebx, leaf7_edx;
	u64 arch_capabilities; /* 0 if there is no such MSR */
};

struct mitigations {
	u32 active;  /* enum mitigation: needed and possible */
	u32 missing; /* needed, but only newer microcode has it */
};

/* Decides what is needed, active and missing together. */
void mitigations_decide(const struct mitigation_facts *facts,
			struct mitigations *out);

/* "l1d-flush,verw" or "none". Terminated; returns the length wanted. */
size_t mitigations_format(u32 set, char *buf, size_t size);
