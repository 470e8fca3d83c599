/*
 * The commands trace and break: set what guests' cores note. Run on the boot
 * core; no guest is running when a command is parsed.
 */
#include "monitor/cmd/trace.h"

#include "arch/console/console.h"
#include "arch/mem/pages.h"
#include "arch/smp.h"
#include "guest/watch/trace_format.h"
#include "guest/watch/watch.h"
#include "lib/error.h"
#include "lib/fmt.h"
#include "lib/parse.h"
#include "lib/str.h"
#include "monitor/command.h"
#include "monitor/guest_job.h"
#include "monitor/trace_reader.h"
#include "vmm/trace.h"

#define BREAK_KINDS                                                            \
	(TRACE_BIT(TRACE_BREAK) | TRACE_BIT(TRACE_STEP) | TRACE_BIT(TRACE_NOTE))
#define DEFAULT_KINDS                                                          \
	(TRACE_BIT(TRACE_IO) | TRACE_BIT(TRACE_MMIO) | TRACE_BIT(TRACE_INT) |  \
	 TRACE_BIT(TRACE_IRQ) | TRACE_BIT(TRACE_EXCEPTION))
#define DROPPED_ROOM 64 /* a series of steps has more than its own events */
#define BREAK_STEPS_MAX 10000

static u32 trace_kinds;
static u32 events_wanted = TRACE_RING_EVENTS;

/* Sets rings and configuration as the commands have asked. */
static int update(u32 steps)
{
	u32 kinds = trace_kinds;
	u32 events = events_wanted;
	int err = 0;

	for (size_t i = 0; i < WATCH_BREAKPOINTS; i++) {
		kinds |= watch_config.breakpoint[i].used ? BREAK_KINDS : 0;
	}
	if (steps != 0) {
		kinds |= BREAK_KINDS;
		events += steps + DROPPED_ROOM;
	}
	if (kinds == 0) {
		trace_reader_close();
	} else if (trace_reader_room() < events) {
		err = trace_reader_open(events);
	}
	watch_config.kinds = err == 0 ? kinds : 0;
	watch_config.steps = err == 0 ? steps : 0;
	return err;
}

int cmd_trace_steps(u32 steps)
{
	return update(steps);
}

