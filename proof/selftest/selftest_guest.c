/*
 * Self-tests of guests that take more than a program and its end: registers,
 * CPUID, ports, time, the guest's own ring 0. On the boot core, interrupts off.
 */
#include "arch/console/log.h"
#include "arch/console/serial.h"
#include "arch/cpu.h"
#include "arch/lapic.h"
#include "arch/rtc.h"
#include "arch/x86.h"
#include "guest/bios/bios.h"
#include "lib/str.h"
#include "lib/string.h"
#include "proof/selftest/selftest.h"
#include "vmm/vmx/mitigations_core.h"
#include "vmm/vmx/vmcs.h"
#include "vmm/vmx/vmx.h"

#define TIMEOUT_MS 100
#define LOOP_TIMEOUT_MS 2
#define PORT_CMOS_INDEX 0x70
#define PORT_A20 0x92
#define PORT_PCI_ADDRESS 0xcf8
#define PCI_ENABLE 0x80000000u
#define CMOS_FREE 0x70 /* a byte in no checksum of the AT's */
#define CPUID_1_ECX_VMX BIT(5)
#define CPUID_1_ECX_HYPERVISOR BIT(31)

/* lret */
static const u8 code_return[] = { 0xcb };
/* cpuid; lret */
static const u8 code_cpuid[] = { 0x0f, 0xa2, 0xcb };
/* out %al, $0x70; in $0x71, %al; lret */
static const u8 code_cmos[] = { 0xe6, 0x70, 0xe4, 0x71, 0xcb };
/*
 * 1: addw $5, %dx; in (%dx), %al; subw $5, %dx; test $0x20, %al; jz 1b;
 * cs lodsb; out %al, (%dx); loop 1b; lret; .ascii "self\n"
 */
static const u8 code_uart[] = { 0x83, 0xc2, 0x05, 0xec, 0x83, 0xea, 0x05, 0xa8,
				0x20, 0x74, 0xf5, 0x2e, 0xac, 0xee, 0xe2, 0xf0,
				0xcb, 's',  'e',  'l',	'f',  '\n' };
#define UART_TEXT_OFFSET 17
#define UART_TEXT_BYTES 5
/* rep outsb %cs:(%si), (%dx); lret */
static const u8 code_string_io[] = { 0x2e, 0xf3, 0x6e, 0xcb, 's',
				     'e',  'l',	 'f',  '\n' };
#define STRING_IO_TEXT_OFFSET 4
/* 1: cpuid; jmp 1b */
static const u8 code_cpuids[] = { 0x0f, 0xa2, 0xeb, 0xfc };
/* 1: jmp 1b */
static const u8 code_loop[] = { 0xeb, 0xfe };
/* hlt */
static const u8 code_halt[] = { 0xf4 };

/* The upper half of a linear congruential generator. */
static u32 next_random(void)
{
	static u64 state;

	state = state * 6364136223846793005ull + 1442695040888963407ull;
	return (u32)(state >> 32);
}

/* All flags that a program may have set, except TF. */
#define RANDOM_FLAGS                                                           \
	(RFLAGS_CF | RFLAGS_PF | RFLAGS_AF | RFLAGS_ZF | RFLAGS_SF |           \
	 RFLAGS_IF | RFLAGS_DF | RFLAGS_OF | RFLAGS_AC | RFLAGS_ID)

static bool registers(struct guest16 *guest)
{
	u32 in[sizeof(struct bios_regs) / sizeof(u32)];
	struct bios_regs *before = (struct bios_regs *)in;
	struct bios_regs after;

	for (u32 round = 0; round < 16; round++) {
		for (size_t i = 0; i < ARRAY_SIZE(in); i++) {
			in[i] = next_random();
		}
		before->es &= 0xffff;
		before->ds &= 0xffff;
		before->fs &= 0xffff;
		before->gs &= 0xffff;
		/* A stack above the program and its return, below 640 KiB. */
		before->ss = 0x3000 + (before->ss & 0xfff);
		before->esp &= ~1u;
		before->eflags = (before->eflags & (u32)RANDOM_FLAGS) |
				 (u32)RFLAGS_FIXED_1;
		after = *before;
		selftest_guest_run(guest, code_return, sizeof(code_return),
				   &after, TIMEOUT_MS);
		if (!selftest_guest_ended(guest, VCPU_END_DONE, "")) {
			return false;
		}
		before->cs = 0;
		before->eip = 0;
		if (memcmp(before, &after, sizeof(after)) != 0) {
			selftest_saw("a change in round %u", round);
			return false;
		}
	}
	return true;
}

