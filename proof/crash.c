/*
 * The command crash. Each kind is a bug as the kernel might have it; the panic
 * report must follow. On the core asked for, interrupts off.
 */
#include "arch/console/console.h"
#include "arch/console/log.h"
#include "arch/mem/pages.h"
#include "arch/msr.h"
#include "arch/panic.h"
#include "arch/smp.h"
#include "guest/bios/bios_pool.h"
#include "guest/far_ptr.h"
#include "lib/str.h"
#include "monitor/command.h"
#include "monitor/engine_choice.h"
#include "vmm/vmx/vmcs.h"
#include "vmm/vmx/vmx.h"

#define RESERVED_FIELD 0x1000
#define VECTOR_EQUIPMENT 0x11
#define GUEST_TIMEOUT_MS 60000

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

/* The data holds no function, so that the report has no name for it. */
static void crash_data(void)
{
	static u8 code[1];
	void (*volatile function)(void) = (void (*)(void))code;

	function();
}

/* Uses its stack after the call, so that the call cannot become a jump. */
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

/*
 * Reads the first known field that this processor does not have. Bochs 3.1 has
 * all fields on each model: there it reads an encoding with bit 12 set, which
 * must be 0.
 */
static void crash_vmcs(void)
{
	struct guest16 *guest;
	u64 value;
	u32 field = RESERVED_FIELD;

	if (vmx_this_core()->state != VMX_ON ||
	    engine_choice_guest(&board_private, &guest) != 0) {
		return;
	}
	vcpu_load(&guest->vcpu);
	for (size_t i = 0; i < vmcs_field_count; i++) {
		if (vmread(vmcs_field_encodings[i], &value) != VMX_OK) {
			field = vmcs_field_encodings[i];
			break;
		}
	}
	vmcs_read((enum vmcs_field)field);
}

/*
 * Panics in the NMI handler, which does not find its struct cpu: nothing is
 * mapped there.
 */
static void crash_nmi(void)
{
	wrmsr(MSR_IA32_GS_BASE, KIB);
	call_nmi_handler();
}

/* Raises #MC; the handler finds no bank that explains it. */
static void crash_mc(void)
{
	software_interrupt(VECTOR_MC);
}

static void (*usual_exit)(struct vcpu *vcpu);

static void exit_by_mc(struct vcpu *vcpu)
{
	vmcs_write(VMCS_EXIT_REASON, EXIT_REASON_EXCEPTION_OR_NMI);
	vmcs_write(VMCS_VM_EXIT_INTERRUPTION_INFO,
		   interruption_info_make(INTERRUPTION_TYPE_HARDWARE_EXCEPTION,
					  VECTOR_MC, false));
	usual_exit(vcpu);
}

/*
 * The same in a guest. No emulator can raise it there, so another exit is
 * changed to look like it. That takes VMWRITE to read-only fields, as
 * processors since Haswell have it.
 */
static void crash_mc_exit(void)
{
	struct bios_regs regs = { 0 };
	struct guest16 *guest;

	if (vmx_this_core()->state != VMX_ON ||
	    engine_choice_guest(&board_private, &guest) != 0) {
		return;
	}
	vcpu_load(&guest->vcpu);
	usual_exit = guest->vcpu.exited;
	guest->vcpu.exited = exit_by_mc;
	bios_call(guest, VECTOR_EQUIPMENT, &regs, GUEST_TIMEOUT_MS);
}

/* Panics while it prints a line and holds the console's lock. */
static void crash_lock(void)
{
	console_write("half a line", 11);
	console_write((const char *)KIB, 1);
}

/* Panics again within the report, where that describes the guest. */
static void crash_nested(void)
{
	this_cpu()->vcpu = (struct vcpu *)KIB;
	panic("crash: the next follows at once");
}

static void crash_twice(void)
{
	void *page = pages_get(1);

	pages_put(page, 1);
	pages_put(page, 1);
}

/*
 * Writes to a page that was given back. It is the lowest one, so that it is the
 * next to be handed out.
 */
static void crash_stale(void)
{
	volatile u64 *page = pages_get(1);

	pages_put((void *)(uintptr_t)page, 1);
	page[1] = KIB;
	pages_get(1);
}

/* Leaks a page, which is reported when the session ends. */
static void crash_leak(void)
{
	pages_get(1);
}

static void run_on_others(void (*job)(void *argument), void *argument)
{
	for (u32 i = 1; i < smp_count(); i++) {
		if (i != this_cpu_index()) {
			smp_start(i, job, argument);
		}
	}
}

static void wait_for_count(const u32 *count, u32 wanted)
{
	while (__atomic_load_n(count, __ATOMIC_ACQUIRE) < wanted) {
		cpu_pause();
	}
}

