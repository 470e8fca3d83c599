/*
 * Gives the entry checker a live VMCS and its core. Reading a field changes
 * nothing, not even the VM-instruction error: the checker does not read fields
 * that the processor lacks.
 */
#include "vmm/entry_check.h"

#include "arch/console/console.h"
#include "arch/cpu.h"
#include "arch/cpuid_decode.h"
#include "arch/mem/paging.h"
#include "arch/msr.h"
#include "arch/x86.h"
#include "vmm/vcpu.h"
#include "vmm/vmx/vmx.h"
#include "vmm/vmx/vmx_insn.h"

#define CPUID_7_EBX_SGX BIT(2)
#define CPUID_7_EBX_RTM BIT(11)
#define CPUID_A_FIXED_MASK 0x1f
#define FINDING_BYTES 240

/* vmcs_read() would panic if the VMREAD failed; a report must go on. */
static u64 read_field(void *ctx, enum vmcs_field field)
{
	u64 value;

	(void)ctx;
	return vmread(field, &value) == VMX_OK ? value : 0;
}

static u64 read_memory(void *ctx, u64 phys)
{
	(void)ctx;
	return phys_is_mapped(phys, sizeof(u64))
		       ? *(const volatile u64 *)phys_to_virt(phys)
		       : 0;
}

static u32 cpuid_7_ebx(void)
{
	u32 out[4];

	cpuid(0, 0, out);
	if (out[0] < 7) {
		return 0;
	}
	cpuid(7, 0, out);
	return out[1];
}

/*
 * Bits of IA32_PERF_GLOBAL_CTRL that exist, by CPUID leaf 0Ah: general counters
 * from bit 0, fixed ones from bit 32.
 */
static u64 perf_global_ctrl_bits(void)
{
	u32 out[4];

	cpuid(0, 0, out);
	if (out[0] < 10) {
		return 0;
	}
	cpuid(10, 0, out);
	return (BIT(out[0] >> 8 & 0xff & 63) - 1) |
	       (BIT(out[3] & CPUID_A_FIXED_MASK) - 1) << 32;
}

static void read_machine(struct vmcs_check_env *env, const struct vcpu *vcpu)
{
	struct cpuid_info info;
	u32 features = cpuid_7_ebx();

	cpuid_decode(cpuid, &info);
	*env = (struct vmcs_check_env){
		.read = read_field,
		.read_memory = read_memory,
		.caps = &vmx_this_core()->caps,
		.vmcs_phys = virt_to_phys(vcpu->vmcs),
		.efer = EFER_LME | EFER_LMA | (info.syscall ? EFER_SCE : 0) |
			(info.nx ? EFER_NXE : 0),
		.perf_global_ctrl = perf_global_ctrl_bits(),
		.physical_bits = info.physical_bits,
		.linear_bits = info.linear_bits,
		.ia32e = true,
		.rtm = (features & CPUID_7_EBX_RTM) != 0,
		.sgx = (features & CPUID_7_EBX_SGX) != 0,
	};
}

u32 entry_check(const struct vcpu *vcpu,
		void (*found)(void *ctx, const struct vmcs_finding *finding),
		void *ctx)
{
	struct vmcs_check_env env;

	read_machine(&env, vcpu);
	return vmcs_check_run(&env, found, ctx);
}

static void print_finding(void *ctx, const struct vmcs_finding *finding)
{
	char text[FINDING_BYTES];

	vmcs_finding_format(finding, text, sizeof(text));
	console_printf("%scheck: %s\n", (const char *)ctx, text);
}

u32 entry_check_print(const struct vcpu *vcpu, const char *prefix)
{
	return entry_check(vcpu, print_finding, (void *)(u64)prefix);
}

static void keep_first(void *ctx, const struct vmcs_finding *finding)
{
	struct vmcs_finding *first = ctx;

	if (first->check == NULL) {
		*first = *finding;
	}
}

bool entry_check_refuses(struct vcpu *vcpu)
{
	struct vmcs_finding first = { 0 };
	char text[FINDING_BYTES];

	if (entry_check(vcpu, keep_first, &first) == 0) {
		return false;
	}
	vmcs_finding_format(&first, text, sizeof(text));
	vcpu_stop(vcpu, VCPU_END_REFUSED, "the entry checker foresees %s: %s",
		  vmcs_check_group_text(first.check->group), text);
	return true;
}
