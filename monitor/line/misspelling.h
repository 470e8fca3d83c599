/* Whether a word was probably meant to be another. Pure. */
#pragma once

#define MISSPELLING_NONE 99u /* not the same word, with whatever mistakes */

/*
 * How many mistakes make `meant` what was typed: letters left out, put in,
 * taken for others, or two exchanged. 0 where the word was only not typed to
 * its end. So many that nothing is left of a word make no misspelling of it:
 * one mistake may be in three letters, two in six.
 */
unsigned misspelling(const char *typed, const char *meant);
