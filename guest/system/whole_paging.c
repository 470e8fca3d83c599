/* See whole_paging.h; guest/memory/walk32.h reads the tables. */
#include "guest/system/whole_paging.h"

#include "arch/cpu.h"
#include "arch/x86.h"
#include "guest/board/pc/pc.h"
#include "guest/memory/pae.h"
#include "guest/memory/walk32.h"
#include "vmm/guest_rights.h"
#include "vmm/vcpu_events.h"
#include "vmm/vcpu_state.h"

static u8 *table_at(void *ctx, u64 gpa)
{
	const struct guest16 *guest = ctx;

	return pc_writable(guest->board.pc, gpa);
}

static u32 privilege(const struct vcpu *vcpu)
{
	return (vcpu_segment_rights(vcpu, SEGMENT_SS) & RIGHTS_DPL) ==
			       RIGHTS_DPL
		       ? (u32)PAGE_FAULT_U
		       : 0;
}

static enum walk32_result walk(struct guest16 *guest, u32 linear, u32 access,
			       u64 *address, u32 *error_code)
{
	const struct vcpu *vcpu = &guest->vcpu;
	u64 cr0 = vcpu_shown_cr0(vcpu);
	u64 cr4 = vcpu_shown_cr4(vcpu);
	const struct walk32 tables = {
		.cr3 = (u32)vcpu_cr3(vcpu),
		.pae = pae_is_on(cr0, cr4),
		.large_pages = (cr4 & CR4_PSE) != 0,
		.write_protect = (cr0 & CR0_WP) != 0,
		.ctx = guest,
		.entry = table_at,
	};

	if (!(cr0 & CR0_PG)) {
		*address = linear;
		return WALK32_MAPPED;
	}
	return walk32(&tables, linear, access | privilege(vcpu), address,
		      error_code);
}

bool whole_translate(struct guest16 *guest, u32 linear, bool write,
		     u64 *address)
{
	u32 error_code = 0;

	if (walk(guest, linear, write ? (u32)PAGE_FAULT_W : 0, address,
		 &error_code) == WALK32_MAPPED) {
		return true;
	}
	write_cr2(linear);
	vcpu_raise(&guest->vcpu, VECTOR_PF, error_code);
	return false;
}

bool whole_can_translate(struct guest16 *guest, u32 linear, bool write,
			 u64 *address)
{
	u32 error_code;

	return walk(guest, linear, write ? (u32)PAGE_FAULT_W : 0, address,
		    &error_code) == WALK32_MAPPED;
}
