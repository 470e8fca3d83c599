/* See hostile_calls.h. */
#include "proof/hostile/hostile_calls.h"

#include "arch/clock.h"
#include "guest/bios/bios.h"
#include "guest/memory/bios_area.h"
#include "guest/board/bios_ticks.h"
#include "monitor/engine_choice.h"

#define VECTOR_EQUIPMENT 0x11
#define VECTOR_MEMORY_SIZE 0x12
#define VECTOR_TIME 0x1a
#define CALL_TIMEOUT_MS 1000
#define TICKS_OFF 2

static bool call(struct guest16 *guest, u8 vector, struct bios_regs *regs)
{
	*regs = (struct bios_regs){ .eflags = 0x202 };
	return bios_call(guest, vector, regs, CALL_TIMEOUT_MS) == VCPU_END_DONE;
}

/*
 * Adds the time since the last call, and the ticks that the BIOS has counted
 * meanwhile.
 */
static void add_ticks(struct hostile_calls *calls, u32 ticks)
{
	u64 now = clock_us();

	if (calls->last_us != 0) {
		calls->us += now - calls->last_us;
		calls->ticks += (ticks + BIOS_TICKS_A_DAY - calls->last_ticks) %
				BIOS_TICKS_A_DAY;
	}
	calls->last_us = now;
	calls->last_ticks = ticks;
}

static const char *make_calls(struct hostile_calls *calls)
{
	bool is_boot_core = calls->core == 0;
	struct guest16 *guest;
	struct bios_regs regs;

	if (engine_choice_guest(is_boot_core ? &board_machine : &board_private,
				&guest) != 0) {
		return "no guest";
	}
	if (!call(guest, VECTOR_EQUIPMENT, &regs) ||
	    (u16)regs.eax != bios_area_read16(BDA_EQUIPMENT)) {
		return "INT 11h";
	}
	if (!call(guest, VECTOR_MEMORY_SIZE, &regs) ||
	    (u16)regs.eax != bios_area_read16(BDA_MEMORY_KIB)) {
		return "INT 12h";
	}
	if (!call(guest, VECTOR_TIME, &regs)) {
		return "INT 1Ah";
	}
	if (is_boot_core) {
		add_ticks(calls, regs.ecx << 16 | (u16)regs.edx);
	}
	return NULL;
}

void hostile_calls_once(struct hostile_calls *calls)
{
	if (calls->wrong == NULL) {
		calls->wrong = make_calls(calls);
		calls->good += calls->wrong == NULL ? 3 : 0;
	}
}

void hostile_calls_until_stopped(void *argument)
{
	struct hostile_calls *calls = argument;

	while (!__atomic_load_n(&calls->stop, __ATOMIC_ACQUIRE)) {
		hostile_calls_once(calls);
	}
}

bool hostile_calls_ticks_are_right(const struct hostile_calls *calls)
{
	u64 due = calls->us / BIOS_TICK_US;

	return calls->ticks + TICKS_OFF >= due &&
	       due + TICKS_OFF >= calls->ticks;
}
