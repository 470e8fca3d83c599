/*
 * vmm/vmx/vmx_caps.c, vmx_controls.c, vmx_cap_describe.c, vmcs_fields.c and
 * arch/cpuid_decode.c: any values for the capability MSRs and CPUID. Control
 * words obey them, and all of it can be said in lines of text.
 */
#include "arch/cpuid_decode.h"
#include "tests/fuzz/fuzz.h"
#include "vmm/vmx/exit_reasons.h"
#include "vmm/vmx/feature_control.h"
#include "vmm/vmx/vmcs_fields.h"
#include "vmm/vmx/vmx_cap_describe.h"
#include "vmm/vmx/vmx_controls.h"
#include "vmm/vmx/vmx_errors.h"

#define LINE_MAX 79u

static struct {
	u64 msr[VMX_CAPS_MSR_COUNT];
	u32 absent;
	u32 cpuid[8];
} machine;

static unsigned lines;

static bool rdmsr(u32 msr, u64 *value)
{
	CHECK(msr >= MSR_IA32_VMX_FIRST && msr <= MSR_IA32_VMX_LAST);
	*value = machine.msr[msr - MSR_IA32_VMX_FIRST];
	return !(machine.absent & BIT(msr - MSR_IA32_VMX_FIRST));
}

static void cpuid(u32 leaf, u32 sub, u32 out[4])
{
	for (u32 i = 0; i < 4; i++) {
		out[i] = machine.cpuid[(leaf * 3 + sub + i) % 8];
	}
	if (leaf == 0 || leaf == 0x80000000) {
		out[0] = (leaf & 0x80000000) | (out[0] & 0x3f);
	}
}

static void emit(void *ctx, const char *line)
{
	CHECK(ctx == &machine);
	CHECK(fuzz_is_line(line, LINE_MAX + 1));
	lines++;
}

static void check_words(const struct vmx_caps *caps, u32 required, u32 advisory)
{
	static const enum vmx_control_word words[] = {
		VMX_WORD_PINBASED, VMX_WORD_PROCBASED, VMX_WORD_PROCBASED2,
		VMX_WORD_EXIT, VMX_WORD_ENTRY
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		u64 allowed = vmx_caps_allowed(caps, words[i]);
		u32 must = (u32)allowed;
		u32 may = (u32)(allowed >> 32);
		u32 value = 0, no_required = 0, no_advisory = 0;
		char text[64];
		int err = vmx_controls_compute(required, advisory, allowed,
					       &value, &no_required,
					       &no_advisory);

		CHECK(value == ((required | advisory | must) & may));
		CHECK(no_required == (required & ~may));
		CHECK(no_advisory == (advisory & ~may & ~required) ||
		      no_advisory == (advisory & ~may));
		CHECK((err == ERR_UNSUPPORTED) == (no_required != 0));
		CHECK((must & ~may) != 0 ||
		      vmx_controls_bad(value, allowed) == 0);
		CHECK(vmx_controls_format(words[i], required, text,
					  sizeof(text)) >= strlen(text));
		CHECK(fuzz_is_line(text, sizeof(text)));
	}
}

static void check_cpuid(void)
{
	struct cpuid_info info;

	memset(&info, 0x5a, sizeof(info));
	cpuid_decode(cpuid, &info);
	CHECK(fuzz_is_line(info.vendor_name, sizeof(info.vendor_name)));
	CHECK(fuzz_is_line(info.brand, sizeof(info.brand)));
	CHECK(fuzz_is_line(info.hypervisor_name, sizeof(info.hypervisor_name)));
	CHECK(fuzz_is_line(cpuid_vendor_text(info.vendor), 16));
}

static void check_fields(const struct vmx_caps *caps, u32 encoding)
{
	CHECK(fuzz_is_line(vmcs_field_name(encoding), VMCS_FIELD_NAME_MAX + 1));
	if (vmcs_field_known(encoding)) {
		CHECK(strcmp(vmcs_field_name(encoding), "?") != 0);
	} else if (!(encoding & 1)) {
		CHECK(!vmcs_field_present(encoding, caps));
	}
	CHECK(vmcs_field_bytes(encoding) <= 8);
	CHECK(feature_control_text(feature_control_classify(encoding)) != NULL);
}

static void check_cr(const struct vmx_caps *caps, u64 cr)
{
	u64 fixed0 = vmx_caps_msr(caps, MSR_IA32_VMX_CR0_FIXED0);
	u64 fixed1 = vmx_caps_msr(caps, MSR_IA32_VMX_CR0_FIXED1);

	if ((fixed0 & ~fixed1) == 0) {
		u64 fixed = vmx_caps_fix_cr0(caps, cr);

		CHECK(vmx_caps_bad_cr0(caps, fixed) == 0);
		CHECK((vmx_caps_bad_cr0(caps, cr) == 0) == (fixed == cr));
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	struct fuzz_input in = { data, bytes };
	struct vmx_caps caps, other;
	u32 required, advisory, encoding;
	u64 cr;
	int err;

	required = (u32)fuzz_take(&in, 4);
	advisory = (u32)fuzz_take(&in, 4);
	encoding = (u32)fuzz_take(&in, 2);
	cr = fuzz_take(&in, 8);
	machine.absent = (u32)fuzz_take(&in, 3);
	for (size_t i = 0; i < ARRAY_SIZE(machine.cpuid); i++) {
		machine.cpuid[i] = (u32)fuzz_take(&in, 4);
	}
	for (size_t i = 0; i < ARRAY_SIZE(machine.msr); i++) {
		machine.msr[i] = fuzz_take(&in, 8);
	}
	check_cpuid();
	err = vmx_caps_read(&caps, rdmsr);
	CHECK(err == 0 || err == ERR_UNSUPPORTED);
	CHECK((err != 0) == ((machine.absent & 0x7ff) != 0));
	if (err != 0) {
		return 0;
	}
	CHECK((caps.present & machine.absent) == 0);
	check_words(&caps, required, advisory);
	check_fields(&caps, encoding);
	check_cr(&caps, cr);
	/* Much text, and slow: for some inputs only. */
	if (cr % 8 == 1) {
		vmx_cap_describe(&caps, emit, &machine);
	}
	other = caps;
	CHECK(vmx_caps_compare(&caps, &other, NULL, NULL) == 0);
	other.msr[encoding % VMX_CAPS_MSR_COUNT] ^= 1;
	lines = 0;
	CHECK(vmx_caps_compare(&caps, &other, emit, &machine) == lines);
	return 0;
}
