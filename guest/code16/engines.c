/* The engines, and the choice between them. */
#include "guest/code16/engines.h"

#include "arch/x86.h"
#include "guest/code16/guest16_exits.h"
#include "vmm/guest_rights.h"

/*
 * With IOPL 3 the guest changes IF itself, without exits. Interrupts exit
 * whatever IF is.
 */
#define V86_RFLAGS (RFLAGS_VM | RFLAGS_IOPL | RFLAGS_FIXED_1)

/*
 * Every exception of virtual-8086 mode is the host's business. Code in real
 * mode has its IVT for them; intercepted are faults that would come again for
 * ever if nobody handles them.
 */
#define V86_EXCEPTIONS UINT32_MAX
#define REAL_EXCEPTIONS                                                        \
	((u32)(BIT(VECTOR_DE) | BIT(VECTOR_BR) | BIT(VECTOR_UD) |              \
	       BIT(VECTOR_NM) | BIT(VECTOR_SS) | BIT(VECTOR_GP)))

const struct engine engine_v86 = {
	.name = "v86",
	.uses_v86 = true,
	.segment_rights = RIGHTS_V86,
	.rflags_always = V86_RFLAGS,
	.exceptions = V86_EXCEPTIONS,
	.ops = &guest16_v86_ops,
};

const struct engine engine_v86_ept = {
	.name = "v86-ept",
	.uses_v86 = true,
	.uses_ept = true,
	.segment_rights = RIGHTS_V86,
	.rflags_always = V86_RFLAGS,
	.exceptions = V86_EXCEPTIONS,
	.ops = &guest16_v86_ops,
};

const struct engine engine_real = {
	.name = "real",
	.uses_ept = true,
	.segment_rights = RIGHTS_REAL,
	.rflags_always = RFLAGS_FIXED_1,
	.exceptions = REAL_EXCEPTIONS,
	.ops = &guest16_real_ops,
};

const struct engine *const engines[] = { &engine_real, &engine_v86,
					 &engine_v86_ept, NULL };

const struct engine *engine_best(const struct vmx_caps *caps)
{
	for (size_t i = 0; engines[i] != NULL; i++) {
		if (engine_available(engines[i], caps)) {
			return engines[i];
		}
	}
	return NULL;
}
