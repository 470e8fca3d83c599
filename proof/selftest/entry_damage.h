/* One way to break a good VMCS, as a row of a table. */
#pragma once

#include "proof/selftest/entry_images.h"

enum entry_damage_op {
	ENTRY_SET,   /* the field is the value */
	ENTRY_OR,    /* these bits are set */
	ENTRY_CLEAR, /* or cleared */
	ENTRY_PAGE,  /* the address of the page of zeros, plus the value */
};

struct entry_damage_write {
	u16 field; /* 0 behind the first: no more writes */
	u8 op;
	u8 shift; /* of the value to the left */
	u32 value;
};

#define ENTRY_DAMAGE_WRITES 4

/* A kind of guest as a bit. */
#define ENTRY_KIND(kind) (1u << ENTRY_##kind)

/*
 * Where Bochs, or KVM for its guests, is known to judge otherwise than the SDM;
 * which version of Bochs does is listed in docs/vm-entry-checks.md.
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
	const char *check; /* must be among those that do not hold */
	u32 needs;	   /* these bits of a control word must be possible */
	u8 needs_word;	   /* enum vmx_control_word */
	u8 needs_vmfunc;   /* and these VM functions: VMFUNC_* */
	u8 kinds;	   /* of guests that this damages: ENTRY_KIND() */
	u8 times;   /* so often, the first write one field further on; 0: 1 */
	u8 differs; /* in Bochs: enum entry_difference */
	u8 differs_kvm; /* under KVM, which may itself be in Bochs */
	/*
	 * Why no entry is tried with it, the checker alone being asked; NULL:
	 * a processor that let it pass would do no harm that lasts.
	 */
	const char *untried;
	struct entry_damage_write writes[ENTRY_DAMAGE_WRITES];
};
