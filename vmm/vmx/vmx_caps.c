/*
 * Answers questions about a core's VMX capability MSRs. Pure: the registers
 * come in through a callback, on the core they belong to; afterwards any core
 * may ask. It knows bits, not their names (vmx_cap_bits.c has those).
 */
/* build: pure hot */
#include "vmm/vmx/vmx_caps.h"

#include "lib/error.h"
#include "lib/fmt.h"
#include "vmm/vmx/vmx_cap_bits.h"

static const char *const msr_names[VMX_CAPS_MSR_COUNT] = {
	"VMX_BASIC",
	"VMX_PINBASED_CTLS",
	"VMX_PROCBASED_CTLS",
	"VMX_EXIT_CTLS",
	"VMX_ENTRY_CTLS",
	"VMX_MISC",
	"VMX_CR0_FIXED0",
	"VMX_CR0_FIXED1",
	"VMX_CR4_FIXED0",
	"VMX_CR4_FIXED1",
	"VMX_VMCS_ENUM",
	"VMX_PROCBASED_CTLS2",
	"VMX_EPT_VPID_CAP",
	"VMX_TRUE_PINBASED_CTLS",
	"VMX_TRUE_PROCBASED_CTLS",
	"VMX_TRUE_EXIT_CTLS",
	"VMX_TRUE_ENTRY_CTLS",
	"VMX_VMFUNC",
	"VMX_PROCBASED_CTLS3",
	"VMX_EXIT_CTLS2",
};

/* The MSRs of a control word; true_msr is 0 where the SDM has none. */
static const struct {
	u32 msr;
	u32 true_msr;
	bool wide; /* 64 bits that may be 1, not two halves */
} words[VMX_WORD_COUNT] = {
	[VMX_WORD_PINBASED] = { MSR_IA32_VMX_PINBASED_CTLS,
				MSR_IA32_VMX_TRUE_PINBASED_CTLS, false },
	[VMX_WORD_PROCBASED] = { MSR_IA32_VMX_PROCBASED_CTLS,
				 MSR_IA32_VMX_TRUE_PROCBASED_CTLS, false },
	[VMX_WORD_PROCBASED2] = { MSR_IA32_VMX_PROCBASED_CTLS2, 0, false },
	[VMX_WORD_PROCBASED3] = { MSR_IA32_VMX_PROCBASED_CTLS3, 0, true },
	[VMX_WORD_EXIT] = { MSR_IA32_VMX_EXIT_CTLS, MSR_IA32_VMX_TRUE_EXIT_CTLS,
			    false },
	[VMX_WORD_EXIT2] = { MSR_IA32_VMX_EXIT_CTLS2, 0, true },
	[VMX_WORD_ENTRY] = { MSR_IA32_VMX_ENTRY_CTLS,
			     MSR_IA32_VMX_TRUE_ENTRY_CTLS, false },
	[VMX_WORD_VMFUNC] = { MSR_IA32_VMX_VMFUNC, 0, true },
};

static bool in_range(u32 msr)
{
	return msr >= MSR_IA32_VMX_FIRST && msr <= MSR_IA32_VMX_LAST;
}

bool vmx_caps_present(const struct vmx_caps *caps, u32 msr)
{
	return in_range(msr) &&
	       (caps->present >> (msr - MSR_IA32_VMX_FIRST) & 1) != 0;
}

u64 vmx_caps_msr(const struct vmx_caps *caps, u32 msr)
{
	return in_range(msr) ? caps->msr[msr - MSR_IA32_VMX_FIRST] : 0;
}

const char *vmx_caps_msr_name(u32 msr)
{
	return in_range(msr) ? msr_names[msr - MSR_IA32_VMX_FIRST] : "?";
}

static bool read_one(struct vmx_caps *caps, u32 msr,
		     bool (*rdmsr)(u32 msr, u64 *value))
{
	u64 value = 0;
	u32 i = msr - MSR_IA32_VMX_FIRST;

	if (!rdmsr(msr, &value)) {
		return false;
	}
	caps->msr[i] = value;
	caps->present |= 1u << i;
	return true;
}

