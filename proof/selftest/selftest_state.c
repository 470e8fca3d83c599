/*
 * Self-tests of what one guest leaves behind for another, and for the host. A
 * guest of each kind puts a value into each place
 * (proof/selftest/state_snippets.S). Then a second guest of each kind looks
 * there: it must find what it found before, while the first guest still finds
 * its value. On the boot core, interrupts off.
 */
#include "arch/x86.h"
#include "guest/bios/bios.h"
#include "guest/code16/engines.h"
#include "guest/code64/guest64.h"
#include "lib/fmt.h"
#include "lib/string.h"
#include "proof/leak_check.h"
#include "proof/selftest/selftest.h"
#include "proof/selftest/state_snippets.h"
#include "vmm/vmx/vmcs.h"
#include "vmm/vmx/vmx.h"

#define TIMEOUT_MS 1000
#define KINDS 5
#define PATTERN 0x51a7e0ffu
#define PAGE_INSIDE 0x40000u /* written and searched by all */

static const struct kind {
	const char *name;
	const struct engine *engine; /* NULL: 64-bit code */
	bool under_ept;
} kinds[KINDS] = {
	{ "v86", &engine_v86, false },	{ "v86-ept", &engine_v86_ept, true },
	{ "real", &engine_real, true }, { "shadow64", NULL, false },
	{ "ept64", NULL, true },
};

/* Two guests of a kind: the first puts the value, the second looks for it. */
struct pair {
	bool made;
	struct guest16 guest16[2];
	struct guest64 guest64[2];
};

static struct pair pairs[KINDS];

/*
 * The row that is being tried, its programs, and what the second guests found
 * before.
 */
static struct {
	const struct state_row *row;
	const struct state_element *program[STATE_PROGRAMS];
	bool can_look[KINDS];
	u32 found[KINDS];
} now;

static const struct state_row no_row;

static bool available(const struct kind *kind)
{
	const struct vmx_caps *caps = &vmx_this_core()->caps;

	return kind->engine != NULL
		       ? engine_available(kind->engine, caps)
		       : !kind->under_ept || guest64_can_use_ept(caps);
}

static bool make_guest(const struct kind *kind, struct pair *pair, u32 i)
{
	/* A program for making the guest; each run has its own. */
	static const u8 hlt = 0xf4;

	return (kind->engine != NULL
			? bios_guest_init(&pair->guest16[i], kind->engine,
					  &board_private, false)
			: guest64_init(&pair->guest64[i], &board_bare,
				       GUEST64_PAGES_2M, kind->under_ept,
				       GUEST64_RAM_END, &hlt, sizeof(hlt),
				       0)) == 0;
}

static void free_guest(const struct kind *kind, struct pair *pair, u32 i)
{
	if (kind->engine != NULL) {
		bios_guest_free(&pair->guest16[i]);
	} else {
		guest64_free(&pair->guest64[i]);
	}
}

static bool make_pair(u32 k)
{
	struct pair *pair = &pairs[k];

	pair->made = false;
	if (!available(&kinds[k])) {
		return true;
	}
	if (!make_guest(&kinds[k], pair, 0)) {
		return false;
	}
	pair->made = make_guest(&kinds[k], pair, 1);
	if (!pair->made) {
		free_guest(&kinds[k], pair, 0);
	}
	return pair->made;
}

static void free_pairs(void)
{
	for (u32 k = 0; k < KINDS; k++) {
		if (pairs[k].made) {
			free_guest(&kinds[k], &pairs[k], 0);
			free_guest(&kinds[k], &pairs[k], 1);
		}
	}
}

static bool make_pairs(void)
{
	bool all = true;

	for (u32 k = 0; k < KINDS; k++) {
		all &= make_pair(k);
	}
	return all;
}

