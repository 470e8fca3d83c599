/*
 * Turns a core's VMX capability MSRs into lines of text. Pure: the lines go to
 * the caller's function, which knows where a person reads them.
 */
/* build: pure */
#include "vmm/vmx/vmx_cap_describe.h"

#include "arch/register_names.h"
#include "lib/fmt.h"
#include "lib/str.h"
#include "lib/string.h"
#include "vmm/vmx/vmx_cap_bits.h"

#define COLUMNS 79
#define INDENT "    "
/* The longest text before it is broken into lines. */
#define TEXT_MAX 400

struct output {
	void (*emit)(void *ctx, const char *line);
	void *ctx;
};

/* Emits text indented once, and once more where it runs on. */
static void emit_wrapped(const struct output *out, const char *text)
{
	const char *indent = INDENT;

	while (*text != '\0') {
		char line[COLUMNS + 1];
		size_t room = COLUMNS - strlen(indent);
		size_t take = str_nlen(text, room + 1);

		if (take > room) {
			take = room;
			while (take > 0 && text[take] != ' ') {
				take--;
			}
			if (take == 0) {
				take = room; /* one word longer than a line */
			}
		}
		fmt_snprintf(line, sizeof(line), "%s%.*s", indent, (int)take,
			     text);
		out->emit(out->ctx, line);
		text += take;
		while (*text == ' ') {
			text++;
		}
		indent = INDENT INDENT;
	}
}

static void emit_setting(const struct output *out, const char *setting,
			 const char *name)
{
	char line[COLUMNS + 1];

	fmt_snprintf(line, sizeof(line), INDENT "%-9s  %s", setting, name);
	out->emit(out->ctx, line);
}

static void emit_unnamed(const struct output *out, const char *setting,
			 u64 bits)
{
	char name[40];

	if (bits == 0) {
		return;
	}
	fmt_snprintf(name, sizeof(name), "reserved bits %08llx",
		     (unsigned long long)bits);
	emit_setting(out, setting, name);
}

/* Each bit of a control word and what it may be. */
static void describe_controls(const struct output *out,
			      enum vmx_control_word word, u64 must_be_1,
			      u64 may_be_1)
{
	size_t count;
	const struct vmx_cap_bit *bits = vmx_cap_bits_word(word, &count);
	u64 named = 0;

	for (size_t i = 0; i < count; i++) {
		const char *setting = "must-be-0";

		if (must_be_1 & bits[i].mask) {
			setting = "must-be-1";
		} else if (may_be_1 & bits[i].mask) {
			setting = "may-be-1";
		}
		emit_setting(out, setting, bits[i].name);
		named |= bits[i].mask;
	}
	emit_unnamed(out, "must-be-1", must_be_1 & ~named);
	emit_unnamed(out, "may-be-1", may_be_1 & ~must_be_1 & ~named);
}

/* The one-bit properties of an MSR that is no control word's. */
static void describe_properties(const struct output *out, u32 msr, u64 value)
{
	size_t count;
	const struct vmx_cap_bit *bits = vmx_cap_bits_msr(msr, &count);

	for (size_t i = 0; i < count; i++) {
		char line[COLUMNS + 1];

		fmt_snprintf(line, sizeof(line), INDENT "%-3s  %s",
			     value & bits[i].mask ? "yes" : "no", bits[i].name);
		out->emit(out->ctx, line);
	}
}

static const char *memory_type_name(u32 type)
{
	switch (type) {
	case MEMORY_TYPE_UC:
		return "UC";
	case MEMORY_TYPE_WB:
		return "WB";
	default:
		return "reserved";
	}
}

static void describe_basic(const struct output *out,
			   const struct vmx_caps *caps)
{
	char text[TEXT_MAX];

	fmt_snprintf(text, sizeof(text),
		     "revision %08x, regions of %u bytes, memory type %s",
		     vmx_caps_revision(caps), vmx_caps_region_bytes(caps),
		     memory_type_name(vmx_caps_memory_type(caps)));
	emit_wrapped(out, text);
}

static void describe_misc(const struct output *out, const struct vmx_caps *caps)
{
	u32 ticks = 1u << vmx_caps_preemption_timer_shift(caps);
	char text[TEXT_MAX];

	fmt_snprintf(text, sizeof(text),
		     "preemption timer counts once in %u TSC tick%s, "
		     "%u CR3-target values, MSR lists of up to %u entries, "
		     "MSEG revision %08x",
		     ticks, ticks == 1 ? "" : "s",
		     vmx_caps_cr3_target_count(caps),
		     vmx_caps_msr_list_max(caps),
		     (u32)(vmx_caps_msr(caps, MSR_IA32_VMX_MISC) >> 32));
	emit_wrapped(out, text);
}

/* "CR0 must be 1: PE NE PG"; bits without a name are left out. */
static void describe_fixed(const struct output *out, const char *what,
			   const char *const names[32], u64 value)
{
	char text[TEXT_MAX];
	size_t at = str_copy(text, sizeof(text), what);

	for (u32 i = 0; i < 32; i++) {
		if ((value >> i & 1) && names[i]) {
			at += (size_t)fmt_snprintf(text + at, sizeof(text) - at,
						   " %s", names[i]);
		}
	}
	emit_wrapped(out, text);
}

static void describe_halves(const struct output *out,
			    enum vmx_control_word word, u64 value)
{
	describe_controls(out, word, value & 0xffffffff, value >> 32);
}

static void describe_enum(const struct output *out, const struct vmx_caps *caps)
{
	char text[TEXT_MAX];

	fmt_snprintf(text, sizeof(text), "highest field index %u",
		     vmx_caps_highest_field_index(caps));
	emit_wrapped(out, text);
}

