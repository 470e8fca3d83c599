/* The keyboard and the mouse behind guest/board/pc/i8042.h. Pure. */
#pragma once

#include "lib/types.h"

#define I8042_QUEUE 64u

struct i8042_queue {
	u8 bytes[I8042_QUEUE];
	u8 first, count;
};

/* What is behind the controller: a keyboard or a mouse. */
struct i8042_device {
	struct i8042_queue queue;
	u8 command; /* one that awaits its parameter, or 0 */
	u8 last_sent;
	bool reports; /* keys, or movement */
	u8 rate;
	/* The keyboard's */
	u8 leds, scan_set;
	/* The mouse's */
	u8 resolution, buttons;
	bool scales, remote;
};

#define I8042_RELEASED 0xf0u /* in set 2: the code that follows */

/* False where it is full. */
bool i8042_queue_put(struct i8042_queue *queue, u8 byte);

/* What a code of set 2 is in set 1. */
u8 i8042_set1_of(u8 set2);

void i8042_keyboard_reset(struct i8042_device *keyboard);
void i8042_keyboard_write(struct i8042_device *keyboard, u8 value);
bool i8042_keyboard_key(struct i8042_device *keyboard, const u8 *set1,
			u32 count);

void i8042_mouse_reset(struct i8042_device *mouse);
void i8042_mouse_write(struct i8042_device *mouse, u8 value);
void i8042_mouse_move(struct i8042_device *mouse, s32 right, s32 up,
		      u8 buttons);