/* Runs the program, whatever the last run's result was. */
static bool run64(struct guest64 *guest, const struct state_element *program,
		  u32 *eax)
{
	u64 gpr[16];

	vcpu_load(&guest->vcpu);
	memcpy(guest64_memory_at(&guest->memory, GUEST64_PROGRAM),
	       program->data, program->bytes);
	guest64_get_gprs(guest, gpr);
	gpr[GPR_RAX] = *eax;
	gpr[GPR_RCX] = now.row->ecx;
	gpr[GPR_RSP] = GUEST64_STACK_TOP;
	guest64_set_gprs(guest, gpr);
	vmcs_write(VMCS_GUEST_RFLAGS, RFLAGS_FIXED_1);
	vmcs_write(VMCS_GUEST_RIP, GUEST64_PROGRAM);
	vmcs_write(VMCS_GUEST_ACTIVITY_STATE, ACTIVITY_ACTIVE);
	if (guest64_run(guest, TIMEOUT_MS * 1000ull) != VCPU_END_DONE) {
		return false;
	}
	guest64_get_gprs(guest, gpr);
	*eax = (u32)gpr[GPR_RAX];
	return true;
}

static bool run16(struct guest16 *guest, const struct state_element *program,
		  u32 *eax)
{
	struct bios_regs regs = { .eax = *eax,
				  .ecx = now.row->ecx,
				  .eflags = RFLAGS_FIXED_1 };

	selftest_guest_run(guest, program->data, program->bytes, &regs,
			   TIMEOUT_MS);
	*eax = regs.eax;
	return guest->vcpu.end == VCPU_END_DONE;
}

/* Runs guest i of the kind; whether it came to the program's end. */
static bool run(u32 k, u32 i, bool put, u32 *eax)
{
	bool code64 = kinds[k].engine == NULL;
	const struct state_element *program =
		now.program[(code64 ? STATE_PUT64 : STATE_PUT16) +
			    (put ? 0 : 1)];

	if (program == NULL || !pairs[k].made) {
		return false;
	}
	return code64 ? run64(&pairs[k].guest64[i], program, eax)
		      : run16(&pairs[k].guest16[i], program, eax);
}

static bool look_is_clean(u32 by, u32 k)
{
	u32 eax = 0;
	bool could = run(k, 1, false, &eax);

	if (could == now.can_look[k] && (!could || eax == now.found[k])) {
		return true;
	}
	selftest_saw("%x in %s after %s, %x before", could ? eax : 0,
		     kinds[k].name, kinds[by].name, now.found[k]);
	return false;
}

/*
 * Whether the guest that put the value still has it: if not, there was nothing
 * to find.
 */
static bool is_kept(u32 k)
{
	u32 eax = 0;

	if (!now.can_look[k]) {
		return true;
	}
	if (run(k, 0, false, &eax) && eax == now.row->value) {
		return true;
	}
	selftest_saw("%s put %x and has %x", kinds[k].name, now.row->value,
		     eax);
	return false;
}

static bool host_is_clean(u32 by, const struct host_check *before)
{
	static struct host_check after;
	const char *changed;

	host_check_registers(&after);
	changed = host_check_difference(before, &after);
	if (changed != NULL) {
		selftest_saw("the host's %s changed by %s", changed,
			     kinds[by].name);
	}
	return changed == NULL;
}

/* A guest of one kind puts the value, guests of all kinds look for it. */
static bool try_kind(u32 k, const struct host_check *before, bool *put)
{
	u32 eax = now.row->value;

	*put = run(k, 0, true, &eax);
	if (*put && now.row->nobody) {
		selftest_saw("%s could", kinds[k].name);
		return false;
	}
	if (!host_is_clean(k, before)) {
		return false;
	}
	for (u32 other = 0; other < KINDS; other++) {
		if (!look_is_clean(k, other)) {
			return false;
		}
	}
	return !*put || is_kept(k);
}

static bool try_row(void)
{
	static struct host_check before;
	char who[64] = "";
	int length = 0;

	for (u32 k = 0; k < KINDS; k++) {
		now.found[k] = 0;
		now.can_look[k] = run(k, 1, false, &now.found[k]);
	}
	host_check_registers(&before);
	for (u32 k = 0; k < KINDS; k++) {
		bool put;

		if (!try_kind(k, &before, &put)) {
			return false;
		}
		if (put) {
			length += fmt_snprintf(who + length,
					       sizeof(who) - (size_t)length,
					       " %s", kinds[k].name);
		}
	}
	selftest_saw("put by%s", length != 0 ? who : " nobody");
	return true;
}

static const struct state_element *next(const struct state_element *element)
{
	return (const void *)(element->data + element->bytes);
}

