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

/* Where Bochs 2.7 judges otherwise than the SDM. */
enum entry_difference {
	DIFFERS_NOT,
	DIFFERS_DEBUGCTL,
	DIFFERS_RIP,
	DIFFERS_SS,
	DIFFERS_PENDING_HIGH,
	DIFFERS_STEP,
	DIFFERS_HLT_EVENT,
	DIFFERS_VIRTUAL_NMI,
	DIFFERS_STI_NMI,
	ENTRY_DIFFERENCES,
};

struct entry_damage {
	const char *check; /* must be among those that do not hold */
	u32 needs;	   /* these bits of a control word must be possible */
	u8 needs_word;	   /* enum vmx_control_word */
	u8 kinds;	   /* of guests that this damages: ENTRY_KIND() */
	u8 times;   /* so often, the first write one field further on; 0: 1 */
	u8 differs; /* enum entry_difference */
	bool host_only; /* not to be tried: Bochs would panic, or so */
	struct entry_damage_write writes[ENTRY_DAMAGE_WRITES];
};

/* The i-th damage; NULL after the last. */
const struct entry_damage *entry_damage_nth(size_t i);

/* Why Bochs differs; "" for DIFFERS_NOT. */
const char *entry_difference_text(enum entry_difference difference);

/* Whether the damage can be done to such a guest of such a processor. */
bool entry_damage_fits(const struct entry_damage *damage, enum entry_kind kind,
		       const struct vmx_caps *caps);

/*
 * Does it, for the time-th time (from 0), to a VMCS as entry_image_write() made
 * it with the same page. False where a write fails.
 */
bool entry_damage_do(const struct entry_damage *damage, u32 time, u64 page,
		     u64 (*read)(void *ctx, enum vmcs_field field),
		     bool (*write)(void *ctx, enum vmcs_field field, u64 value),
		     void *ctx);
