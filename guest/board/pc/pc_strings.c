/* How far a string goes in the window or in a page, and its way there. */
/* build: pure hot */
#include "guest/board/pc/pc_strings.h"

#include "lib/string.h"

/* Elements from `at` on that lie between first and end, whole. */
static u32 elements_in(const struct vga_string *string, u64 at, u64 first,
		       u64 end)
{
	u64 elements;

	if (at < first || at + string->bytes > end) {
		return 0;
	}
	elements = string->down ? (at - first) / string->bytes + 1
				: (end - at) / string->bytes;
	return (u32)MIN(elements, (u64)string->count);
}

static u32 in_window(const struct vga_string *string, u64 at)
{
	return elements_in(string, at, VGA_WINDOW_FIRST,
			   VGA_WINDOW_FIRST + VGA_WINDOW_BYTES);
}

static u32 in_page(const struct vga_string *string, u64 at)
{
	u64 page = ALIGN_DOWN(at, PAGE_SIZE);

	return elements_in(string, at, page, page + PAGE_SIZE);
}

u32 pc_fill(struct pc *pc, const struct vga_string *string, u64 to, u32 value)
{
	struct vga_string part = *string;

	part.count = in_window(string, to);
	vga_fill(&pc->vga, &part, (u32)to - VGA_WINDOW_FIRST, value);
	return part.count;
}

static s64 step_of(const struct vga_string *string)
{
	return string->down ? -(s64)string->bytes : string->bytes;
}

static u32 move_in(struct pc *pc, const struct vga_string *string, u64 to,
		   const u8 *memory, u32 count)
{
	u32 at = (u32)to - VGA_WINDOW_FIRST;

	for (u32 i = 0; i < count; i++) {
		for (u8 byte = 0; byte < string->bytes; byte++) {
			vga_memory_write(&pc->vga, at + byte, memory[byte]);
		}
		at += (u32)step_of(string);
		memory += step_of(string);
	}
	return count;
}

static u32 move_out(struct pc *pc, const struct vga_string *string, u8 *memory,
		    u64 from, u32 count)
{
	u32 at = (u32)from - VGA_WINDOW_FIRST;

	for (u32 i = 0; i < count; i++) {
		for (u8 byte = 0; byte < string->bytes; byte++) {
			memory[byte] = vga_memory_read(&pc->vga, at + byte);
		}
		at += (u32)step_of(string);
		memory += step_of(string);
	}
	return count;
}

u32 pc_move(struct pc *pc, const struct vga_string *string, u64 to, u64 from)
{
	struct vga_string part = *string;
	u32 written = in_window(string, to), read = in_window(string, from);

	if (written != 0 && read != 0) {
		part.count = MIN(written, read);
		vga_move(&pc->vga, &part, (u32)to - VGA_WINDOW_FIRST,
			 (u32)from - VGA_WINDOW_FIRST);
		return part.count;
	}
	if (written != 0) {
		const u8 *memory = pc_readable(pc, from);

		return memory == NULL
			       ? 0
			       : move_in(pc, string, to, memory,
					 MIN(written, in_page(string, from)));
	}
	if (read != 0) {
		u8 *memory = pc_writable(pc, to);

		return memory == NULL
			       ? 0
			       : move_out(pc, string, memory, from,
					  MIN(read, in_page(string, to)));
	}
	return 0;
}
