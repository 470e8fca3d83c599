/* Characters of the text screen, read as they lie in video memory. */
/* build: pure */
#include "guest/board/pc/vga_ascii.h"

#include "guest/board/pc/vga_frame.h"
#include "guest/board/pc/vga_planes.h"

/* Code page 437: 00h-1Fh, and 7Fh-FFh. */
static const char low[] = " OO****.o.oMFJJ*><|!PS_|^v><L-^v";
static const char high[] = "^"
			   "CueaaaaceeeiiiAAEaAooouuyOUcLYPf"
			   "aiounNao?--24!<>###|++++++|+++++"
			   "++++-++++++++=+++++++++++++#_||\""
			   "aBGpSsmtFOOd8fen=+><()/~o..vn2# ";

struct vga_text_size vga_text_size(const struct vga *vga)
{
	struct vga_frame frame = vga_frame_of(vga);

	if (frame.kind != VGA_TEXT) {
		return (struct vga_text_size){ 0, 0 };
	}
	return (struct vga_text_size){
		frame.height / ((u32)frame.scans << frame.doubled),
		frame.columns,
	};
}

static char ascii_of(u8 character)
{
	if (character < ' ') {
		return low[character];
	}
	return character < 0x7f ? (char)character : high[character - 0x7f];
}

/* Where a row of characters begins, with the split of the screen. */
static u32 place_of(const struct vga *vga, u32 wanted)
{
	struct vga_frame frame = vga_frame_of(vga);
	u32 character = (u32)frame.scans << frame.doubled;
	struct vga_row row = vga_first_row(&frame);

	while (row.y < wanted * character) {
		vga_next_row(&frame, &row);
	}
	return row.place;
}

void vga_text_line(const struct vga *vga, u32 row, char *line, size_t size)
{
	struct vga_text_size text = vga_text_size(vga);
	size_t length = 0;
	u32 place;

	if (size == 0) {
		return;
	}
	line[0] = '\0';
	if (row >= text.rows) {
		return;
	}
	place = place_of(vga, row);
	for (u32 i = 0; i < text.columns && i + 1 < size; i++) {
		line[i] = ascii_of((u8)vga_planes_at(vga, place + i));
		if (line[i] != ' ') {
			length = i + 1;
		}
	}
	line[length] = '\0';
}
