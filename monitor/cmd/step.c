/*
 * The command step: makes the same call as bios, with single steps on
 * meanwhile. Runs on the boot core, through command.c.
 */
#include "guest/watch/watch.h"
#include "lib/error.h"
#include "monitor/cmd/bios.h"
#include "monitor/cmd/trace.h"
#include "monitor/command.h"
#include "monitor/guest_job.h"
#include "monitor/trace_reader.h"

#define DEFAULT_STEPS 200
#define MAX_STEPS 20000

static bool breakpoint_is_free(void)
{
	for (size_t i = 0; i < WATCH_BREAKPOINTS; i++) {
		if (!watch_config.breakpoint[i].used) {
			return true;
		}
	}
	return false;
}

static int parse(struct args *args, struct watch_config *config, u32 *steps)
{
	u64 count = DEFAULT_STEPS;
	int found = args_dec(args, "count", MAX_STEPS, &count);

	if (found < 0) {
		return found;
	}
	if (count == 0) {
		return args_fail(args, ERR_RANGE,
				 "no instruction to show; count=; give 1 to %d",
				 MAX_STEPS);
	}
	*steps = (u32)count;
	found = args_far(args, "from", &config->from.segment,
			 &config->from.offset);
	config->has_from = found == 1;
	if (found == 1 && !breakpoint_is_free()) {
		return args_fail(args, ERR_FULL,
				 "from= needs a breakpoint and all %d are in "
				 "use; command step; 'break delete' frees them",
				 WATCH_BREAKPOINTS);
	}
	if (found >= 0) {
		found = args_far(args, "until", &config->until.segment,
				 &config->until.offset);
		config->has_until = found == 1;
	}
	return found < 0 ? found : 0;
}

static int run_step(struct args *args)
{
	u32 core = watch_config.core;
	u32 steps = 0;
	int err = parse(args, &watch_config, &steps);

	if (err == 0) {
		err = cmd_trace_steps(steps);
	}
	if (err == 0) {
		watch_config.core = WATCH_EVERY_CORE;
		err = cmd_bios_call(args);
		watch_config.core = core;
		trace_reader_drain();
	}
	watch_config.has_from = false;
	watch_config.has_until = false;
	cmd_trace_steps(0);
	return err;
}

COMMAND(GUESTS, 50, step) = {
	.name = "step",
	.usage = "NN [count=N] [from=SEG:OFF] [until=SEG:OFF] "
		 "[the options of bios]",
	.summary = "a BIOS call, instruction by instruction",
	.details = "Each instruction is a line with CS:IP, its bytes and "
		   "the registers it changed,\n"
		   "from the call's INT n (or from=) on, at most count= "
		   "of them (200), up to until=;\n"
		   "then the call runs on to its end as with bios.\n"
		   "tools/disassemble adds the mnemonics to a log.",
	.example = "step 12 count=50",
	.keys = GUEST_JOB_KEYS " repeat count from until",
	.min_words = 1,
	.max_words = 1,
	.run = run_step,
};
