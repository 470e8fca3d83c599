/*
 * Writes the lines of a trace. Columns: core, ticks since the run began, CS:IP,
 * the event.
 */
/* build: pure */
#include "guest/watch/trace_format.h"

#include <stdarg.h>

#include "arch/x86.h"
#include "guest/bios_regs.h"
#include "guest/watch/int_names.h"
#include "guest/watch/port_names.h"
#include "lib/fmt.h"
#include "lib/string.h"
#include "vmm/vmx/exit_reasons.h"

#define STEP_BYTES_WIDTH 16 /* of the hex column; longer ones push on */
#define FLAGS_SHOWN                                                            \
	((u32)(RFLAGS_CF | RFLAGS_PF | RFLAGS_AF | RFLAGS_ZF | RFLAGS_SF |     \
	       RFLAGS_TF | RFLAGS_IF | RFLAGS_DF | RFLAGS_OF))

struct line {
	char *text;
	size_t size, used;
};

static void put(struct line *line, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void put(struct line *line, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	line->used += (size_t)fmt_vsnprintf(line->text + line->used,
					    line->size - line->used, fmt, args);
	va_end(args);
	line->used = MIN(line->used, line->size - 1);
}

/* The general and segment registers, in the order in which lines show them. */
static const struct {
	const char *name; /* of all 32 bits; of 16 without the e */
	u8 at;		  /* in struct bios_regs */
} registers[] = {
#define REGISTER(reg)                                                          \
	{                                                                      \
		.name = #reg, .at = offsetof(struct bios_regs, reg) / 4        \
	}
	REGISTER(eax), REGISTER(ebx), REGISTER(ecx), REGISTER(edx),
	REGISTER(esi), REGISTER(edi), REGISTER(ebp), REGISTER(esp),
	REGISTER(ds),  REGISTER(es),  REGISTER(fs),  REGISTER(gs),
	REGISTER(ss),  REGISTER(cs),
#undef REGISTER
};
#define GENERAL_REGISTERS 8 /* the first */
#define AX 0
#define SP 7
#define DS 8
#define ES 9
#define GS 11
#define SS 12
#define CS 13

/* Writes a register. wide: all 32 bits, even if the upper half is 0. */
static void put_register(struct line *line, size_t i, const u32 *regs,
			 bool wide)
{
	u32 value = regs[registers[i].at];

	if (i < GENERAL_REGISTERS && (wide || value > 0xffff)) {
		put(line, " %s=%08x", registers[i].name, value);
	} else {
		put(line, " %s=%04x",
		    registers[i].name + (i < GENERAL_REGISTERS ? 1 : 0), value);
	}
}

static void put_flags(struct line *line, u32 eflags)
{
	static const struct {
		u32 mask;
		char letter;
	} flags[] = {
		{ (u32)RFLAGS_OF, 'o' }, { (u32)RFLAGS_DF, 'd' },
		{ (u32)RFLAGS_IF, 'i' }, { (u32)RFLAGS_TF, 't' },
		{ (u32)RFLAGS_SF, 's' }, { (u32)RFLAGS_ZF, 'z' },
		{ (u32)RFLAGS_AF, 'a' }, { (u32)RFLAGS_PF, 'p' },
		{ (u32)RFLAGS_CF, 'c' },
	};

	put(line, " flags=");
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		put(line, "%c", eflags & flags[i].mask ? flags[i].letter : '-');
	}
}

static void put_head(struct line *line, u32 core,
		     const struct trace_event *event)
{
	put(line, "c%u +%010llu %04x:%04llx %*s", core,
	    (unsigned long long)event->tsc, event->cs,
	    (unsigned long long)event->ip, 2 * event->depth, "");
}

static void put_int_name(struct line *line, u8 vector, u16 ax)
{
	enum int_selector by;
	const char *name = int_name(vector, ax, &by);

	put(line, "int %02xh", vector);
	if (by == INT_BY_AH) {
		put(line, " ah=%02x", ax >> 8);
	} else if (by == INT_BY_AX) {
		put(line, " ax=%04x", ax);
	}
	put(line, "%s%s", name[0] != '\0' ? " " : "", name);
}

