/*
 * guest/board/pc/vga*.c: any sequence of accesses to ports, VBE registers and the
 * window. Video memory is a block of the exact size. Strings do what a second VGA
 * does by single accesses, plain memory is what the window shows, and a picture
 * keeps to its size and is not drawn twice (where an input is of 4 * n bytes).
 */
#include "guest/board/pc/vga_ascii.h"
#include "guest/board/pc/vga_screen.h"
#include "tests/fuzz/fuzz.h"

#define MEMORY_BYTES VGA_PLANES_BYTES
#define STEPS_MAX 400

/* The VGA that has strings, and the one that has single accesses. */
struct pair {
	struct vga one, two;
	struct vga_plain plain; /* of the first, when it was last looked at */
	u32 plain_changes;
};

struct picture {
	u32 width, height;
};

static void take_size(void *context, u32 width, u32 height)
{
	struct picture *picture = context;

	CHECK(width > 0 && width <= VGA_MAX_WIDTH);
	CHECK(height > 0 && height <= VGA_MAX_HEIGHT);
	*picture = (struct picture){ width, height };
}

static void take_row(void *context, u32 y, const u32 *pixels, u32 width)
{
	const struct picture *picture = context;

	CHECK(y < picture->height && width == picture->width);
	CHECK(pixels[0] <= 0xffffff && pixels[width - 1] <= 0xffffff);
}

static void check_plain(struct pair *pair)
{
	struct vga_plain plain;

	vga_plain(&pair->one, &plain);
	CHECK(plain.at + plain.bytes <= VGA_WINDOW_BYTES);
	CHECK(plain.at % 4096 == 0 && plain.bytes % 4096 == 0);
	if (plain.bytes != 0) {
		u8 *end = plain.memory + plain.bytes;

		CHECK((plain.memory >= pair->one.memory &&
		       end <= pair->one.memory + MEMORY_BYTES) ||
		      (plain.memory >= pair->one.text &&
		       end <= pair->one.text + VGA_TEXT_BYTES));
		CHECK(vga_memory_read(&pair->one, plain.at) == plain.memory[0]);
		CHECK(vga_memory_read(&pair->one, plain.at + plain.bytes - 1) ==
		      plain.memory[plain.bytes - 1]);
		vga_memory_read(&pair->two, plain.at);
		vga_memory_read(&pair->two, plain.at + plain.bytes - 1);
	}
	CHECK(pair->plain_changes != pair->one.plain_changes ||
	      memcmp(&plain, &pair->plain, sizeof(plain)) == 0);
	pair->plain = plain;
	pair->plain_changes = pair->one.plain_changes;
}

static void single_element(struct vga *vga, u32 to, u32 from, u8 bytes,
			   u32 value, bool move)
{
	for (u8 i = 0; move && i < bytes; i++) {
		value = (value & ~(0xffu << 8 * i)) |
			(u32)vga_memory_read(vga, from + i) << 8 * i;
	}
	for (u8 i = 0; i < bytes; i++) {
		vga_memory_write(vga, to + i, (u8)(value >> 8 * i));
	}
}

static void run_string(struct pair *pair, struct fuzz_input *in, bool move)
{
	u32 form = (u32)fuzz_take(in, 1);
	struct vga_string string = { .bytes = (u8)(1u << form % 4 % 3),
				     .down = form & 4,
				     .count = (u32)fuzz_take(in, 2) %
					      (form & 8 ? 0x1000 : 60) };
	u32 to = (u32)fuzz_take(in, 3) % (VGA_WINDOW_BYTES + 8);
	u32 from = (u32)fuzz_take(in, 3) % (VGA_WINDOW_BYTES + 8);
	u32 step = string.down ? -(u32)string.bytes : string.bytes;

	if (move) {
		vga_move(&pair->one, &string, to, from);
	} else {
		vga_fill(&pair->one, &string, to, from * 0x01010101u);
	}
	for (u32 i = 0; i < string.count && to < VGA_WINDOW_BYTES &&
			(!move || from < VGA_WINDOW_BYTES);
	     i++) {
		single_element(&pair->two, to, from, string.bytes,
			       from * 0x01010101u, move);
		to += step;
		from += move ? step : 0;
	}
}

