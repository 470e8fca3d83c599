/* The digital-to-analog converter: 256 colours, by ports 3C6h-3C9h. */
/* build: pure */
#include "guest/board/pc/vga_dac.h"

#define PORT_MASK 0x3c6
#define PORT_READ_INDEX 0x3c7
#define PORT_WRITE_INDEX 0x3c8
#define PORT_COLOUR 0x3c9

static u8 read_colour(struct vga_dac *dac)
{
	u8 value = dac->colour[dac->read_index][dac->component];

	if (++dac->component == 3) {
		dac->component = 0;
		dac->read_index++;
	}
	return value;
}

/* A colour changes as a whole, with its third part. */
static void write_colour(struct vga_dac *dac, u8 value)
{
	dac->pending[dac->component] = dac->wide ? value : value & 0x3f;
	if (++dac->component < 3) {
		return;
	}
	for (u8 i = 0; i < 3; i++) {
		dac->colour[dac->write_index][i] = dac->pending[i];
	}
	dac->component = 0;
	dac->write_index++;
}

u8 vga_dac_read(struct vga_dac *dac, u16 port)
{
	switch (port) {
	case PORT_MASK:
		return dac->mask;
	case PORT_READ_INDEX: /* the DAC's state, here */
		return dac->reading ? 3 : 0;
	case PORT_WRITE_INDEX:
		return dac->write_index;
	default:
		return read_colour(dac);
	}
}

void vga_dac_write(struct vga_dac *dac, u16 port, u8 value)
{
	switch (port) {
	case PORT_MASK:
		dac->mask = value;
		break;
	case PORT_READ_INDEX:
		dac->read_index = value;
		dac->component = 0;
		dac->reading = true;
		break;
	case PORT_WRITE_INDEX:
		dac->write_index = value;
		dac->component = 0;
		dac->reading = false;
		break;
	default:
		write_colour(dac, value);
		break;
	}
}
