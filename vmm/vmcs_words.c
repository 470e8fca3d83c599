/* Each kind of field has a function that writes its words. */
/* build: pure */
#include "vmm/vmcs_words.h"

#include "arch/register_names.h"
#include "lib/fmt.h"
#include "vmm/guest_rights.h"
#include "vmm/vmx/exit_reasons.h"
#include "vmm/vmx/vmcs_fields.h"
#include "vmm/vmx/vmx_cap_bits.h"

/* Words, with blanks between, into a buffer that may be too small. */
struct words {
	char *buf;
	size_t size;
	size_t length; /* wanted so far */
};

static void add(struct words *w, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
static void add(struct words *w, const char *fmt, ...)
{
	size_t at = MIN(w->length, w->size);
	va_list list;

	if (w->length != 0) {
		w->length +=
			(size_t)fmt_snprintf(w->buf + at, w->size - at, " ");
		at = MIN(w->length, w->size);
	}
	va_start(list, fmt);
	w->length +=
		(size_t)fmt_vsnprintf(w->buf + at, w->size - at, fmt, list);
	va_end(list);
}

/* Of the register's 32 lower bits, highest first. */
static void add_bits(struct words *w, const char *const *names, u64 value)
{
	for (u32 bit = 32; bit-- > 0;) {
		/* IOPL has two bits and one name. */
		bool again = bit != 31 && names[bit] != NULL &&
			     names[bit] == names[bit + 1] &&
			     (value >> (bit + 1) & 1);

		if ((value >> bit & 1) && names[bit] != NULL && !again) {
			add(w, "%s", names[bit]);
		}
	}
}

static void add_controls(struct words *w, enum vmx_control_word word, u64 value)
{
	size_t count;
	const struct vmx_cap_bit *bits = vmx_cap_bits_word(word, &count);

	for (size_t i = 0; i < count; i++) {
		if (bits[i].mask & value) {
			add(w, "%s%s", w->length == 0 ? "" : "| ",
			    bits[i].name);
		}
	}
}

static void add_rights(struct words *w, u32 rights)
{
	u32 dpl = (rights & RIGHTS_DPL) >> RIGHTS_DPL_SHIFT;

	if (rights & RIGHTS_UNUSABLE) {
		add(w, "unusable");
		return;
	}
	if (!(rights & RIGHTS_S)) {
		add(w, "system type %x", rights & RIGHTS_TYPE);
	} else if (rights & RIGHTS_CODE) {
		add(w, "code%s%s", rights & RIGHTS_WRITABLE ? " readable" : "",
		    rights & RIGHTS_EXPAND_DOWN ? " conforming" : "");
	} else {
		add(w, "data%s%s", rights & RIGHTS_WRITABLE ? " writable" : "",
		    rights & RIGHTS_EXPAND_DOWN ? " expand-down" : "");
	}
	if ((rights & RIGHTS_S) && (rights & RIGHTS_ACCESSED)) {
		add(w, "accessed");
	}
	add(w, "DPL=%u", dpl);
	add(w, "%s", rights & RIGHTS_P ? "present" : "not present");
	if (rights & RIGHTS_L) {
		add(w, "64-bit");
	}
	if (rights & RIGHTS_DB) {
		add(w, "32-bit");
	}
	if (rights & RIGHTS_G) {
		add(w, "4-KiB limit");
	}
}

static void add_interruptibility(struct words *w, u64 value)
{
	static const struct {
		u32 bit;
		const char *name;
	} names[] = {
		{ INTERRUPTIBILITY_STI, "STI" },
		{ INTERRUPTIBILITY_MOV_SS, "MOV-SS" },
		{ INTERRUPTIBILITY_SMI, "SMI" },
		{ INTERRUPTIBILITY_NMI, "NMI" },
		{ INTERRUPTIBILITY_ENCLAVE, "enclave" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (value & names[i].bit) {
			add(w, "blocking-by-%s", names[i].name);
		}
	}
}

static void add_pending_debug(struct words *w, u64 value)
{
	for (u32 i = 0; i < 4; i++) {
		if (value >> i & 1) {
			add(w, "B%u", i);
		}
	}
	if (value & PENDING_DEBUG_ENABLED_BREAKPOINT) {
		add(w, "enabled-breakpoint");
	}
	if (value & PENDING_DEBUG_BS) {
		add(w, "BS");
	}
	if (value & PENDING_DEBUG_RTM) {
		add(w, "RTM");
	}
}

static void add_exceptions(struct words *w, u64 bitmap)
{
	for (u32 vector = 0; vector < 32; vector++) {
		if (bitmap >> vector & 1) {
			add(w, "%s", exception_name(vector));
		}
	}
}

static void add_event(struct words *w, u64 info)
{
	char text[80];

	interruption_info_format((u32)info, text, sizeof(text));
	add(w, "%s", text);
}

static void add_qualification(struct words *w, u32 exit_reason, u64 value)
{
	char text[100] = "";

	if (exit_reason_has_qualification(exit_reason)) {
		exit_qualification_format(exit_reason, value, text,
					  sizeof(text));
	}
	if (text[0] != '\0') {
		add(w, "%s", text);
	}
}

static bool is_rights(u32 field)
{
	return field >= VMCS_GUEST_ES_ACCESS_RIGHTS &&
	       field <= VMCS_GUEST_TR_ACCESS_RIGHTS;
}

/* The fields of bits that have names: of a register, or of control words. */
static const struct {
	u32 field;
	const char *const *names;
} registers[] = {
	{ VMCS_GUEST_CR0, cr0_bit_names },
	{ VMCS_HOST_CR0, cr0_bit_names },
	{ VMCS_CR0_GUEST_HOST_MASK, cr0_bit_names },
	{ VMCS_CR0_READ_SHADOW, cr0_bit_names },
	{ VMCS_GUEST_CR4, cr4_bit_names },
	{ VMCS_HOST_CR4, cr4_bit_names },
	{ VMCS_CR4_GUEST_HOST_MASK, cr4_bit_names },
	{ VMCS_CR4_READ_SHADOW, cr4_bit_names },
	{ VMCS_GUEST_RFLAGS, rflags_bit_names },
};

static const struct {
	u32 field;
	enum vmx_control_word word;
} controls[] = {
	{ VMCS_PINBASED_CONTROLS, VMX_WORD_PINBASED },
	{ VMCS_PROCBASED_CONTROLS, VMX_WORD_PROCBASED },
	{ VMCS_SECONDARY_PROCBASED_CONTROLS, VMX_WORD_PROCBASED2 },
	{ VMCS_TERTIARY_PROCBASED_CONTROLS, VMX_WORD_PROCBASED3 },
	{ VMCS_VM_EXIT_CONTROLS, VMX_WORD_EXIT },
	{ VMCS_SECONDARY_VM_EXIT_CONTROLS, VMX_WORD_EXIT2 },
	{ VMCS_VM_ENTRY_CONTROLS, VMX_WORD_ENTRY },
	{ VMCS_VM_FUNCTION_CONTROLS, VMX_WORD_VMFUNC },
};

static void add_named_bits(struct words *w, u32 field, u64 value)
{
	for (size_t i = 0; i < ARRAY_SIZE(registers); i++) {
		if (registers[i].field == field) {
			add_bits(w, registers[i].names, value);
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(controls); i++) {
		if (controls[i].field == field) {
			add_controls(w, controls[i].word, value);
		}
	}
}

size_t vmcs_field_words(u32 field, u64 value, u32 exit_reason, char *buf,
			size_t size)
{
	struct words w = { .buf = buf, .size = size };

	if (size != 0) {
		buf[0] = '\0';
	}
	if (is_rights(field)) {
		add_rights(&w, (u32)value);
		return w.length;
	}
	switch (field) {
	case VMCS_EXCEPTION_BITMAP:
		add_exceptions(&w, value);
		break;
	case VMCS_VM_ENTRY_INTERRUPTION_INFO:
	case VMCS_VM_EXIT_INTERRUPTION_INFO:
	case VMCS_IDT_VECTORING_INFO:
		add_event(&w, value);
		break;
	case VMCS_GUEST_INTERRUPTIBILITY_STATE:
		add_interruptibility(&w, value);
		break;
	case VMCS_GUEST_ACTIVITY_STATE:
		add(&w, "%s", activity_state_name((u32)value));
		break;
	case VMCS_GUEST_PENDING_DEBUG_EXCEPTIONS:
		add_pending_debug(&w, value);
		break;
	case VMCS_EXIT_REASON:
		add(&w, "%s", exit_reason_name((u32)value));
		break;
	case VMCS_EXIT_QUALIFICATION:
		add_qualification(&w, exit_reason, value);
		break;
	default:
		add_named_bits(&w, field, value);
		break;
	}
	return w.length;
}