/* The high half of a control MSR that has been read: what may be 1. */
static bool announced(const struct vmx_caps *caps, u32 msr, u32 bits)
{
	return (vmx_caps_msr(caps, msr) >> 32 & bits) != 0;
}

int vmx_caps_read(struct vmx_caps *out, bool (*rdmsr)(u32 msr, u64 *value))
{
	*out = (struct vmx_caps){ 0 };

	for (u32 msr = MSR_IA32_VMX_BASIC; msr <= MSR_IA32_VMX_VMCS_ENUM;
	     msr++) {
		if (!read_one(out, msr, rdmsr)) {
			return ERR_UNSUPPORTED;
		}
	}
	if (vmx_caps_msr(out, MSR_IA32_VMX_BASIC) & VMX_BASIC_TRUE_CONTROLS) {
		read_one(out, MSR_IA32_VMX_TRUE_PINBASED_CTLS, rdmsr);
		read_one(out, MSR_IA32_VMX_TRUE_PROCBASED_CTLS, rdmsr);
		read_one(out, MSR_IA32_VMX_TRUE_EXIT_CTLS, rdmsr);
		read_one(out, MSR_IA32_VMX_TRUE_ENTRY_CTLS, rdmsr);
	}
	if (announced(out, MSR_IA32_VMX_PROCBASED_CTLS,
		      PROCBASED_ACTIVATE_SECONDARY_CONTROLS)) {
		read_one(out, MSR_IA32_VMX_PROCBASED_CTLS2, rdmsr);
	}
	if (announced(out, MSR_IA32_VMX_PROCBASED_CTLS2,
		      PROCBASED2_ENABLE_EPT | PROCBASED2_ENABLE_VPID)) {
		read_one(out, MSR_IA32_VMX_EPT_VPID_CAP, rdmsr);
	}
	if (announced(out, MSR_IA32_VMX_PROCBASED_CTLS2,
		      PROCBASED2_ENABLE_VM_FUNCTIONS)) {
		read_one(out, MSR_IA32_VMX_VMFUNC, rdmsr);
	}
	if (announced(out, MSR_IA32_VMX_PROCBASED_CTLS,
		      PROCBASED_ACTIVATE_TERTIARY_CONTROLS)) {
		read_one(out, MSR_IA32_VMX_PROCBASED_CTLS3, rdmsr);
	}
	if (announced(out, MSR_IA32_VMX_EXIT_CTLS,
		      VMEXIT_ACTIVATE_SECONDARY_CONTROLS)) {
		read_one(out, MSR_IA32_VMX_EXIT_CTLS2, rdmsr);
	}
	return 0;
}

static u64 basic(const struct vmx_caps *caps)
{
	return vmx_caps_msr(caps, MSR_IA32_VMX_BASIC);
}

u32 vmx_caps_revision(const struct vmx_caps *caps)
{
	return (u32)(basic(caps) & VMX_BASIC_REVISION);
}

u32 vmx_caps_region_bytes(const struct vmx_caps *caps)
{
	return (u32)(basic(caps) >> VMX_BASIC_SIZE_SHIFT & VMX_BASIC_SIZE_MASK);
}

u32 vmx_caps_memory_type(const struct vmx_caps *caps)
{
	return (u32)(basic(caps) >> VMX_BASIC_MEMORY_TYPE_SHIFT & 0xf);
}

bool vmx_caps_32bit_addresses(const struct vmx_caps *caps)
{
	return (basic(caps) & VMX_BASIC_32BIT_ADDRESSES) != 0;
}

bool vmx_caps_any_error_code(const struct vmx_caps *caps)
{
	return (basic(caps) & VMX_BASIC_ANY_ERROR_CODE) != 0;
}

static u64 misc(const struct vmx_caps *caps)
{
	return vmx_caps_msr(caps, MSR_IA32_VMX_MISC);
}

u32 vmx_caps_preemption_timer_shift(const struct vmx_caps *caps)
{
	return (u32)(misc(caps) & VMX_MISC_TIMER_SHIFT_MASK);
}

bool vmx_caps_has_activity(const struct vmx_caps *caps, u32 state)
{
	/* Bit 6 is for state 1 (HLT) and so on; active needs no bit. */
	return state == 0 || (state <= 3 && (misc(caps) >> (5 + state) & 1));
}

