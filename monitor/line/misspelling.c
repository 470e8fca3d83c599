/*
 * Computes the optimal string alignment distance: a row of the table is for one
 * more letter of `typed`, a column for one more of `meant`.
 */
/* build: pure */
#include "monitor/line/misspelling.h"

#include "lib/str.h"
#include "lib/string.h"
#include "lib/types.h"

#define LETTERS 16u /* longer words are not compared */
#define LETTERS_A_MISTAKE 3u
#define MISTAKES 2u

static unsigned distance(const char *a, const char *b)
{
	unsigned rows[3][LETTERS + 1];
	unsigned *before = rows[0], *last = rows[1], *row = rows[2];
	size_t columns = strlen(b);

	for (size_t j = 0; j <= columns; j++) {
		row[j] = (unsigned)j;
	}
	for (size_t i = 1; a[i - 1] != '\0'; i++) {
		unsigned *oldest = before;

		before = last;
		last = row;
		row = oldest;
		row[0] = (unsigned)i;
		for (size_t j = 1; j <= columns; j++) {
			unsigned change = last[j - 1] + (a[i - 1] != b[j - 1]);

			row[j] = MIN(change, MIN(row[j - 1], last[j]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1]) {
				row[j] = MIN(row[j], before[j - 2] + 1);
			}
		}
	}
	return row[columns];
}

unsigned misspelling(const char *typed, const char *meant)
{
	size_t length = str_nlen(typed, LETTERS + 1);
	unsigned mistakes;

	if (length < 2 || length > LETTERS) {
		return MISSPELLING_NONE;
	}
	if (str_starts(meant, typed)) {
		return 0;
	}
	if (strlen(meant) > LETTERS) {
		return MISSPELLING_NONE;
	}
	mistakes = distance(typed, meant);
	return mistakes <= MISTAKES && mistakes * LETTERS_A_MISTAKE <= length
		       ? mistakes
		       : MISSPELLING_NONE;
}
