/*
 * Panics, and stops all cores. Trusts as little as possible: allocates nothing,
 * takes no lock that another core might hold for ever, and does not rely on
 * IA32_GS_BASE. The first core that panics prints the report, in stages. A
 * panic within a stage is reported, and the report goes on with the next stage.
 */
#include "arch/panic.h"

#include <stdarg.h>

#include "arch/console/console.h"
#include "arch/console/log.h"
#include "arch/cpu.h"
#include "arch/exception_names.h"
#include "arch/percpu.h"
#include "arch/symbols.h"
#include "lib/fmt.h"
#include "lib/str.h"

/*
 * How many turns of a loop the panicking core waits for the others: some tenths
 * of a second.
 */
#define STOP_SPINS 4000000u
#define LOG_LINES 16
#define NESTED_MAX 4
#define NOBODY UINT32_MAX

/* The values of struct cpu's panic_stop. */
enum panic_stop {
	RUNNING,
	PANICKING, /* panics itself, and stops after its report */
	STOPPING,  /* is stopping; an NMI or panic does not begin again */
	STOPPED,
};

static const struct panic_machine *machine;
static u32 panicking_core = NOBODY;
static enum panic_action action;
static void (*describe_hook)(void);
static void (*shut_down_hook)(void);

/* Set by the panicking core. */
static u64 report_rbp;	   /* where the backtrace begins */
static u64 report_log_end; /* what the log held before the report */
static unsigned next_stage;
static unsigned nested;

void panic_set_machine(const struct panic_machine *of_this_kernel)
{
	machine = of_this_kernel;
}

void panic_set_action(enum panic_action wanted)
{
	action = wanted;
}

void panic_set_hooks(void (*describe)(void), void (*shut_down)(void))
{
	describe_hook = describe;
	shut_down_hook = shut_down;
}

static void stop_this_core(void) __attribute__((noreturn));
static void stop_this_core(void)
{
	struct cpu *cpu = this_cpu();

	if (cpu->panic_stop < STOPPING) {
		cpu->panic_stop = STOPPING;
		if (shut_down_hook != NULL) {
			shut_down_hook();
		}
	}
	__atomic_store_n(&cpu->panic_stop, STOPPED, __ATOMIC_RELEASE);
	for (;;) {
		interrupts_disable();
		cpu_halt();
	}
}

void panic_check(u64 rip)
{
	u32 core = __atomic_load_n(&panicking_core, __ATOMIC_ACQUIRE);

	struct cpu *cpu = this_cpu();

	if (core != NOBODY && core != cpu->index &&
	    cpu->panic_stop == RUNNING && !console_is_mine()) {
		cpu->panic_rip = rip;
		stop_this_core();
	}
}

static bool has_stopped(const struct cpu *cpu)
{
	return cpu == this_cpu() ||
	       __atomic_load_n(&cpu->panic_stop, __ATOMIC_ACQUIRE) == STOPPED;
}

static void stop_others(void)
{
	const struct cpu *cpu;
	u32 spins = 0;

	machine->stop_others();
	for (u32 i = 0; (cpu = machine->core(i)) != NULL; i++) {
		while (!has_stopped(cpu) && spins++ < STOP_SPINS) {
			cpu_pause();
		}
	}
}

static void finish(void) __attribute__((noreturn));

/* Called before anything that takes time or needs a struct cpu. */
static void enter(void)
{
	interrupts_disable();
	percpu_recover();
	if (this_cpu()->panic_stop == RUNNING) {
		this_cpu()->panic_stop = PANICKING;
	}
}

/*
 * Returns only on the first core that panics. Any other leaves its reason for
 * that core to print.
 */
static void begin(const char *why)
{
	u32 first = NOBODY;
	struct cpu *cpu = this_cpu();

	if (__atomic_compare_exchange_n(&panicking_core, &first, cpu->index,
					false, __ATOMIC_ACQ_REL,
					__ATOMIC_ACQUIRE)) {
		report_log_end = log_end();
		console_enter_panic(panic_check);
		machine->start_console();
		stop_others();
		console_end_line();
		console_printf("panic: core %u: %s\n", cpu->index, why);
		return;
	}
	if (first != cpu->index) {
		if (cpu->panic_text[0] == '\0') {
			str_copy(cpu->panic_text, sizeof(cpu->panic_text), why);
		}
		stop_this_core();
	}
	if (nested++ < NESTED_MAX) {
		console_end_line();
		console_printf("panic: within this report: %s\n", why);
	}
}

static void print_address(u64 address)
{
	u64 offset = 0;
	const char *name = symbols_find(address, &offset);

	console_printf("panic:   %016lx %s+%lx\n", address,
		       name != NULL ? name : "?", offset);
}

