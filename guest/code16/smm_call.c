/*
 * Acts as the SMI handler that SeaBIOS calls to enter 32-bit code and to come
 * back. The protocol is SeaBIOS's (its src/fw/smm.c and src/stacks.c): command
 * B5h in AL, the direction in ECX, the address to go on at in EBX. All general
 * registers, ESP too, keep their values. Called on the guest's core, its VMCS
 * current, interrupts off.
 */
#include "guest/code16/smm_call.h"

#include "arch/cpu.h"
#include "arch/x86.h"
#include "guest/memory/bios_area.h"
#include "guest/code16/engine.h"
#include "guest/code16/guest16.h"
#include "vmm/guest_rights.h"
#include "vmm/vcpu_exit.h"
#include "vmm/vcpu_state.h"

#define COMMAND_CALL 0xb5
#define ENTER_32_BIT 0x1234u
#define RETURN_TO_16_BIT 0x5678u

/*
 * How SeaBIOS is recognized: by its name, and by the date at F000:FFF5, which
 * it never changes.
 */
#define BIOS_DATE 0xffff5
#define SEABIOS_DATE "06/23/99"
#define SEABIOS_NAME "SeaBIOS"
#define BIOS_SEGMENT_BASE 0xf0000u
#define BIOS_END 0x100000u

#define SMI_COMMAND 0xb2

/* The selectors that SeaBIOS itself uses: its code may load them again. */
#define FLAT_CODE 0x08
#define FLAT_DATA 0x10

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

static bool is_used(void)
{
	for (u32 i = 0; i < sizeof(SEABIOS_DATE) - 1; i++) {
		if (bios_area_read8(BIOS_DATE + i) != (u8)SEABIOS_DATE[i]) {
			return false;
		}
	}
	return bios_has_name();
}

/*
 * Loads the state in which SeaBIOS's 32-bit code starts: flat segments, no
 * paging, interrupts off.
 */
static void load_flat_state(struct vcpu *vcpu)
{
	for (enum segment i = SEGMENT_ES; i <= SEGMENT_GS; i++) {
		bool code = i == SEGMENT_CS;

		vcpu_set_segment(vcpu, i,
				 (struct vcpu_segment){
					 .selector =
						 code ? FLAT_CODE : FLAT_DATA,
					 .limit = UINT32_MAX,
					 .rights = code ? RIGHTS_CODE32
							: RIGHTS_DATA32,
				 });
	}
	vcpu_set_cr0(vcpu, (struct vcpu_cr){ .real = vcpu_cr0(vcpu) | CR0_PE,
					     .shown = CR0_ET | CR0_PE });
	vcpu_set_rflags(vcpu, RFLAGS_FIXED_1);
}

static void save(const struct vcpu *vcpu, struct smm_call *call)
{
	for (enum segment i = SEGMENT_ES; i <= SEGMENT_GS; i++) {
		call->segment[i] = vcpu_segment(vcpu, i);
	}
	call->gdtr = vcpu_gdtr(vcpu);
	call->idtr = vcpu_idtr(vcpu);
	call->cr0.real = vcpu_cr0(vcpu);
	call->cr0.shown = vcpu_shown_cr0(vcpu);
	call->cr4.real = vcpu_cr4(vcpu);
	call->cr4.shown = vcpu_shown_cr4(vcpu);
	call->rflags = vcpu_rflags(vcpu);
}

static void restore(struct vcpu *vcpu, const struct smm_call *call)
{
	for (enum segment i = SEGMENT_ES; i <= SEGMENT_GS; i++) {
		vcpu_set_segment(vcpu, i, call->segment[i]);
	}
	vcpu_set_gdtr(vcpu, call->gdtr);
	vcpu_set_idtr(vcpu, call->idtr);
	vcpu_set_cr0(vcpu, call->cr0);
	vcpu_set_cr4(vcpu, call->cr4);
	vcpu_set_rflags(vcpu, call->rflags);
}

static void enter_32_bit(struct guest16 *guest)
{
	struct smm_call *call = &guest->smm_call;

	/* The guest is in protected mode from here on, and may end in it. */
	engine_release_real_state(guest);
	save(&guest->vcpu, call);
	call->inside = true;
	call->a20_open = guest->memory.a20_open;
	guest_memory_set_a20(&guest->memory, true);
	load_flat_state(&guest->vcpu);
}

static void return_to_16_bit(struct guest16 *guest)
{
	struct smm_call *call = &guest->smm_call;

	restore(&guest->vcpu, call);
	call->inside = false;
	guest_memory_set_a20(&guest->memory, call->a20_open);
}

static bool refuse(struct guest16 *guest)
{
	vcpu_stop(&guest->vcpu, VCPU_END_REFUSED,
		  "the code at %04x:%04lx enters protected mode by an SMI, "
		  "which engine %s cannot; use engine=real",
		  vcpu_selector(&guest->vcpu, SEGMENT_CS),
		  vcpu_rip(&guest->vcpu), guest->engine->name);
	return false;
}

static bool on_command(struct guest16 *guest, u8 command)
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
	/* The exit of the OUT will add its length to RIP. */
	vcpu_set_rip(&guest->vcpu,
		     (u32)guest->vcpu.regs.rbx -
			     vcpu_exit_instruction_bytes(&guest->vcpu));
	return true;
}

static u64 read_port(void *context, u64 at, u8 bytes)
{
	(void)context;
	(void)bytes;
	return inb((u16)at);
}

static bool write_port(void *context, u64 at, u8 bytes, u64 value)
{
	const struct board *board = context;

	(void)at;
	(void)bytes;
	return on_command(board->vcpu->guest, (u8)value);
}

int smm_call_init(void)
{
	static const struct bus_device smi_command = {
		.read = read_port,
		.write = write_port,
		.widest = 1,
	};
	const struct bus_range range = { SMI_COMMAND, SMI_COMMAND,
					 &smi_command };

	return is_used() ? machine_ports_add(&range) : 0;
}
