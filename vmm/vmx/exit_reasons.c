/*
 * Names exit reasons, exceptions and interruption information, and decodes the
 * exit qualifications that handlers and reports want in words. Pure.
 */
/* build: pure */
#include "vmm/vmx/exit_reasons.h"

#include "arch/x86.h"
#include "lib/fmt.h"
#include "lib/str.h"

#define NAME(name, number, qualified) [number] = #name,

/* By number; NULL: the SDM has no such reason. */
static const char *const reason_names[] = { EXIT_REASONS(NAME) };
static_assert(ARRAY_SIZE(reason_names) == EXIT_REASON_COUNT, "reason_names");

/* One bit for each reason, set if its exit qualification means anything. */
#define LOW_BIT(name, number, qualified)                                       \
	| ((number) < 64 && (qualified) ? BIT((number) % 64) : 0)
#define HIGH_BIT(name, number, qualified)                                      \
	| ((number) >= 64 && (qualified) ? BIT((number) % 64) : 0)

static const u64 has_qualification[] = { 0 EXIT_REASONS(LOW_BIT),
					 0 EXIT_REASONS(HIGH_BIT) };
static_assert(EXIT_REASON_COUNT <= ARRAY_SIZE(has_qualification) * 64,
	      "has_qualification");

bool exit_reason_known(u32 exit_reason)
{
	u32 basic = exit_reason & EXIT_REASON_BASIC;

	return basic < EXIT_REASON_COUNT && reason_names[basic] != NULL;
}

const char *exit_reason_name(u32 exit_reason)
{
	return exit_reason_known(exit_reason)
		       ? reason_names[exit_reason & EXIT_REASON_BASIC]
		       : "UNKNOWN";
}

bool exit_reason_has_qualification(u32 exit_reason)
{
	u32 basic = exit_reason & EXIT_REASON_BASIC;

	return basic < EXIT_REASON_COUNT &&
	       (has_qualification[basic / 64] >> basic % 64 & 1) != 0;
}

const char *interruption_type_name(u32 type)
{
	static const char *const names[] = {
		[INTERRUPTION_TYPE_EXTERNAL_INTERRUPT] = "external interrupt",
		[INTERRUPTION_TYPE_RESERVED] = "reserved type",
		[INTERRUPTION_TYPE_NMI] = "NMI",
		[INTERRUPTION_TYPE_HARDWARE_EXCEPTION] = "hardware exception",
		[INTERRUPTION_TYPE_SOFTWARE_INTERRUPT] = "software interrupt",
		[INTERRUPTION_TYPE_PRIVILEGED_SOFTWARE_EXCEPTION] =
			"privileged software exception",
		[INTERRUPTION_TYPE_SOFTWARE_EXCEPTION] = "software exception",
		[INTERRUPTION_TYPE_OTHER_EVENT] = "other event",
	};

	return type < ARRAY_SIZE(names) ? names[type] : "?";
}

const char *exception_name(u32 vector)
{
	static const char *const names[] = {
		[0] = "#DE",  [1] = "#DB",  [2] = "NMI",  [3] = "#BP",
		[4] = "#OF",  [5] = "#BR",  [6] = "#UD",  [7] = "#NM",
		[8] = "#DF",  [9] = "CSO",  [10] = "#TS", [11] = "#NP",
		[12] = "#SS", [13] = "#GP", [14] = "#PF", [16] = "#MF",
		[17] = "#AC", [18] = "#MC", [19] = "#XM", [20] = "#VE",
		[21] = "#CP",
	};

	return vector < ARRAY_SIZE(names) && names[vector] ? names[vector] : "";
}

bool exception_has_error_code(u32 vector)
{
	/* #DF, #TS, #NP, #SS, #GP, #PF, #AC, #CP. */
	return vector < 32 && (0x00227d00u >> vector & 1) != 0;
}

bool exception_is_contributory(u8 vector)
{
	return vector == VECTOR_DE || vector == VECTOR_CP ||
	       (vector >= VECTOR_TS && vector <= VECTOR_GP);
}

