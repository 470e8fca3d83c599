/*
 * Self-tests of guest/bios/call_list.h, by every engine that the processor can
 * run. On the boot core, interrupts off.
 */
#include "arch/x86.h"
#include "guest/bios/call_list.h"
#include "guest/code16/engines.h"
#include "guest/far_ptr.h"
#include "lib/string.h"
#include "monitor/settings.h"
#include "proof/selftest/selftest.h"
#include "vmm/vmx/vmx.h"

#define TIMEOUT_MS 1000
#define LOOP_TIMEOUT_MS 5
#define FREE_VECTOR 0x60
#define CODE_SEGMENT 0x1000
#define WAIT_US 120000u /* two ticks of the clock and more */

/* 1: jmp 1b */
static const u8 code_loop[] = { 0xeb, 0xfe };
/*
 * notl of seven registers; push %ds; push %es; pop %ds; pop %es; stc;
 * retf $2
 */
static const u8 code_turn[] = { 0x66, 0xf7, 0xd0, 0x66, 0xf7, 0xd3, 0x66, 0xf7,
				0xd1, 0x66, 0xf7, 0xd2, 0x66, 0xf7, 0xd6, 0x66,
				0xf7, 0xd7, 0x66, 0xf7, 0xd5, 0x1e, 0x06, 0x1f,
				0x07, 0xf9, 0xca, 0x02, 0x00 };

/* Puts the code where INT FREE_VECTOR leads to. */
static void hook(struct guest16 *guest, const u8 *code, size_t bytes)
{
	const struct far_ptr to = { .offset = 0, .segment = CODE_SEGMENT };

	guest_memory_write(&guest->memory, CODE_SEGMENT << 4, code, bytes);
	guest_memory_write(&guest->memory, FREE_VECTOR * sizeof(to), &to,
			   sizeof(to));
}

static bool made(const struct call_list *list, enum vcpu_end end,
		 enum vcpu_end wanted, u32 calls)
{
	selftest_saw("%s, %u of %u calls made", vcpu_end_name(end), list->made,
		     list->count);
	return end == wanted && list->made == calls;
}

/* The equipment and memory size words, in turn, against calls by themselves. */
static bool mixed(struct guest16 *guest)
{
	struct bios_regs equipment = { .eflags = RFLAGS_FIXED_1 };
	struct bios_regs size = equipment;
	struct call_list list;
	enum vcpu_end end;

	bios_call(guest, 0x11, &equipment, TIMEOUT_MS);
	bios_call(guest, 0x12, &size, TIMEOUT_MS);
	if (call_list_begin(&list, guest) != 0) {
		return false;
	}
	for (u32 i = 0; i < CALL_LIST_MAX; i++) {
		call_list_add(&list, i % 2 == 0 ? 0x11 : 0x12)->eax = i << 16;
	}
	if (call_list_add(&list, 0x11) != NULL) {
		selftest_saw("room for more than all");
		return false;
	}
	end = bios_call_list(&list, CALL_LIST_STOP_AT_CARRY, TIMEOUT_MS);
	if (!made(&list, end, VCPU_END_DONE, CALL_LIST_MAX)) {
		return false;
	}
	for (u32 i = 0; i < CALL_LIST_MAX; i++) {
		u32 wanted = i % 2 == 0 ? equipment.eax : size.eax;

		if (call_list_at(&list, i)->eax != (i << 16 | wanted)) {
			selftest_saw("call %u: eax=%08x", i,
				     call_list_at(&list, i)->eax);
			return false;
		}
	}
	return true;
}

/* A handler that inverts, exchanges DS and ES and sets CF. */
static bool registers(struct guest16 *guest)
{
	struct call_list list;
	struct listed_call *call;

	hook(guest, code_turn, sizeof(code_turn));
	if (call_list_begin(&list, guest) != 0) {
		return false;
	}
	call = call_list_add(&list, FREE_VECTOR);
	*call = (struct listed_call){ .eax = 1,
				      .ebx = 2,
				      .ecx = 3,
				      .edx = 4,
				      .esi = 5,
				      .edi = 6,
				      .ebp = 0x80000007,
				      .ds = 0x1234,
				      .es = 0x4321,
				      .flags = RFLAGS_FIXED_1 | RFLAGS_DF,
				      .entry_ip = call->entry_ip,
				      .entry_cs = call->entry_cs };
	if (!made(&list,
		  bios_call_list(&list, CALL_LIST_TO_THE_END, TIMEOUT_MS),
		  VCPU_END_DONE, 1)) {
		return false;
	}
	selftest_saw("eax=%08x ebp=%08x ds=%04x es=%04x flags=%04x", call->eax,
		     call->ebp, call->ds, call->es, call->flags);
	return call->eax == ~1u && call->ebx == ~2u && call->ecx == ~3u &&
	       call->edx == ~4u && call->esi == ~5u && call->edi == ~6u &&
	       call->ebp == ~0x80000007u && call->ds == 0x4321 &&
	       call->es == 0x1234 &&
	       (call->flags & (RFLAGS_CF | RFLAGS_DF)) ==
		       (RFLAGS_CF | RFLAGS_DF);
}