static bool upper_halves(struct guest16 *guest)
{
	struct bios_regs in = { .eflags = RFLAGS_FIXED_1,
				.eax = 0x12345678,
				.ebx = 0x23456789,
				.ecx = 0x3456789a,
				.edx = 0x456789ab,
				.esi = 0x56789abc,
				.edi = 0x6789abcd,
				.ebp = 0x789abcde };
	struct bios_regs out = in;

	bios_call(guest, 0x11, &out, TIMEOUT_MS);
	selftest_saw("eax=%08x ebx=%08x", out.eax, out.ebx);
	return guest->vcpu.end == VCPU_END_DONE &&
	       out.eax >> 16 == in.eax >> 16 && out.ebx == in.ebx &&
	       out.ecx == in.ecx && out.edx == in.edx && out.esi == in.esi &&
	       out.edi == in.edi && out.ebp == in.ebp;
}

static bool run_cpuid(struct guest16 *guest, u32 leaf, struct bios_regs *regs)
{
	*regs = (struct bios_regs){ .eax = leaf, .eflags = RFLAGS_FIXED_1 };
	selftest_guest_run(guest, code_cpuid, sizeof(code_cpuid), regs,
			   TIMEOUT_MS);
	return selftest_guest_ended(guest, VCPU_END_DONE, "");
}

static bool guest_cpuid(struct guest16 *guest)
{
	struct bios_regs regs;
	u32 host[4];

	cpuid(0, 0, host);
	if (!run_cpuid(guest, 0, &regs) || regs.eax != host[0] ||
	    regs.ebx != host[1] || regs.ecx != host[2] || regs.edx != host[3]) {
		return false;
	}
	cpuid(1, 0, host);
	if (!run_cpuid(guest, 1, &regs)) {
		return false;
	}
	selftest_saw("leaf 1 ecx=%08x", regs.ecx);
	return regs.eax == host[0] && regs.edx == host[3] &&
	       (regs.ecx & CPUID_1_ECX_HYPERVISOR) &&
	       !(regs.ecx & CPUID_1_ECX_VMX);
}

static bool guest_cmos(struct guest16 *guest)
{
	/* Equipment, base and extended memory: no clock in them. */
	for (u8 index = 0x14; index <= 0x18; index++) {
		struct bios_regs regs = { .eax = index,
					  .eflags = RFLAGS_FIXED_1 };

		selftest_guest_run(guest, code_cmos, sizeof(code_cmos), &regs,
				   TIMEOUT_MS);
		selftest_saw("%02x: %02x", index, regs.eax & 0xff);
		if (guest->vcpu.end != VCPU_END_DONE ||
		    (u8)regs.eax != rtc_read_cmos(index)) {
			return false;
		}
	}
	return true;
}

/* Whether the log has a line that begins so, from position on. */
static bool was_printed(u64 position, const char *text)
{
	char line[16] = "";
	size_t bytes = log_read(&position, line, sizeof(line) - 1);

	line[bytes] = '\0';
	return str_starts(line, text);
}

static bool send(struct guest16 *guest, const u8 *code, size_t bytes,
		 u32 text_offset)
{
	u64 position = log_end();
	struct bios_regs regs = { .esi = text_offset,
				  .ecx = UART_TEXT_BYTES,
				  .eflags = RFLAGS_FIXED_1 };
	u16 port;

	if (serial_ports(&port, 1) == 0) {
		return true;
	}
	regs.edx = port;
	selftest_guest_run(guest, code, bytes, &regs, TIMEOUT_MS);
	return selftest_guest_ended(guest, VCPU_END_DONE, "") &&
	       was_printed(position, "guest: self");
}