static void describe_msr(const struct output *out, const struct vmx_caps *caps,
			 u32 msr)
{
	u64 value = vmx_caps_msr(caps, msr);

	switch (msr) {
	case MSR_IA32_VMX_BASIC:
		describe_basic(out, caps);
		break;
	case MSR_IA32_VMX_MISC:
		describe_misc(out, caps);
		break;
	case MSR_IA32_VMX_PINBASED_CTLS:
	case MSR_IA32_VMX_TRUE_PINBASED_CTLS:
		describe_halves(out, VMX_WORD_PINBASED, value);
		break;
	case MSR_IA32_VMX_PROCBASED_CTLS:
	case MSR_IA32_VMX_TRUE_PROCBASED_CTLS:
		describe_halves(out, VMX_WORD_PROCBASED, value);
		break;
	case MSR_IA32_VMX_EXIT_CTLS:
	case MSR_IA32_VMX_TRUE_EXIT_CTLS:
		describe_halves(out, VMX_WORD_EXIT, value);
		break;
	case MSR_IA32_VMX_ENTRY_CTLS:
	case MSR_IA32_VMX_TRUE_ENTRY_CTLS:
		describe_halves(out, VMX_WORD_ENTRY, value);
		break;
	case MSR_IA32_VMX_PROCBASED_CTLS2:
		describe_halves(out, VMX_WORD_PROCBASED2, value);
		break;
	case MSR_IA32_VMX_CR0_FIXED0:
		describe_fixed(out, "must be 1 in CR0:", cr0_bit_names, value);
		break;
	case MSR_IA32_VMX_CR0_FIXED1:
		describe_fixed(out, "may be 1 in CR0:", cr0_bit_names, value);
		break;
	case MSR_IA32_VMX_CR4_FIXED0:
		describe_fixed(out, "must be 1 in CR4:", cr4_bit_names, value);
		break;
	case MSR_IA32_VMX_CR4_FIXED1:
		describe_fixed(out, "may be 1 in CR4:", cr4_bit_names, value);
		break;
	case MSR_IA32_VMX_VMCS_ENUM:
		describe_enum(out, caps);
		break;
	case MSR_IA32_VMX_VMFUNC:
		describe_controls(out, VMX_WORD_VMFUNC, 0, value);
		break;
	case MSR_IA32_VMX_PROCBASED_CTLS3:
		describe_controls(out, VMX_WORD_PROCBASED3, 0, value);
		break;
	case MSR_IA32_VMX_EXIT_CTLS2:
		describe_controls(out, VMX_WORD_EXIT2, 0, value);
		break;
	default:
		break;
	}
	describe_properties(out, msr, value);
}

/* Emits the rows of one table that are not in `have` and cost something. */
static u32 missing_bits(const struct output *out,
			const struct vmx_cap_bit *bits, size_t count, u64 have,
			u32 msr)
{
	u32 missing = 0;

	for (size_t i = 0; i < count; i++) {
		char text[TEXT_MAX];

		if ((have & bits[i].mask) || !bits[i].cost) {
			continue;
		}
		fmt_snprintf(text, sizeof(text), "%s (%xh): %s", bits[i].name,
			     msr, bits[i].cost);
		emit_wrapped(out, text);
		missing++;
	}
	return missing;
}

/* The closing "missing:" part. */
static void describe_missing(const struct vmx_caps *caps,
			     void (*emit)(void *ctx, const char *line),
			     void *ctx)
{
	static const u32 msrs[] = { MSR_IA32_VMX_BASIC, MSR_IA32_VMX_MISC,
				    MSR_IA32_VMX_EPT_VPID_CAP };
	struct output out = { emit, ctx };
	u32 missing = 0;

	emit(ctx, "missing:");
	for (u32 word = 0; word < VMX_WORD_COUNT; word++) {
		size_t count;
		const struct vmx_cap_bit *bits =
			vmx_cap_bits_word((enum vmx_control_word)word, &count);

		missing += missing_bits(
			&out, bits, count,
			vmx_caps_may_be_1(caps, (enum vmx_control_word)word),
			vmx_caps_allowed_msr(caps,
					     (enum vmx_control_word)word));
	}
	for (size_t i = 0; i < ARRAY_SIZE(msrs); i++) {
		size_t count;
		const struct vmx_cap_bit *bits =
			vmx_cap_bits_msr(msrs[i], &count);

		/* Without EPT, what it lacks is nobody's loss. */
		if (msrs[i] == MSR_IA32_VMX_EPT_VPID_CAP &&
		    !vmx_caps_has_ept(caps)) {
			continue;
		}
		missing += missing_bits(&out, bits, count,
					vmx_caps_msr(caps, msrs[i]), msrs[i]);
	}
	if (missing == 0) {
		emit_wrapped(&out, "nothing that is of use here");
	}
}

void vmx_cap_describe(const struct vmx_caps *caps,
		      void (*emit)(void *ctx, const char *line), void *ctx)
{
	struct output out = { emit, ctx };

	for (u32 msr = MSR_IA32_VMX_FIRST; msr <= MSR_IA32_VMX_LAST; msr++) {
		char line[COLUMNS + 1];

		if (!vmx_caps_present(caps, msr)) {
			fmt_snprintf(line, sizeof(line), "%xh %-23s  absent",
				     msr, vmx_caps_msr_name(msr));
			emit(ctx, line);
			continue;
		}
		fmt_snprintf(line, sizeof(line), "%xh %-23s  %016llx", msr,
			     vmx_caps_msr_name(msr),
			     (unsigned long long)vmx_caps_msr(caps, msr));
		emit(ctx, line);
		describe_msr(&out, caps, msr);
	}
	describe_missing(caps, emit, ctx);
}
