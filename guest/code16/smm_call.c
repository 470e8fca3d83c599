/*
 * The protocol is SeaBIOS's (its src/fw/smm.c and src/stacks.c): command B5h in
 * AL, the direction in ECX, where to go on in EBX; general registers stay as
 * they are, ESP included. Called on the guest's core, its VMCS current,
 * interrupts off.
 */
#include "guest/code16/smm_call.h"

#include "arch/cpu.h"
#include "arch/x86.h"
#include "guest/board/bios_area.h"
#include "guest/code16/engine.h"
#include "guest/code16/guest16.h"
#include "vmm/vmx/guest_rights.h"
#include "vmm/vmx/vmcs.h"

#define COMMAND_CALL 0xb5
#define ENTER_32_BIT 0x1234u
#define RETURN_TO_16_BIT 0x5678u

/* The date at F000:FFF5, which SeaBIOS never changes, and its name. */
#define BIOS_DATE 0xffff5
#define SEABIOS_DATE "06/23/99"
#define SEABIOS_NAME "SeaBIOS"
#define BIOS_SEGMENT_BASE 0xf0000u
#define BIOS_END 0x100000u

#define SMI_COMMAND 0xb2

/* SeaBIOS's own selectors, in case it loads them again. */
#define FLAT_CODE 0x08
#define FLAT_DATA 0x10

/* What an SMI saves and RSM loads, but for the general registers. */
static const enum vmcs_field fields[] = {
	VMCS_GUEST_ES_SELECTOR, VMCS_GUEST_ES_BASE,
	VMCS_GUEST_ES_LIMIT,	VMCS_GUEST_ES_ACCESS_RIGHTS,
	VMCS_GUEST_CS_SELECTOR, VMCS_GUEST_CS_BASE,
	VMCS_GUEST_CS_LIMIT,	VMCS_GUEST_CS_ACCESS_RIGHTS,
	VMCS_GUEST_SS_SELECTOR, VMCS_GUEST_SS_BASE,
	VMCS_GUEST_SS_LIMIT,	VMCS_GUEST_SS_ACCESS_RIGHTS,
	VMCS_GUEST_DS_SELECTOR, VMCS_GUEST_DS_BASE,
	VMCS_GUEST_DS_LIMIT,	VMCS_GUEST_DS_ACCESS_RIGHTS,
	VMCS_GUEST_FS_SELECTOR, VMCS_GUEST_FS_BASE,
	VMCS_GUEST_FS_LIMIT,	VMCS_GUEST_FS_ACCESS_RIGHTS,
	VMCS_GUEST_GS_SELECTOR, VMCS_GUEST_GS_BASE,
	VMCS_GUEST_GS_LIMIT,	VMCS_GUEST_GS_ACCESS_RIGHTS,
	VMCS_GUEST_RFLAGS,	VMCS_GUEST_CR0,
	VMCS_CR0_READ_SHADOW,	VMCS_GUEST_CR4,
	VMCS_CR4_READ_SHADOW,	VMCS_GUEST_GDTR_BASE,
	VMCS_GUEST_GDTR_LIMIT,	VMCS_GUEST_IDTR_BASE,
	VMCS_GUEST_IDTR_LIMIT,
};
static_assert(ARRAY_SIZE(fields) == SMM_CALL_FIELDS, "struct smm_call");

static bool bios_has_name(void)
{
	const size_t length = sizeof(SEABIOS_NAME) - 1;

	for (u32 at = BIOS_SEGMENT_BASE; at < BIOS_END - length; at++) {
		size_t same = 0;

		while (same < length && bios_area_read8(at + (u32)same) ==
						(u8)SEABIOS_NAME[same]) {
			same++;
		}
		if (same == length) {
			return true;
		}
	}
	return false;
}

bool smm_call_is_used(void)
{
	for (u32 i = 0; i < sizeof(SEABIOS_DATE) - 1; i++) {
		if (bios_area_read8(BIOS_DATE + i) != (u8)SEABIOS_DATE[i]) {
			return false;
		}
	}
	return bios_has_name();
}

static void load_flat_segment(u32 number, u16 selector, u32 rights)
{
	/* The four fields of each are numbered in the order ES CS SS DS FS GS. */
	vmcs_write(VMCS_GUEST_ES_SELECTOR + 2 * number, selector);
	vmcs_write(VMCS_GUEST_ES_BASE + 2 * number, 0);
	vmcs_write(VMCS_GUEST_ES_LIMIT + 2 * number, UINT32_MAX);
	vmcs_write(VMCS_GUEST_ES_ACCESS_RIGHTS + 2 * number, rights);
}

/* What SeaBIOS's 32-bit code starts with: flat, unpaged, interrupts off. */
static void load_flat_state(void)
{
	for (u32 i = V86_ES; i <= V86_GS; i++) {
		load_flat_segment(i, i == V86_CS ? FLAT_CODE : FLAT_DATA,
				  i == V86_CS ? RIGHTS_CODE32 : RIGHTS_DATA32);
	}
	vmcs_write(VMCS_GUEST_CR0, vmcs_read(VMCS_GUEST_CR0) | CR0_PE);
	vmcs_write(VMCS_CR0_READ_SHADOW, CR0_ET | CR0_PE);
	vmcs_write(VMCS_GUEST_RFLAGS, RFLAGS_FIXED_1);
}

static void enter_32_bit(struct guest16 *guest)
{
	struct smm_call *call = &guest->smm_call;

	/* It is in protected mode then, and may not come back as it should. */
	engine_release_real_state(guest);
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		call->saved[i] = vmcs_read(fields[i]);
	}
	call->inside = true;
	call->a20_open = guest->memory.a20_open;
	guest_memory_set_a20(&guest->memory, true);
	load_flat_state();
}

static void return_to_16_bit(struct guest16 *guest)
{
	struct smm_call *call = &guest->smm_call;

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		vmcs_write(fields[i], call->saved[i]);
	}
	call->inside = false;
	guest_memory_set_a20(&guest->memory, call->a20_open);
}

static bool refuse(struct guest16 *guest)
{
	vcpu_stop(&guest->vcpu, VCPU_END_REFUSED,
		  "the code at %04lx:%04lx enters protected mode by an SMI, "
		  "which engine %s cannot; use engine=real",
		  vmcs_read(VMCS_GUEST_CS_SELECTOR), vmcs_read(VMCS_GUEST_RIP),
		  guest->engine->name);
	return false;
}

bool smm_call(struct guest16 *guest, u8 command)
{
	u32 direction = (u32)guest->vcpu.regs.rcx;

	if (command != COMMAND_CALL) {
		outb(SMI_COMMAND, command);
		return true;
	}
	if (guest->engine->uses_v86) {
		return refuse(guest);
	}
	if (direction == ENTER_32_BIT) {
		enter_32_bit(guest);
	} else if (direction == RETURN_TO_16_BIT && guest->smm_call.inside) {
		return_to_16_bit(guest);
	} else {
		return true;
	}
	/* It will be moved as if behind the OUT. */
	vmcs_write(VMCS_GUEST_RIP,
		   (u32)guest->vcpu.regs.rbx -
			   vmcs_read(VMCS_VM_EXIT_INSTRUCTION_LENGTH));
	return true;
}
