/* Commands of the two devices, and what they send by themselves. */
/* build: pure */
#include "guest/board/pc/i8042_devices.h"

#include "lib/string.h"

#define ACKNOWLEDGED 0xfau
#define RESEND 0xfeu
#define SELF_TEST_PASSED 0xaau
#define KEYBOARD_RATE 0x2bu /* 10.9 characters a second after 500 ms */
#define KEYBOARD_ID 0xabu
#define KEYBOARD_ID_SECOND 0x83u
#define ECHO 0xeeu
#define MOUSE_RATE 100u
#define MOUSE_RESOLUTION 2u
#define MOUSE_ID 0u
#define SCAN_SET_DEFAULT 2u
#define EXTENDED 0xe0u

enum device_command {
	COMMAND_SCALE_1 = 0xe6,
	COMMAND_SCALE_2 = 0xe7,
	COMMAND_RESOLUTION = 0xe8,
	COMMAND_STATUS = 0xe9,
	COMMAND_STREAM = 0xea,
	COMMAND_READ = 0xeb,
	COMMAND_LEDS = 0xed,
	COMMAND_ECHO = 0xee,
	COMMAND_SCAN_SET = 0xf0, /* of a mouse: remote mode */
	COMMAND_ID = 0xf2,
	COMMAND_RATE = 0xf3,
	COMMAND_ENABLE = 0xf4,
	COMMAND_DISABLE = 0xf5,
	COMMAND_DEFAULTS = 0xf6,
	COMMAND_RESEND = 0xfe,
	COMMAND_RESET = 0xff,
};

/*
 * Set 2 to set 1, by the code: the controller's ROM. Above it codes stay, but
 * for 83h (F7) and 84h (SysRq).
 */
static const u8 set1[128] = {
	0xff, 0x43, 0x41, 0x3f, 0x3d, 0x3b, 0x3c, 0x58, 0x64, 0x44, 0x42, 0x40,
	0x3e, 0x0f, 0x29, 0x59, 0x65, 0x38, 0x2a, 0x70, 0x1d, 0x10, 0x02, 0x5a,
	0x66, 0x71, 0x2c, 0x1f, 0x1e, 0x11, 0x03, 0x5b, 0x67, 0x2e, 0x2d, 0x20,
	0x12, 0x05, 0x04, 0x5c, 0x68, 0x39, 0x2f, 0x21, 0x14, 0x13, 0x06, 0x5d,
	0x69, 0x31, 0x30, 0x23, 0x22, 0x15, 0x07, 0x5e, 0x6a, 0x72, 0x32, 0x24,
	0x16, 0x08, 0x09, 0x5f, 0x6b, 0x33, 0x25, 0x17, 0x18, 0x0b, 0x0a, 0x60,
	0x6c, 0x34, 0x35, 0x26, 0x27, 0x19, 0x0c, 0x61, 0x6d, 0x73, 0x28, 0x74,
	0x1a, 0x0d, 0x62, 0x6e, 0x3a, 0x36, 0x1c, 0x1b, 0x75, 0x2b, 0x63, 0x76,
	0x55, 0x56, 0x77, 0x78, 0x79, 0x7a, 0x0e, 0x7b, 0x7c, 0x4f, 0x7d, 0x4b,
	0x47, 0x7e, 0x7f, 0x6f, 0x52, 0x53, 0x50, 0x4c, 0x4d, 0x48, 0x01, 0x45,
	0x57, 0x4e, 0x51, 0x4a, 0x37, 0x49, 0x46, 0x54,
};
#define SET2_F7 0x83u
#define SET2_SYSRQ 0x84u
#define SET1_F7 0x41u
#define SET1_SYSRQ 0x54u

u8 i8042_set1_of(u8 set2)
{
	if (set2 < ARRAY_SIZE(set1)) {
		return set1[set2];
	}
	return set2 == SET2_F7	    ? SET1_F7
	       : set2 == SET2_SYSRQ ? SET1_SYSRQ
				    : set2;
}

/* F7's first code in the table is another keyboard's. */
static u8 set2_of(u8 code)
{
	if (code == SET1_F7) {
		return SET2_F7;
	}
	for (u32 i = 1; i < ARRAY_SIZE(set1); i++) {
		if (set1[i] == code) {
			return (u8)i;
		}
	}
	return code;
}

static void send(struct i8042_device *device, u8 byte)
{
	device->last_sent = byte;
	i8042_queue_put(&device->queue, byte);
}

void i8042_keyboard_reset(struct i8042_device *keyboard)
{
	memset(keyboard, 0, sizeof(*keyboard));
	keyboard->rate = KEYBOARD_RATE;
	keyboard->scan_set = SCAN_SET_DEFAULT;
	keyboard->reports = true;
}

static void defaults(struct i8042_device *keyboard, bool reports)
{
	keyboard->rate = KEYBOARD_RATE;
	keyboard->scan_set = SCAN_SET_DEFAULT;
	keyboard->reports = reports;
}

static void keyboard_parameter(struct i8042_device *keyboard, u8 value)
{
	u8 command = keyboard->command;

	keyboard->command = 0;
	send(keyboard, ACKNOWLEDGED);
	switch (command) {
	case COMMAND_LEDS:
		keyboard->leds = value & 7;
		break;
	case COMMAND_RATE:
		keyboard->rate = value & 0x7f;
		break;
	default: /* the scan-code set: 0 asks for it */
		if (value == 0) {
			send(keyboard, keyboard->scan_set);
		} else {
			keyboard->scan_set = value <= 3 ? value : 2;
		}
		break;
	}
}

