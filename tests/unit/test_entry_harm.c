/*
 * No damage is tried whose acceptance by the processor would harm the host: of
 * each that is tried, what a VM exit would then load must be something the host
 * goes on with, or that proof/selftest/host_repair.c puts back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arch/x86.h"
#include "proof/selftest/entry_damages.h"
#include "tests/unit/vmx_models.h"
#include "vmm/vmx/exit_reasons.h"
#include "vmm/vmx/vmx_cap_bits.h"

#define PAGE_PHYS 0x5000ull
#define FIELDS_END 0x7000u

/* The host-state area, and what of a field may be wrong for a while. */
static const struct {
	u16 first, last;
	u64 harmless;
	const char *why;
} host_fields[] = {
	{ VMCS_HOST_ES_SELECTOR, VMCS_HOST_TR_SELECTOR, UINT64_MAX,
	  "only the visible part; gdt_load() loads all of them" },
	{ VMCS_HOST_IA32_PAT, VMCS_HOST_IA32_PAT, 0xffull << 56,
	  "no page of the host's uses the last type" },
	{ VMCS_HOST_IA32_EFER, VMCS_HOST_IA32_EFER,
	  ~(EFER_LMA | EFER_LME | EFER_NXE), "the mode stays; repaired" },
	{ VMCS_HOST_IA32_PERF_GLOBAL_CTRL, VMCS_HOST_IA32_PERF_GLOBAL_CTRL,
	  UINT64_MAX, "the host counts nothing; repaired" },
	{ VMCS_HOST_IA32_PKRS, VMCS_HOST_IA32_PKRS, UINT64_MAX,
	  "CR4.PKS is 0" },
	{ VMCS_HOST_CR0, VMCS_HOST_CR0, CR0_NE, "the host has no FPU errors" },
	{ VMCS_HOST_CR3, VMCS_HOST_CR3, 0, NULL },
	{ VMCS_HOST_CR4, VMCS_HOST_CR4, CR4_RESERVED, "nothing" },
	{ VMCS_HOST_FS_BASE, VMCS_HOST_FS_BASE, UINT64_MAX, "not used" },
	{ VMCS_HOST_GS_BASE, VMCS_HOST_GS_BASE, 0, NULL },
	{ VMCS_HOST_TR_BASE, VMCS_HOST_IDTR_BASE, UINT64_MAX,
	  "looked at by interrupts, which are off, and repaired" },
	{ VMCS_HOST_IA32_SYSENTER_CS, VMCS_HOST_IA32_SYSENTER_CS, UINT64_MAX,
	  "not used; repaired" },
	{ VMCS_HOST_IA32_SYSENTER_ESP, VMCS_HOST_IA32_SYSENTER_EIP, UINT64_MAX,
	  "not used; repaired" },
	{ VMCS_HOST_RSP, VMCS_HOST_RIP, 0, NULL },
	{ VMCS_HOST_IA32_S_CET, VMCS_HOST_INTERRUPT_SSP_TABLE_ADDRESS,
	  UINT64_MAX, "CR4.CET is 0" },
};

static u64 field[FIELDS_END];

static u64 read_field(void *ctx, enum vmcs_field at)
{
	(void)ctx;
	return field[at];
}

static bool write_field(void *ctx, enum vmcs_field at, u64 value)
{
	(void)ctx;
	field[at] = value;
	return true;
}

static void put_field(void *ctx, enum vmcs_field at, u64 value)
{
	write_field(ctx, at, value);
}

/* Of every field the bits that a good host has. */
static u64 good_host(u32 at)
{
	switch (at) {
	case VMCS_HOST_CR0:
		return CR0_PG | CR0_PE | CR0_NE | CR0_WP | CR0_ET;
	case VMCS_HOST_CR4:
		return CR4_PAE | CR4_VMXE;
	case VMCS_HOST_IA32_EFER:
		return EFER_LMA | EFER_LME | EFER_NXE;
	case VMCS_HOST_IA32_PAT:
		return 0x0007040600070406;
	case VMCS_HOST_TR_SELECTOR:
		return 0x18;
	default:
		return 0x10;
	}
}

/* Whether a field's bits are known here to do no harm; true for no host's. */
static bool host_goes_on(u32 at)
{
	bool is_host = (at & 0xc00) == 0xc00;
	u64 changed = field[at] ^ good_host(at);

	if (!is_host || changed == 0) {
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(host_fields); i++) {
		if (at >= host_fields[i].first && at <= host_fields[i].last) {
			return (changed & ~host_fields[i].harmless) == 0;
		}
	}
	return false;
}

static bool has(u32 at, u64 bits)
{
	return (field[at] & bits) == bits;
}