static bool guest_uart(struct guest16 *guest)
{
	return send(guest, code_uart, sizeof(code_uart), UART_TEXT_OFFSET) &&
	       send(guest, code_string_io, sizeof(code_string_io),
		    STRING_IO_TEXT_OFFSET);
}

static bool has_preemption_timer(void)
{
	return vmx_caps_has_preemption_timer(&vmx_this_core()->caps);
}

/*
 * The preemption timer ends a loop. Without one, an interrupt of the host's
 * does, if the guest has interrupts on.
 */
static bool endless(struct guest16 *guest, u32 eflags)
{
	struct bios_regs regs = { .eflags = eflags };
	bool timer = !has_preemption_timer();

	if (timer && !(eflags & RFLAGS_IF)) {
		selftest_skip("no preemption timer to end it");
		return false;
	}
	if (timer && !lapic_present()) {
		selftest_skip("no timer to end it");
		return false;
	}
	if (timer) {
		lapic_timer_periodic_us(1000);
	}
	selftest_guest_run(guest, code_loop, sizeof(code_loop), &regs,
			   LOOP_TIMEOUT_MS);
	if (timer) {
		lapic_timer_stop();
	}
	return selftest_guest_ended(guest, VCPU_END_TIMEOUT, "stopped after") &&
	       selftest_guest_works(guest);
}

static bool loop_if_1(struct guest16 *guest)
{
	return endless(guest, (u32)(RFLAGS_IF | RFLAGS_FIXED_1));
}

static bool loop_if_0(struct guest16 *guest)
{
	return endless(guest, (u32)RFLAGS_FIXED_1);
}

static void (*usual_exit)(struct vcpu *vcpu);

static void exit_with_new_timer(struct vcpu *vcpu)
{
	if (vcpu->has_preemption_timer) {
		vmcs_write(VMCS_PREEMPTION_TIMER_VALUE, UINT32_MAX);
	}
	usual_exit(vcpu);
}

/*
 * Tests short stays in the guest as if the timer's units were too coarse for
 * them, so that it never expires.
 */
static bool short_exits(struct guest16 *guest)
{
	struct bios_regs regs = { .eflags = RFLAGS_FIXED_1 };
	struct vcpu *vcpu = &guest->vcpu;

	vcpu_load(vcpu);
	usual_exit = vcpu->exited;
	vcpu->exited = exit_with_new_timer;
	selftest_guest_run(guest, code_cpuids, sizeof(code_cpuids), &regs,
			   LOOP_TIMEOUT_MS);
	vcpu->exited = usual_exit;
	return selftest_guest_ended(guest, VCPU_END_TIMEOUT, "stopped after") &&
	       selftest_guest_works(guest);
}

static void halt_at_once(struct guest16 *guest, u32 not_intercepted)
{
	struct bios_regs regs = { .eflags = RFLAGS_FIXED_1 };

	vmcs_write(VMCS_EXCEPTION_BITMAP, UINT32_MAX & ~not_intercepted);
	selftest_guest_run(guest, code_halt, sizeof(code_halt), &regs,
			   TIMEOUT_MS);
	vmcs_write(VMCS_EXCEPTION_BITMAP, UINT32_MAX);
}

/* The guest is left in ring 0, so that nothing more can run in it. */
static bool ring_0_handler(struct guest16 *guest)
{
	halt_at_once(guest, (u32)BIT(VECTOR_GP));
	return selftest_guest_ended(guest, VCPU_END_FAULT, "ring 0") &&
	       selftest_guest_ended(guest, VCPU_END_FAULT, "1000:0000");
}

/* Raises #GP, which becomes #DF, with no gate for either. */
static bool triple_fault(struct guest16 *guest)
{
	u64 limit = vmcs_read(VMCS_GUEST_IDTR_LIMIT);

	vmcs_write(VMCS_GUEST_IDTR_LIMIT, 0);
	halt_at_once(guest, (u32)(BIT(VECTOR_GP) | BIT(VECTOR_DF)));
	vmcs_write(VMCS_GUEST_IDTR_LIMIT, limit);
	return selftest_guest_ended(guest, VCPU_END_SHUTDOWN, "triple fault") &&
	       selftest_guest_works(guest);
}

