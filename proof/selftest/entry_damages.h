/*
 * Ways to break a good VMCS, at least one for each check of VM entry: what the
 * entry checker is tested with, on the host and against the processor. Pure.
 */
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

/* The i-th damage; NULL after the last. */
const struct entry_damage *entry_damage_nth(size_t i);

/* How it is judged there; "" for DIFFERS_NOT. */
const char *entry_difference_text(enum entry_difference difference);

/* How this damage may be judged otherwise here: DIFFERS_NOT on hardware. */
enum entry_difference entry_damage_difference(const struct entry_damage *damage,
					      bool under_kvm);

/* Whether the damage can be done to such a guest of such a processor. */
bool entry_damage_fits(const struct entry_damage *damage, enum entry_kind kind,
		       const struct vmx_caps *caps);

enum entry_damage_result {
	ENTRY_DAMAGE_DONE,
	ENTRY_DAMAGE_NO_FIELD, /* a VMWRITE has failed */
	/* The VMCS does not hold what was written: nothing can be judged. */
	ENTRY_DAMAGE_DROPPED,
};

/*
 * Does it, for the time-th time (from 0), to a VMCS as entry_image_write() made
 * it with the same page. Each field is read back: KVM and some Intel processors
 * drop the reserved bits of access rights at VMWRITE.
 */
enum entry_damage_result
entry_damage_do(const struct entry_damage *damage, u32 time, u64 page,
		u64 (*read)(void *ctx, enum vmcs_field field),
		bool (*write)(void *ctx, enum vmcs_field field, u64 value),
		void *ctx);
