/*
 * Makes and checks VMX control words. Pure: what is allowed comes from the
 * caller (vmx_caps.h), what is wanted from whoever builds a VMCS.
 */
/* build: pure */
#include "vmm/vmx/vmx_controls.h"

#include "lib/error.h"
#include "lib/fmt.h"
#include "vmm/vmx/vmx_cap_bits.h"

/* Bits that are of use, or allowed at all, only with all of their line. */
static const struct {
	u32 pinbased, exit, entry;
} partners[] = {
	/* VM entry refuses to save a timer that does not run. */
	{ PINBASED_PREEMPTION_TIMER, VMEXIT_SAVE_PREEMPTION_TIMER, 0 },
	/* What is loaded for the guest must be the host's again after it. */
	{ 0, VMEXIT_SAVE_EFER | VMEXIT_LOAD_EFER, VMENTRY_LOAD_EFER },
	{ 0, VMEXIT_SAVE_PAT | VMEXIT_LOAD_PAT, VMENTRY_LOAD_PAT },
};

u32 vmx_controls_with_partners(const struct vmx_caps *caps,
			       enum vmx_control_word word, u32 bits)
{
	for (size_t i = 0; i < ARRAY_SIZE(partners); i++) {
		if (vmx_caps_may(caps, VMX_WORD_PINBASED,
				 partners[i].pinbased) &&
		    vmx_caps_may(caps, VMX_WORD_EXIT, partners[i].exit) &&
		    vmx_caps_may(caps, VMX_WORD_ENTRY, partners[i].entry)) {
			continue;
		}
		switch (word) {
		case VMX_WORD_PINBASED:
			bits &= ~partners[i].pinbased;
			break;
		case VMX_WORD_EXIT:
			bits &= ~partners[i].exit;
			break;
		case VMX_WORD_ENTRY:
			bits &= ~partners[i].entry;
			break;
		default:
			break;
		}
	}
	return bits;
}

int vmx_controls_compute(u32 required, u32 advisory, u64 allowed, u32 *value,
			 u32 *missing_required, u32 *missing_advisory)
{
	u32 must_be_1 = (u32)allowed;
	u32 may_be_1 = (u32)(allowed >> 32);

	*value = (required | advisory | must_be_1) & may_be_1;
	*missing_required = required & ~may_be_1;
	/* A bit asked for in both ways is a required one. */
	*missing_advisory = advisory & ~may_be_1 & ~required;
	return *missing_required ? ERR_UNSUPPORTED : 0;
}

u32 vmx_controls_bad(u32 value, u64 allowed)
{
	return (~value & (u32)allowed) | (value & ~(u32)(allowed >> 32));
}

static const char *bit_name(enum vmx_control_word word, u64 bit)
{
	size_t count;
	const struct vmx_cap_bit *bits = vmx_cap_bits_word(word, &count);

	for (size_t i = 0; i < count; i++) {
		if (bits[i].mask == bit) {
			return bits[i].name;
		}
	}
	return NULL;
}

size_t vmx_controls_format(enum vmx_control_word word, u64 bits, char *buf,
			   size_t size)
{
	size_t length = 0;

	if (size > 0) {
		buf[0] = '\0';
	}
	for (u32 i = 0; i < 64; i++) {
		const char *separator = length > 0 ? ", " : "";
		const char *name;
		size_t at = MIN(length, size);
		int n;

		if (!(bits >> i & 1)) {
			continue;
		}
		name = bit_name(word, BIT(i));
		n = name ? fmt_snprintf(buf + at, size - at, "%s%s", separator,
					name)
			 : fmt_snprintf(buf + at, size - at, "%sbit %u",
					separator, i);
		length += (size_t)n;
	}
	return length;
}