/* What is not put back: the mode, memory types, SMM, MSRs; and the way out. */
static bool controls_go_on(void)
{
	bool timer = has(VMCS_PINBASED_CONTROLS, PINBASED_PREEMPTION_TIMER);
	u64 activity = field[VMCS_GUEST_ACTIVITY_STATE];

	return has(VMCS_VM_EXIT_CONTROLS, VMEXIT_HOST_ADDRESS_SPACE_SIZE) &&
	       (!has(VMCS_VM_ENTRY_CONTROLS, VMENTRY_LOAD_PAT) ||
		has(VMCS_VM_EXIT_CONTROLS, VMEXIT_LOAD_PAT)) &&
	       (!has(VMCS_VM_ENTRY_CONTROLS, VMENTRY_LOAD_EFER) ||
		has(VMCS_VM_EXIT_CONTROLS, VMEXIT_LOAD_EFER)) &&
	       (field[VMCS_VM_ENTRY_CONTROLS] &
		(VMENTRY_ENTRY_TO_SMM | VMENTRY_DEACTIVATE_DUAL_MONITOR)) ==
		       0 &&
	       field[VMCS_VM_EXIT_MSR_STORE_COUNT] == 0 &&
	       field[VMCS_VM_EXIT_MSR_LOAD_COUNT] == 0 &&
	       activity != ACTIVITY_WAIT_FOR_SIPI &&
	       (activity != ACTIVITY_SHUTDOWN || timer);
}

static bool survives(const struct entry_damage *damage, u32 time,
		     enum entry_kind kind, const struct vmx_caps *caps)
{
	memset(field, 0, sizeof(field));
	entry_image_write(kind, caps, PAGE_PHYS, put_field, NULL);
	for (u32 at = 0; at < FIELDS_END; at++) {
		if ((at & 0xc00) == 0xc00) {
			field[at] = good_host(at);
		}
	}
	assert_int_equal(entry_damage_do(damage, time, PAGE_PHYS, read_field,
					 write_field, NULL),
			 ENTRY_DAMAGE_DONE);
	for (u32 at = 0; at < FIELDS_END; at++) {
		if (!host_goes_on(at)) {
			return false;
		}
	}
	return controls_go_on();
}

/* Each processor, with each control that it may have once more at its side. */
static void check_all(const char *model, const struct vmx_caps *caps,
		      bool want_untried)
{
	const struct entry_damage *damage;
	u32 harmful = 0;

	for (size_t i = 0; (damage = entry_damage_nth(i)) != NULL; i++) {
		u32 times = MAX(damage->times, 1);

		for (u32 k = 0; k < ENTRY_KINDS * times; k++) {
			enum entry_kind kind = k / times;
			bool safe;

			if (!entry_kind_possible(kind, caps) ||
			    !entry_damage_fits(damage, kind, caps)) {
				continue;
			}
			safe = survives(damage, k % times, kind, caps);
			harmful += !safe;
			if (!safe && damage->untried == NULL) {
				fail_msg("%s, %s: \"%s\" (%u) would harm the "
					 "host and is tried",
					 model, entry_kind_name(kind),
					 damage->check, k % times);
			}
		}
	}
	if (want_untried) {
		assert_in_range(harmful, 20, 100);
	}
}

static void test_no_harm_is_tried(void **state)
{
	(void)state;
	for (size_t m = 0; m < ARRAY_SIZE(vmx_models); m++) {
		struct vmx_caps caps = vmx_model_caps(vmx_models[m].name);

		check_all(vmx_models[m].name, &caps, m > 2);
	}
}

/* A processor that may have all there is, and so every row. */
static void test_no_harm_in_any_row(void **state)
{
	struct vmx_caps caps = vmx_model_caps("tigerlake");

	(void)state;
	for (u32 msr = MSR_IA32_VMX_FIRST;
	     msr < MSR_IA32_VMX_FIRST + VMX_CAPS_MSR_COUNT; msr++) {
		bool allowed = msr == MSR_IA32_VMX_PROCBASED_CTLS2 ||
			       (msr >= MSR_IA32_VMX_TRUE_PINBASED_CTLS &&
				msr <= MSR_IA32_VMX_TRUE_ENTRY_CTLS);

		if (allowed) {
			caps.msr[msr - MSR_IA32_VMX_FIRST] |= 0xffffffffull
							      << 32;
		}
	}
	check_all("everything", &caps, true);
}

/* The reasons are read by people. */
static void test_reasons(void **state)
{
	const struct entry_damage *damage;

	(void)state;
	for (size_t i = 0; (damage = entry_damage_nth(i)) != NULL; i++) {
		assert_true(damage->untried == NULL ||
			    strlen(damage->untried) > 20);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_harm_is_tried),
		cmocka_unit_test(test_no_harm_in_any_row),
		cmocka_unit_test(test_reasons),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
