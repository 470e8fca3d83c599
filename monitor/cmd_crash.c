/*
 * The command crash. Each kind is a bug of ours such as it might happen; what
 * must follow is the panic report. On the core asked for, interrupts off.
 */
#include "monitor/engine_choice.h"
#include "monitor/cmd_crash.h"

#include "arch/panic.h"
#include "arch/smp.h"
#include "lib/string.h"
#include "monitor/settings.h"
#include "guest/bios_pool.h"
#include "vmm/vmcs.h"
#include "vmm/vmx.h"

extern u8 text_start[];

static void crash_null(void)
{
	/* The compiler must not see that it is null. */
	const volatile u32 *volatile nothing = NULL;

	(void)*nothing;
}

static void crash_ud(void)
{
	__builtin_trap();
}

static void crash_text(void)
{
	*(volatile u8 *)text_start = 0;
}

/* No function begins in the data, whatever it holds. */
static void crash_data(void)
{
	static u8 code[1];
	void (*volatile function)(void) = (void (*)(void))code;

	function();
}

/* Needs its stack after the call, so that the call is no jump. */
static u32 use_up_stack(volatile u32 depth)
{
	volatile u32 room[32];

	room[depth % 32] = depth;
	return depth == 0 ? 0 : use_up_stack(depth - 1) + room[depth % 32];
}

static void crash_stack(void)
{
	use_up_stack(UINT32_MAX);
}

static void crash_panic(void)
{
	panic("crash: the command was given");
}

/* The first field of all known that this processor does not have. */
static void crash_vmcs(void)
{
	struct guest16 *guest;
	u64 value;
	size_t i = 0;

	if (vmx_this_core()->state != VMX_ON ||
	    engine_choice_guest(GUEST_VIEW_PRIVATE, &guest) != 0) {
		return;
	}
	vcpu_load(&guest->vcpu);
	while (i < vmcs_field_count - 1 &&
	       vmread(vmcs_field_encodings[i], &value) == VMX_OK) {
		i++;
	}
	vmcs_read((enum vmcs_field)vmcs_field_encodings[i]);
}

static const struct {
	const char *name;
	void (*crash)(void);
} kinds[] = {
	{ "null", crash_null },	  { "ud", crash_ud },
	{ "text", crash_text },	  { "data", crash_data },
	{ "stack", crash_stack }, { "panic", crash_panic },
	{ "vmcs", crash_vmcs },
};

/* Comes back, with `job` cleared, if nothing happened. */
static void run_kind(void *job)
{
	void (**crash)(void) = job;

	(*crash)();
	*crash = NULL;
}

static int run_crash(struct args *args)
{
	u64 core = 0;
	int err = args_dec(args, "cpu", smp_count() - 1, &core);

	if (err < 0) {
		return err;
	}
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		void (*crash)(void) = kinds[i].crash;

		if (!str_equal(args_positional(args, 0), kinds[i].name)) {
			continue;
		}
		err = smp_start((u32)core, run_kind, &crash);
		if (err < 0) {
			return err;
		}
		smp_wait((u32)core);
		return command_error(
			ERR_UNSUPPORTED,
			"nothing happened; core %lu; it needs VMX and a BIOS",
			core);
	}
	return command_error(ERR_INVALID,
			     "unknown kind '%.32s'; crash; see 'help crash'",
			     args_positional(args, 0));
}

const struct command cmd_crash_commands[] = {
	{
		.name = "crash",
		.usage = "KIND [cpu=N]",
		.summary = "end the machine by a bug, to see its report",
		.details = "KIND is null (read at address 0), ud (undefined "
			   "instruction), text (write to code),\n"
			   "data (execute data), stack (overflow), panic, or "
			   "vmcs (read a field not there).",
		.example = "crash null cpu=1",
		.keys = "cpu",
		.min_words = 1,
		.max_words = 1,
		.run = run_crash,
	},
	{ 0 },
};
