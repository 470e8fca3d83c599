/* SDM volume 3, "Exception and Interrupt Reference". */
/* build: pure */
#include "arch/exception_names.h"

static const char *const names[] = {
	[0] = "#DE divide error",
	[1] = "#DB debug",
	[3] = "#BP breakpoint",
	[4] = "#OF overflow",
	[5] = "#BR bound range exceeded",
	[6] = "#UD invalid opcode",
	[7] = "#NM device not available",
	[8] = "#DF double fault",
	[10] = "#TS invalid TSS",
	[11] = "#NP segment not present",
	[12] = "#SS stack-segment fault",
	[13] = "#GP general protection",
	[14] = "#PF page fault",
	[16] = "#MF x87 floating-point error",
	[17] = "#AC alignment check",
	[18] = "#MC machine check",
	[19] = "#XM SIMD floating-point exception",
	[20] = "#VE virtualization exception",
	[21] = "#CP control protection",
};

const char *exception_full_name(u64 vector)
{
	return vector < ARRAY_SIZE(names) ? names[vector] : NULL;
}