static void panic_together(void *arrived)
{
	__atomic_fetch_add((u32 *)arrived, 1, __ATOMIC_RELEASE);
	wait_for_count(arrived, smp_count());
	panic("crash: on every core");
}

static void crash_all(void)
{
	u32 arrived = 0;

	run_on_others(panic_together, &arrived);
	panic_together(&arrived);
}

static void talk_for_ever(void *lines)
{
	for (;;) {
		log_info("talk: a line that must not be torn");
		__atomic_fetch_add((u32 *)lines, 1, __ATOMIC_RELEASE);
	}
}

/* Panics while the other cores print. */
static void crash_talk(void)
{
	u32 lines = 0;

	run_on_others(talk_for_ever, &lines);
	wait_for_count(&lines, smp_count() > 1 ? 2 * smp_count() : 0);
	panic("crash: the others print");
}

#define LOOP_SEGMENT 0x1000
#define LOOP_FLAG 0x100

/* Sets the byte at LOOP_FLAG, and stays where it is, interrupts off. */
static const u8 code_loop[] = { 0xfa, 0xc6, 0x06, 0x00, 0x01, 0x01, 0xeb, 0xfe };

struct loop {
	u32 cores;
	volatile u8 *flag[MAX_CPUS];
};

static void loop_in_guest(void *argument)
{
	struct bios_regs regs = { .cs = LOOP_SEGMENT, .ds = LOOP_SEGMENT };
	struct loop *loop = argument;
	u32 linear = far_to_linear(LOOP_SEGMENT, 0);
	struct guest16 *guest;

	if (engine_choice_guest(&board_private, &guest) != 0 ||
	    guest_memory_write(&guest->memory, linear, code_loop,
			       sizeof(code_loop)) != 0) {
		return;
	}
	loop->flag[this_cpu_index()] =
		guest_memory_at(&guest->memory, linear + LOOP_FLAG);
	__atomic_fetch_add(&loop->cores, 1, __ATOMIC_RELEASE);
	bios_far_call(guest, &regs, GUEST_TIMEOUT_MS);
}

/* Panics while each other core is in a guest that keeps interrupts off. */
static void crash_guests(void)
{
	static struct loop loop;
	u32 others = smp_count() - (this_cpu_index() == 0 ? 1 : 2);

	run_on_others(loop_in_guest, &loop);
	wait_for_count(&loop.cores, others);
	for (u32 i = 1; i < smp_count(); i++) {
		while (i != this_cpu_index() && *loop.flag[i] == 0) {
			cpu_pause();
		}
	}
	panic("crash: the others are in guests");
}

static const struct {
	const char *name;
	void (*crash)(void);
} kinds[] = {
	{ "null", crash_null },	    { "ud", crash_ud },
	{ "text", crash_text },	    { "data", crash_data },
	{ "stack", crash_stack },   { "panic", crash_panic },
	{ "vmcs", crash_vmcs },	    { "nmi", crash_nmi },
	{ "mc", crash_mc },	    { "mc-exit", crash_mc_exit },
	{ "lock", crash_lock },	    { "twice", crash_twice },
	{ "stale", crash_stale },   { "nested", crash_nested },
	{ "all", crash_all },	    { "talk", crash_talk },
	{ "guests", crash_guests }, { "leak", crash_leak },
};

/* Runs the kind. Returns, with `job` cleared, if nothing happened. */
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
		if (kinds[i].crash == crash_leak) {
			return 0;
		}
		return command_error(
			ERR_UNSUPPORTED,
			"nothing happened; core %lu; it needs VMX and a BIOS",
			core);
	}
	return command_error(ERR_INVALID,
			     "unknown kind '%.32s'; crash; see 'help crash'",
			     args_positional(args, 0));
}

COMMAND(TESTS, 50, crash) = {
	.name = "crash",
	.usage = "KIND [cpu=N]",
	.summary = "end the machine by a bug, to see its report",
	.details = "KIND is null (read at address 0), ud (undefined "
		   "instruction), text (write to code),\n"
		   "data (execute data), stack (overflow), panic, "
		   "vmcs (read a field not there),\n"
		   "nmi (fault in the NMI handler), mc (machine check), "
		   "mc-exit (one in a guest),\n"
		   "lock (while it prints),\n"
		   "twice (a page given back twice), stale (a write to a "
		   "page given back),\n"
		   "nested (once more in the report), all (every core "
		   "at once), talk (while the\n"
		   "others print), or guests (while the others are in "
		   "guests). What follows is for\n"
		   "panic= on the kernel's command line. After leak (a "
		   "page not given back) all\n"
		   "goes on, and the end of the session tells.",
	.example = "crash null cpu=1",
	.keys = "cpu",
	.min_words = 1,
	.max_words = 1,
	.run = run_crash,
};
