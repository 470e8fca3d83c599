/*
 * The demo's BIOS calls. Each result is compared with what the host reads
 * itself: from the BIOS data area, the text screen, the real-time clock, the
 * ROM.
 */
#include "arch/mem/pages.h"
#include "arch/mem/paging.h"
#include "arch/percpu.h"
#include "arch/rtc.h"
#include "arch/smp.h"
#include "arch/x86.h"
#include "guest/code16/engines.h"
#include "guest/memory/bios_area.h"
#include "guest/bios/bios_pool.h"
#include "guest/far_ptr.h"
#include "lib/error.h"
#include "lib/fmt.h"
#include "lib/str.h"
#include "lib/string.h"
#include "monitor/engine_choice.h"
#include "monitor/guest_job.h"
#include "monitor/demo.h"
#include "monitor/settings.h"
#include "vmm/vmx/vmx.h"

#define CALL_TIMEOUT_MS 2000
#define ROM_MODEL_BYTE 0xffffe
#define CONFIGURATION_MIN_LENGTH 8
#define TEXT_SCREEN 0xb8000
#define TELETYPE_CHARACTER 'V'
#define NO_VIDEO_BIOS "the BIOS data area names no video mode"

/* Judges a finished call, and describes what it saw. */
typedef bool (*judge)(const struct bios_regs *regs, char *seen, size_t size);

struct demo_call {
	const char *name;
	u8 vector;
	u16 ax;
	judge judge;
};

static u16 ax_of(const struct bios_regs *regs)
{
	return (u16)regs->eax;
}

static bool judge_equipment(const struct bios_regs *regs, char *seen,
			    size_t size)
{
	u16 truth = bios_area_read16(BDA_EQUIPMENT);

	fmt_snprintf(seen, size, "ax=%04x, 40:10 holds %04x", ax_of(regs),
		     truth);
	return ax_of(regs) == truth;
}

static bool judge_memory_size(const struct bios_regs *regs, char *seen,
			      size_t size)
{
	u16 truth = bios_area_read16(BDA_MEMORY_KIB);

	fmt_snprintf(seen, size, "ax=%04x (%u KiB), 40:13 holds %04x",
		     ax_of(regs), ax_of(regs), truth);
	return ax_of(regs) == truth;
}

/* The table lies in the ROM or the EBDA; its third byte is the model's. */
static bool judge_configuration(const struct bios_regs *regs, char *seen,
				size_t size)
{
	u32 table = far_to_linear((u16)regs->es, (u16)regs->ebx);
	u16 length = bios_area_read16(table);
	u8 model = bios_area_read8(table + 2);
	u8 truth = bios_area_read8(ROM_MODEL_BYTE);

	fmt_snprintf(
		seen, size,
		"table at %04x:%04x, length %u, model %02x, F000:FFFE holds %02x",
		regs->es, (u16)regs->ebx, length, model, truth);
	return !(regs->eflags & RFLAGS_CF) &&
	       length >= CONFIGURATION_MIN_LENGTH && model == truth;
}

static bool judge_video_mode(const struct bios_regs *regs, char *seen,
			     size_t size)
{
	u8 mode = bios_area_read8(BDA_VIDEO_MODE);
	u8 columns = bios_area_read8(BDA_COLUMNS);
	u8 page = bios_area_read8(BDA_ACTIVE_PAGE);

	fmt_snprintf(
		seen, size,
		"mode %02x, %u columns, page %u; 40:49, 40:4A, 40:62 hold %02x, %u, %u",
		ax_of(regs) & 0xff, ax_of(regs) >> 8, (u8)(regs->ebx >> 8),
		mode, columns, page);
	/* Bit 7 of AL may tell that the screen was not cleared. */
	return (ax_of(regs) & 0x7f) == (mode & 0x7f) &&
	       ax_of(regs) >> 8 == columns && (u8)(regs->ebx >> 8) == page;
}

/* A machine without a video BIOS leaves its part of the BDA empty. */
static bool video_missing(const struct demo_call *call)
{
	return call->judge == judge_video_mode &&
	       bios_area_read8(BDA_COLUMNS) == 0;
}

/* Those that only read memory: right on any core, in either view. */
static const struct demo_call calls[] = {
	{ "INT 11h, equipment", 0x11, 0, judge_equipment },
	{ "INT 12h, memory size", 0x12, 0, judge_memory_size },
	{ "INT 15h/C0h, configuration", 0x15, 0xc000, judge_configuration },
	{ "INT 10h/0Fh, video mode", 0x10, 0x0f00, judge_video_mode },
};

