/* The controller: its commands, its buffer, and who fills it. */
/* build: pure */
#include "guest/board/pc/i8042.h"

#include "lib/string.h"

#define STATUS_OUTPUT_FULL 0x01u
#define STATUS_SYSTEM 0x04u
#define STATUS_COMMAND 0x08u
#define STATUS_UNLOCKED 0x10u
#define STATUS_MOUSE 0x20u
#define CONFIG_KEYBOARD_INTERRUPT 0x01u
#define CONFIG_MOUSE_INTERRUPT 0x02u
#define CONFIG_SYSTEM 0x04u
#define CONFIG_KEYBOARD_OFF 0x10u
#define CONFIG_MOUSE_OFF 0x20u
#define CONFIG_TRANSLATE 0x40u
#define OUTPUT_NO_RESET 0x01u
#define OUTPUT_A20 0x02u
#define OUTPUT_KEYBOARD_FULL 0x10u
#define OUTPUT_MOUSE_FULL 0x20u
#define OUTPUT_REST 0xccu
#define INPUT_PORT 0x80u /* the keyboard is not locked */

enum i8042_command {
	COMMAND_READ_CONFIG = 0x20,
	COMMAND_READ_RAM_LAST = 0x3f,
	COMMAND_WRITE_CONFIG = 0x60,
	COMMAND_WRITE_RAM_LAST = 0x7f,
	COMMAND_MOUSE_OFF = 0xa7,
	COMMAND_MOUSE_ON = 0xa8,
	COMMAND_TEST_MOUSE = 0xa9,
	COMMAND_TEST = 0xaa,
	COMMAND_TEST_KEYBOARD = 0xab,
	COMMAND_KEYBOARD_OFF = 0xad,
	COMMAND_KEYBOARD_ON = 0xae,
	COMMAND_READ_INPUT = 0xc0,
	COMMAND_READ_OUTPUT = 0xd0,
	COMMAND_WRITE_OUTPUT = 0xd1,
	COMMAND_WRITE_KEYBOARD_BUFFER = 0xd2,
	COMMAND_WRITE_MOUSE_BUFFER = 0xd3,
	COMMAND_WRITE_MOUSE = 0xd4,
	COMMAND_A20_CLOSE = 0xdd,
	COMMAND_A20_OPEN = 0xdf,
	COMMAND_PULSE = 0xf0,
};
#define TEST_PASSED 0x55u

bool i8042_queue_put(struct i8042_queue *queue, u8 byte)
{
	if (queue->count == I8042_QUEUE) {
		return false;
	}
	queue->bytes[(queue->first + queue->count) % I8042_QUEUE] = byte;
	queue->count++;
	return true;
}

static u8 take(struct i8042_queue *queue)
{
	u8 byte = queue->bytes[queue->first];

	queue->first = (queue->first + 1u) % I8042_QUEUE;
	queue->count--;
	return byte;
}

/* Set 2 to set 1, as the controller's ROM has it; a break code's prefix is
 * turned into bit 7 of what follows. */
static u8 translate(struct i8042 *kbc, u8 byte)
{
	return (kbc->config & CONFIG_TRANSLATE) != 0 ? i8042_set1_of(byte)
						     : byte;
}

static void put(struct i8042 *kbc, u8 byte, bool from_mouse)
{
	kbc->buffer = byte;
	kbc->from_mouse = from_mouse;
	kbc->full = true;
}

/* F0h announces a release; nobody sees it where codes are translated. */
static void put_from_keyboard(struct i8042 *kbc)
{
	u8 byte = take(&kbc->keyboard.queue);
	u8 released = 0;

	if (byte == I8042_RELEASED && (kbc->config & CONFIG_TRANSLATE) != 0 &&
	    kbc->keyboard.queue.count != 0) {
		byte = take(&kbc->keyboard.queue);
		released = 0x80;
	}
	put(kbc, translate(kbc, byte) | released, false);
}

/* The controller's own replies come first, then keys. */
static void fill(struct i8042 *kbc)
{
	if (kbc->full) {
		return;
	}
	if (kbc->replies.count != 0) {
		put(kbc, take(&kbc->replies), false);
	} else if (kbc->keyboard.queue.count != 0 &&
		   !(kbc->config & CONFIG_KEYBOARD_OFF)) {
		put_from_keyboard(kbc);
	} else if (kbc->mouse.queue.count != 0 &&
		   !(kbc->config & CONFIG_MOUSE_OFF)) {
		put(kbc, take(&kbc->mouse.queue), true);
	}
}

void i8042_init(struct i8042 *kbc)
{
	memset(kbc, 0, sizeof(*kbc));
	kbc->config = CONFIG_KEYBOARD_INTERRUPT | CONFIG_MOUSE_INTERRUPT;
	kbc->output = OUTPUT_NO_RESET | OUTPUT_A20 | OUTPUT_REST;
	i8042_keyboard_reset(&kbc->keyboard);
	i8042_mouse_reset(&kbc->mouse);
}

bool i8042_keyboard_line(const struct i8042 *kbc)
{
	return kbc->full && !kbc->from_mouse &&
	       (kbc->config & CONFIG_KEYBOARD_INTERRUPT) != 0;
}

bool i8042_mouse_line(const struct i8042 *kbc)
{
	return kbc->full && kbc->from_mouse &&
	       (kbc->config & CONFIG_MOUSE_INTERRUPT) != 0;
}

bool i8042_a20_is_open(const struct i8042 *kbc)
{
	return (kbc->output & OUTPUT_A20) != 0;
}

