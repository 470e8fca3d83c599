/*
 * The checks on the guest's segment registers (SDM volume 3, "Checks on Guest
 * Segment Registers"). Pure. The eight fields of a kind are in the order of the
 * registers' numbers, by which a register is named here.
 */
/* build: pure */
#include "arch/register_numbers.h"
#include "arch/x86.h"
#include "vmm/vmx/check/vmcs_check_rules.h"
#include "vmm/vmx/check/vmcs_check_tables.h"
#include "vmm/guest_rights.h"

#define SELECTOR_RPL 0x3u
#define SELECTOR_TI 0x4u
#define SEGMENT_LIMIT_V86 0xffffu
#define TYPE_DATA_WRITABLE 3u /* accessed, as in real mode */
#define TYPE_STACK_EXPAND_DOWN 7u
#define TYPE_CODE_CONFORMING 13u /* and 15 */
#define TYPE_LDT 2u
#define TYPE_TSS_16_BUSY 3u
#define TYPE_TSS_BUSY 11u
#define TYPE_CODE_LAST_WITH_DPL 11u

static enum segment segment_of(u32 field)
{
	u32 first = VMCS_GUEST_ES_SELECTOR;

	if (field >= VMCS_GUEST_ES_BASE) {
		first = VMCS_GUEST_ES_BASE;
	} else if (field >= VMCS_GUEST_ES_ACCESS_RIGHTS) {
		first = VMCS_GUEST_ES_ACCESS_RIGHTS;
	} else if (field >= VMCS_GUEST_ES_LIMIT) {
		first = VMCS_GUEST_ES_LIMIT;
	}
	return (enum segment)((field - first) / 2);
}

static u32 selector(const struct vmcs_state *s, enum segment segment)
{
	return (u32)get(s, VMCS_GUEST_ES_SELECTOR + 2u * segment);
}

static u32 rights(const struct vmcs_state *s, enum segment segment)
{
	return (u32)get(s, VMCS_GUEST_ES_ACCESS_RIGHTS + 2u * segment);
}

static u32 dpl(u32 rights)
{
	return (rights & RIGHTS_DPL) >> RIGHTS_DPL_SHIFT;
}

/* Whether the register is checked: CS and TR are, even if marked unusable. */
static bool judged(const struct vmcs_state *s, enum segment segment)
{
	if (segment == SEGMENT_TR) {
		return true;
	}
	if (segment == SEGMENT_LDTR) {
		return (rights(s, SEGMENT_LDTR) & RIGHTS_UNUSABLE) == 0;
	}
	return !s->v86 && (segment == SEGMENT_CS ||
			   (rights(s, segment) & RIGHTS_UNUSABLE) == 0);
}

static u64 table_indicator(const struct vmcs_state *s, u32 field)
{
	return judged(s, segment_of(field)) ? get(s, field) & SELECTOR_TI : 0;
}

static u64 ss_rpl(const struct vmcs_state *s, u32 field)
{
	return s->v86 || s->unrestricted
		       ? 0
		       : (get(s, field) ^ selector(s, SEGMENT_CS)) &
				 SELECTOR_RPL;
}

static u64 v86_base(const struct vmcs_state *s, u32 field)
{
	u64 want = (u64)selector(s, segment_of(field)) << 4;

	return s->v86 ? get(s, field) ^ want : 0;
}

static u64 v86_limit(const struct vmcs_state *s, u32 field)
{
	return s->v86 ? get(s, field) ^ SEGMENT_LIMIT_V86 : 0;
}

static u64 v86_rights(const struct vmcs_state *s, u32 field)
{
	return s->v86 ? get(s, field) ^ RIGHTS_V86 : 0;
}

/*
 * The base must be canonical: of FS, GS and TR always, of LDTR if it is usable.
 */
static u64 base_64(const struct vmcs_state *s, u32 field)
{
	return segment_of(field) != SEGMENT_LDTR || judged(s, SEGMENT_LDTR)
		       ? vmcs_rule_canonical(s, field)
		       : 0;
}

static u64 base_32(const struct vmcs_state *s, u32 field)
{
	return judged(s, segment_of(field)) ? vmcs_rule_low_32(s, field) : 0;
}

static u64 cs_type(const struct vmcs_state *s, u32 field)
{
	u32 type = s->cs_rights & RIGHTS_TYPE;
	bool code = (type & (RIGHTS_CODE | RIGHTS_ACCESSED)) ==
		    (RIGHTS_CODE | RIGHTS_ACCESSED);

	(void)field;
	return s->v86 || code || (s->unrestricted && type == TYPE_DATA_WRITABLE)
		       ? 0
		       : RIGHTS_TYPE;
}