struct outcome {
	int err;
	struct guest16 *guest;
	enum vcpu_end end;
	struct bios_regs regs;
	char why[VCPU_WHY_BYTES];
};

/* engine NULL: the one that engine_choice_guest() takes. */
static void make_call(struct outcome *outcome, const struct engine *engine,
		      const struct board_kind *board, u8 vector, u16 ax)
{
	struct guest16 *guest;

	memset(outcome, 0, sizeof(*outcome));
	outcome->regs.eax = ax;
	outcome->regs.eflags = (u32)(RFLAGS_IF | RFLAGS_FIXED_1);
	outcome->err = engine == NULL ? engine_choice_guest(board, &guest)
				      : bios_pool_get(engine, board,
						      settings()->vme, &guest);
	if (outcome->err != 0) {
		str_copy(outcome->why, sizeof(outcome->why),
			 error_text(outcome->err));
		return;
	}
	outcome->guest = guest;
	outcome->end =
		bios_call(guest, vector, &outcome->regs, CALL_TIMEOUT_MS);
	str_copy(outcome->why, sizeof(outcome->why), guest->vcpu.why);
}

static bool came_back(const struct outcome *outcome)
{
	return outcome->err == 0 && outcome->end == VCPU_END_DONE;
}

/* One outcome a core and call. */
static struct outcome *outcomes;

static struct outcome *outcome_of(u32 core, size_t call)
{
	return &outcomes[core * ARRAY_SIZE(calls) + call];
}

static void make_private_calls(void *engine)
{
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		make_call(outcome_of(this_cpu_index(), i), engine,
			  &board_private, calls[i].vector, calls[i].ax);
	}
}

/*
 * The report of the first call of a demo that did not come back: what goes
 * wrong later, often goes wrong for the same reason.
 */
static void explain_first(const struct report *report,
			  const struct outcome *outcome, u32 core)
{
	if (report->failed == 1 && outcome->err == 0 &&
	    outcome->end != VCPU_END_DONE) {
		guest_job_report(outcome->guest, core);
	}
}

static bool judge_outcome(struct report *report, const char *name,
			  const struct demo_call *call,
			  const struct outcome *outcome, u32 core, char *seen,
			  size_t size)
{
	if (!came_back(outcome)) {
		report_fail(report, name,
			    "expected a return, got %s on core %u: %s",
			    vcpu_end_name(outcome->end), core, outcome->why);
		explain_first(report, outcome, core);
		return false;
	}
	if (!call->judge(&outcome->regs, seen, size)) {
		report_fail(report, name,
			    "expected agreement, got on core %u %s", core,
			    seen);
		return false;
	}
	return true;
}

static void report_private_calls(struct report *report,
				 const struct engine *engine)
{
	char seen[120] = "", name[60];

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		u32 good = 0;

		fmt_snprintf(name, sizeof(name), "%s, private view, engine %s",
			     calls[i].name, engine->name);
		if (video_missing(&calls[i])) {
			report_skip(report, name, "%s", NO_VIDEO_BIOS);
			continue;
		}
		for (u32 core = 0; core < smp_count(); core++) {
			good += judge_outcome(report, name, &calls[i],
					      outcome_of(core, i), core, seen,
					      sizeof(seen));
		}
		if (good == smp_count()) {
			report_pass(report, name, "%s; on %u of %u cores", seen,
				    good, smp_count());
		}
	}
}

static bool on_every_core(const struct engine *engine)
{
	for (u32 core = 0; core < smp_count(); core++) {
		if (!engine_available(engine, &vmx_core(core)->caps)) {
			return false;
		}
	}
	return true;
}

/* Whether the command line allows this engine to be shown. */
static bool is_wanted(const struct engine *engine)
{
	enum options_engine wanted = settings()->engine;

	return wanted == OPTIONS_ENGINE_AUTO ||
	       engine_choice(wanted, 0) == engine;
}

