/* The table of MSRs, and the writes that are dropped without a fault. */
#include "guest/board/msr_policy.h"

#include "arch/msr.h"
#include "arch/trap.h"

struct msr_entry {
	u32 msr;
	bool write_ignored; /* a write has no effect; if false, it is a #GP */
};

static const struct msr_entry table[] = {
	{ MSR_IA32_TSC, false },	 { MSR_IA32_PLATFORM_ID, false },
	{ MSR_IA32_APIC_BASE, false },	 { MSR_IA32_FEATURE_CONTROL, false },
	{ MSR_IA32_BIOS_SIGN_ID, true }, /* loaders write 0, then read */
	{ MSR_IA32_MTRRCAP, false },	 { MSR_IA32_MISC_ENABLE, false },
};

static const struct msr_entry *find(u32 msr)
{
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		if (table[i].msr == msr) {
			return &table[i];
		}
	}
	return NULL;
}

bool msr_policy_read(u32 msr, u64 *value)
{
	*value = 0;
	return find(msr) != NULL && rdmsr_safe(msr, value);
}

bool msr_policy_write(u32 msr, u64 value)
{
	const struct msr_entry *entry = find(msr);

	(void)value;
	return entry != NULL && entry->write_ignored;
}