u32 vmx_caps_cr3_target_count(const struct vmx_caps *caps)
{
	return (u32)(misc(caps) >> VMX_MISC_CR3_TARGETS_SHIFT &
		     VMX_MISC_CR3_TARGETS_MASK);
}

u32 vmx_caps_msr_list_max(const struct vmx_caps *caps)
{
	u64 n = misc(caps) >> VMX_MISC_MSR_LIST_SHIFT & VMX_MISC_MSR_LIST_MASK;

	return (u32)(512 * (n + 1));
}

bool vmx_caps_has_injection_length_0(const struct vmx_caps *caps)
{
	return (misc(caps) & VMX_MISC_INJECTION_LENGTH_0) != 0;
}

u32 vmx_caps_highest_field_index(const struct vmx_caps *caps)
{
	return (u32)(vmx_caps_msr(caps, MSR_IA32_VMX_VMCS_ENUM) >> 1 & 0x1ff);
}

u32 vmx_caps_allowed_msr(const struct vmx_caps *caps,
			 enum vmx_control_word word)
{
	u32 true_msr = words[word].true_msr;

	return vmx_caps_present(caps, true_msr) ? true_msr : words[word].msr;
}

u64 vmx_caps_allowed(const struct vmx_caps *caps, enum vmx_control_word word)
{
	return words[word].wide
		       ? 0
		       : vmx_caps_msr(caps, vmx_caps_allowed_msr(caps, word));
}

u64 vmx_caps_must_be_1(const struct vmx_caps *caps, enum vmx_control_word word)
{
	return vmx_caps_allowed(caps, word) & 0xffffffff;
}

u64 vmx_caps_may_be_1(const struct vmx_caps *caps, enum vmx_control_word word)
{
	return words[word].wide ? vmx_caps_msr(caps, words[word].msr)
				: vmx_caps_allowed(caps, word) >> 32;
}

bool vmx_caps_may(const struct vmx_caps *caps, enum vmx_control_word word,
		  u64 bits)
{
	return (bits & ~vmx_caps_may_be_1(caps, word)) == 0;
}

bool vmx_caps_has_ept(const struct vmx_caps *caps)
{
	return vmx_caps_may(caps, VMX_WORD_PROCBASED2, PROCBASED2_ENABLE_EPT);
}

bool vmx_caps_has_unrestricted_guest(const struct vmx_caps *caps)
{
	return vmx_caps_may(caps, VMX_WORD_PROCBASED2,
			    PROCBASED2_UNRESTRICTED_GUEST |
				    PROCBASED2_ENABLE_EPT);
}

bool vmx_caps_has_vpid(const struct vmx_caps *caps)
{
	return vmx_caps_may(caps, VMX_WORD_PROCBASED2,
			    PROCBASED2_ENABLE_VPID) &&
	       (vmx_caps_has_invvpid_type(caps, 1) ||
		vmx_caps_has_invvpid_type(caps, 2));
}

bool vmx_caps_has_preemption_timer(const struct vmx_caps *caps)
{
	return vmx_caps_may(caps, VMX_WORD_PINBASED,
			    PINBASED_PREEMPTION_TIMER) &&
	       vmx_caps_may(caps, VMX_WORD_EXIT, VMEXIT_SAVE_PREEMPTION_TIMER);
}

bool vmx_caps_has_mtf(const struct vmx_caps *caps)
{
	return vmx_caps_may(caps, VMX_WORD_PROCBASED,
			    PROCBASED_MONITOR_TRAP_FLAG);
}

bool vmx_caps_has_efer_switch(const struct vmx_caps *caps)
{
	return vmx_caps_may(caps, VMX_WORD_ENTRY, VMENTRY_LOAD_EFER) &&
	       vmx_caps_may(caps, VMX_WORD_EXIT,
			    VMEXIT_SAVE_EFER | VMEXIT_LOAD_EFER);
}

static bool ept_cap(const struct vmx_caps *caps, u64 bits)
{
	return (bits & ~vmx_caps_msr(caps, MSR_IA32_VMX_EPT_VPID_CAP)) == 0;
}

bool vmx_caps_ept_walk_4(const struct vmx_caps *caps)
{
	return ept_cap(caps, EPT_CAP_WALK_4);
}

