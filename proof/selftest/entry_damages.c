/* Applies damages; the lists are in two other files. Pure. */
/* build: pure */
#include "proof/selftest/entry_damages.h"

#include "proof/selftest/entry_damage_rows.h"

const struct entry_damage *entry_damage_nth(size_t i)
{
	if (i < entry_damages_host_count) {
		return &entry_damages_host[i];
	}
	i -= entry_damages_host_count;
	return i < entry_damages_guest_count ? &entry_damages_guest[i] : NULL;
}

const char *entry_difference_text(enum entry_difference difference)
{
	static const char *const texts[ENTRY_DIFFERENCES] = {
		[DIFFERS_NOT] = "",
		[DIFFERS_POSTED] =
			"posted interrupts are judged under the TPR shadow only",
		[DIFFERS_EXIT2_HIGH] =
			"bits 63:32 of secondary VM-exit controls are not judged",
		[DIFFERS_ERROR_CODE] =
			"with VMX_BASIC bit 56 the error-code flag is not judged",
		[DIFFERS_PERF_GLOBAL] = "IA32_PERF_GLOBAL_CTRL is not judged",
		[DIFFERS_PKRS] = "bits 63:32 of IA32_PKRS are not judged",
		[DIFFERS_DEBUGCTL] = "reserved bits of DEBUGCTL are not judged",
		[DIFFERS_RIP] = "a 64-bit guest's RIP is not judged",
		[DIFFERS_SS] = "a null SS of a 64-bit guest is not judged",
		[DIFFERS_PENDING_HIGH] =
			"bits 63:32 of pending debug exceptions are ignored",
		[DIFFERS_STEP] = "a pending single step is not judged",
		[DIFFERS_HLT_EVENT] = "HLT is left by any injected event",
		[DIFFERS_VIRTUAL_NMI] =
			"a virtual NMI is injected though blocked",
		[DIFFERS_STI_NMI] =
			"an NMI under blocking by STI gives qualification 0, not 3",
		[DIFFERS_KVM_TSC_MULTIPLIER] =
			"a TSC multiplier of 0 is not judged",
		[DIFFERS_KVM_V86_HLT] = "the HLT state is not judged by SS.DPL",
		[DIFFERS_KVM_ACTIVITY] =
			"an activity state is not judged by blocking and injection",
	};

	return texts[difference];
}

enum entry_difference entry_damage_difference(const struct entry_damage *damage,
					      bool under_kvm)
{
	return under_kvm && damage->differs_kvm != DIFFERS_NOT
		       ? damage->differs_kvm
		       : damage->differs;
}

bool entry_damage_fits(const struct entry_damage *damage, enum entry_kind kind,
		       const struct vmx_caps *caps)
{
	return (damage->kinds >> kind & 1) != 0 &&
	       vmx_caps_may(caps, damage->needs_word, damage->needs) &&
	       vmx_caps_may(caps, VMX_WORD_VMFUNC, damage->needs_vmfunc);
}

static u64 damaged(const struct entry_damage_write *write, u64 old, u64 page)
{
	u64 value = (u64)write->value << write->shift;

	switch ((enum entry_damage_op)write->op) {
	case ENTRY_SET:
		return value;
	case ENTRY_OR:
		return old | value;
	case ENTRY_CLEAR:
		return old & ~value;
	case ENTRY_PAGE:
		return page + value;
	}
	return old;
}

enum entry_damage_result
entry_damage_do(const struct entry_damage *damage, u32 time, u64 page,
		u64 (*read)(void *ctx, enum vmcs_field field),
		bool (*write)(void *ctx, enum vmcs_field field, u64 value),
		void *ctx)
{
	for (u32 i = 0; i < ENTRY_DAMAGE_WRITES; i++) {
		const struct entry_damage_write *w = &damage->writes[i];
		enum vmcs_field field = w->field + (i == 0 ? 2 * time : 0);
		u64 value;

		if (i > 0 && w->field == 0) {
			break;
		}
		value = damaged(w, read(ctx, field), page);
		if (!write(ctx, field, value)) {
			return ENTRY_DAMAGE_NO_FIELD;
		}
		if (read(ctx, field) != value) {
			return ENTRY_DAMAGE_DROPPED;
		}
	}
	return ENTRY_DAMAGE_DONE;
}
