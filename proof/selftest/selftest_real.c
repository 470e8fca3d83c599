/*
 * Self-tests of the engine real: whatever a call does to the system's state,
 * the next begins as the first did. On the boot core, interrupts off.
 */
#include "arch/x86.h"
#include "guest/bios/bios.h"
#include "guest/code16/engines.h"
#include "proof/selftest/selftest.h"
#include "vmm/vmx/vmcs.h"
#include "vmm/vmx/vmx.h"

#define TIMEOUT_MS 100

/* lret */
static const u8 code_nothing[] = { 0xcb };
/* lidt %cs:7; lret; .word 0x1ff; .long 0x1000 */
static const u8 code_lidt[] = { 0x2e, 0x0f, 0x01, 0x1e, 7,    0, 0xcb,
				0xff, 0x01, 0x00, 0x10, 0x00, 0 };
/* lgdt %cs:7; lret; .word 0x7; .long 0x1000 */
static const u8 code_lgdt[] = { 0x2e, 0x0f, 0x01, 0x16, 7,    0, 0xcb,
				0x07, 0x00, 0x00, 0x10, 0x00, 0 };
/* mov $0x1000, %ax; mov %eax, %cr3; lret */
static const u8 code_cr3[] = { 0xb8, 0x00, 0x10, 0x0f, 0x22, 0xd8, 0xcb };
/* mov %cr4, %eax; or $CR4_DE, %al; mov %eax, %cr4; lret */
static const u8 code_cr4[] = { 0x0f, 0x20, 0xe0, 0x0c, 0x08,
			       0x0f, 0x22, 0xe0, 0xcb };
/* mov %cr0, %eax; or $CR0_TS, %al; mov %eax, %cr0; lret */
static const u8 code_cr0[] = { 0x0f, 0x20, 0xc0, 0x0c, 0x08,
			       0x0f, 0x22, 0xc0, 0xcb };
/* smsw %ax; or $CR0_TS, %al; lmsw %ax; clts; smsw %ax; or $CR0_MP; lmsw; lret */
static const u8 code_lmsw[] = { 0x0f, 0x01, 0xe0, 0x0c, 0x08, 0x0f, 0x01,
				0xf0, 0x0f, 0x06, 0x0f, 0x01, 0xe0, 0x0c,
				0x02, 0x0f, 0x01, 0xf0, 0xcb };
/*
 * cli; lgdt %cs:27; mov %cr0, %eax; or $1, %al; mov %eax, %cr0; mov $8, %bx;
 * mov %bx, %es; and $-2, %al; mov %eax, %cr0; nop; lret
 * 27: .word 15; .long 0x10000 + 33; 33: .quad 0, 0x00cf93000000ffff
 */
static const u8 code_unreal[] = {
	0xfa, 0x2e, 0x0f, 0x01, 0x16, 27,   0,	  0x0f, 0x20, 0xc0,
	0x0c, 0x01, 0x0f, 0x22, 0xc0, 0xbb, 8,	  0,	0x8e, 0xc3,
	0x24, 0xfe, 0x0f, 0x22, 0xc0, 0x90, 0xcb, 15,	0,    33,
	0,    1,    0,	  0,	0,    0,    0,	  0,	0,    0,
	0,    0xff, 0xff, 0,	0,    0,    0x93, 0xcf, 0,
};

static const enum vmcs_field fields[] = {
	VMCS_GUEST_CR0,		  VMCS_CR0_READ_SHADOW,
	VMCS_GUEST_CR3,		  VMCS_GUEST_CR4,
	VMCS_CR4_READ_SHADOW,	  VMCS_GUEST_GDTR_BASE,
	VMCS_GUEST_GDTR_LIMIT,	  VMCS_GUEST_IDTR_BASE,
	VMCS_GUEST_IDTR_LIMIT,	  VMCS_GUEST_ES_BASE,
	VMCS_GUEST_ES_LIMIT,	  VMCS_GUEST_ES_ACCESS_RIGHTS,
	VMCS_PROCBASED_CONTROLS,  VMCS_SECONDARY_PROCBASED_CONTROLS,
	VMCS_CR0_GUEST_HOST_MASK, VMCS_CR4_GUEST_HOST_MASK,
};

static void read_fields(u64 *values)
{
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		values[i] = vmcs_read(fields[i]);
	}
}

/* Runs the program, then a BIOS call, and compares with a first BIOS call. */
static bool run_between(struct guest16 *guest, const void *code, size_t bytes,
			bool changes)
{
	struct bios_regs regs = { .eflags = RFLAGS_FIXED_1 };
	u64 first[ARRAY_SIZE(fields)], later[ARRAY_SIZE(fields)];
	bool seen;

	if (!selftest_guest_works(guest)) {
		return false;
	}
	read_fields(first);
	selftest_guest_run(guest, code, bytes, &regs, TIMEOUT_MS);
	seen = guest->system_changed;
	if (!selftest_guest_ended(guest, VCPU_END_DONE, "") ||
	    !selftest_guest_works(guest)) {
		return false;
	}
	read_fields(later);
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		if (first[i] != later[i]) {
			selftest_saw("%s %lx", vmcs_field_name(fields[i]),
				     later[i]);
			return false;
		}
	}
	selftest_saw("%s", seen ? "a change" : "no change");
	return seen == changes || !engine_watches_real_state();
}

void selftest_real(void)
{
	static const struct {
		const char *name;
		const u8 *code;
		size_t bytes;
		bool changes;
	} tests[] = {
		{ "nothing", code_nothing, sizeof(code_nothing), false },
		{ "LIDT", code_lidt, sizeof(code_lidt), true },
		{ "LGDT", code_lgdt, sizeof(code_lgdt), true },
		{ "CR3", code_cr3, sizeof(code_cr3), true },
		{ "CR4", code_cr4, sizeof(code_cr4), true },
		{ "CR0", code_cr0, sizeof(code_cr0), true },
		{ "LMSW and CLTS", code_lmsw, sizeof(code_lmsw), true },
		{ "segment limit", code_unreal, sizeof(code_unreal), true },
	};
	static struct guest16 guest;

	for (size_t i = 0; i < ARRAY_SIZE(tests); i++) {
		bool passed = false;

		if (!selftest_begin("real", tests[i].name)) {
			continue;
		}
		if (!engine_available(&engine_real, &vmx_this_core()->caps)) {
			selftest_skip("no unrestricted guest");
		} else if (bios_guest_init(&guest, &engine_real, &board_private,
					   false) == 0) {
			passed = run_between(&guest, tests[i].code,
					     tests[i].bytes, tests[i].changes);
			bios_guest_free(&guest);
		}
		selftest_end(passed, tests[i].changes ? "a change, undone"
						      : "no change");
	}
}
