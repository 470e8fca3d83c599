/*
 * Ways to break a good VMCS, at least one for each check of VM entry. With
 * these the entry checker is tested on the host and compared with the
 * processor. Pure.
 */
#pragma once

#include "proof/selftest/entry_damage.h"
#include "proof/selftest/entry_images.h"

/* The i-th damage; NULL after the last. */
const struct entry_damage *entry_damage_nth(size_t i);

/* What Bochs or KVM does, in words; "" for DIFFERS_NOT. */
const char *entry_difference_text(enum entry_difference difference);

/* How the result may differ here for this damage; DIFFERS_NOT on hardware. */
enum entry_difference entry_damage_difference(const struct entry_damage *damage,
					      bool under_kvm);

/* Whether the damage can be done to such a guest on such a processor. */
bool entry_damage_fits(const struct entry_damage *damage, enum entry_kind kind,
		       const struct vmx_caps *caps);

enum entry_damage_result {
	ENTRY_DAMAGE_DONE,
	ENTRY_DAMAGE_NO_FIELD, /* a VMWRITE has failed */
	/* The VMCS does not hold what was written: nothing can be judged. */
	ENTRY_DAMAGE_DROPPED,
};

/*
 * Applies the damage, for the time-th time (from 0), to a VMCS that
 * entry_image_write() has made with the same page. Each field is read back,
 * because KVM and some Intel processors drop the reserved bits of access rights
 * at VMWRITE.
 */
enum entry_damage_result
entry_damage_do(const struct entry_damage *damage, u32 time, u64 page,
		u64 (*read)(void *ctx, enum vmcs_field field),
		bool (*write)(void *ctx, enum vmcs_field field, u64 value),
		void *ctx);
