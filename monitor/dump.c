/* See dump.h. */
#include "monitor/dump.h"

#include "arch/console/console.h"
#include "lib/fmt.h"
#include "lib/str.h"
#include "lib/string.h"

static void dump_row(u64 address, const u8 *bytes, size_t n, bool ascii)
{
	char line[DUMP_ROW_BYTES * 4 + 8];
	size_t used = 0;

	for (size_t i = 0; i < n; i++) {
		used += (size_t)fmt_snprintf(line + used, sizeof(line) - used,
					     " %02x", bytes[i]);
	}
	if (ascii) {
		memset(line + used, ' ', (DUMP_ROW_BYTES - n) * 3 + 2);
		used += (DUMP_ROW_BYTES - n) * 3 + 2;
		line[used++] = '|';
		for (size_t i = 0; i < n; i++) {
			char c = (char)bytes[i];

			line[used++] = str_is_print(c) ? c : '.';
		}
		line[used++] = '|';
		line[used] = '\0';
	}
	console_printf("mem: %08llx:%s\n", (unsigned long long)address, line);
}

void dump_bytes(u64 address, const void *bytes, size_t n, bool ascii)
{
	const u8 *next = bytes;

	while (n != 0) {
		size_t row = MIN(n, (size_t)DUMP_ROW_BYTES);

		dump_row(address, next, row, ascii);
		address += row;
		next += row;
		n -= row;
	}
}