void i8042_set_a20(struct i8042 *kbc, bool open)
{
	kbc->output =
		(u8)((kbc->output & ~OUTPUT_A20) | (open ? OUTPUT_A20 : 0));
}

static u8 read_status(const struct i8042 *kbc)
{
	return (u8)(STATUS_UNLOCKED |
		    (kbc->config & CONFIG_SYSTEM ? STATUS_SYSTEM : 0) |
		    (kbc->wrote_command ? STATUS_COMMAND : 0) |
		    (kbc->full ? STATUS_OUTPUT_FULL : 0) |
		    (kbc->full && kbc->from_mouse ? STATUS_MOUSE : 0));
}

u8 i8042_read(struct i8042 *kbc, u16 port)
{
	u8 value;

	if (port == I8042_COMMAND_PORT) {
		return read_status(kbc);
	}
	value = kbc->buffer;
	kbc->full = false;
	fill(kbc);
	return value;
}

static void write_output(struct i8042 *kbc, u8 value)
{
	kbc->output = (value & (OUTPUT_NO_RESET | OUTPUT_A20)) | OUTPUT_REST;
	if (!(value & OUTPUT_NO_RESET)) {
		kbc->resets = true;
	}
}

static u8 read_output(const struct i8042 *kbc)
{
	return (u8)(kbc->output |
		    (i8042_keyboard_line(kbc) ? OUTPUT_KEYBOARD_FULL : 0) |
		    (i8042_mouse_line(kbc) ? OUTPUT_MOUSE_FULL : 0));
}

static void reply(struct i8042 *kbc, u8 byte)
{
	i8042_queue_put(&kbc->replies, byte);
}

/* Those that need nothing more. */
static void do_command(struct i8042 *kbc, u8 value)
{
	switch (value) {
	case COMMAND_READ_CONFIG:
		reply(kbc, kbc->config);
		break;
	case COMMAND_READ_CONFIG + 1 ... COMMAND_READ_RAM_LAST:
		reply(kbc, kbc->ram[value - COMMAND_READ_CONFIG]);
		break;
	case COMMAND_MOUSE_OFF:
		kbc->config |= CONFIG_MOUSE_OFF;
		break;
	case COMMAND_MOUSE_ON:
		kbc->config &= (u8)~CONFIG_MOUSE_OFF;
		break;
	case COMMAND_TEST_MOUSE:
	case COMMAND_TEST_KEYBOARD:
		reply(kbc, 0);
		break;
	case COMMAND_TEST:
		kbc->config |= CONFIG_SYSTEM;
		reply(kbc, TEST_PASSED);
		break;
	case COMMAND_KEYBOARD_OFF:
		kbc->config |= CONFIG_KEYBOARD_OFF;
		break;
	case COMMAND_KEYBOARD_ON:
		kbc->config &= (u8)~CONFIG_KEYBOARD_OFF;
		break;
	case COMMAND_READ_INPUT:
		reply(kbc, INPUT_PORT);
		break;
	case COMMAND_READ_OUTPUT:
		reply(kbc, read_output(kbc));
		break;
	case COMMAND_A20_CLOSE:
	case COMMAND_A20_OPEN:
		i8042_set_a20(kbc, value == COMMAND_A20_OPEN);
		break;
	case COMMAND_PULSE ... 0xff:
		/* Each clear bit is a line that is pulsed: 0 is the reset's. */
		kbc->resets |= (value & 1) == 0;
		break;
	default:
		break;
	}
}

static void write_command(struct i8042 *kbc, u8 value)
{
	kbc->wrote_command = true;
	kbc->command = 0;
	switch (value) {
	case COMMAND_WRITE_CONFIG ... COMMAND_WRITE_RAM_LAST:
	case COMMAND_WRITE_OUTPUT ... COMMAND_WRITE_MOUSE:
		kbc->command = value;
		break;
	default:
		do_command(kbc, value);
		break;
	}
}

/* The parameter of a command, or a byte for the keyboard. */
static void write_data(struct i8042 *kbc, u8 value)
{
	u8 command = kbc->command;

	kbc->wrote_command = false;
	kbc->command = 0;
	switch (command) {
	case 0:
		/* What is sent there turns the keyboard on. */
		kbc->config &= (u8)~CONFIG_KEYBOARD_OFF;
		i8042_keyboard_write(&kbc->keyboard, value);
		break;
	case COMMAND_WRITE_CONFIG:
		kbc->config = value;
		break;
	case COMMAND_WRITE_OUTPUT:
		write_output(kbc, value);
		break;
	case COMMAND_WRITE_KEYBOARD_BUFFER:
		put(kbc, value, false);
		break;
	case COMMAND_WRITE_MOUSE_BUFFER:
		put(kbc, value, true);
		break;
	case COMMAND_WRITE_MOUSE:
		i8042_mouse_write(&kbc->mouse, value);
		break;
	default:
		kbc->ram[command - COMMAND_WRITE_CONFIG] = value;
		break;
	}
}

void i8042_write(struct i8042 *kbc, u16 port, u8 value)
{
	if (port == I8042_COMMAND_PORT) {
		write_command(kbc, value);
	} else {
		write_data(kbc, value);
	}
	fill(kbc);
}

bool i8042_key(struct i8042 *kbc, const u8 *set1, u32 count)
{
	bool taken = i8042_keyboard_key(&kbc->keyboard, set1, count);

	fill(kbc);
	return taken;
}

void i8042_mouse_moved(struct i8042 *kbc, s32 right, s32 up, u8 buttons)
{
	i8042_mouse_move(&kbc->mouse, right, up, buttons);
	fill(kbc);
}