/*
 * Sets blocking as a run that ended behind STI would leave it; Bochs does not
 * show that.
 */
static bool blocking_left(struct guest16 *guest)
{
	vmcs_write(VMCS_GUEST_INTERRUPTIBILITY_STATE, INTERRUPTIBILITY_STI);
	return selftest_guest_works(guest);
}

/* Some bytes change from one read to the next: those are not compared. */
static u32 by_bytes(struct guest16 *guest, u16 port, u8 bytes, u32 *stable)
{
	u32 first = 0;

	*stable = 0;
	for (u8 i = 0; i < bytes; i++) {
		u32 one = board_in(&guest->board, (u16)(port + i), 1);
		u32 other = board_in(&guest->board, (u16)(port + i), 1);

		first |= one << 8 * i;
		*stable |= (one == other ? 0xffu : 0) << 8 * i;
	}
	return first;
}

/* A wide read must give the bytes of its ports. */
static bool wide_read(struct guest16 *guest, u16 port, u8 bytes)
{
	u32 stable;
	u32 expected = by_bytes(guest, port, bytes, &stable);
	u32 value = board_in(&guest->board, port, bytes);

	if (((value ^ expected) & stable) == 0) {
		return true;
	}
	selftest_saw("port %x, %u bytes: %08x, by bytes %08x", port, bytes,
		     value, expected);
	return false;
}

/* In a write of two bytes the one for port 92h must switch A20. */
static bool wide_a20(struct guest16 *guest)
{
	static const struct {
		u16 port, value;
		bool open;
	} rows[] = {
		{ PORT_A20, 0x0002, true },
		{ PORT_A20, 0x0200, false },
		{ PORT_A20 - 1, 0x0200, true },
		{ PORT_A20 - 1, 0x0002, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		board_out(&guest->board, rows[i].port, 2, rows[i].value);
		if (guest->memory.a20_open != rows[i].open) {
			selftest_saw("A20 after %04x to port %x", rows[i].value,
				     rows[i].port);
			return false;
		}
	}
	return true;
}

/* A write of CMOS index and byte at once. */
static bool wide_cmos(struct guest16 *guest)
{
	u8 old = rtc_read_cmos(CMOS_FREE);
	u8 other = old ^ 0xff, got;

	board_out(&guest->board, PORT_CMOS_INDEX, 2, CMOS_FREE | other << 8);
	got = rtc_read_cmos(CMOS_FREE);
	rtc_write_cmos(CMOS_FREE, old);
	selftest_saw("CMOS %02x, written %02x", got, other);
	return got == other;
}

/*
 * A write of four bytes at CF8h is PCI's and does not reset, although the reset
 * port is among them.
 */
static bool wide_pci(struct guest16 *guest)
{
	u32 value;

	board_out(&guest->board, PORT_PCI_ADDRESS, 4, PCI_ENABLE);
	value = board_in(&guest->board, PORT_PCI_ADDRESS, 4);
	selftest_saw("PCI address %08x", value);
	return value == PCI_ENABLE && inl(PORT_PCI_ADDRESS) == PCI_ENABLE;
}

static bool wide_ports(struct guest16 *guest)
{
	/* Without port 61h, which changes all the time. */
	static const struct {
		u16 port;
		u8 bytes;
	} rows[] = {
		{ 0x5f, 2 }, { 0x5d, 4 }, { 0x63, 2 },	{ 0x64, 2 },
		{ 0x64, 4 }, { 0x6f, 2 }, { 0x70, 2 },	{ 0x71, 2 },
		{ 0x6e, 4 }, { 0x70, 4 }, { 0x91, 2 },	{ 0x92, 2 },
		{ 0x8f, 4 }, { 0x92, 4 }, { 0xcf6, 4 }, { 0xcf9, 4 },
	};
	u16 console;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!wide_read(guest, rows[i].port, rows[i].bytes)) {
			return false;
		}
	}
	if (serial_ports(&console, 1) != 0 &&
	    (!wide_read(guest, console, 4) ||
	     !wide_read(guest, (u16)(console + 4), 4))) {
		return false;
	}
	return wide_a20(guest) && wide_pci(guest) && wide_cmos(guest);
}

