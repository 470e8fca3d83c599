/*
 * The command nmi: sends NMIs to a core. Runs on the boot core, through
 * command.c.
 */
#include "arch/console/console.h"
#include "arch/lapic.h"
#include "arch/smp.h"
#include "lib/error.h"
#include "monitor/command.h"
#include "monitor/guest_job.h"
#include "monitor/nmi_run.h"
#include "vmm/vmx/vmx.h"

#define DEFAULT_COUNT 1
#define MAX_COUNT 100000000u

static int run_nmi(struct args *args)
{
	struct nmi_run run;
	u64 count = DEFAULT_COUNT;
	u32 core;
	bool in_guest;
	int err = guest_job_read_core(args, &core);

	if (err >= 0) {
		err = args_dec(args, "count", MAX_COUNT, &count);
	}
	if (err < 0) {
		return err;
	}
	if (!lapic_present()) {
		return command_error(
			ERR_UNSUPPORTED,
			"no local APIC; this machine; NMIs cannot be sent");
	}
	/*
	 * A core without VMX, or without another core to send them, can take
	 * NMIs in root mode only.
	 */
	in_guest = smp_count() > 1 && vmx_core(core)->state == VMX_ON;
	if (in_guest) {
		nmi_run_in_guest(&run, core, count);
	} else {
		nmi_run_in_root(&run, core, count);
	}
	console_printf("nmi: cpu=%u mode=%s sent=%lu counted=%lu exits=%lu\n",
		       core, in_guest ? "guest" : "root", run.sent, run.counted,
		       run.by_exit);
	if (run.problem[0] != '\0') {
		return command_error(ERR_FAULT, "%s; core %u; see 'exits'",
				     run.problem, core);
	}
	if (run.counted != count) {
		return command_error(
			ERR_FAULT,
			"%lu NMIs were sent but %lu counted; core %u; "
			"another source may send NMIs too",
			count, run.counted, core);
	}
	return 0;
}

COMMAND(GUESTS, 60, nmi) = {
	.name = "nmi",
	.usage = "[cpu=N] [count=N]",
	.summary = "send NMIs to a core while its guest runs",
	.details =
		"Each is acknowledged before the next is sent, by "
		"another core. With one core\n"
		"it sends them to itself, in root mode. Core 0 and one NMI if not given.",
	.example = "nmi cpu=1 count=1000",
	.keys = "cpu count",
	.run = run_nmi,
};