static u64 ss_type(const struct vmcs_state *s, u32 field)
{
	u32 type = s->ss_rights & RIGHTS_TYPE;

	(void)field;
	return judged(s, SEGMENT_SS) && type != TYPE_DATA_WRITABLE &&
			       type != TYPE_STACK_EXPAND_DOWN
		       ? RIGHTS_TYPE
		       : 0;
}

static bool is_data_register(enum segment segment)
{
	return segment != SEGMENT_CS && segment != SEGMENT_SS;
}

static u64 data_type(const struct vmcs_state *s, u32 field)
{
	enum segment segment = segment_of(field);
	u64 value = get(s, field);

	if (!is_data_register(segment) || !judged(s, segment)) {
		return 0;
	}
	return (~value & RIGHTS_ACCESSED) |
	       ((value & RIGHTS_CODE) != 0 ? ~value & RIGHTS_WRITABLE : 0);
}

static u64 code_or_data(const struct vmcs_state *s, u32 field)
{
	return judged(s, segment_of(field)) ? ~get(s, field) & RIGHTS_S : 0;
}

static u64 present(const struct vmcs_state *s, u32 field)
{
	return judged(s, segment_of(field)) ? ~get(s, field) & RIGHTS_P : 0;
}

static u64 reserved(const struct vmcs_state *s, u32 field)
{
	return judged(s, segment_of(field)) ? get(s, field) & RIGHTS_RESERVED
					    : 0;
}

static u64 granularity(const struct vmcs_state *s, u32 field)
{
	enum segment segment = segment_of(field);
	u64 limit = get(s, VMCS_GUEST_ES_LIMIT + 2u * segment);
	bool pages = (get(s, field) & RIGHTS_G) != 0;

	if (!judged(s, segment)) {
		return 0;
	}
	return (pages && (limit & 0xfff) != 0xfff) ||
			       (!pages && (limit & 0xfff00000) != 0)
		       ? RIGHTS_G
		       : 0;
}

static u64 cs_dpl(const struct vmcs_state *s, u32 field)
{
	u32 type = s->cs_rights & RIGHTS_TYPE;
	u32 level = dpl(s->cs_rights);
	u32 stack = dpl(s->ss_rights);
	bool right;

	(void)field;
	if (s->v86 || cs_type(s, field) != 0) {
		return 0;
	}
	if (type == TYPE_DATA_WRITABLE) {
		right = level == 0;
	} else if (type >= TYPE_CODE_CONFORMING) {
		right = level <= stack;
	} else {
		right = level == stack;
	}
	return right ? 0 : RIGHTS_DPL;
}

/* Checked even if SS is unusable. */
static u64 ss_dpl(const struct vmcs_state *s, u32 field)
{
	u32 level = dpl(s->ss_rights);

	(void)field;
	if (s->v86) {
		return 0;
	}
	if (!s->unrestricted) {
		return level == (selector(s, SEGMENT_SS) & SELECTOR_RPL)
			       ? 0
			       : RIGHTS_DPL;
	}
	return ((s->cr0 & CR0_PE) == 0 ||
		(s->cs_rights & RIGHTS_TYPE) == TYPE_DATA_WRITABLE) &&
			       level != 0
		       ? RIGHTS_DPL
		       : 0;
}

static u64 data_dpl(const struct vmcs_state *s, u32 field)
{
	enum segment segment = segment_of(field);
	u32 value = (u32)get(s, field);

	if (!is_data_register(segment) || !judged(s, segment) ||
	    s->unrestricted ||
	    (value & RIGHTS_TYPE) > TYPE_CODE_LAST_WITH_DPL) {
		return 0;
	}
	return dpl(value) < (selector(s, segment) & SELECTOR_RPL) ? RIGHTS_DPL
								  : 0;
}

static u64 cs_default_size(const struct vmcs_state *s, u32 field)
{
	(void)field;
	return (s->cs_rights & RIGHTS_L) != 0 ? s->cs_rights & RIGHTS_DB : 0;
}

static u64 tr_type(const struct vmcs_state *s, u32 field)
{
	u64 type = get(s, field) & RIGHTS_TYPE;

	return type == TYPE_TSS_BUSY || (type == TYPE_TSS_16_BUSY && !s->ia32e)
		       ? 0
		       : RIGHTS_TYPE;
}

