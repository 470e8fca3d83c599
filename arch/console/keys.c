/* See keys.h. Owns what is held down and locked, on all keyboards together. */
#include "arch/console/keys.h"

#include "arch/console/input.h"
#include "arch/console/typing.h"

static struct typing typing = { .map = &keymaps[0] };
static bool (*taker)(struct key_event event);

void keys_set_layout(const struct keymap *map)
{
	typing.map = map;
}

const struct keymap *keys_layout(void)
{
	return typing.map;
}

void keys_set_taker(bool (*wanted)(struct key_event event))
{
	taker = wanted;
}

void keys_sync(u8 bios_flags, bool locks)
{
	typing_sync(&typing, bios_flags, locks);
}

void keys_event(struct key_event event)
{
	char bytes[TYPING_MAX_BYTES];
	size_t count;

	if (taker != NULL && taker(event)) {
		return;
	}
	count = typing_feed(&typing, event, bytes);
	for (size_t i = 0; i < count; i++) {
		input_put((u8)bytes[i]);
	}
}
