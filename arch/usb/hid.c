/* Compares each report with the one before. Called by arch/usb/usb_keyboard.c. */
/* build: pure */
#include "arch/usb/hid.h"

#include "lib/string.h"

#define FIRST_KEY 2u /* byte 0: modifiers, byte 1: reserved, then six keys */
#define KEY_ROLL_OVER 0x01  /* too many keys: which ones is not known */
#define FIRST_REAL_KEY 0x04 /* below are errors */

static bool has_key(const u8 *report, u8 key)
{
	for (size_t i = FIRST_KEY; i < HID_REPORT_BYTES; i++) {
		if (report[i] == key) {
			return true;
		}
	}
	return false;
}

static size_t add(struct key_event *events, size_t n, u8 key, bool pressed)
{
	events[n] = (struct key_event){ .key = key, .pressed = pressed };
	return n + 1;
}

static size_t modifiers(u8 was, u8 is, struct key_event *events)
{
	size_t n = 0;

	for (u8 i = 0; i < KEY_MODIFIERS; i++) {
		if ((was ^ is) & 1u << i) {
			n = add(events, n, (u8)(KEY_LEFT_CTRL + i),
				(is & 1u << i) != 0);
		}
	}
	return n;
}

/* Those in a that are not in b, each once. */
static size_t differences(const u8 *a, const u8 *b, bool pressed,
			  struct key_event *events)
{
	size_t n = 0;

	for (size_t i = FIRST_KEY; i < HID_REPORT_BYTES; i++) {
		bool again = false;

		for (size_t j = FIRST_KEY; j < i; j++) {
			again |= a[j] == a[i];
		}
		if (a[i] >= FIRST_REAL_KEY && !again && !has_key(b, a[i])) {
			n = add(events, n, a[i], pressed);
		}
	}
	return n;
}

size_t hid_report(struct hid_keyboard *keyboard, const u8 *report, size_t bytes,
		  u64 now_ms, struct key_event events[HID_MAX_EVENTS])
{
	u8 now[HID_REPORT_BYTES] = { 0 };
	size_t n, released;

	if (bytes == 0) {
		return 0;
	}
	memcpy(now, report, MIN(bytes, sizeof(now)));
	if (has_key(now, KEY_ROLL_OVER)) {
		memcpy(now + FIRST_KEY, keyboard->report + FIRST_KEY,
		       sizeof(now) - FIRST_KEY);
	}
	n = modifiers(keyboard->report[0], now[0], events);
	n += differences(keyboard->report, now, false, events + n);
	released = n;
	n += differences(now, keyboard->report, true, events + n);
	if (n > released) {
		keyboard->repeated = events[n - 1].key;
		keyboard->repeat_at_ms = now_ms + HID_REPEAT_DELAY_MS;
	} else if (!has_key(now, keyboard->repeated)) {
		keyboard->repeated = KEY_NONE;
	}
	memcpy(keyboard->report, now, sizeof(now));
	return n;
}

bool hid_repeat(struct hid_keyboard *keyboard, u64 now_ms,
		struct key_event *event)
{
	if (keyboard->repeated == KEY_NONE || now_ms < keyboard->repeat_at_ms) {
		return false;
	}
	keyboard->repeat_at_ms = now_ms + HID_REPEAT_MS;
	*event = (struct key_event){ .key = keyboard->repeated,
				     .pressed = true };
	return true;
}
