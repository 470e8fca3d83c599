/*
 * Polls the keyboard controller (i8042) as the BIOS left it: scan codes of set
 * 1, interrupt on. While a guest with the machine view runs, the keys are the
 * BIOS's, and what it has not been asked for by then stays in its buffer; of
 * Ctrl-Break it leaves a note in its data area.
 */
#include "arch/console/keyboard.h"

#include "arch/clock.h"
#include "arch/console/input.h"
#include "arch/console/keys.h"
#include "arch/console/log.h"
#include "arch/console/scancodes.h"
#include "arch/cpu.h"
#include "arch/mem/paging.h"
#include "arch/percpu.h"

#define IRQ_KEYBOARD 1
#define KBC_DATA 0x60
#define KBC_STATUS 0x64
#define STATUS_OUTPUT_FULL 0x01
#define STATUS_FROM_MOUSE 0x20
#define STATUS_ABSENT 0xff
#define BDA_SHIFT_FLAGS 0x417
#define BDA_BREAK 0x471
#define BREAK_PRESSED 0x80 /* the BIOS sets it and leaves it set */
/*
 * Where firmware makes a USB keyboard look like this one, each read of port 64h
 * is an SMI, which stops all cores for tens of microseconds: it is not looked
 * at more often than KEYBOARD_LOOK_US, however often it is asked.
 */
#define MOST_AT_ONCE 32 /* a broken controller may never be empty */

static bool (*is_the_guests)(void);
static u64 (*guest_turns)(void);
static u64 looked_tsc; /* when port 64h was read last */
static u64 looks;      /* and how often in all */
static bool is_absent;
static struct scancodes codes;
static bool break_was_seen;	    /* before a guest had the keyboard */
static u64 turns_seen = UINT64_MAX; /* guest_turns() then; none yet */

void keyboard_init(bool (*guest_has_it)(void), u64 (*turns)(void))
{
	is_the_guests = guest_has_it;
	guest_turns = turns;
}

/* Keys may have been released while the BIOS had the keyboard. */
static void sync_with_bios(void)
{
	u64 turns = guest_turns();

	if (turns != turns_seen) {
		keys_sync(*(volatile u8 *)phys_to_virt(BDA_SHIFT_FLAGS),
			  turns_seen == UINT64_MAX);
		codes = (struct scancodes){ 0 };
		turns_seen = turns;
	}
}

static bool bios_saw_break(void)
{
	return (*(volatile u8 *)phys_to_virt(BDA_BREAK) & BREAK_PRESSED) != 0;
}

/* The one key that is for us also while the BIOS has the keyboard. */
static void look_for_break(void)
{
	if (bios_saw_break() && !break_was_seen) {
		*(volatile u8 *)phys_to_virt(BDA_BREAK) &= (u8)~BREAK_PRESSED;
		input_break();
	}
}

static void take_code(u8 code)
{
	struct key_event event;

	if (scancodes_feed(&codes, code, &event)) {
		keys_event(event);
	}
}

/* An interrupt of the keyboard's may come before its turn: that is soon. */
static bool is_time_to_look(void)
{
	u64 now = rdtsc();

	if (now - looked_tsc < clock_us_to_tsc(KEYBOARD_LOOK_US)) {
		return false;
	}
	looked_tsc = now;
	return true;
}

u64 keyboard_looks(void)
{
	return looks;
}

bool keyboard_probe(bool firmware_has_none)
{
	is_absent = inb(KBC_STATUS) == STATUS_ABSENT;
	looks++;
	if (is_absent) {
		log_detail("keyboard: no i8042; port 64h reads as FFh%s",
			   firmware_has_none ? ", as ACPI says" : "");
	} else if (firmware_has_none) {
		log_detail("keyboard: port 64h answers, although ACPI says "
			   "that there is no i8042");
	}
	return !is_absent;
}

static void fetch(void *state)
{
	(void)state;
	if (this_cpu_index() != 0) {
		return;
	}
	if (is_the_guests()) {
		look_for_break();
		return;
	}
	if (is_absent || !is_time_to_look()) {
		return;
	}
	break_was_seen = bios_saw_break();
	for (unsigned i = 0; i < MOST_AT_ONCE; i++) {
		u8 status = inb(KBC_STATUS);
		u8 code;

		looks++;
		if (status == STATUS_ABSENT || !(status & STATUS_OUTPUT_FULL)) {
			return;
		}
		code = inb(KBC_DATA);
		if (!(status & STATUS_FROM_MOUSE)) {
			sync_with_bios();
			take_code(code);
		}
	}
}

static const struct console_source_ops source_ops = { .fetch = fetch };

const struct console_source keyboard_source = {
	.ops = &source_ops,
	.name = "keyboard",
	.irq = IRQ_KEYBOARD,
	.pic_line_is_the_guests = true,
};