static void put_int(struct line *line, const struct trace_event *event)
{
	put_int_name(line, event->vector, (u16)event->regs[registers[AX].at]);
	put(line, ":");
	for (size_t i = AX; i <= ES; i++) {
		if (i != SP) {
			put_register(line, i, event->regs, false);
		}
	}
	put(line, "%s",
	    event->flags & TRACE_INT_HOST ? " (the host's own service)" : "");
}

static void put_int_return(struct line *line, const struct trace_event *event)
{
	u32 eflags = event->regs[offsetof(struct bios_regs, eflags) / 4];

	put(line, "int %02xh ", event->vector);
	if (event->flags & TRACE_INT_LOST) {
		put(line, "did not come back here (%llu ticks)",
		    (unsigned long long)event->ticks);
		return;
	}
	put(line, "-> cf=%u zf=%u", (eflags & RFLAGS_CF) != 0,
	    (eflags & RFLAGS_ZF) != 0);
	for (size_t i = AX; i <= GS; i++) {
		if (i == AX || event->changed & 1u << registers[i].at) {
			put_register(line, i, event->regs, false);
		}
	}
	put(line, " (%llu ticks)", (unsigned long long)event->ticks);
}

static void put_io(struct line *line, const struct trace_event *event)
{
	bool in = (event->flags & TRACE_IO_IN) != 0;
	bool string = (event->flags & TRACE_IO_STRING) != 0;
	const char *name = port_name(event->io.port, in);

	put(line, "%s %03x%s%s %s ",
	    in ? (string ? "ins " : "in  ") : (string ? "outs" : "out "),
	    event->io.port, name[0] != '\0' ? " " : "", name, in ? "->" : "<-");
	if (string) {
		put(line, "%u x %u bytes, %s %s:%s=%04x:%04x", event->count,
		    event->io.bytes, in ? "to" : "from", in ? "es" : "ds",
		    in ? "di" : "si", event->io.segment, event->io.offset);
		return;
	}
	put(line, "%0*x", event->io.bytes * 2, event->io.value);
	if (event->count > 1) {
		put(line, " (%u times", event->count);
		if (event->io.last != event->io.value) {
			put(line, ", at last %0*x", event->io.bytes * 2,
			    event->io.last);
		}
		put(line, ")");
	}
}

static void put_mmio(struct line *line, const struct trace_event *event)
{
	bool read = (event->flags & TRACE_IO_IN) != 0;

	put(line, "mmio %s %08llx %s %0*llx", read ? "read " : "write",
	    (unsigned long long)event->mmio.address, read ? "->" : "<-",
	    event->mmio.bytes * 2, (unsigned long long)event->mmio.value);
	if (event->count > 1) {
		put(line, " (%u times)", event->count);
	}
}

static void put_exception(struct line *line, const struct trace_event *event)
{
	const char *name = exception_name(event->vector);

	put(line, "exception %02xh%s%s", event->vector,
	    name[0] != '\0' ? " " : "", name);
	if (event->exception.has_code) {
		put(line, " error=%04x", event->exception.error_code);
	}
	if (event->vector == VECTOR_PF) {
		put(line, " address=%016llx",
		    (unsigned long long)event->exception.address);
	}
}

static void put_exit(struct line *line, const struct trace_event *event)
{
	u32 reason = event->exit.reason;
	char text[100] = "";

	if ((reason & EXIT_REASON_BASIC) == EXIT_REASON_EXCEPTION_OR_NMI ||
	    (reason & EXIT_REASON_BASIC) == EXIT_REASON_EXTERNAL_INTERRUPT) {
		interruption_info_format(event->exit.info, text, sizeof(text));
	} else {
		exit_qualification_format(reason, event->exit.qualification,
					  text, sizeof(text));
	}
	put(line, "exit %u %s%s%s (%llu ticks)", reason & EXIT_REASON_BASIC,
	    exit_reason_name(reason), text[0] != '\0' ? ": " : "", text,
	    (unsigned long long)event->ticks);
}

static void put_code(struct line *line, const u8 *code, u32 bytes)
{
	for (u32 i = 0; i < bytes; i++) {
		put(line, "%02x", code[i]);
	}
}

