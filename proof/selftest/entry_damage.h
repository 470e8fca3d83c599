/* A way to break a good VMCS, as a row of a table. */
#pragma once

#include "proof/selftest/entry_images.h"

enum entry_damage_op {
	ENTRY_SET,   /* the field is the value */
	ENTRY_OR,    /* these bits are set */
	ENTRY_CLEAR, /* or cleared */
	ENTRY_PAGE,  /* the address of the page of zeros, plus the value */
};

struct entry_damage_write {
	u16 field; /* 0, behind the first: the end */
	u8 op;
	u8 shift; /* shifts the value to the left */
	u32 value;
};

#define ENTRY_DAMAGE_WRITES 4

/* The bit for a kind of guest. */
#define ENTRY_KIND(kind) (1u << ENTRY_##kind)

/*
 * Known differences of Bochs, or of KVM for its guests, from the SDM;
 * docs/vm-entry-checks.md lists the versions of Bochs.
 */
enum entry_difference {
	DIFFERS_NOT,
	DIFFERS_POSTED,
	DIFFERS_EXIT2_HIGH,
	DIFFERS_ERROR_CODE,
	DIFFERS_PERF_GLOBAL,
	DIFFERS_PKRS,
	DIFFERS_DEBUGCTL,
	DIFFERS_RIP,
	DIFFERS_SS,
	DIFFERS_PENDING_HIGH,
	DIFFERS_STEP,
	DIFFERS_HLT_EVENT,
	DIFFERS_VIRTUAL_NMI,
	DIFFERS_STI_NMI,
	DIFFERS_KVM_TSC_MULTIPLIER,
	DIFFERS_KVM_V86_HLT,
	DIFFERS_KVM_ACTIVITY,
	ENTRY_DIFFERENCES,
};

struct entry_damage {
	const char *check; /* this check must fail; others may fail as well */
	u32 needs;	   /* these bits of a control word must be allowed */
	u8 needs_word;	   /* enum vmx_control_word */
	u8 needs_vmfunc;   /* and these VM functions: VMFUNC_* */
	u8 kinds;	   /* the kinds of guests: ENTRY_KIND() */
	u8 times;	/* how often, each time with the next field; 0: once */
	u8 differs;	/* in Bochs: enum entry_difference */
	u8 differs_kvm; /* under KVM, which may itself be in Bochs */
	/*
	 * Why only the checker is tried and not VM entry. NULL: a processor
	 * that accepted the state would do no lasting harm.
	 */
	const char *untried;
	struct entry_damage_write writes[ENTRY_DAMAGE_WRITES];
};