/* Reads a row and its programs, if it has its own; returns the next row. */
static const struct state_element *read_row(const struct state_element *element)
{
	now.row = (const void *)element->data;
	element = next(element);
	if (element->tag < STATE_PROGRAMS) {
		memset(now.program, 0, sizeof(now.program));
	}
	for (; element->tag < STATE_PROGRAMS; element = next(element)) {
		now.program[element->tag] = element;
	}
	return element;
}

/*
 * Runs a program that ends well and one that faults, which touch all pages that
 * the later runs need, so that none has to be made then.
 */
static void warm_up(void)
{
	static const u8 programs[][4] = {
		{ STATE_PUT16, 1, 0xcb },
		{ STATE_PUT16, 2, 0x0f, 0x0b },
	};
	u32 eax = 0;

	now.row = &no_row;
	for (u32 k = 0; k < KINDS; k++) {
		for (u32 i = 0; i < 4 && kinds[k].engine != NULL; i++) {
			now.program[STATE_PUT16] =
				(const void *)programs[i / 2];
			run(k, i % 2, true, &eax);
		}
	}
}

/* Frees the guests, after all rows. */
static void give_back(const struct leak_check *before)
{
	char what[100] = "nothing left";
	bool leaked;

	free_pairs();
	leaked = leak_check_end(before, what, sizeof(what));
	if (selftest_begin("state", "guests given back")) {
		selftest_saw("%s", what);
		selftest_end(!leaked, "nothing left of them");
	}
}

/* The host's address of a page that the programs reach. */
static const u8 *page_inside(u32 k)
{
	return kinds[k].engine != NULL
		       ? guest_memory_at(&pairs[k].guest16[0].memory,
					 PAGE_INSIDE)
		       : guest64_memory_at(&pairs[k].guest64[0].memory,
					   PAGE_INSIDE);
}

/* Makes a guest, runs one program in it, and frees it. */
static bool one_run(u32 k, const struct state_element *program, u32 *eax,
		    const u8 **page)
{
	bool ended;

	if (!make_guest(&kinds[k], &pairs[k], 0)) {
		return false;
	}
	pairs[k].made = true;
	now.program[STATE_PUT16] = program;
	now.program[STATE_PUT64] = program;
	ended = run(k, 0, true, eax);
	*page = page_inside(k);
	free_guest(&kinds[k], &pairs[k], 0);
	pairs[k].made = false;
	return ended;
}

/* A second guest gets the pages of the first, and must find nothing in them. */
static bool is_cleared(u32 k)
{
	bool code64 = kinds[k].engine == NULL;
	const u8 *first, *second;
	u32 filled = PATTERN, found = PATTERN;

	if (!one_run(k, code64 ? &state_fill64 : &state_fill16, &filled,
		     &first) ||
	    !one_run(k, code64 ? &state_scan64 : &state_scan16, &found,
		     &second)) {
		selftest_saw("no run to its end");
		return false;
	}
	selftest_saw("%x found, in %s pages", found,
		     first == second ? "the same" : "other");
	return found == 0 && first == second;
}

static void test_memory(void)
{
	now.row = &no_row;
	for (u32 k = 0; k < KINDS; k++) {
		char name[24];

		fmt_snprintf(name, sizeof(name), "RAM, %s", kinds[k].name);
		if (available(&kinds[k]) && selftest_begin("state", name)) {
			selftest_end(is_cleared(k),
				     "0 found, in the same pages");
		}
	}
}

static void test_row(bool made)
{
	bool passed = made && try_row();

	if (!made) {
		selftest_saw("no memory for the guests");
	}
	selftest_end(passed, now.row->nobody ? "no guest that can"
					     : "it nowhere else, and kept");
}

/* The guests are made when the first wanted row begins. */
void selftest_state(void)
{
	static struct leak_check before;
	const struct state_element *element = state_snippets;
	bool tried = false, made = false;

	while (element->tag == STATE_ROW) {
		const struct state_element *row = element;

		element = read_row(row);
		if (!selftest_begin("state", now.row->name)) {
			continue;
		}
		if (!tried) {
			leak_check_begin(&before);
			made = make_pairs();
			warm_up();
			tried = true;
			read_row(row);
			selftest_begin("state", now.row->name);
		}
		test_row(made);
	}
	if (tried) {
		give_back(&before);
	}
	test_memory();
}