/*
 * IBPB must be executed whenever another guest than the last one runs, and only
 * then.
 */
static bool barriers(struct guest16 *guest)
{
	static struct guest16 other;
	bool active =
		(vmx_this_core()->mitigations.active & MITIGATION_IBPB) != 0;
	u64 before, alone;

	if (!selftest_guest_make(&other, true)) {
		return false;
	}
	before = mitigations_barriers();
	for (u32 i = 0; i < 2; i++) {
		selftest_guest_works(guest);
		selftest_guest_works(&other);
	}
	alone = mitigations_barriers();
	selftest_guest_works(&other);
	bios_guest_free(&other);
	selftest_saw("%lu in four turns, %lu in one guest's", alone - before,
		     mitigations_barriers() - alone);
	return alone - before == (active ? 4 : 0) &&
	       mitigations_barriers() == alone;
}

/*
 * movw $0, %ax; movw %ax, %ds; movw %bx, (0x600); decw %ax; movw %ax, %es;
 * movw %es:(0x610), %ax; lret
 */
static const u8 code_wrap[] = { 0xb8, 0x00, 0x00, 0x8e, 0xd8, 0x89,
				0x1e, 0x00, 0x06, 0x48, 0x8e, 0xc0,
				0x26, 0xa1, 0x10, 0x06, 0xcb };

static bool wraps(struct guest16 *guest, u16 value)
{
	struct bios_regs regs = { .eflags = RFLAGS_FIXED_1, .ebx = value };

	selftest_guest_run(guest, code_wrap, sizeof(code_wrap), &regs,
			   TIMEOUT_MS);
	selftest_saw("%04x where %04x was written", regs.eax & 0xffff, value);
	return (u16)regs.eax == value;
}

/* A guest made new has its first page elsewhere, and again above 1 MiB. */
static bool wrap_renewed(struct guest16 *guest)
{
	u8 byte = 1;

	return wraps(guest, 0x1234) && bios_guest_renew(guest) == 0 &&
	       guest_memory_write(&guest->memory, 0x40000, &byte, 1) == 0 &&
	       guest_memory_write(&guest->memory, 0x41000, &byte, 1) == 0 &&
	       wraps(guest, 0x5678);
}

void selftest_guest(void)
{
	static const struct {
		const char *name;
		const char *expected;
		bool (*run)(struct guest16 *guest);
	} tests[] = {
		{ "registers", "sixteen kept", registers },
		{ "upper halves", "them kept by INT 11h", upper_halves },
		{ "CPUID", "the host's without VMX", guest_cpuid },
		{ "CMOS", "the host's", guest_cmos },
		{ "UART", "two lines", guest_uart },
		{ "endless, IF=1", "a timeout", loop_if_1 },
		{ "endless, IF=0", "a timeout", loop_if_0 },
		{ "endless, short exits", "a timeout", short_exits },
		{ "#GP in ring 0", "its handler's VMCALL", ring_0_handler },
		{ "STI blocking left", "none in the next call", blocking_left },
		{ "triple fault", "a shutdown", triple_fault },
		{ "wide ports", "the bytes of each", wide_ports },
		{ "IBPB between guests", "one a change", barriers },
		{ "wrap of a guest made new", "its own first page",
		  wrap_renewed },
	};
	static struct guest16 guest;

	for (size_t i = 0; i < ARRAY_SIZE(tests); i++) {
		if (selftest_begin("v86", tests[i].name)) {
			bool passed = false;

			if (selftest_guest_make(&guest, true)) {
				passed = tests[i].run(&guest);
				bios_guest_free(&guest);
			}
			selftest_end(passed, tests[i].expected);
		}
	}
}
