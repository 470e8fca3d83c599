/* The rules of the machine-check architecture, by the bits of its registers. */
/* build: pure */
#include "arch/mca_severity.h"

#define FAMILY_P6 6
#define FIRST_MODEL_WITH_CONTROL_0 0x1a

static bool is_fatal(u64 status, u64 cap)
{
	if (status & MCI_STATUS_PCC) {
		return true;
	}
	return (status & MCI_STATUS_UC) &&
	       (!(cap & MCG_CAP_SER_P) || (status & MCI_STATUS_AR));
}

/*
 * An error that is not enabled in its bank is logged there and raises no #MC.
 */
void mca_banks_add(struct mca_banks *banks, u64 status, u64 cap)
{
	if (!(status & MCI_STATUS_VAL) || !(status & MCI_STATUS_EN)) {
		return;
	}
	banks->signalled = true;
	banks->fatal |= is_fatal(status, cap);
}

bool mca_may_go_on(const struct mca_banks *banks, u64 mcg_status,
		   bool has_other_cores)
{
	bool elsewhere = has_other_cores && !(mcg_status & MCG_STATUS_LMCE_S);

	return (mcg_status & MCG_STATUS_RIPV) != 0 && !banks->fatal &&
	       (banks->signalled || elsewhere);
}

u32 mca_first_control(u32 family, u32 model)
{
	return family == FAMILY_P6 && model < FIRST_MODEL_WITH_CONTROL_0;
}
