/*
 * Looks addresses up in the generated table: function starts in ascending
 * order, relative to the kernel's first byte of code.
 */
#include "arch/symbols.h"

#include "arch/paging.h"

#define MAX_FRAMES 32

extern const u32 symbol_count;
extern const u32 symbol_offsets[];
extern const u32 symbol_name_offsets[];
extern const char symbol_names[];
extern const char kernel_base[], text_end[];
extern const char data_start[], data_end[];

const char *symbols_find(u64 address, u64 *offset)
{
	u32 low = 0, high = symbol_count;
	u64 relative = address - (u64)kernel_base;

	if (address < (u64)kernel_base || address >= (u64)text_end) {
		return NULL;
	}
	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (symbol_offsets[middle] <= relative) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	if (low == 0) {
		return NULL;
	}
	*offset = relative - symbol_offsets[low - 1];
	return &symbol_names[symbol_name_offsets[low - 1]];
}

/* A frame can be read if it is on the boot stack or in the stack area. */
static bool readable(u64 rbp)
{
	bool on_boot_stack = rbp >= (u64)data_start && rbp < (u64)data_end - 16;
	bool in_stack_area = rbp >= STACKS_BASE &&
			     rbp < STACKS_BASE + 0x100000000ull &&
			     rbp % STACK_SLOT_BYTES < STACK_SLOT_BYTES - 16;

	return rbp % 8 == 0 && (on_boot_stack || in_stack_area);
}

void symbols_backtrace(u64 rbp, void (*emit)(u64 address))
{
	for (unsigned i = 0; i < MAX_FRAMES && readable(rbp); i++) {
		const u64 *frame = (const u64 *)rbp;

		if (frame[1] == 0) {
			return;
		}
		emit(frame[1]);
		if (frame[0] <= rbp) {
			return;
		}
		rbp = frame[0];
	}
}
