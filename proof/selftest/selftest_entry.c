/*
 * Self-tests of VM entries that must fail: one field of a good guest is
 * damaged, the refusal must say so, and the repaired guest must run. On the
 * boot core, interrupts off.
 */
#include "arch/gdt.h"
#include "arch/x86.h"
#include "guest/bios/bios.h"
#include "proof/selftest/selftest.h"
#include "vmm/guest_rights.h"
#include "vmm/vmx/vmcs.h"

#define TIMEOUT_US 100000

struct damage {
	const char *name;
	const char *why;
	u64 flip; /* these bits */
	enum vmcs_field field;
	bool shown; /* the report of the first refusal is printed */
};

#define GUEST_STATE "invalid guest state"
#define CONTROLS "error 7"
#define HOST_STATE "error 8"

/*
 * None of these would do harm if the processor accepted it. A host without
 * CR4.VMXE could not go on; one with a reserved bit set can.
 */
static const struct damage damages[] = {
	{ "CS base", GUEST_STATE, 0x10, VMCS_GUEST_CS_BASE, true },
	{ "CS limit", GUEST_STATE, 1, VMCS_GUEST_CS_LIMIT, false },
	{ "SS rights", GUEST_STATE, RIGHTS_DPL, VMCS_GUEST_SS_ACCESS_RIGHTS,
	  false },
	{ "TR not busy", GUEST_STATE, 2, VMCS_GUEST_TR_ACCESS_RIGHTS, false },
	{ "CR4.VMXE", GUEST_STATE, CR4_VMXE, VMCS_GUEST_CR4, false },
	{ "link pointer", "link pointer", ~1ull, VMCS_VMCS_LINK_POINTER,
	  false },
	{ "I/O bitmap address", CONTROLS, 1, VMCS_IO_BITMAP_A_ADDRESS, false },
	{ "host TR", HOST_STATE, SELECTOR_TSS, VMCS_HOST_TR_SELECTOR, false },
	{ "host CR4", HOST_STATE, CR4_RESERVED, VMCS_HOST_CR4, false },
};

/* Lets a launch fail first, and then a resume. */
static bool run_damaged(struct guest16 *guest, const struct damage *damage)
{
	if (!selftest_guest_works(guest)) {
		return false;
	}
	vcpu_unload(&guest->vcpu);
	vcpu_load(&guest->vcpu);
	for (u32 i = 0; i < 2; i++) {
		u64 good = vmcs_read(damage->field);

		vmcs_write(damage->field, good ^ damage->flip);
		vcpu_run(&guest->vcpu, TIMEOUT_US);
		if (damage->shown && i == 0) {
			vcpu_report(&guest->vcpu);
		}
		vmcs_write(damage->field, good);
		if (!selftest_guest_ended(guest, VCPU_END_REFUSED,
					  damage->why) ||
		    !selftest_guest_works(guest)) {
			return false;
		}
	}
	return true;
}

void selftest_entry(void)
{
	static struct guest16 guest;

	for (size_t i = 0; i < ARRAY_SIZE(damages); i++) {
		if (selftest_begin("entry", damages[i].name)) {
			bool passed = false;

			if (selftest_guest_make(&guest, true)) {
				passed = run_damaged(&guest, &damages[i]);
				bios_guest_free(&guest);
			}
			selftest_end(passed, damages[i].why);
		}
	}
}
