/*
 * The demo's last chapter: turns VMX off and on a thousand times on every core
 * at once, with a BIOS call in between. The case that once failed: the first
 * VMLAUNCH after CR4.VMXE was set found an invalid host state.
 */
#include "arch/percpu.h"
#include "arch/smp.h"
#include "guest/memory/bios_area.h"
#include "guest/bios/bios_pool.h"
#include "lib/fmt.h"
#include "lib/str.h"
#include "monitor/engine_choice.h"
#include "monitor/demo.h"
#include "monitor/settings.h"
#include "vmm/vmx/vmx.h"

#define CYCLES 1000
#define VECTOR_EQUIPMENT 0x11
#define CALL_TIMEOUT_MS 1000

static u32 good_cycles;
static char problem[120];

static bool cycle(struct guest16 *guest)
{
	struct bios_regs regs = { .eflags = 0x202 };
	enum vcpu_end end;

	vmx_off();
	vmx_check();
	if (vmx_on() != 0) {
		str_copy(problem, sizeof(problem), vmx_this_core()->why);
		return false;
	}
	end = bios_call(guest, VECTOR_EQUIPMENT, &regs, CALL_TIMEOUT_MS);
	if (end != VCPU_END_DONE ||
	    (u16)regs.eax != bios_area_read16(BDA_EQUIPMENT)) {
		fmt_snprintf(problem, sizeof(problem), "%s %s",
			     vcpu_end_name(end), guest->vcpu.why);
		return false;
	}
	return true;
}

static void cycles(void *unused)
{
	struct guest16 *guest;

	(void)unused;
	if (engine_choice_guest(&board_private, &guest) != 0) {
		return;
	}
	for (u32 i = 0; i < CYCLES && cycle(guest); i++) {
		__atomic_fetch_add(&good_cycles, 1, __ATOMIC_RELAXED);
	}
}

void demo_cycles(struct report *report)
{
	static const char name[] = "VMXON, VMLAUNCH, VMXOFF again and again";

	good_cycles = 0;
	problem[0] = '\0';
	smp_run_on_all(cycles, NULL);
	if (good_cycles == CYCLES * smp_count()) {
		report_pass(report, name, "%u times on each of %u cores",
			    CYCLES, smp_count());
	} else {
		report_fail(report, name, "expected %u, got %u: %s",
			    CYCLES * smp_count(), good_cycles, problem);
	}
}