u8 exception_compose(u8 first, u8 second)
{
	bool bad = second == VECTOR_PF || exception_is_contributory(second);

	if (first == VECTOR_DF && bad) {
		return EXCEPTION_TRIPLE_FAULT;
	}
	if ((first == VECTOR_PF && bad) ||
	    (exception_is_contributory(first) &&
	     exception_is_contributory(second))) {
		return VECTOR_DF;
	}
	return second;
}

static bool is_exception_type(enum interruption_type type)
{
	return type == INTERRUPTION_TYPE_HARDWARE_EXCEPTION ||
	       type == INTERRUPTION_TYPE_PRIVILEGED_SOFTWARE_EXCEPTION ||
	       type == INTERRUPTION_TYPE_SOFTWARE_EXCEPTION;
}

size_t interruption_info_format(u32 info, char *buf, size_t size)
{
	enum interruption_type type = interruption_info_type(info);
	u8 vector = interruption_info_vector(info);
	const char *name = "";

	if (!(info & INTERRUPTION_INFO_VALID)) {
		return str_copy(buf, size, "none");
	}
	if (is_exception_type(type)) {
		name = exception_name(vector);
	}
	return (size_t)fmt_snprintf(buf, size, "%s %02x%s%s%s%s",
				    interruption_type_name(type), vector,
				    name[0] != '\0' ? " " : "", name,
				    info & INTERRUPTION_INFO_ERROR_CODE
					    ? ", error code"
					    : "",
				    info & INTERRUPTION_INFO_NMI_UNBLOCKING
					    ? ", NMI unblocking due to IRET"
					    : "");
}

const char *activity_state_name(u32 state)
{
	static const char *const names[] = {
		[ACTIVITY_ACTIVE] = "active",
		[ACTIVITY_HLT] = "HLT",
		[ACTIVITY_SHUTDOWN] = "shutdown",
		[ACTIVITY_WAIT_FOR_SIPI] = "wait-for-SIPI",
	};

	return state < ARRAY_SIZE(names) ? names[state] : "?";
}

struct cr_qualification cr_qualification_decode(u64 qualification)
{
	return (struct cr_qualification){
		.cr = (u8)(qualification & 0xf),
		.type = (enum cr_access_type)(qualification >> 4 & 3),
		.reg = (u8)(qualification >> 8 & 0xf),
		.lmsw_memory = (qualification & BIT(6)) != 0,
		.lmsw_source = (u16)(qualification >> 16),
	};
}

struct dr_qualification dr_qualification_decode(u64 qualification)
{
	return (struct dr_qualification){
		.dr = (u8)(qualification & 7),
		.from_dr = (qualification & BIT(4)) != 0,
		.reg = (u8)(qualification >> 8 & 0xf),
	};
}

struct ept_qualification ept_qualification_decode(u64 qualification)
{
	return (struct ept_qualification){
		.read = (qualification & BIT(0)) != 0,
		.write = (qualification & BIT(1)) != 0,
		.fetch = (qualification & BIT(2)) != 0,
		.readable = (qualification & BIT(3)) != 0,
		.writable = (qualification & BIT(4)) != 0,
		.executable = (qualification & BIT(5)) != 0,
		.linear_valid = (qualification & BIT(7)) != 0,
		/* Bit 8 has no meaning unless bit 7 is set. */
		.translation = (qualification & (BIT(7) | BIT(8))) ==
			       (BIT(7) | BIT(8)),
		.nmi_unblocking = (qualification & BIT(12)) != 0,
	};
}

const char *qualification_register_name(u32 reg)
{
	static const char *const names[] = {
		"RAX", "RCX", "RDX", "RBX", "RSP", "RBP", "RSI", "RDI",
		"R8",  "R9",  "R10", "R11", "R12", "R13", "R14", "R15",
	};

	return reg < ARRAY_SIZE(names) ? names[reg] : "?";
}