static void put_break(struct line *line, const struct trace_event *event)
{
	put(line, "break %u:", event->vector);
	for (size_t i = AX; i <= SS; i++) {
		put_register(line, i, event->regs, false);
	}
	put_flags(line, event->regs[offsetof(struct bios_regs, eflags) / 4]);
	put(line, " code=");
	put_code(line, event->code, TRACE_CODE_BYTES);
}

static void put_note(struct line *line, const struct trace_event *event)
{
	static const char *const notes[] = {
		[TRACE_NOTE_PROTECTED_MODE] =
			("protected mode: INT n, ports and steps pass unseen "
			 "until it is left"),
		[TRACE_NOTE_REAL_MODE] = "real mode again",
		[TRACE_NOTE_STEPS_END] = "steps end",
	};

	put(line, "note: %s",
	    event->vector < ARRAY_SIZE(notes) ? notes[event->vector] : "?");
}

static bool is_prefix(u8 byte, bool *wide_operand, bool *wide_address)
{
	*wide_operand |= byte == 0x66;
	*wide_address |= byte == 0x67;
	return byte == 0x26 || byte == 0x2e || byte == 0x36 || byte == 0x3e ||
	       (byte >= 0x64 && byte <= 0x67) || byte == 0xf0 || byte == 0xf2 ||
	       byte == 0xf3;
}

/* The length of ModRM, SIB and displacement. */
static u32 operand_bytes(const u8 *modrm, bool wide_address)
{
	u32 mod = modrm[0] >> 6;
	u32 rm = modrm[0] & 7;
	bool sib = wide_address && mod != 3 && rm == 4;
	u32 base = sib ? modrm[1] & 7 : rm;

	if (mod == 3) {
		return 1;
	}
	if (mod == 1) {
		return sib ? 3 : 2;
	}
	if (wide_address) {
		return (sib ? 2u : 1u) + (mod == 2 || base == 5 ? 4 : 0);
	}
	return mod == 2 || rm == 6 ? 3 : 1;
}

static u32 branch_body(const u8 *code, bool wide_operand, bool wide_address)
{
	u8 opcode = code[0];
	u32 operand = wide_operand ? 4 : 2;

	if ((opcode & 0xf0) == 0x70 || (opcode & 0xfc) == 0xe0 ||
	    opcode == 0xeb || opcode == 0xcd) {
		return 2; /* Jcc, LOOP and JCXZ, JMP short, INT n */
	}
	switch (opcode) {
	case 0x0f:
		return (code[1] & 0xf0) == 0x80 ? 2 + operand : 0; /* Jcc */
	case 0x9a: /* far CALL and JMP */
	case 0xea:
		return 3 + operand;
	case 0xe8: /* near CALL and JMP */
	case 0xe9:
		return 1 + operand;
	case 0xc2: /* RET n, RETF n */
	case 0xca:
		return 3;
	case 0xc3: /* RET, RETF, INT1, INT3, INTO, IRET */
	case 0xcb:
	case 0xcc:
	case 0xce:
	case 0xcf:
	case 0xf1:
		return 1;
	case 0xff: /* CALL and JMP by register or memory */
		return (code[1] >> 3 & 7) >= 2 && (code[1] >> 3 & 7) <= 5
			       ? 1 + operand_bytes(code + 1, wide_address)
			       : 0;
	default:
		return 0;
	}
}

u32 trace_branch_bytes(const u8 code[TRACE_CODE_BYTES])
{
	bool wide_operand = false;
	bool wide_address = false;
	u32 prefixes = 0;
	u32 body;

	while (prefixes < TRACE_CODE_BYTES - 8 &&
	       is_prefix(code[prefixes], &wide_operand, &wide_address)) {
		prefixes++;
	}
	body = branch_body(code + prefixes, wide_operand, wide_address);
	return body == 0 ? 0 : prefixes + body;
}

static bool repeats(const u8 *code)
{
	bool unused = false;

	for (u32 i = 0; i < TRACE_CODE_BYTES; i++) {
		if (code[i] == 0xf2 || code[i] == 0xf3) {
			return true;
		}
		if (!is_prefix(code[i], &unused, &unused)) {
			return false;
		}
	}
	return false;
}

