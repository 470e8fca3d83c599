/*
 * kmain: from the boot loader to the monitor, step by step. On the boot core,
 * interrupts off. Each step is explained where it is made.
 */
#include "arch/a20.h"
#include "arch/clock.h"
#include "arch/clock_sync.h"
#include "arch/console/console.h"
#include "arch/console/keys.h"
#include "arch/console/log.h"
#include "arch/console_interrupts.h"
#include "arch/control_registers.h"
#include "arch/cpuid_decode.h"
#include "arch/fault_log.h"
#include "arch/interrupt.h"
#include "arch/lapic.h"
#include "arch/machine.h"
#include "arch/machine_check.h"
#include "arch/mem/pages.h"
#include "arch/mem/paging.h"
#include "arch/nmi_watchdog.h"
#include "arch/panic.h"
#include "arch/pci/pci.h"
#include "arch/percpu.h"
#include "arch/pic.h"
#include "arch/power.h"
#include "arch/rtc.h"
#include "arch/smp.h"
#include "arch/smp_start.h"
#include "arch/trap.h"
#include "arch/usb/usb.h"
#include "boot/console_devices.h"
#include "boot/keyboards.h"
#include "boot/mbi.h"
#include "boot/multiboot2.h"
#include "guest/bios/bios.h"
#include "guest/memory/bios_area.h"
#include "guest/watch/access_counts.h"
#include "lib/error.h"
#include "lib/string.h"
#include "monitor/cores.h"
#include "monitor/options.h"
#include "monitor/settings.h"
#include "monitor/shell.h"
#include "vmm/exit_stats.h"
#include "vmm/vcpu.h"
#include "vmm/vmx/vmx.h"

/* No loader gives more: a larger size field is damaged. */
#define MBI_MAX_BYTES (1 * MIB)

void kmain(u32 loader_magic, u64 mbi_phys);

/*
 * power_reboot() would first make all cores leave VMX operation, which a panic
 * has stopped. The panic has left VMX operation already.
 */
static void reboot_alone(void)
{
	usb_stop();
	power_set_hook(NULL);
	power_reboot();
}

static const char *power_off_alone(void)
{
	usb_stop();
	power_set_hook(NULL);
	power_off();
	return power_off_tried();
}

static const struct panic_machine panic_machine = {
	.start_console = console_devices_start_default,
	.stop_others = smp_stop_others,
	.core = smp_cpu,
	.tell_faults = fault_log_tell,
	.reboot = reboot_alone,
	.power_off = power_off_alone,
};

static const struct trap_handlers trap_handlers = {
	.nmi = interrupt_nmi,
	.interrupt = interrupt_dispatch,
	.machine_check = machine_check_handle,
};

/* Copies all of the loader's data out of memory that the kernel will use. */
static void read_boot_information(u64 mbi_phys)
{
	struct bootinfo *bootinfo = machine_bootinfo_for_boot();
	u32 total_size;

	memcpy(&total_size, phys_to_virt(mbi_phys), sizeof(total_size));
	mbi_parse(bootinfo, phys_to_virt(mbi_phys),
		  MIN(total_size, MBI_MAX_BYTES));
	for (u32 i = 0; i < bootinfo->problem_count; i++) {
		log_warn("boot loader: %s", bootinfo->problem[i]);
	}
}

static void complain_word(void *context, const char *word, const char *why)
{
	(void)context;
	log_warn("command line: '%s' ignored: %s", word, why);
}

static void start_console(void)
{
	struct console_spec spec;

	console_spec_parse(&spec, settings()->console, complain_word, NULL);
	console_set_colours(settings()->colours);
	keys_set_layout(settings()->keymap);
	console_devices_start(&spec, &machine_bootinfo()->framebuffer);
}

static void greet(void)
{
	struct cpuid_info info;

	cpuid_decode(cpuid, &info);
	log_info("Biosphere %s on %s", BIOSPHERE_VERSION,
		 info.brand[0] != '\0' ? info.brand : info.vendor_name);
}

static void start_interrupts(void)
{
	const struct acpi_info *acpi = machine_acpi();
	char clocks[CLOCK_TEXT_BYTES];

	machine_check_init_core();
	pic_init();
	if (lapic_init(acpi->lapic_address, settings()->x2apic) != 0) {
		log_warn("no local APIC: only the boot core is used, without "
			 "timer interrupts and NMIs");
	} else {
		lapic_init_core(true);
	}
	nmi_watchdog_init();
	console_interrupts_start();
	if (!rtc_present()) {
		log_warn("no real-time clock answers at port 70h: nobody knows "
			 "the time of day");
	}
	clock_calibrate();
	clock_describe(clocks, sizeof(clocks));
	log_detail("clock: %s", clocks);
}

static void start_cores(void)
{
	if (lapic_present()) {
		smp_start_all(settings()->cpus, machine_check_init_core);
		clock_sync_measure();
	}
	log_info("%u core%s, %lu MiB of RAM", smp_count(),
		 smp_count() == 1 ? "" : "s",
		 memmap_usable_bytes(machine_memmap()) / MIB);
}

/* As it was found, as far as others may look at it after us. */
static void leave_machine(void)
{
	usb_stop();
	vmx_off_everywhere();
}

static void start_vmx(void)
{
	if (!a20_open()) {
		log_warn(
			"the A20 gate is closed and port 92h does not open it");
	}
	if (vmx_init(settings()->mitigations) != 0 || exit_stats_init() != 0 ||
	    access_counts_init() != 0) {
		panic("no memory for the state of %u cores", smp_count());
	}
	panic_set_hooks(vcpu_panic_report, vmx_abandon);
	vmx_set_hook(vcpu_unload_all);
	vmx_on_everywhere();
	power_set_hook(leave_machine);
	cores_report();
}

/* Goes on, on a stack with a guard page below it. */
static void continue_on_guarded_stack(void) __attribute__((noreturn));
static void continue_on_guarded_stack(void)
{
	bios_area_init();
	machine_init_acpi();
	pci_use_acpi(machine_acpi());
	console_devices_start_late();
	machine_init_memory_types();
	start_interrupts();
	if (console_devices_has_keyboards()) {
		keyboards_start(settings()->usb);
	}
	start_cores();
	start_vmx();
	if (bios_init() != 0) {
		panic("no memory for the I/O bitmaps");
	}
	shell_main(settings());
}

void kmain(u32 loader_magic, u64 mbi_phys)
{
	struct cpu *cpu = percpu_boot();
	u64 stack_top;
	int err;

	panic_set_machine(&panic_machine);
	console_devices_start_log();
	clock_start();
	percpu_init_boot();
	percpu_load(cpu);
	gdt_load(&cpu->gdt, &cpu->tss, (u64)cpu);
	trap_init(&trap_handlers);
	trap_load();
	control_registers_set();
	if (loader_magic != MULTIBOOT2_BOOTLOADER_MAGIC) {
		panic("boot/entry.S let a wrong loader pass");
	}
	/* What was logged before there is a console appears now. */
	greet();
	read_boot_information(mbi_phys);
	settings_read(machine_bootinfo()->cmdline, complain_word);
	panic_set_action(settings()->panic);
	start_console();
	err = machine_init_memory();
	if (err != 0) {
		log_error("cannot set up memory: %s", error_text(err));
		log_error(
			"the boot loader must tell of at least 8 MB of RAM; stopped");
		power_halt();
	}
	stack_top = smp_init_boot_core();
	if (stack_top == 0) {
		panic("no memory for the boot core's stacks");
	}
	call_on_stack(continue_on_guarded_stack, stack_top);
}
