/*
 * The order of the demo's chapters, and its first and last lines. Runs on the
 * boot core, which gives the other cores their parts.
 */
#include "monitor/demo.h"

#include "arch/console/console.h"
#include "arch/cpu.h"
#include "arch/cpuid_decode.h"
#include "arch/machine.h"
#include "arch/mem/pages.h"
#include "arch/percpu.h"
#include "arch/smp.h"
#include "guest/bios/bios_pool.h"
#include "guest/memory/bios_area.h"
#include "lib/fmt.h"
#include "lib/str.h"
#include "monitor/command.h"
#include "monitor/cores.h"
#include "vmm/exit_stats.h"
#include "vmm/vmx/vmx.h"

#define BIOS_DATE 0xffff5
#define BIOS_DATE_BYTES 8

/* Describes the ROM by its date, MM/DD/YY, at F000:FFF5. */
static void describe_bios(char *text, size_t size)
{
	char date[BIOS_DATE_BYTES + 1] = "";
	bool is_text = true;

	for (u32 i = 0; i < BIOS_DATE_BYTES; i++) {
		date[i] = (char)bios_area_read8(BIOS_DATE + i);
		is_text &= str_is_print(date[i]);
	}
	if (!bios_area_present()) {
		str_copy(text, size, "no ROM-BIOS");
	} else if (!is_text) {
		str_copy(text, size, "a BIOS that tells no date");
	} else {
		fmt_snprintf(text, size, "BIOS of %s", date);
	}
}

static void print_machine(void)
{
	struct cpuid_info info;
	char bios[32];

	cpuid_decode(cpuid, &info);
	describe_bios(bios, sizeof(bios));
	console_printf("machine: %s processor, family %x model %x, %u core%s, "
		       "%lu MiB of RAM, %s\n",
		       cpuid_vendor_text(info.vendor), info.family, info.model,
		       smp_count(), smp_count() == 1 ? "" : "s",
		       memmap_usable_bytes(machine_memmap()) / MIB, bios);
	cores_print();
}

static void check_vmx(struct report *report)
{
	for (u32 i = 0; i < smp_count(); i++) {
		const struct vmx_core *core = vmx_core(i);

		if (core->state != VMX_ON) {
			report_fail(report, "VMX operation on every core",
				    "expected on, got off on core %u: %s; %s",
				    i, core->why, core->remedy);
			return;
		}
	}
	report_pass(report, "VMX operation on every core",
		    "%u of %u, VMCS revision %x", vmx_cores_on(), smp_count(),
		    vmx_caps_revision(&vmx_core(0)->caps));
}

static u64 all_exits(u32 core)
{
	u64 sum = 0;

	for (u32 reason = 0; reason < EXIT_REASON_COUNT; reason++) {
		sum += exit_stats_count(core, reason);
	}
	return sum;
}

static void print_totals(void)
{
	for (u32 i = 0; i < smp_count(); i++) {
		console_printf(
			"core %u: %lu VM exits, %lu for external interrupts; %lu NMIs\n",
			i, all_exits(i),
			exit_stats_count(i, EXIT_REASON_EXTERNAL_INTERRUPT),
			smp_cpu(i)->nmi_count);
	}
}

/* Runs without VMX, too: everything that needs VMX is skipped then. */
static int run_demo(struct args *args)
{
	struct report report;
	u64 free_before;

	(void)args;
	print_machine();
	report_begin(&report, command_emit_line, NULL);
	bios_pool_empty();
	free_before = pages_free_count();
	check_vmx(&report);
	if (!bios_area_present()) {
		report_skip(&report, "BIOS calls", "%s", bios_area_why_not());
	} else if (vmx_cores_on() == smp_count()) {
		demo_calls(&report);
		demo_events(&report);
		demo_cycles(&report);
		print_totals();
	} else {
		report_skip(&report, "BIOS calls, interrupts and NMIs", "%s",
			    "they need VMX on every core");
	}
	bios_pool_empty();
	report_check_u64(&report, "no page is lost", free_before,
			 pages_free_count());
	return command_close_report(&report, "demo");
}

COMMAND(GUESTS, 10, demo) = {
	.name = "demo",
	.usage = "",
	.summary = "run the BIOS in guests on every core, and check it",
	.details =
		"Calls the machine's own BIOS in virtual-8086 guests, sends them timer\n"
		"interrupts and NMIs, and turns VMX off and on again, "
		"on every core at once.\n"
		"Every result is compared with another source.",
	.example = "demo",
	.run = run_demo,
};