static void keyboard_command(struct i8042_device *keyboard, u8 value)
{
	switch (value) {
	case COMMAND_ECHO:
		send(keyboard, ECHO);
		return;
	case COMMAND_RESEND:
		send(keyboard, keyboard->last_sent);
		return;
	case COMMAND_LEDS:
	case COMMAND_SCAN_SET:
	case COMMAND_RATE:
		keyboard->command = value;
		break;
	case COMMAND_ENABLE:
		keyboard->reports = true;
		break;
	case COMMAND_DISABLE:
	case COMMAND_DEFAULTS:
		defaults(keyboard, value == COMMAND_DEFAULTS);
		break;
	case COMMAND_ID:
	case COMMAND_RESET:
		break;
	default:
		send(keyboard, RESEND);
		return;
	}
	send(keyboard, ACKNOWLEDGED);
	if (value == COMMAND_ID) {
		send(keyboard, KEYBOARD_ID);
		send(keyboard, KEYBOARD_ID_SECOND);
	} else if (value == COMMAND_RESET) {
		i8042_keyboard_reset(keyboard);
		send(keyboard, ACKNOWLEDGED);
		send(keyboard, SELF_TEST_PASSED);
	}
}

void i8042_keyboard_write(struct i8042_device *keyboard, u8 value)
{
	/* A byte that is a command breaks off the one that awaits another. */
	if (keyboard->command != 0 && value < COMMAND_LEDS) {
		keyboard_parameter(keyboard, value);
		return;
	}
	keyboard->command = 0;
	keyboard_command(keyboard, value);
}

/* In set 1 bit 7 says that the key is released; E0h and E1h lead longer codes. */
bool i8042_keyboard_key(struct i8042_device *keyboard, const u8 *codes,
			u32 count)
{
	if (!keyboard->reports ||
	    keyboard->queue.count + 2 * count > I8042_QUEUE) {
		return false;
	}
	for (u32 i = 0; i < count; i++) {
		u8 code = codes[i];

		if (keyboard->scan_set == 1 || code == EXTENDED ||
		    code == EXTENDED + 1) {
			send(keyboard, code);
			continue;
		}
		if (code & 0x80) {
			send(keyboard, I8042_RELEASED);
		}
		send(keyboard, set2_of(code & 0x7f));
	}
	return true;
}

void i8042_mouse_reset(struct i8042_device *mouse)
{
	memset(mouse, 0, sizeof(*mouse));
	mouse->rate = MOUSE_RATE;
	mouse->resolution = MOUSE_RESOLUTION;
}

static void mouse_parameter(struct i8042_device *mouse, u8 value)
{
	if (mouse->command == COMMAND_RATE) {
		mouse->rate = value;
	} else {
		mouse->resolution = value & 3;
	}
	mouse->command = 0;
	send(mouse, ACKNOWLEDGED);
}

static void send_status(struct i8042_device *mouse)
{
	send(mouse,
	     (u8)((mouse->remote ? 0x40 : 0) | (mouse->reports ? 0x20 : 0) |
		  (mouse->scales ? 0x10 : 0) | mouse->buttons));
	send(mouse, mouse->resolution);
	send(mouse, mouse->rate);
}

static void send_movement(struct i8042_device *mouse, s32 right, s32 up)
{
	send(mouse, (u8)(0x08 | mouse->buttons | (right < 0 ? 0x10 : 0) |
			 (up < 0 ? 0x20 : 0)));
	send(mouse, (u8)right);
	send(mouse, (u8)up);
}

static void mouse_answer(struct i8042_device *mouse, u8 value)
{
	switch (value) {
	case COMMAND_STATUS:
		send_status(mouse);
		break;
	case COMMAND_READ:
		send_movement(mouse, 0, 0);
		break;
	case COMMAND_ID:
		send(mouse, MOUSE_ID);
		break;
	case COMMAND_RESET:
	case COMMAND_DEFAULTS:
		i8042_mouse_reset(mouse);
		send(mouse, ACKNOWLEDGED);
		if (value == COMMAND_RESET) {
			send(mouse, SELF_TEST_PASSED);
			send(mouse, MOUSE_ID);
		}
		break;
	default:
		break;
	}
}

static bool mouse_command(struct i8042_device *mouse, u8 value)
{
	switch (value) {
	case COMMAND_SCALE_1:
	case COMMAND_SCALE_2:
		mouse->scales = value == COMMAND_SCALE_2;
		break;
	case COMMAND_RESOLUTION:
	case COMMAND_RATE:
		mouse->command = value;
		break;
	case COMMAND_STREAM:
	case COMMAND_SCAN_SET:
		mouse->remote = value != COMMAND_STREAM;
		break;
	case COMMAND_ENABLE:
	case COMMAND_DISABLE:
		mouse->reports = value == COMMAND_ENABLE;
		break;
	case COMMAND_STATUS:
	case COMMAND_READ:
	case COMMAND_ID:
	case COMMAND_DEFAULTS:
	case COMMAND_RESET:
		break;
	default:
		return false;
	}
	return true;
}

/* Any byte that comes ends what the mouse was about to send. */
void i8042_mouse_write(struct i8042_device *mouse, u8 value)
{
	mouse->queue.count = 0;
	if (mouse->command != 0) {
		mouse_parameter(mouse, value);
	} else if (mouse_command(mouse, value)) {
		send(mouse, ACKNOWLEDGED);
		mouse_answer(mouse, value);
	} else {
		send(mouse, RESEND);
	}
}

static s32 clamp(s32 value)
{
	return MAX(MIN(value, 255), -255);
}

void i8042_mouse_move(struct i8042_device *mouse, s32 right, s32 up, u8 buttons)
{
	mouse->buttons = buttons & 7;
	if (mouse->reports && !mouse->remote &&
	    mouse->queue.count + 3u <= I8042_QUEUE) {
		send_movement(mouse, clamp(right), clamp(up));
	}
}
