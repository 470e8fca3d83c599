/*
 * Keys in arch/console: any scan codes and any key events, on any layout. What
 * comes out are bytes of ASCII, as many as there is room for.
 */
#include "arch/console/scancodes.h"
#include "arch/console/typing.h"
#include "tests/fuzz/fuzz.h"

static void feed(struct typing *typing, struct key_event event)
{
	/* On the heap, that the sanitizer may guard its end. */
	char *bytes = malloc(TYPING_MAX_BYTES);
	size_t n;

	CHECK(bytes != NULL);
	n = typing_feed(typing, event, bytes);
	CHECK(n <= TYPING_MAX_BYTES);
	CHECK(event.pressed || n == 0);
	for (size_t i = 0; i < n; i++) {
		CHECK((u8)bytes[i] < 0x7f);
	}
	free(bytes);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	struct fuzz_input in = { data, bytes };
	struct scancodes codes = { 0 };
	struct typing typing = { 0 };
	u32 layouts = 0;

	while (keymaps[layouts].name != NULL) {
		layouts++;
	}
	typing.map = &keymaps[fuzz_take(&in, 1) % layouts];
	while (in.left > 0) {
		u64 what = fuzz_take(&in, 1);
		struct key_event event = { .key = (u8)fuzz_take(&in, 1),
					   .pressed = what & 1 };

		if (what & 2) {
			feed(&typing, event);
		} else if (what & 4) {
			typing_sync(&typing, event.key, event.pressed);
		} else if (scancodes_feed(&codes, event.key, &event)) {
			CHECK(event.key != KEY_NONE);
			feed(&typing, event);
		}
	}
	return 0;
}
