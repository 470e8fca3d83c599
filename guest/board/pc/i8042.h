/*
 * The keyboard controller of a PC at ports 60h and 64h, with a keyboard and a
 * PS/2 mouse behind it, the A20 gate and the processor's reset: IBM PS/2
 * "Hardware Interface Technical Reference", keyboard and auxiliary device
 * controller. Pure.
 *
 * The keyboard speaks scan-code set 2, as they all do after a reset, and the
 * controller translates to set 1 where it is told to. Bytes take no time.
 */
#pragma once

#include "guest/board/pc/i8042_devices.h"
#include "lib/types.h"

#define I8042_DATA_PORT 0x60u
#define I8042_COMMAND_PORT 0x64u
struct i8042 {
	u8 config;  /* the command byte */
	u8 output;  /* the output port, without what mirrors the buffer */
	u8 command; /* one that awaits its parameter at port 60h, or 0 */
	u8 ram[32];
	bool wrote_command; /* the last write was to port 64h */
	bool full, from_mouse;
	u8 buffer;   /* what port 60h reads, also when it is read again */
	bool resets; /* the processor's reset line: taken by its owner */
	struct i8042_queue replies; /* the controller's own bytes */
	struct i8042_device keyboard, mouse;
};

void i8042_init(struct i8042 *kbc);

u8 i8042_read(struct i8042 *kbc, u16 port);
void i8042_write(struct i8042 *kbc, u16 port, u8 value);

/* Interrupt lines 1 and 12. */
bool i8042_keyboard_line(const struct i8042 *kbc);
bool i8042_mouse_line(const struct i8042 *kbc);

bool i8042_a20_is_open(const struct i8042 *kbc);
void i8042_set_a20(struct i8042 *kbc, bool open);

/*
 * A key is pressed or released, by its bytes of scan-code set 1. False where
 * the keyboard has no room, or does not report keys: nothing was taken.
 */
bool i8042_key(struct i8042 *kbc, const u8 *set1, u32 count);

/* The mouse has moved, to the right and up; bit 0: the left button is down. */
void i8042_mouse_moved(struct i8042 *kbc, s32 right, s32 up, u8 buttons);