static int kind_of_word(struct args *args, const char *word, u32 *kinds)
{
	static const struct {
		const char *word;
		u32 kinds;
	} words[] = {
		{ "io", TRACE_BIT(TRACE_IO) | TRACE_BIT(TRACE_NOTE) },
		{ "int", TRACE_BIT(TRACE_INT) | TRACE_BIT(TRACE_NOTE) },
		{ "irq", TRACE_BIT(TRACE_IRQ) | TRACE_BIT(TRACE_EXCEPTION) },
		{ "mmio", TRACE_BIT(TRACE_MMIO) },
		{ "exits", TRACE_BIT(TRACE_EXIT) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (str_equal(word, words[i].word)) {
			*kinds |= words[i].kinds;
			return 0;
		}
	}
	return args_fail(args, ERR_INVALID,
			 "'%.24s' is nothing to trace; command trace; io, mmio, "
			 "int, irq and exits are",
			 word);
}

static int parse_kinds(struct args *args, u32 *kinds)
{
	const char *word;
	int err = 0;

	*kinds = 0;
	for (unsigned i = 1;
	     err == 0 && (word = args_positional(args, i)) != NULL; i++) {
		err = kind_of_word(args, word, kinds);
	}
	return err;
}

/* Parses port=HEX or port=HEX-HEX. */
static int parse_ports(struct args *args, struct watch_config *config)
{
	const char *text = args_value(args, "port");
	char first[8];
	const char *rest;
	u64 from, to;
	size_t n = 0;

	if (text == NULL) {
		return 0;
	}
	while (text[n] != '\0' && text[n] != '-' && n < sizeof(first) - 1) {
		first[n] = text[n];
		n++;
	}
	first[n] = '\0';
	rest = text[n] == '-' ? text + n + 1 : first;
	if (parse_hex(first, &from) != 0 || parse_hex(rest, &to) != 0 ||
	    (text[n] != '-' && text[n] != '\0') || from > to ||
	    to > UINT16_MAX) {
		return args_fail(args, ERR_INVALID,
				 "'%.24s' are no ports; port=; give one or a "
				 "range in hex, as 1f0-1f7",
				 text);
	}
	config->first_port = (u16)from;
	config->last_port = (u16)to;
	return 0;
}

static int parse_filters(struct args *args, struct watch_config *config)
{
	u64 vector = 0, size = TRACE_RING_EVENTS;
	u32 core;
	int found = args_hex(args, "vector", 0xff, &vector);
	int err;

	config->vector = found == 1 ? (int)vector : -1;
	config->first_port = 0;
	config->last_port = UINT16_MAX;
	err = found < 0 ? found : parse_ports(args, config);
	if (err < 0) {
		return err;
	}
	err = guest_job_read_core(args, &core);
	if (err == 0) {
		err = args_dec(args, "size", TRACE_RING_EVENTS_MAX, &size);
	}
	if (err < 0) {
		return err;
	}
	if (size == 0) {
		return args_fail(args, ERR_RANGE,
				 "no room for events; size=; give 1 to %u",
				 TRACE_RING_EVENTS_MAX);
	}
	config->core =
		args_value(args, "cpu") == NULL ? WATCH_EVERY_CORE : core;
	events_wanted = (u32)size;
	return 0;
}

static void show_counts(u32 core)
{
	const struct trace_ring *ring = trace_ring_of(core);

	console_printf("trace: c%u:", core);
	for (enum trace_kind kind = 0; kind < TRACE_KINDS; kind++) {
		if (ring->seen[kind] != 0) {
			console_printf(" %s=%lu", trace_kind_name(kind),
				       ring->seen[kind]);
		}
	}
	console_printf(" dropped=%lu\n", trace_ring_dropped(ring));
}

static void show(void)
{
	const struct watch_config *config = &watch_config;
	char filters[64] = "";
	int n = 0;

	if (trace_reader_room() == 0) {
		console_printf("trace: off\n");
		return;
	}
	if (config->vector >= 0) {
		n = fmt_snprintf(filters, sizeof(filters), " vector=%02x",
				 (unsigned)config->vector);
	}
	if (config->core != WATCH_EVERY_CORE) {
		fmt_snprintf(filters + n, sizeof(filters) - (size_t)n,
			     " cpu=%u", config->core);
	}
	console_printf("trace:");
	for (enum trace_kind kind = 0; kind < TRACE_KINDS; kind++) {
		if ((config->kinds & TRACE_BIT(kind)) &&
		    kind != TRACE_INT_RETURN && kind != TRACE_NOTE &&
		    kind != TRACE_EXCEPTION) {
			console_printf(" %s", trace_kind_name(kind));
		}
	}
	console_printf(" port=%x-%x%s; room for %u events a core\n",
		       config->first_port, config->last_port, filters,
		       trace_reader_room());
	for (u32 i = 0; i < smp_count(); i++) {
		show_counts(i);
	}
}

static int run_trace(struct args *args)
{
	const char *word = args_positional(args, 0);
	u32 kinds;
	int err;

	if (word == NULL) {
		show();
		return 0;
	}
	err = parse_kinds(args, &kinds);
	if (err < 0) {
		return err;
	}
	if (str_equal(word, "off")) {
		trace_kinds &= kinds == 0 ? 0 : ~kinds;
		/* Only these kinds of events need to know of protected mode. */
		if (!(trace_kinds &
		      (TRACE_BIT(TRACE_IO) | TRACE_BIT(TRACE_INT)))) {
			trace_kinds &= ~TRACE_BIT(TRACE_NOTE);
		}
		/* break has no cpu= option. */
		if (trace_kinds == 0) {
			watch_config.core = WATCH_EVERY_CORE;
		}
		return update(0);
	}
	if (!str_equal(word, "on")) {
		return args_fail(args, ERR_INVALID,
				 "'%.24s' makes no sense; command trace; say "
				 "'trace on' or 'trace off'",
				 word);
	}
	err = parse_filters(args, &watch_config);
	if (err < 0) {
		return err;
	}
	if (args_value(args, "size") != NULL) {
		trace_reader_close();
	}
	trace_kinds |=
		kinds != 0 ? kinds : DEFAULT_KINDS | TRACE_BIT(TRACE_NOTE);
	err = update(0);
	if (err != 0) {
		u32 wanted = events_wanted;

		/* Breakpoints are kept. */
		trace_kinds = 0;
		events_wanted = TRACE_RING_EVENTS;
		update(0);
		return command_error(err,
				     "%s for %u events a core; trace; give a "
				     "smaller size=",
				     error_text(err), wanted);
	}
	return 0;
}

static void list_breakpoints(void)
{
	for (size_t i = 0; i < WATCH_BREAKPOINTS; i++) {
		const struct watch_breakpoint *b = &watch_config.breakpoint[i];

		if (b->used) {
			console_printf("break: %lu at %04x:%04x steps=%u "
				       "hits=%lu\n",
				       i + 1, b->at.segment, b->at.offset,
				       b->steps, b->hits);
		}
	}
}

static int delete_breakpoints(struct args *args)
{
	u64 number = 0;
	int err = args_positional_dec(args, 1, "number", WATCH_BREAKPOINTS,
				      &number);

	if (args_positionals(args) == 1) {
		for (size_t i = 0; i < WATCH_BREAKPOINTS; i++) {
			watch_config.breakpoint[i].used = false;
		}
		return update(0);
	}
	if (err < 0) {
		return err;
	}
	if (number == 0 || !watch_config.breakpoint[number - 1].used) {
		return args_fail(args, ERR_NOT_FOUND,
				 "no breakpoint %lu; command break; 'break' "
				 "lists them",
				 number);
	}
	watch_config.breakpoint[number - 1].used = false;
	return update(0);
}

static struct watch_breakpoint *free_breakpoint(void)
{
	for (size_t i = 0; i < WATCH_BREAKPOINTS; i++) {
		if (!watch_config.breakpoint[i].used) {
			return &watch_config.breakpoint[i];
		}
	}
	return NULL;
}

static int run_break(struct args *args)
{
	struct watch_breakpoint *b = free_breakpoint();
	const char *word = args_positional(args, 0);
	struct far_ptr at;
	u64 steps = 0;
	int err;

	if (word == NULL) {
		list_breakpoints();
		return 0;
	}
	if (str_equal(word, "delete")) {
		return delete_breakpoints(args);
	}
	err = args_positional_far(args, 0, "address", &at.segment, &at.offset);
	if (err == 0) {
		err = args_dec(args, "steps", BREAK_STEPS_MAX, &steps);
	}
	if (err < 0) {
		return err;
	}
	if (b == NULL) {
		return args_fail(args, ERR_FULL,
				 "all %d breakpoints are in use; the processor "
				 "has no more; 'break delete' frees them",
				 WATCH_BREAKPOINTS);
	}
	*b = (struct watch_breakpoint){ .used = true,
					.at = at,
					.steps = (u32)steps };
	err = update(0);
	b->used = err == 0;
	return err;
}

COMMAND(VMX, 40, trace) = {
	.name = "trace",
	.usage = "[on|off [io] [mmio] [int] [irq] [exits] "
		 "[port=HEX[-HEX]] [vector=HEX] [cpu=N] [size=N]]",
	.summary = "a line for each port, INT and exit of guests",
	.details = "'trace on' alone is all but exits; 'trace' tells "
		   "what is on, and counts.\n"
		   "Of 64-bit programs irq is exceptions; mmio is theirs "
		   "alone, and int not theirs.\n"
		   "port= and vector= leave out other ports and INTs, "
		   "cpu= other cores' guests.\n"
		   "size= events of each core are kept until they can be "
		   "printed; the boot core's own\n"
		   "guests go first. What finds no room is counted.",
	.example = "trace on int io port=1f0-1f7",
	.keys = "port vector cpu size",
	.max_words = 6,
	.run = run_trace,
};

COMMAND(VMX, 50, break) = {
	.name = "break",
	.usage = "[SEG:OFF [steps=N] | delete [N]]",
	.summary = "show registers where guests pass",
	.details = "When a guest is about to execute what is at SEG:OFF, "
		   "a line shows its registers\n"
		   "and code, and steps= that many instructions are shown "
		   "one by one; then it goes on.\n"
		   "'break' lists breakpoints, 'break delete' forgets all "
		   "or one of them.",
	.example = "break f000:f84d steps=5",
	.keys = "steps",
	.max_words = 2,
	.run = run_break,
};
