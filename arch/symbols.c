/*
 * Looks addresses up in the generated table of function starts and names, which
 * is in the order of addresses. The table is made to be small. It is searched
 * from its start, because only a panic and a self-test come here.
 */
#include "arch/symbols.h"

#include "arch/mem/paging.h"
#include "lib/string.h"

#define MAX_FRAMES 32
#define MAX_NAME 64 /* with its NUL; tools/symbols.awk keeps to it */

/*
 * An entry of the table. Entries follow each other unaligned, and each is
 * relative to the one before.
 */
struct symbol {
	u16 distance; /* from the last entry's start */
	u8 shared;    /* leading characters that both names share */
	char rest[];  /* the rest of the name */
} __attribute__((packed));

extern const char symbol_table[], symbol_table_end[];
extern const char kernel_base[], text_end[];
extern const char data_start[], data_end[];

const char *symbols_find(u64 address, u64 *offset)
{
	static char name[MAX_NAME];
	const char *at = symbol_table;
	u64 start = (u64)kernel_base;

	if (address < start || address >= (u64)text_end) {
		return NULL;
	}
	while (at < symbol_table_end) {
		const struct symbol *symbol = (const struct symbol *)at;

		if (address - start < symbol->distance) {
			break;
		}
		start += symbol->distance;
		at = symbol->rest + strlen(symbol->rest) + 1;
		memcpy(name + symbol->shared, symbol->rest,
		       (size_t)(at - symbol->rest));
	}
	*offset = address - start;
	return at == symbol_table ? NULL : name;
}

/*
 * Whether a stack frame can be read: it lies on the boot stack or in the stack
 * area.
 */
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
