/* What instructions make of a guest's control registers. Pure. */
/* build: pure */
#include "vmm/guest_cr.h"

#define LMSW_BITS (CR0_PE | CR0_MP | CR0_EM | CR0_TS)

u64 guest_cr0_by_lmsw(u64 cr0, u16 source)
{
	return (cr0 & ~(LMSW_BITS & ~CR0_PE)) | (source & LMSW_BITS);
}

bool guest_cr0_may_be(u64 value)
{
	return (!(value & CR0_PG) || (value & CR0_PE)) &&
	       (!(value & CR0_NW) || (value & CR0_CD));
}
