/* See page_poison.h. */
/* build: pure hot */
#include "arch/mem/page_poison.h"

void page_poison_write(void *page, size_t bytes)
{
	u64 *word = page;

	for (size_t i = 0; i < bytes / sizeof(*word); i++) {
		word[i] = PAGE_POISON;
	}
}

size_t page_poison_find(const void *page, size_t bytes)
{
	const u64 *word = page;
	size_t i = 0;

	while (i < bytes / sizeof(*word) && word[i] == PAGE_POISON) {
		i++;
	}
	return i * sizeof(*word);
}
