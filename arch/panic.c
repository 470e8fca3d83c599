/*
 * Panic and the stop of all cores. Trusts as little as possible: no allocation,
 * no lock that another core might hold for ever.
 */
#include "arch/panic.h"

#include <stdarg.h>

#include "arch/console.h"
#include "arch/cpu.h"
#include "arch/percpu.h"
#include "arch/smp.h"
#include "arch/symbols.h"
#include "lib/fmt.h"

static const char *const exception_names[32] = {
	[0] = "#DE divide error",
	[1] = "#DB debug",
	[3] = "#BP breakpoint",
	[4] = "#OF overflow",
	[5] = "#BR bound range exceeded",
	[6] = "#UD invalid opcode",
	[7] = "#NM device not available",
	[8] = "#DF double fault",
	[10] = "#TS invalid TSS",
	[11] = "#NP segment not present",
	[12] = "#SS stack-segment fault",
	[13] = "#GP general protection",
	[14] = "#PF page fault",
	[16] = "#MF x87 floating-point error",
	[17] = "#AC alignment check",
	[18] = "#MC machine check",
	[19] = "#XM SIMD floating-point exception",
	[20] = "#VE virtualization exception",
	[21] = "#CP control protection",
};

static u32 panicking_core = UINT32_MAX;
static void (*describe_hook)(void);
static void (*shut_down_hook)(void);

void panic_set_hooks(void (*describe)(void), void (*shut_down)(void))
{
	describe_hook = describe;
	shut_down_hook = shut_down;
}

static void stop_this_core(void) __attribute__((noreturn));
static void stop_this_core(void)
{
	if (shut_down_hook != NULL) {
		shut_down_hook();
	}
	for (;;) {
		interrupts_disable();
		cpu_halt();
	}
}

void panic_check(void)
{
	u32 core = __atomic_load_n(&panicking_core, __ATOMIC_ACQUIRE);

	if (core != UINT32_MAX && core != this_cpu_index()) {
		stop_this_core();
	}
}

/* Only the first core to panic speaks; a panic within a panic just stops. */
static void begin(void)
{
	u32 nobody = UINT32_MAX;

	interrupts_disable();
	if (!__atomic_compare_exchange_n(&panicking_core, &nobody,
					 this_cpu_index(), false,
					 __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
		stop_this_core();
	}
	console_enter_panic();
	smp_stop_others();
}

static void print_address(u64 address)
{
	u64 offset = 0;
	const char *name = symbols_find(address, &offset);

	console_printf("panic:   %016lx %s+%lx\n", address,
		       name != NULL ? name : "?", offset);
}

/*
 * In a call's frame is where it returns to: behind the call, which for one that
 * never returns may be the next function already.
 */
static void print_return_address(u64 address)
{
	print_address(address - 1);
}

static void finish(u64 rbp) __attribute__((noreturn));
static void finish(u64 rbp)
{
	console_printf("panic: backtrace, innermost first\n");
	symbols_backtrace(rbp, print_return_address);
	if (describe_hook != NULL) {
		describe_hook();
	}
	console_printf("panic: this is a bug of Biosphere; all cores are "
		       "stopped, switch the machine off or reset it\n");
	console_flush();
	stop_this_core();
}

void panic(const char *fmt, ...)
{
	char text[256];
	va_list args;

	begin();
	va_start(args, fmt);
	fmt_vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	console_printf("panic: core %u: %s\n", this_cpu_index(), text);
	finish((u64)__builtin_frame_address(0));
}

void panic_trap(const struct trap_frame *frame)
{
	const char *name = frame->vector < ARRAY_SIZE(exception_names)
				   ? exception_names[frame->vector]
				   : NULL;

	begin();
	console_printf("panic: core %u: %s (vector %lu), error code %lx, "
		       "address %016lx\n",
		       this_cpu_index(), name != NULL ? name : "exception",
		       frame->vector, frame->error_code, read_cr2());
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
	print_address(frame->rip);
	finish(frame->rbp);
}