/* Carry by the second of three. */
static bool carry(struct guest16 *guest)
{
	struct call_list list;
	enum vcpu_end end;

	hook(guest, code_turn, sizeof(code_turn));
	for (u32 i = 0; i < 2; i++) {
		bool stop = i == 0;

		if (call_list_begin(&list, guest) != 0) {
			return false;
		}
		call_list_add(&list, 0x12);
		call_list_add(&list, FREE_VECTOR);
		call_list_add(&list, 0x12);
		end = bios_call_list(&list,
				     stop ? CALL_LIST_STOP_AT_CARRY
					  : CALL_LIST_TO_THE_END,
				     TIMEOUT_MS);
		if (!made(&list, end, VCPU_END_DONE, stop ? 2 : 3) ||
		    (call_list_at(&list, 2)->eax == 0) != stop) {
			return false;
		}
	}
	return true;
}

/* The second never ends; the guest can still be used. */
static bool endless(struct guest16 *guest)
{
	struct call_list list;

	hook(guest, code_loop, sizeof(code_loop));
	if (call_list_begin(&list, guest) != 0) {
		return false;
	}
	call_list_add(&list, 0x12);
	call_list_add(&list, FREE_VECTOR);
	call_list_add(&list, 0x12);
	return made(&list,
		    bios_call_list(&list, CALL_LIST_TO_THE_END,
				   LOOP_TIMEOUT_MS),
		    VCPU_END_TIMEOUT, 1) &&
	       list.at_end.cs == CODE_SEGMENT && list.at_end.eip == 0 &&
	       selftest_guest_works(guest);
}

static bool nothing(struct guest16 *guest)
{
	struct call_list list;

	return call_list_begin(&list, guest) == 0 &&
	       made(&list,
		    bios_call_list(&list, CALL_LIST_STOP_AT_CARRY, TIMEOUT_MS),
		    VCPU_END_DONE, 0);
}

/* IRQ 0 counts on while a list runs. */
static bool interrupts(struct guest16 *guest)
{
	struct call_list list;
	struct listed_call *wait;

	if (call_list_begin(&list, guest) != 0) {
		return false;
	}
	call_list_add(&list, 0x1a);
	wait = call_list_add(&list, 0x15);
	wait->eax = 0x8600;
	wait->ecx = WAIT_US >> 16;
	wait->edx = WAIT_US & 0xffff;
	call_list_add(&list, 0x1a);
	if (!made(&list,
		  bios_call_list(&list, CALL_LIST_TO_THE_END, TIMEOUT_MS),
		  VCPU_END_DONE, 3)) {
		return false;
	}
	selftest_saw("clock %u, later %u", call_list_at(&list, 0)->edx,
		     call_list_at(&list, 2)->edx);
	return call_list_at(&list, 2)->edx != call_list_at(&list, 0)->edx;
}

static bool in_guest(const struct engine *engine,
		     const struct board_kind *board,
		     bool (*test)(struct guest16 *guest))
{
	static struct guest16 guest;
	bool passed;

	if (bios_guest_init(&guest, engine, board, settings()->vme) != 0) {
		selftest_saw("no guest");
		return false;
	}
	passed = test(&guest);
	bios_guest_free(&guest);
	return passed;
}

static bool by_all(const struct board_kind *board,
		   bool (*test)(struct guest16 *guest))
{
	for (size_t i = 0; engines[i] != NULL; i++) {
		if (engine_available(engines[i], &vmx_this_core()->caps) &&
		    !in_guest(engines[i], board, test)) {
			return false;
		}
	}
	return true;
}

void selftest_lists(void)
{
	static const struct {
		const char *name;
		const char *expected;
		const struct board_kind *board;
		bool (*run)(struct guest16 *guest);
	} tests[] = {
		{ "mixed", "what single calls give", &board_private, mixed },
		{ "registers", "them turned", &board_private, registers },
		{ "carry", "the end at it, if asked", &board_private, carry },
		{ "endless", "a timeout in the second", &board_private,
		  endless },
		{ "nothing", "no call", &board_private, nothing },
		{ "interrupts", "the clock to go on", &board_machine,
		  interrupts },
	};

	for (size_t i = 0; i < ARRAY_SIZE(tests); i++) {
		if (selftest_begin("list", tests[i].name)) {
			selftest_end(by_all(tests[i].board, tests[i].run),
				     tests[i].expected);
		}
	}
}
