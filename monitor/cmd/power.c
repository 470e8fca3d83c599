/*
 * Commands that end the session: poweroff, reboot, halt. Run on the boot core,
 * through command.c.
 */
#include "arch/console/console.h"
#include "arch/power.h"
#include "lib/error.h"
#include "monitor/command.h"
#include "monitor/session.h"

/*
 * Prints the closing line first, because power_off() and the others do not
 * return if they succeed. Their hook turns VMX off on every core.
 */
static void end_session(void)
{
	session_end();
	command_print_ok();
	console_flush();
}

static int run_poweroff(struct args *args)
{
	(void)args;
	end_session();
	power_off();
	return command_error(ERR_UNSUPPORTED,
			     "the machine is still on; poweroff: %s; VMX is "
			     "off now, switch the machine off by hand",
			     power_off_tried());
}

static int run_reboot(struct args *args)
{
	(void)args;
	end_session();
	power_reboot();
}

static int run_halt(struct args *args)
{
	(void)args;
	end_session();
	power_halt();
}

COMMAND(MONITOR, 20, poweroff) = {
	.name = "poweroff",
	.usage = "",
	.summary = "turn VMX off on every core, then the machine",
	.example = "poweroff",
	.run = run_poweroff,
};

COMMAND(MONITOR, 30, reboot) = {
	.name = "reboot",
	.usage = "",
	.summary = "turn VMX off on every core and start again",
	.example = "reboot",
	.run = run_reboot,
};

COMMAND(MONITOR, 40, halt) = {
	.name = "halt",
	.usage = "",
	.summary = "turn VMX off and stop every core",
	.details = "The machine stays on; only a reset wakes it.",
	.example = "halt",
	.run = run_halt,
};
