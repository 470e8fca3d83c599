/* Two chips that are alike, and what connects them. */
/* build: pure hot */
#include "guest/board/pc/i8259.h"

#include "lib/string.h"

#define ICW1 0x10u
#define ICW1_ICW4 0x01u
#define ICW1_SINGLE 0x02u
#define ICW4_AUTO_EOI 0x02u
#define ICW4_FULLY_NESTED 0x10u
#define OCW3 0x08u
#define OCW3_READ 0x02u
#define OCW3_READ_ISR 0x01u
#define OCW3_POLL 0x04u
#define OCW3_SPECIAL_MASK 0x20u
#define OCW3_CHANGES_MASK 0x40u
#define POLL_PENDING 0x80u
#define VECTOR_BASE 0xf8u

/* OCW2, bits 7 to 5. */
enum ocw2 {
	OCW2_ROTATE_ON_AUTO_EOI_OFF = 0,
	OCW2_EOI = 1,
	OCW2_SPECIFIC_EOI = 3,
	OCW2_ROTATE_ON_AUTO_EOI = 4,
	OCW2_ROTATE_ON_EOI = 5,
	OCW2_SET_PRIORITY = 6,
	OCW2_ROTATE_ON_SPECIFIC_EOI = 7,
};

/* Lines 0, 1, 2, 8 and 13 are of devices that have edges. */
static const u8 elcr_writable[] = { 0xf8, 0xde };

#define NO_RANK 8

/* The rank of the first of these lines, 0 the highest; NO_RANK without any. */
static u8 first_rank(const struct i8259_chip *chip, u8 lines)
{
	u32 from = (chip->lowest + 1u) & 7u;
	u32 turned = (u32)lines >> from | (u32)lines << (8 - from);

	return (turned & 0xff) == 0 ? NO_RANK : (u8)__builtin_ctz(turned);
}

static u8 line_of_rank(const struct i8259_chip *chip, u8 rank)
{
	return (u8)((chip->lowest + 1u + rank) & 7u);
}

/* The one that may be served, of these lines, which are not masked. */
static u8 first_allowed(const struct i8259_chip *chip, u8 lines)
{
	u8 rank = first_rank(chip, lines);
	u8 served = chip->isr;

	if (chip->special_mask) {
		served &= (u8)~chip->imr;
	}
	/* The slave may ask again while one of its lines is being served. */
	if (chip->fully_nested && !chip->is_slave) {
		served &= (u8)~BIT(I8259_CASCADE);
	}
	return rank < first_rank(chip, served) ? line_of_rank(chip, rank)
					       : NO_RANK;
}

/* The line that the chip asks for, or NO_RANK; mostly there is none. */
static inline u8 requested(const struct i8259_chip *chip)
{
	u8 lines = chip->irr & (u8)~chip->imr;

	return likely(lines == 0) ? NO_RANK : first_allowed(chip, lines);
}

static void set_level(struct i8259_chip *chip, u8 line, bool level)
{
	u8 bit = (u8)BIT(line);

	if (!level) {
		chip->levels &= (u8)~bit;
		chip->irr &= (u8) ~(chip->elcr & bit);
		return;
	}
	if ((chip->elcr & bit) != 0 || (chip->levels & bit) == 0) {
		chip->irr |= bit;
	}
	chip->levels |= bit;
}

static void update(struct i8259 *pics)
{
	set_level(&pics->chip[0], I8259_CASCADE,
		  requested(&pics->chip[1]) != NO_RANK);
	pics->waiting = requested(&pics->chip[0]) != NO_RANK;
}

void i8259_init(struct i8259 *pics)
{
	memset(pics, 0, sizeof(*pics));
	pics->chip[1].is_slave = true;
	pics->chip[0].lowest = 7;
	pics->chip[1].lowest = 7;
}

void i8259_set_line(struct i8259 *pics, u8 line, bool level)
{
	struct i8259_chip *chip = &pics->chip[line >> 3 & 1];

	if (((chip->levels >> (line & 7) & 1) != 0) == level) {
		return;
	}
	set_level(chip, line & 7, level);
	update(pics);
}

static void serve(struct i8259_chip *chip, u8 line)
{
	u8 bit = (u8)BIT(line);

	if (!chip->auto_eoi) {
		chip->isr |= bit;
	} else if (chip->rotates_on_eoi) {
		chip->lowest = line;
	}
	if ((chip->elcr & bit) == 0) {
		chip->irr &= (u8)~bit;
	}
}

/* What the chip answers; line 7 where its request has gone. */
static u8 acknowledge(struct i8259_chip *chip)
{
	u8 line = requested(chip);

	if (line == NO_RANK) {
		return 7;
	}
	serve(chip, line);
	return line;
}

u8 i8259_acknowledge(struct i8259 *pics, u8 *line)
{
	struct i8259_chip *chip = &pics->chip[0];

	*line = acknowledge(chip);
	if (*line == I8259_CASCADE) {
		chip = &pics->chip[1];
		*line = acknowledge(chip);
	}
	update(pics);
	if (chip->is_slave) {
		*line |= 8;
	}
	return chip->vector | (*line & 7);
}