static u64 ldtr_type(const struct vmcs_state *s, u32 field)
{
	return judged(s, SEGMENT_LDTR) &&
			       (get(s, field) & RIGHTS_TYPE) != TYPE_LDT
		       ? RIGHTS_TYPE
		       : 0;
}

static u64 system_segment(const struct vmcs_state *s, u32 field)
{
	return judged(s, segment_of(field)) ? get(s, field) & RIGHTS_S : 0;
}

static u64 tr_usable(const struct vmcs_state *s, u32 field)
{
	return get(s, field) & RIGHTS_UNUSABLE;
}

static const struct vmcs_check checks[] = {
	CHECK_EACH(GUEST, "LDTR and TR selectors", table_indicator,
		   GUEST_LDTR_SELECTOR, 2, "TI is 0"),
	CHECK(GUEST, "SS selector", ss_rpl, GUEST_SS_SELECTOR,
	      "the RPL of CS, but for unrestricted guests"),
	CHECK_EACH(GUEST, "V86 bases", v86_base, GUEST_ES_BASE, 6,
		   "the selector times 16 in virtual-8086 mode"),
	CHECK_EACH(GUEST, "V86 limits", v86_limit, GUEST_ES_LIMIT, 6,
		   "FFFFh in virtual-8086 mode"),
	CHECK_EACH(GUEST, "V86 rights", v86_rights, GUEST_ES_ACCESS_RIGHTS, 6,
		   "F3h in virtual-8086 mode"),
	CHECK_EACH(GUEST, "64-bit bases", base_64, GUEST_FS_BASE, 4,
		   "canonical"),
	CHECK_EACH(GUEST, "32-bit bases", base_32, GUEST_ES_BASE, 4,
		   "bits 63:32 are 0"),
	CHECK(GUEST, "CS type", cs_type, GUEST_CS_ACCESS_RIGHTS,
	      "accessed code; or writable data in an unrestricted guest"),
	CHECK(GUEST, "SS type", ss_type, GUEST_SS_ACCESS_RIGHTS,
	      "writable accessed data"),
	CHECK_EACH(GUEST, "data segment types", data_type,
		   GUEST_ES_ACCESS_RIGHTS, 6, "accessed, and readable if code"),
	CHECK_EACH(GUEST, "code and data segments", code_or_data,
		   GUEST_ES_ACCESS_RIGHTS, 6, "S is 1"),
	CHECK_EACH(GUEST, "segments present", present, GUEST_ES_ACCESS_RIGHTS,
		   8, "P is 1"),
	CHECK_EACH(GUEST, "segment reserved bits", reserved,
		   GUEST_ES_ACCESS_RIGHTS, 8, "no reserved bit"),
	CHECK_EACH(GUEST, "segment granularity", granularity,
		   GUEST_ES_ACCESS_RIGHTS, 8, "G as the limit needs it"),
	CHECK(GUEST, "CS DPL", cs_dpl, GUEST_CS_ACCESS_RIGHTS,
	      "that of SS; below it if conforming; 0 for data"),
	CHECK(GUEST, "SS DPL", ss_dpl, GUEST_SS_ACCESS_RIGHTS,
	      "its RPL; in an unrestricted guest 0 in real mode"),
	CHECK_EACH(GUEST, "data segment DPLs", data_dpl, GUEST_ES_ACCESS_RIGHTS,
		   6, "not below RPL, but for unrestricted guests"),
	CHECK_WHEN(GUEST, ENTRY, VMENTRY_IA32E_MODE_GUEST, "CS default size",
		   cs_default_size, GUEST_CS_ACCESS_RIGHTS,
		   "D is 0 in 64-bit code"),
	CHECK(GUEST, "TR type", tr_type, GUEST_TR_ACCESS_RIGHTS,
	      "a busy TSS, of 64 bits for a 64-bit guest"),
	CHECK(GUEST, "LDTR type", ldtr_type, GUEST_LDTR_ACCESS_RIGHTS, "LDT"),
	CHECK_EACH(GUEST, "system segments", system_segment,
		   GUEST_LDTR_ACCESS_RIGHTS, 2, "S is 0"),
	CHECK(GUEST, "TR usable", tr_usable, GUEST_TR_ACCESS_RIGHTS,
	      "not marked unusable"),
};

const struct vmcs_check_table vmcs_checks_segments = { checks,
						       ARRAY_SIZE(checks) };
