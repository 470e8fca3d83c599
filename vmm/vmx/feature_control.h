/*
 * What IA32_FEATURE_CONTROL, the firmware's switch for VMX, lets a core do (SDM
 * volume 3, "Enabling and Entering VMX Operation"). The caller reads and writes
 * the register.
 */
#pragma once

#include "lib/types.h"

enum feature_control_state {
	FEATURE_CONTROL_UNLOCKED,	 /* write feature_control_unlock() */
	FEATURE_CONTROL_LOCKED_ON,	 /* VMXON is allowed */
	FEATURE_CONTROL_LOCKED_OFF,	 /* VMXON faults until the next reset */
	FEATURE_CONTROL_LOCKED_SMX_ONLY, /* VMXON only after GETSEC[SENTER] */
};

/* raw: the register's value. */
enum feature_control_state feature_control_classify(u64 raw);

/* The value that locks the register, with VMXON outside SMX allowed. */
u64 feature_control_unlock(u64 raw);

/* What the state means, one clause. */
const char *feature_control_text(enum feature_control_state state);

/* What a person can do about it; "" if there is nothing to do. */
const char *feature_control_remedy(enum feature_control_state state);
