/* How a 64-bit guest begins and ends. On the guest's core, interrupts off. */
#include "arch/cpu.h"
#include "arch/machine.h"
#include "arch/msr.h"
#include "arch/x86.h"
#include "guest/code64/guest64.h"
#include "guest/code64/guest64_exits.h"
#include "guest/code64/guest64_setup.h"
#include "lib/error.h"
#include "lib/string.h"
#include "vmm/vcpu_state.h"

#define CPUID_EXTENDED_FEATURES 0x80000001u
#define CPUID_PAGES_1GB BIT(26) /* EDX */

static u64 *entry_at(void *ctx, u64 gpa)
{
	const struct guest64_memory *memory = ctx;

	return (u64 *)(void *)guest64_memory_at(memory, gpa);
}

static void init_walk(struct guest64 *guest)
{
	u32 out[4];

	cpuid(CPUID_EXTENDED_FEATURES, 0, out);
	guest->walk = (struct walk64){
		.cr3 = GUEST64_TABLES,
		.write_protect = true,
		.execute_disable = (rdmsr(MSR_IA32_EFER) & EFER_NXE) != 0,
		.pages_1gb = (out[3] & CPUID_PAGES_1GB) != 0,
		.physical_bits = machine_physical_bits(),
		.ctx = &guest->memory,
		.entry = entry_at,
	};
}

bool guest64_can_use_ept(const struct vmx_caps *caps)
{
	return vmx_caps_can_use_ept(caps);
}

int guest64_init(struct guest64 *guest, const struct board_kind *board,
		 enum guest64_pages pages, bool under_ept, u32 ram_end,
		 const void *program, size_t bytes, u64 start)
{
	int err;

	memset(guest, 0, sizeof(*guest));
	err = vcpu_init(&guest->vcpu, &guest64_ops, guest);
	if (err != 0) {
		return err;
	}
	err = guest64_memory_init(&guest->memory, pages, under_ept, ram_end);
	if (err != 0) {
		vcpu_free(&guest->vcpu);
		return err;
	}
	memcpy(guest64_memory_at(&guest->memory, GUEST64_PROGRAM), program,
	       bytes);
	init_walk(guest);
	board_init(&guest->board, board, &guest->vcpu, NULL);
	guest->vcpu.uses_ept = under_ept;
	vcpu_load(&guest->vcpu);
	err = guest64_set_up(guest);
	if (err != 0) {
		guest64_free(guest);
		return err;
	}
	guest->vcpu.regs.rbp = GUEST64_STACK_TOP;
	vcpu_set_rip(&guest->vcpu, GUEST64_PROGRAM + start);
	return 0;
}

void guest64_free(struct guest64 *guest)
{
	vcpu_free(&guest->vcpu);
	guest64_memory_free(&guest->memory);
}