/*
 * Prints a return address as a place in the calling function. It is the address
 * behind the call, which is the next function if the call never returns: so the
 * byte before it is looked up.
 */
static void print_return_address(u64 address)
{
	print_address(address - 1);
}

static void print_backtrace(void)
{
	console_printf("panic: backtrace, innermost first\n");
	symbols_backtrace(report_rbp, print_return_address);
}

static void print_higher_layer(void)
{
	if (describe_hook != NULL) {
		describe_hook();
	}
}

static void print_fault(const char *line, bool harmless)
{
	(void)harmless;
	console_printf("panic: %s\n", line);
}

static void print_faults(void)
{
	machine->tell_faults(print_fault);
}

static void print_log_line(const char *line, size_t length)
{
	console_printf("panic: log: %.*s\n", (int)length, line);
}

static void print_log(void)
{
	log_tail(report_log_end, LOG_LINES, print_log_line);
}

static void print_other(const struct cpu *cpu)
{
	if (!has_stopped(cpu)) {
		console_printf("panic: core %u does not stop\n", cpu->index);
	} else if (cpu->panic_text[0] != '\0') {
		console_printf("panic: at the same time core %u: %s\n",
			       cpu->index, cpu->panic_text);
	} else {
		console_printf("panic: core %u was stopped at\n", cpu->index);
		print_address(cpu->panic_rip);
	}
}

static void print_others(void)
{
	const struct cpu *cpu;

	for (u32 i = 0; (cpu = machine->core(i)) != NULL; i++) {
		if (cpu != this_cpu()) {
			print_other(cpu);
		}
	}
}

static void print_end(void)
{
	static const char *const what[] = {
		[PANIC_HALT] = "switch the machine off or reset it",
		[PANIC_REBOOT] = "the machine starts again",
		[PANIC_POWEROFF] = "the machine goes off",
	};

	console_printf("panic: this is a bug of Biosphere; all cores are "
		       "stopped, %s\n",
		       what[action]);
	console_flush();
}

/* Leaves VMX operation. The other cores have done so before. */
static void leave_vmx(void)
{
	if (shut_down_hook != NULL) {
		shut_down_hook();
	}
}

static void act(void)
{
	if (action == PANIC_REBOOT) {
		machine->reboot();
	}
	if (action == PANIC_POWEROFF) {
		console_printf("panic: the machine is still on: %s\n",
			       machine->power_off());
		console_flush();
	}
}

/* Runs the stages that are left. Each is begun once, whatever happens in it. */
static void finish(void)
{
	static void (*const stages[])(void) = {
		print_backtrace, print_higher_layer, print_faults, print_log,
		print_others,	 print_end,	     leave_vmx,	   act,
	};

	while (next_stage < ARRAY_SIZE(stages)) {
		stages[next_stage++]();
	}
	for (;;) {
		interrupts_disable();
		cpu_halt();
	}
}

void panic(const char *fmt, ...)
{
	char text[256];
	va_list args;

	enter();
	va_start(args, fmt);
	fmt_vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	begin(text);
	if (nested == 0) {
		report_rbp = (u64)__builtin_frame_address(0);
	}
	finish();
}

static void print_registers(const struct trap_frame *frame)
{
	console_printf("panic: rax=%016lx rbx=%016lx rcx=%016lx rdx=%016lx\n",
		       frame->rax, frame->rbx, frame->rcx, frame->rdx);
	console_printf("panic: rsi=%016lx rdi=%016lx rbp=%016lx rsp=%016lx\n",
		       frame->rsi, frame->rdi, frame->rbp, frame->rsp);
	console_printf("panic: r8 =%016lx r9 =%016lx r10=%016lx r11=%016lx\n",
		       frame->r8, frame->r9, frame->r10, frame->r11);
	console_printf("panic: r12=%016lx r13=%016lx r14=%016lx r15=%016lx\n",
		       frame->r12, frame->r13, frame->r14, frame->r15);
	console_printf("panic: rip=%016lx rflags=%lx cs=%lx ss=%lx "
		       "cr0=%lx cr3=%lx cr4=%lx\n",
		       frame->rip, frame->rflags, frame->cs, frame->ss,
		       read_cr0(), read_cr3(), read_cr4());
}

void panic_trap(const struct trap_frame *frame)
{
	const char *name = exception_full_name(frame->vector);
	char text[128];

	enter();
	fmt_snprintf(text, sizeof(text),
		     "%s (vector %lu), error code %lx, address %016lx",
		     name != NULL ? name : "exception", frame->vector,
		     frame->error_code, read_cr2());
	begin(text);
	if (nested == 0) {
		report_rbp = frame->rbp;
		print_registers(frame);
	}
	if (nested <= NESTED_MAX) {
		print_address(frame->rip);
	}
	finish();
}
