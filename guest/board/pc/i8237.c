/* Registers of two chips; the second one's are at even ports. */
/* build: pure */
#include "guest/board/pc/i8237.h"

#include "lib/string.h"

enum i8237_register {
	REGISTER_STATUS = 8, /* written: command */
	REGISTER_REQUEST = 9,
	REGISTER_MASK_ONE = 10,
	REGISTER_MODE = 11,
	REGISTER_CLEAR_FLIP_FLOP = 12,
	REGISTER_MASTER_CLEAR = 13, /* read: temporary */
	REGISTER_CLEAR_MASK = 14,
	REGISTER_MASK_ALL = 15,
};
#define MASK_ALL 0x0fu

void i8237_init(struct i8237 *dma)
{
	memset(dma, 0, sizeof(*dma));
	dma->chip[0].mask = MASK_ALL;
	dma->chip[1].mask = MASK_ALL;
}

static bool is_page(u16 port)
{
	return port >= I8237_PAGE_PORT && port < I8237_SECOND_PORT;
}

static struct i8237_chip *chip_at(struct i8237 *dma, u16 port)
{
	return &dma->chip[port >= I8237_SECOND_PORT];
}

static u8 register_at(u16 port)
{
	return (u8)(port >= I8237_SECOND_PORT ? port >> 1 & 15 : port & 15);
}

static void set_half(u16 *word, bool high, u8 value)
{
	*word = (u16)(high ? (*word & 0xff) | value << 8
			   : (*word & 0xff00) | value);
}

static void write_channel(struct i8237_chip *chip, u8 number, u8 value)
{
	u8 channel = number >> 1;
	u16 *base = number & 1 ? &chip->base_count[channel]
			       : &chip->base_address[channel];
	u16 *now = number & 1 ? &chip->count[channel] : &chip->address[channel];

	set_half(base, chip->high_byte, value);
	*now = *base;
	chip->high_byte = !chip->high_byte;
}

static u8 read_channel(struct i8237_chip *chip, u8 number)
{
	u8 channel = number >> 1;
	u16 word = number & 1 ? chip->count[channel] : chip->address[channel];
	u8 value = (u8)(chip->high_byte ? word >> 8 : word);

	chip->high_byte = !chip->high_byte;
	return value;
}

static void set_bit(u8 *bits, u8 value)
{
	u8 bit = (u8)BIT(value & 3);

	*bits = value & 4 ? *bits | bit : *bits & (u8)~bit;
}

static void master_clear(struct i8237_chip *chip)
{
	chip->command = 0;
	chip->status = 0;
	chip->request = 0;
	chip->temporary = 0;
	chip->high_byte = false;
	chip->mask = MASK_ALL;
}

static void write_control(struct i8237_chip *chip, u8 number, u8 value)
{
	switch (number) {
	case REGISTER_STATUS:
		chip->command = value;
		break;
	case REGISTER_REQUEST:
		set_bit(&chip->request, value);
		break;
	case REGISTER_MASK_ONE:
		set_bit(&chip->mask, value);
		break;
	case REGISTER_MODE:
		chip->mode[value & 3] = value;
		break;
	case REGISTER_CLEAR_FLIP_FLOP:
		chip->high_byte = false;
		break;
	case REGISTER_MASTER_CLEAR:
		master_clear(chip);
		break;
	case REGISTER_CLEAR_MASK:
		chip->mask = 0;
		break;
	default:
		chip->mask = value & MASK_ALL;
		break;
	}
}

void i8237_write(struct i8237 *dma, u16 port, u8 value)
{
	u8 number = register_at(port);

	if (is_page(port)) {
		dma->page[port & 15] = value;
	} else if (number < REGISTER_STATUS) {
		write_channel(chip_at(dma, port), number, value);
	} else {
		write_control(chip_at(dma, port), number, value);
	}
}

u8 i8237_read(struct i8237 *dma, u16 port)
{
	struct i8237_chip *chip = chip_at(dma, port);
	u8 number = register_at(port);
	u8 value;

	if (is_page(port)) {
		return dma->page[port & 15];
	}
	switch (number) {
	case 0 ... REGISTER_STATUS - 1:
		return read_channel(chip, number);
	case REGISTER_STATUS:
		/* "Terminal count reached" is told once. */
		value = chip->status;
		chip->status &= 0xf0;
		return value;
	case REGISTER_MASTER_CLEAR:
		return chip->temporary;
	case REGISTER_MASK_ALL:
		return chip->mask | 0xf0;
	default:
		return 0;
	}
}
