/*
 * A self-test of a guest that changes its core. It must go on there, and the
 * core must forget all translations, because some may be of an earlier stay. No
 * emulator used here keeps translations beyond an exit, so arrivals are
 * counted. On the boot core, interrupts off.
 */
#include "arch/smp.h"
#include "guest/bios/bios.h"
#include "guest/code16/engines.h"
#include "lib/fmt.h"
#include "proof/selftest/selftest.h"
#include "vmm/vmx/vmx.h"

#define OTHER_CORE 1

struct stay {
	struct guest16 *guest;
	bool works;
	u64 arrivals;
};

/* Makes two calls, with the VMCS unloaded in between. */
static void stay(void *argument)
{
	struct stay *here = argument;
	const struct vmx_core *core = vmx_this_core();
	u64 before = core->arrivals;

	here->works = selftest_guest_works(here->guest);
	vcpu_unload(&here->guest->vcpu);
	here->works = here->works && selftest_guest_works(here->guest);
	vcpu_unload(&here->guest->vcpu);
	here->arrivals = core->arrivals - before;
}

static bool stay_on(u32 core, struct guest16 *guest, u64 arrivals)
{
	struct stay there = { .guest = guest };

	smp_start(core, stay, &there);
	smp_wait(core);
	selftest_saw("core %u: %s, arrived %lu times", core,
		     there.works ? "works" : guest->vcpu.why, there.arrivals);
	return there.works && there.arrivals == arrivals;
}

static bool goes_and_comes(const struct engine *engine)
{
	static struct guest16 guest;
	u64 arrivals = engine->uses_ept ? 1 : 0;
	bool passed;

	if (bios_guest_init(&guest, engine, &board_private, false) != 0) {
		selftest_saw("no guest");
		return false;
	}
	passed = stay_on(0, &guest, 0) &&
		 stay_on(OTHER_CORE, &guest, arrivals) &&
		 stay_on(0, &guest, arrivals);
	bios_guest_free(&guest);
	return passed;
}

static const char *why_not(const struct engine *engine)
{
	if (!engine_available(engine, &vmx_this_core()->caps)) {
		return "this processor has no such guests";
	}
	return smp_count() > OTHER_CORE && vmx_core(OTHER_CORE)->state == VMX_ON
		       ? NULL
		       : "there is no other core with VMX";
}

void selftest_moved(void)
{
	for (size_t i = 0; engines[i] != NULL; i++) {
		const char *why = why_not(engines[i]);

		if (!selftest_begin("moved", engines[i]->name)) {
			continue;
		}
		if (why != NULL) {
			selftest_skip(why);
		}
		selftest_end(
			why == NULL && goes_and_comes(engines[i]),
			"calls on each core, and an arrival on each under EPT");
	}
}
