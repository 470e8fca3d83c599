/*
 * The command exits: shows why the cores left their guests, how often and at
 * what cost, and which interrupts they took. Reads other cores' counters while
 * those are idle. Runs on the boot core, through command.c.
 */
#include "arch/console/console.h"
#include "arch/fault_log.h"
#include "arch/machine_check.h"
#include "arch/smp.h"
#include "guest/watch/access_counts.h"
#include "guest/watch/int_names.h"
#include "guest/watch/port_names.h"
#include "lib/error.h"
#include "lib/str.h"
#include "lib/string.h"
#include "monitor/command.h"
#include "vmm/exit_stats.h"

static void print_exits(u32 index)
{
	for (u32 reason = 0; reason < EXIT_REASON_COUNT; reason++) {
		const struct histogram *h = exit_stats_get(index, reason);

		if (h == NULL) {
			continue;
		}
		console_printf("exits: cpu=%u reason=%u %s count=%llu min=%llu "
			       "median=%llu max=%llu unit=ticks\n",
			       index, reason, exit_reason_name(reason),
			       (unsigned long long)histogram_count(h),
			       (unsigned long long)histogram_min(h),
			       (unsigned long long)histogram_median(h),
			       (unsigned long long)histogram_max(h));
	}
}

static void print_interrupts(u32 index)
{
	const struct cpu *cpu = smp_cpu(index);

	for (u32 v = 0; v < ARRAY_SIZE(cpu->interrupt_count); v++) {
		if (cpu->interrupt_count[v] != 0) {
			console_printf(
				"interrupts: cpu=%u vector=%02x count=%llu\n",
				index, v,
				(unsigned long long)cpu->interrupt_count[v]);
		}
	}
}

/*
 * Prints the port's name: one if reading and writing mean the same, else two.
 */
static void print_port(u32 index, u16 port, u64 count)
{
	const char *in = port_name(port, true);
	const char *out = port_name(port, false);
	bool same = str_equal(in, out);

	console_printf("ports: cpu=%u port=%04x count=%lu name=\"%s%s%s\"\n",
		       index, port, count, in, same ? "" : ", ",
		       same ? "" : out);
}

static void print_accesses(u32 index)
{
	u32 port = 0;
	u64 count;

	for (u32 v = 0; v < 256; v++) {
		count = access_counts_int(index, (u8)v);
		if (count != 0) {
			console_printf(
				"ints: cpu=%u int=%02x count=%lu name=\"%s\"\n",
				index, v, count, int_names_vector((u8)v));
		}
	}
	for (; access_counts_port(index, &port, &count); port++) {
		print_port(index, (u16)port, count);
	}
	count = access_counts_other_ports(index);
	if (count != 0) {
		console_printf("ports: cpu=%u port=other count=%lu\n", index,
			       count);
	}
}

static void print_faults(void)
{
	struct fault_counts faults;

	machine_check_poll();
	faults = fault_log_counts();

	if (faults.nmis + faults.interrupts + faults.machine_checks != 0) {
		console_printf("faults: nmis_from_outside=%lu "
			       "spurious_interrupts=%lu machine_checks=%lu\n",
			       faults.nmis, faults.interrupts,
			       faults.machine_checks);
	}
}

static void reset(void)
{
	fault_log_reset();
	exit_stats_reset();
	access_counts_reset();
	for (u32 i = 0; i < smp_count(); i++) {
		struct cpu *cpu = smp_cpu(i);

		memset(cpu->interrupt_count, 0, sizeof(cpu->interrupt_count));
		cpu->nmi_count = 0;
	}
}

static int run_exits(struct args *args)
{
	const char *word = args_positional(args, 0);

	if (word != NULL && !str_equal(word, "reset")) {
		return command_error(ERR_INVALID,
				     "'%.32s' makes no sense; command exits; "
				     "type 'exits' or 'exits reset'",
				     word);
	}
	if (word != NULL) {
		reset();
		return 0;
	}
	for (u32 i = 0; i < smp_count(); i++) {
		print_exits(i);
	}
	for (u32 i = 0; i < smp_count(); i++) {
		print_interrupts(i);
	}
	for (u32 i = 0; i < smp_count(); i++) {
		console_printf("nmis: cpu=%u count=%llu\n", i,
			       (unsigned long long)smp_cpu(i)->nmi_count);
	}
	print_faults();
	for (u32 i = 0; i < smp_count(); i++) {
		print_accesses(i);
	}
	return 0;
}

COMMAND(VMX, 30, exits) = {
	.name = "exits",
	.usage = "[reset]",
	.summary = "VM exits, interrupts and NMIs, counted",
	.details = "A line for each core and exit reason (number and "
		   "name): how many there were,\n"
		   "and the ticks (TSC) the host spent on one: least, "
		   "median, most.\n"
		   "Then the interrupts of each core by vector (hex), and "
		   "its NMIs,\n"
		   "what came that nobody had sent,\n"
		   "the BIOS interrupts called (hex) and the ports that "
		   "exit (hex).\n"
		   "'exits reset' sets all of it to 0.",
	.example = "exits",
	.max_words = 1,
	.run = run_exits,
};
