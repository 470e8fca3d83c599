/*
 * Self-tests that consist of a program and an expected end, run in each engine,
 * and functions that other tests of guests use. On the boot core, interrupts
 * off.
 */
#include "arch/x86.h"
#include "guest/bios/bios.h"
#include "guest/code16/engines.h"
#include "guest/memory/bios_area.h"
#include "guest/far_ptr.h"
#include "lib/error.h"
#include "lib/fmt.h"
#include "lib/str.h"
#include "lib/string.h"
#include "monitor/guest_job.h"
#include "monitor/settings.h"
#include "proof/selftest/selftest.h"
#include "vmm/vmx/vmx.h"
#include "proof/selftest/test_snippets.h"

#define PROGRAM_SEGMENT 0x1000
#define PROGRAM_TIMEOUT_MS 100
#define VECTOR_EQUIPMENT 0x11

static_assert(VCPU_END_DONE == 0 && VCPU_END_FAULT == 2 &&
		      VCPU_END_SHUTDOWN == 3 && VCPU_END_REFUSED == 4,
	      "as proof/selftest/test_snippets.S has them");

static bool make_in(struct guest16 *guest, const struct engine *engine,
		    bool vme)
{
	int err = bios_guest_init(guest, engine, &board_private,
				  vme && settings()->vme);

	if (err != 0) {
		selftest_saw("no guest: %s", error_text(err));
	}
	return err == 0;
}

bool selftest_guest_make(struct guest16 *guest, bool vme)
{
	return make_in(guest, &engine_v86, vme);
}

int selftest_guest_run(struct guest16 *guest, const void *code, size_t bytes,
		       struct bios_regs *regs, u32 timeout_ms)
{
	guest_memory_write(&guest->memory, far_to_linear(PROGRAM_SEGMENT, 0),
			   code, bytes);
	regs->cs = PROGRAM_SEGMENT;
	regs->eip = 0;
	return (int)bios_far_call(guest, regs, timeout_ms);
}

static bool contains(const char *text, const char *part)
{
	while (*text != '\0' && !str_starts(text, part)) {
		text++;
	}
	return str_starts(text, part);
}

bool selftest_guest_ended(struct guest16 *guest, int end, const char *why)
{
	const struct vcpu *vcpu = &guest->vcpu;
	bool as_expected = (int)vcpu->end == end && contains(vcpu->why, why);

	if (as_expected) {
		selftest_saw("%s", why);
	} else {
		selftest_saw("%s %s", vcpu_end_name(vcpu->end), vcpu->why);
		if (selftest_none_failed()) {
			guest_job_report(guest, this_cpu_index());
		}
	}
	return as_expected;
}

bool selftest_guest_works(struct guest16 *guest)
{
	struct bios_regs regs = { .eflags = RFLAGS_FIXED_1 };
	enum vcpu_end end =
		bios_call(guest, VECTOR_EQUIPMENT, &regs, PROGRAM_TIMEOUT_MS);

	if (end == VCPU_END_DONE &&
	    (u16)regs.eax == bios_area_read16(BDA_EQUIPMENT)) {
		return true;
	}
	selftest_saw("then INT 11h: %s %s, ax=%04x", vcpu_end_name(end),
		     guest->vcpu.why, regs.eax & 0xffff);
	return false;
}

/* A record, with pointers to its texts and code. */
struct program {
	const struct test_snippet *record;
	const char *why;
	const char *code;
	size_t code_bytes;
};

static void find_texts(struct program *program,
		       const struct test_snippet *record)
{
	const char *end = (const char *)record + record->bytes;

	program->record = record;
	program->why = record->text + strlen(record->text) + 1;
	program->code = program->why + strlen(program->why) + 1;
	program->code_bytes = (size_t)(end - program->code);
}

static bool run_program(struct guest16 *guest, const struct program *program)
{
	const struct test_snippet *record = program->record;
	struct bios_regs regs = { .eflags = RFLAGS_IF | RFLAGS_FIXED_1 };

	selftest_guest_run(guest, program->code, program->code_bytes, &regs,
			   PROGRAM_TIMEOUT_MS);
	if (!selftest_guest_ended(guest, record->end, program->why)) {
		return false;
	}
	/* A refused call must have CF set, so that nobody takes it for done. */
	if (record->end == VCPU_END_REFUSED && !(regs.eflags & RFLAGS_CF)) {
		selftest_saw("no carry");
		return false;
	}
	if (record->end != VCPU_END_DONE) {
		return selftest_guest_works(guest);
	}
	if ((u16)regs.eax != record->ax) {
		selftest_saw("ax=%04x", regs.eax & 0xffff);
		return false;
	}
	return true;
}

static void try_program(const char *group, const struct engine *engine,
			const struct test_snippet *record)
{
	static struct guest16 guest;
	struct program program;
	char expected[24];
	bool passed = false;

	find_texts(&program, record);
	if (!selftest_begin(group, record->text)) {
		return;
	}
	if (make_in(&guest, engine, (record->guests & TEST_SNIPPET_VME) != 0)) {
		passed = run_program(&guest, &program);
		bios_guest_free(&guest);
	}
	fmt_snprintf(expected, sizeof(expected), "ax=%04x", record->ax);
	selftest_end(passed,
		     record->end == VCPU_END_DONE ? expected : program.why);
}

static void run_programs(const char *group, const struct engine *engine)
{
	u8 kind = engine->uses_v86 ? TEST_SNIPPET_V86 : TEST_SNIPPET_REAL;
	const struct test_snippet *record = test_snippets;

	if (!engine_available(engine, &vmx_this_core()->caps)) {
		if (selftest_begin(group, "programs")) {
			selftest_skip("the processor lacks what it needs");
			selftest_end(false, "");
		}
		return;
	}
	while (record->bytes != 0) {
		if (record->guests & kind) {
			try_program(group, engine, record);
		}
		record = (const struct test_snippet *)((const char *)record +
						       record->bytes);
	}
}

void selftest_programs(void)
{
	run_programs("v86", &engine_v86);
	run_programs("v86-ept", &engine_v86_ept);
	run_programs("real", &engine_real);
}