bool vmx_caps_can_use_ept(const struct vmx_caps *caps)
{
	return vmx_caps_has_ept(caps) && vmx_caps_ept_walk_4(caps) &&
	       (vmx_caps_has_invept_type(caps, 1) ||
		vmx_caps_has_invept_type(caps, 2));
}

bool vmx_caps_has_invept_type(const struct vmx_caps *caps, u64 type)
{
	/* Type 1 is single-context, bit 25; type 2 all-context, bit 26. */
	return (type == 1 || type == 2) &&
	       ept_cap(caps, EPT_CAP_INVEPT | BIT(24 + type));
}

bool vmx_caps_has_invvpid_type(const struct vmx_caps *caps, u64 type)
{
	/* Type 0 is bit 40, and so on. */
	return type <= 3 && ept_cap(caps, VPID_CAP_INVVPID | BIT(40 + type));
}

static u64 bad_bits(u64 value, u64 fixed0, u64 fixed1)
{
	return (~value & fixed0) | (value & ~fixed1);
}

u64 vmx_caps_bad_cr0(const struct vmx_caps *caps, u64 cr0)
{
	return bad_bits(cr0, vmx_caps_msr(caps, MSR_IA32_VMX_CR0_FIXED0),
			vmx_caps_msr(caps, MSR_IA32_VMX_CR0_FIXED1));
}

u64 vmx_caps_bad_cr4(const struct vmx_caps *caps, u64 cr4)
{
	return bad_bits(cr4, vmx_caps_msr(caps, MSR_IA32_VMX_CR4_FIXED0),
			vmx_caps_msr(caps, MSR_IA32_VMX_CR4_FIXED1));
}

u64 vmx_caps_bad_guest_cr0(const struct vmx_caps *caps, u64 cr0,
			   bool unrestricted)
{
	u64 fixed0 = vmx_caps_msr(caps, MSR_IA32_VMX_CR0_FIXED0);

	/* VM entry never looks at NW and CD. */
	fixed0 &= ~(CR0_NW | CR0_CD);
	if (unrestricted) {
		fixed0 &= ~(CR0_PE | CR0_PG);
	}
	return bad_bits(cr0, fixed0,
			vmx_caps_msr(caps, MSR_IA32_VMX_CR0_FIXED1) | CR0_NW |
				CR0_CD);
}

u64 vmx_caps_fix_cr0(const struct vmx_caps *caps, u64 cr0)
{
	return (cr0 | vmx_caps_msr(caps, MSR_IA32_VMX_CR0_FIXED0)) &
	       vmx_caps_msr(caps, MSR_IA32_VMX_CR0_FIXED1);
}

u64 vmx_caps_fix_cr4(const struct vmx_caps *caps, u64 cr4)
{
	return (cr4 | vmx_caps_msr(caps, MSR_IA32_VMX_CR4_FIXED0)) &
	       vmx_caps_msr(caps, MSR_IA32_VMX_CR4_FIXED1);
}

u32 vmx_caps_compare(const struct vmx_caps *a, const struct vmx_caps *b,
		     void (*emit)(void *ctx, const char *line), void *ctx)
{
	u32 differing = 0;

	for (u32 i = 0; i < VMX_CAPS_MSR_COUNT; i++) {
		u32 msr = MSR_IA32_VMX_FIRST + i;
		bool in_a = vmx_caps_present(a, msr);
		bool in_b = vmx_caps_present(b, msr);
		char line[80];

		if (in_a == in_b && a->msr[i] == b->msr[i]) {
			continue;
		}
		differing++;
		if (!emit) {
			continue;
		}
		if (in_a != in_b) {
			fmt_snprintf(line, sizeof(line), "%xh %s: %s, then %s",
				     msr, msr_names[i],
				     in_a ? "there" : "absent",
				     in_b ? "there" : "absent");
		} else {
			fmt_snprintf(line, sizeof(line),
				     "%xh %s: %016llx, then %016llx", msr,
				     msr_names[i],
				     (unsigned long long)a->msr[i],
				     (unsigned long long)b->msr[i]);
		}
		emit(ctx, line);
	}
	return differing;
}