static void run_step(struct pair *pair, struct fuzz_input *in)
{
	u8 kind = (u8)fuzz_take(in, 1), value;
	u32 at;

	switch (kind % 8) {
	case 0: /* an index and its data */
		at = VGA_PORT_FIRST + kind / 8u + 16;
		vga_port_write(&pair->one, (u16)at, (u8)*in->at);
		vga_port_write(&pair->two, (u16)at, (u8)fuzz_take(in, 1));
		at++;
		value = (u8)fuzz_take(in, 1);
		vga_port_write(&pair->one, (u16)at, value);
		vga_port_write(&pair->two, (u16)at, value);
		break;
	case 1:
		at = VGA_PORT_FIRST + (u32)fuzz_take(in, 1) % 48;
		value = (u8)fuzz_take(in, 1);
		vga_port_write(&pair->one, (u16)at, value);
		vga_port_write(&pair->two, (u16)at, value);
		break;
	case 2:
		at = VGA_PORT_FIRST + (u32)fuzz_take(in, 1) % 48;
		CHECK(vga_port_read(&pair->one, (u16)at, at * 77777ull) ==
		      vga_port_read(&pair->two, (u16)at, at * 77777ull));
		break;
	case 3:
		at = (u32)fuzz_take(in, 1) % 12;
		vga_vbe_write(&pair->one, VGA_VBE_PORT_FIRST, (u16)at);
		vga_vbe_write(&pair->two, VGA_VBE_PORT_FIRST, (u16)at);
		at = (u32)fuzz_take(in, 2);
		vga_vbe_write(&pair->one, VGA_VBE_PORT_LAST, (u16)at);
		vga_vbe_write(&pair->two, VGA_VBE_PORT_LAST, (u16)at);
		CHECK(vga_vbe_read(&pair->one, VGA_VBE_PORT_LAST) ==
		      vga_vbe_read(&pair->two, VGA_VBE_PORT_LAST));
		break;
	case 4:
		at = (u32)fuzz_take(in, 3) % VGA_WINDOW_BYTES;
		value = (u8)fuzz_take(in, 1);
		vga_memory_write(&pair->one, at, value);
		vga_memory_write(&pair->two, at, value);
		break;
	case 5:
		at = (u32)fuzz_take(in, 3) % VGA_WINDOW_BYTES;
		CHECK(vga_memory_read(&pair->one, at) ==
		      vga_memory_read(&pair->two, at));
		break;
	default:
		run_string(pair, in, kind % 8 == 6);
		break;
	}
}

static void check_picture(const struct vga *vga)
{
	struct vga_screen *screen = calloc(1, sizeof(*screen));
	struct picture picture = { 0, 0 };
	struct vga_sink sink = { take_size, take_row, &picture };
	struct vga_blink blink = { true, true };
	char line[257];

	CHECK(screen != NULL);
	CHECK(vga_screen_draw(screen, vga, &blink, &sink) == picture.height);
	CHECK(vga_screen_draw(screen, vga, &blink, &sink) == 0);
	for (u32 row = 0; row < vga_text_size(vga).rows; row += 7) {
		vga_text_line(vga, row, line, sizeof(line));
		CHECK(fuzz_is_line(line, sizeof(line)));
	}
	free(screen);
}

static void make_vga(struct vga *vga)
{
	u8 *memory = calloc(1, MEMORY_BYTES), *text = calloc(1, VGA_TEXT_BYTES);

	CHECK(memory != NULL && text != NULL);
	vga_init(vga, memory, MEMORY_BYTES, text);
}

static void free_vga(struct vga *vga)
{
	free(vga->memory);
	free(vga->text);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	struct fuzz_input in = { data, bytes };
	struct pair *pair = calloc(1, sizeof(*pair));

	CHECK(pair != NULL);
	make_vga(&pair->one);
	make_vga(&pair->two);
	vga_plain(&pair->one, &pair->plain);
	pair->plain_changes = pair->one.plain_changes;
	for (u32 i = 0; i < STEPS_MAX && in.left >= 3; i++) {
		run_step(pair, &in);
		check_plain(pair);
	}
	CHECK(memcmp(pair->one.memory, pair->two.memory, MEMORY_BYTES) == 0);
	CHECK(memcmp(pair->one.text, pair->two.text, VGA_TEXT_BYTES) == 0);
	CHECK(pair->one.latch == pair->two.latch);
	/* It takes longer than all the rest. */
	if (bytes % 4 == 0) {
		check_picture(&pair->one);
	}
	free_vga(&pair->one);
	free_vga(&pair->two);
	free(pair);
	return 0;
}