static int format_io(u64 qualification, char *buf, size_t size)
{
	struct io_qualification io = io_qualification_decode(qualification);
	const char *operation = io.in ? "IN" : "OUT";

	if (io.string) {
		operation = io.in ? "INS" : "OUTS";
	}
	return fmt_snprintf(buf, size, "%s%s port %04x, %u byte%s%s",
			    io.rep ? "REP " : "", operation, io.port,
			    io_qualification_bytes(io),
			    io.bytes_minus_1 == 0 ? "" : "s",
			    io.immediate ? ", immediate" : "");
}

static int format_cr(u64 qualification, char *buf, size_t size)
{
	struct cr_qualification cr = cr_qualification_decode(qualification);
	const char *reg = qualification_register_name(cr.reg);

	switch (cr.type) {
	case CR_ACCESS_MOV_TO_CR:
		return fmt_snprintf(buf, size, "MOV CR%u, %s", cr.cr, reg);
	case CR_ACCESS_MOV_FROM_CR:
		return fmt_snprintf(buf, size, "MOV %s, CR%u", reg, cr.cr);
	case CR_ACCESS_CLTS:
		return fmt_snprintf(buf, size, "CLTS");
	case CR_ACCESS_LMSW:
		break;
	}
	return fmt_snprintf(buf, size, "LMSW %04x%s", cr.lmsw_source,
			    cr.lmsw_memory ? " from memory" : "");
}

static int format_dr(u64 qualification, char *buf, size_t size)
{
	struct dr_qualification dr = dr_qualification_decode(qualification);
	const char *reg = qualification_register_name(dr.reg);

	if (dr.from_dr) {
		return fmt_snprintf(buf, size, "MOV %s, DR%u", reg, dr.dr);
	}
	return fmt_snprintf(buf, size, "MOV DR%u, %s", dr.dr, reg);
}

static int format_ept(u64 qualification, char *buf, size_t size)
{
	struct ept_qualification ept = ept_qualification_decode(qualification);
	const char *where = "";

	if (ept.linear_valid) {
		where = ept.translation ? "" : ", by a guest page walk";
	} else {
		where = ", no linear address";
	}
	return fmt_snprintf(
		buf, size, "tried:%s%s%s%s, allowed:%s%s%s%s%s%s",
		ept.read ? " read" : "", ept.write ? " write" : "",
		ept.fetch ? " fetch" : "",
		ept.read || ept.write || ept.fetch ? "" : " none",
		ept.readable ? " read" : "", ept.writable ? " write" : "",
		ept.executable ? " fetch" : "",
		ept.readable || ept.writable || ept.executable ? "" : " none",
		where,
		ept.nmi_unblocking ? ", NMI unblocking due to IRET" : "");
}

static int format_task_switch(u64 qualification, char *buf, size_t size)
{
	static const char *const sources[] = { "CALL", "IRET", "JMP",
					       "task gate in the IDT" };

	return fmt_snprintf(buf, size, "task switch to TSS %04x by %s",
			    (u32)(qualification & 0xffff),
			    sources[qualification >> 30 & 3]);
}

size_t exit_qualification_format(u32 exit_reason, u64 qualification, char *buf,
				 size_t size)
{
	if (!exit_reason_has_qualification(exit_reason)) {
		return str_copy(buf, size, "");
	}
	switch (exit_reason & EXIT_REASON_BASIC) {
	case EXIT_REASON_IO_INSTRUCTION:
		return (size_t)format_io(qualification, buf, size);
	case EXIT_REASON_CR_ACCESS:
		return (size_t)format_cr(qualification, buf, size);
	case EXIT_REASON_MOV_DR:
		return (size_t)format_dr(qualification, buf, size);
	case EXIT_REASON_EPT_VIOLATION:
		return (size_t)format_ept(qualification, buf, size);
	case EXIT_REASON_TASK_SWITCH:
		return (size_t)format_task_switch(qualification, buf, size);
	case EXIT_REASON_STARTUP_IPI:
		return (size_t)fmt_snprintf(buf, size, "SIPI vector %02x",
					    (u32)(qualification & 0xff));
	default:
		return (size_t)fmt_snprintf(buf, size, "%016llx",
					    (unsigned long long)qualification);
	}
}
