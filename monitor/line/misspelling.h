/* Whether a word was probably meant to be another. Pure. */
#pragma once

#define MISSPELLING_NONE 99u /* not the same word, with whatever mistakes */

/*
 * How many mistakes turn `meant` into `typed`: letters left out, put in,
 * replaced, or two exchanged. 0 if `typed` is only the beginning of `meant`. A
 * word with too many mistakes is no misspelling: three letters may have one,
 * six may have two.
 */
unsigned misspelling(const char *typed, const char *meant);