static void put_changes(struct line *line, const u32 *before, const u32 *after)
{
	const u32 flags_at = offsetof(struct bios_regs, eflags) / 4;

	for (size_t i = AX; i <= SS; i++) {
		u32 change = before[registers[i].at] ^ after[registers[i].at];

		if (change != 0) {
			put_register(line, i, after, change > 0xffff);
		}
	}
	if ((before[flags_at] ^ after[flags_at]) & FLAGS_SHOWN) {
		put_flags(line, after[flags_at]);
	}
}

/* Writes the step that was pending, now that its result is known. */
static void put_step(struct line *line, const struct trace_format *state,
		     const struct trace_event *after)
{
	const struct trace_event *step = &state->step;
	const u32 ip = offsetof(struct bios_regs, eip) / 4;
	const u32 cs = offsetof(struct bios_regs, cs) / 4;
	u32 bytes = trace_branch_bytes(step->code);

	if (bytes == 0 && step->regs[cs] == after->regs[cs]) {
		bytes = (u16)(after->regs[ip] - step->regs[ip]);
	}
	if (bytes == 0 || bytes > TRACE_CODE_BYTES) {
		bytes = TRACE_CODE_BYTES;
	}
	put(line, "step ");
	put_code(line, step->code, bytes);
	for (u32 i = 2 * bytes; i < STEP_BYTES_WIDTH; i++) {
		put(line, " ");
	}
	put_changes(line, step->regs, after->regs);
	if (state->repeated != 0) {
		put(line, " (%u times)", state->repeated + 1);
	}
}

static bool same_place(const struct trace_event *a, const struct trace_event *b)
{
	return a->cs == b->cs && a->ip == b->ip;
}

/* Notes a step; true if there is a line to print. */
static bool next_step(struct trace_format *state, u32 core,
		      const struct trace_event *event, struct line *line)
{
	bool follows = state->has_step && event->ticks == state->next;

	state->next = event->ticks + 1;
	if (follows && repeats(state->step.code) &&
	    same_place(&state->step, event)) {
		state->repeated++;
		return false;
	}
	if (follows) {
		put_head(line, core, &state->step);
		put_step(line, state, event);
	}
	state->step = *event;
	state->has_step = true;
	state->repeated = 0;
	return follows;
}

size_t trace_format(struct trace_format *state, u32 core,
		    const struct trace_event *event, char *text, size_t size)
{
	static void (*const put_kind[])(struct line *,
					const struct trace_event *) = {
		[TRACE_IO] = put_io,
		[TRACE_INT] = put_int,
		[TRACE_INT_RETURN] = put_int_return,
		[TRACE_EXIT] = put_exit,
		[TRACE_BREAK] = put_break,
		[TRACE_NOTE] = put_note,
		[TRACE_MMIO] = put_mmio,
		[TRACE_EXCEPTION] = put_exception,
	};
	struct line line = { .text = text, .size = size };

	text[0] = '\0';
	if (event->kind == TRACE_STEP) {
		return next_step(state, core, event, &line) ? line.used : 0;
	}
	put_head(&line, core, event);
	if (event->kind == TRACE_IRQ) {
		put(&line, "irq %u %s -> int %02xh", event->flags,
		    port_names_irq(event->flags), event->vector);
	} else if (event->kind < ARRAY_SIZE(put_kind)) {
		put_kind[event->kind](&line, event);
	}
	/* The next event is not a result of the instruction before. */
	if (event->kind == TRACE_IRQ || event->kind == TRACE_NOTE) {
		state->has_step = false;
	}
	return line.used;
}

const char *trace_kind_name(enum trace_kind kind)
{
	static const char *const names[TRACE_KINDS] = {
		[TRACE_IO] = "io",
		[TRACE_INT] = "int",
		[TRACE_INT_RETURN] = "int-return",
		[TRACE_IRQ] = "irq",
		[TRACE_EXIT] = "exits",
		[TRACE_STEP] = "step",
		[TRACE_BREAK] = "break",
		[TRACE_NOTE] = "note",
		[TRACE_MMIO] = "mmio",
		[TRACE_EXCEPTION] = "exception",
	};

	return kind < TRACE_KINDS ? names[kind] : "?";
}