/* Edges that came before are forgotten, levels that hold are not. */
static void write_icw1(struct i8259_chip *chip, u8 value)
{
	chip->irr &= chip->elcr;
	chip->levels &= chip->elcr;
	chip->isr = 0;
	chip->imr = 0;
	chip->lowest = 7;
	chip->vector = 0;
	chip->auto_eoi = false;
	chip->rotates_on_eoi = false;
	chip->special_mask = false;
	chip->fully_nested = false;
	chip->reads_isr = false;
	chip->poll = false;
	chip->single = (value & ICW1_SINGLE) != 0;
	chip->icw4 = (value & ICW1_ICW4) != 0;
	chip->awaited_icw = 2;
}

static void write_ocw3(struct i8259_chip *chip, u8 value)
{
	if (value & OCW3_POLL) {
		chip->poll = true;
	}
	if (value & OCW3_READ) {
		chip->reads_isr = (value & OCW3_READ_ISR) != 0;
	}
	if (value & OCW3_CHANGES_MASK) {
		chip->special_mask = (value & OCW3_SPECIAL_MASK) != 0;
	}
}

static void end_of_interrupt(struct i8259_chip *chip, u8 line, bool rotate)
{
	chip->isr &= (u8)~BIT(line);
	if (rotate) {
		chip->lowest = line;
	}
}

static void write_ocw2(struct i8259_chip *chip, u8 value)
{
	u8 rank;

	switch ((enum ocw2)(value >> 5)) {
	case OCW2_ROTATE_ON_AUTO_EOI:
	case OCW2_ROTATE_ON_AUTO_EOI_OFF:
		chip->rotates_on_eoi = value >> 5 == OCW2_ROTATE_ON_AUTO_EOI;
		break;
	case OCW2_EOI:
	case OCW2_ROTATE_ON_EOI:
		rank = first_rank(chip, chip->isr);
		if (rank != NO_RANK) {
			end_of_interrupt(chip, line_of_rank(chip, rank),
					 value >> 5 == OCW2_ROTATE_ON_EOI);
		}
		break;
	case OCW2_SPECIFIC_EOI:
	case OCW2_ROTATE_ON_SPECIFIC_EOI:
		end_of_interrupt(chip, value & 7,
				 value >> 5 == OCW2_ROTATE_ON_SPECIFIC_EOI);
		break;
	case OCW2_SET_PRIORITY:
		chip->lowest = value & 7;
		break;
	default: /* no operation */
		break;
	}
}

static void write_command(struct i8259_chip *chip, u8 value)
{
	if (value & ICW1) {
		write_icw1(chip, value);
	} else if (value & OCW3) {
		write_ocw3(chip, value);
	} else {
		write_ocw2(chip, value);
	}
}

/* ICW3 says where the slave is, which wires have decided. */
static void write_data(struct i8259_chip *chip, u8 value)
{
	switch (chip->awaited_icw) {
	case 2:
		chip->vector = value & VECTOR_BASE;
		chip->awaited_icw = !chip->single ? 3 : chip->icw4 ? 4 : 0;
		break;
	case 3:
		chip->awaited_icw = chip->icw4 ? 4 : 0;
		break;
	case 4:
		chip->auto_eoi = (value & ICW4_AUTO_EOI) != 0;
		chip->fully_nested = (value & ICW4_FULLY_NESTED) != 0;
		chip->awaited_icw = 0;
		break;
	default:
		chip->imr = value;
		break;
	}
}

/* A chip's line becomes what the trigger makes of its level. */
static void write_elcr(struct i8259_chip *chip, u8 value, u8 writable)
{
	chip->elcr = value & writable;
	chip->irr |= chip->levels & chip->elcr;
}

void i8259_write(struct i8259 *pics, u16 port, u8 value)
{
	u32 slave = port >= I8259_ELCR_MASTER ? port & 1u : port >> 7 & 1u;
	struct i8259_chip *chip = &pics->chip[slave];

	if (port >= I8259_ELCR_MASTER) {
		write_elcr(chip, value, elcr_writable[slave]);
	} else if (port & 1) {
		write_data(chip, value);
	} else {
		write_command(chip, value);
	}
	update(pics);
}

static u8 read_poll(struct i8259 *pics, struct i8259_chip *chip)
{
	u8 line = requested(chip);

	chip->poll = false;
	if (line == NO_RANK) {
		return 0;
	}
	serve(chip, line);
	update(pics);
	return (u8)(POLL_PENDING | line);
}

u8 i8259_read(struct i8259 *pics, u16 port)
{
	u32 slave = port >= I8259_ELCR_MASTER ? port & 1u : port >> 7 & 1u;
	struct i8259_chip *chip = &pics->chip[slave];

	if (port >= I8259_ELCR_MASTER) {
		return chip->elcr;
	}
	if (chip->poll) {
		return read_poll(pics, chip);
	}
	if (port & 1) {
		return chip->imr;
	}
	return chip->reads_isr ? chip->isr : chip->irr;
}