/* A call on all cores at once, each with a first megabyte of its own. */
static void private_view(struct report *report)
{
	size_t bytes = smp_count() * ARRAY_SIZE(calls) * sizeof(struct outcome);
	size_t pages = ALIGN_UP(bytes, PAGE_SIZE) / PAGE_SIZE;

	outcomes = pages_get(pages);
	if (outcomes == NULL) {
		report_fail(report, "private view",
			    "expected memory for the results, got none");
		return;
	}
	for (size_t i = 0; engines[i] != NULL; i++) {
		if (on_every_core(engines[i]) && is_wanted(engines[i])) {
			smp_run_on_all(make_private_calls,
				       (void *)(uintptr_t)engines[i]);
			report_private_calls(report, engines[i]);
		}
	}
	pages_put(outcomes, pages);
}

static void machine_view(struct report *report)
{
	struct outcome outcome;
	char seen[120], name[60];

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		fmt_snprintf(name, sizeof(name), "%s, machine view",
			     calls[i].name);
		if (video_missing(&calls[i])) {
			report_skip(report, name, "%s", NO_VIDEO_BIOS);
			continue;
		}
		make_call(&outcome, NULL, &board_machine, calls[i].vector,
			  calls[i].ax);
		if (judge_outcome(report, name, &calls[i], &outcome, 0, seen,
				  sizeof(seen))) {
			report_pass(report, name, "%s", seen);
		}
	}
}

/* Begins a new line behind what the guest has written. */
static void end_line(void)
{
	struct outcome outcome;

	make_call(&outcome, NULL, &board_machine, 0x10, 0x0e00 | '\r');
	make_call(&outcome, NULL, &board_machine, 0x10, 0x0e00 | '\n');
}

/*
 * The character must be where the BIOS's cursor was, and the cursor behind it.
 */
static void teletype(struct report *report)
{
	static const char name[] = "INT 10h/0Eh, teletype";
	u8 column = bios_area_read8(BDA_CURSOR);
	u8 row = bios_area_read8(BDA_CURSOR + 1);
	u32 columns = bios_area_read8(BDA_COLUMNS);
	u8 mode = bios_area_read8(BDA_VIDEO_MODE) & 0x7f;
	struct outcome outcome;
	u8 found, column_after;

	if (mode != 2 && mode != 3) {
		report_skip(report, name,
			    "video mode %02x is no 80-column text mode", mode);
		return;
	}
	make_call(&outcome, NULL, &board_machine, 0x10,
		  0x0e00 | TELETYPE_CHARACTER);
	found = bios_area_read8(TEXT_SCREEN + (row * columns + column) * 2);
	column_after = bios_area_read8(BDA_CURSOR);
	end_line();
	if (came_back(&outcome) && found == TELETYPE_CHARACTER &&
	    column_after == column + 1) {
		report_pass(report, name,
			    "'%c' was on the screen at row %u, column %u",
			    found, row, column);
	} else {
		report_fail(
			report, name,
			"expected '%c' at row %u, column %u, got %02x, cursor in column %u",
			TELETYPE_CHARACTER, row, column, found, column_after);
		explain_first(report, &outcome, 0);
	}
}

static bool same_time(const struct bios_regs *regs, const struct rtc_time *time)
{
	return (u8)(regs->ecx >> 8) == time->hours &&
	       (u8)regs->ecx == time->minutes &&
	       (u8)(regs->edx >> 8) == time->seconds;
}

/*
 * The clock is read before and after the call, because a second may begin in
 * between.
 */
static void clock(struct report *report)
{
	static const char name[] = "INT 1Ah/02h, real-time clock";
	struct rtc_time before, after;
	struct outcome outcome;

	if (!rtc_present()) {
		report_skip(report, name, "the machine has none");
		return;
	}
	rtc_read(&before);
	make_call(&outcome, NULL, &board_machine, 0x1a, 0x0200);
	rtc_read(&after);
	if (came_back(&outcome) && (same_time(&outcome.regs, &before) ||
				    same_time(&outcome.regs, &after))) {
		report_pass(report, name, "%02x:%02x:%02x, as the chip says",
			    outcome.regs.ecx >> 8 & 0xff,
			    outcome.regs.ecx & 0xff,
			    outcome.regs.edx >> 8 & 0xff);
	} else {
		report_fail(report, name,
			    "expected %02x:%02x:%02x, got cx=%04x dx=%04x",
			    after.hours, after.minutes, after.seconds,
			    outcome.regs.ecx & 0xffff,
			    outcome.regs.edx & 0xffff);
		explain_first(report, &outcome, 0);
	}
}

void demo_calls(struct report *report)
{
	private_view(report);
	machine_view(report);
	teletype(report);
	clock(report);
}
