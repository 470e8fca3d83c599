/*
 * The words of a command line: the command's name, plain words ("positional")
 * and key=value options. The functions that read them say in words what is
 * wrong. Pure.
 */
#pragma once

#include "lib/error.h"
#include "lib/types.h"

#define ARGS_LINE_MAX 512
#define ARGS_WORDS_MAX 128
#define ARGS_ERROR_SIZE 192
#define ARGS_SHOWN 24 /* of a word, at most, that a message repeats */

struct args {
	char text[ARGS_LINE_MAX + 2]; /* the words, each terminated */
	u16 word[ARGS_WORDS_MAX];     /* their offsets in text */
	u16 key[ARGS_WORDS_MAX];      /* length of the key; 0: a plain word */
	unsigned count;		      /* words, the command's name included */
	char error[ARGS_ERROR_SIZE];  /* "what; where; what to do", or "" */
};

/*
 * Splits a line into words as parse_word() does: "..." protects blanks. Returns
 * the number of words (0 for an empty line), ERR_INVALID if a quote does not
 * end, ERR_RANGE if the line or the number of words is beyond the limit;
 * args->error has the words.
 */
int args_parse(struct args *args, const char *line);

/* The first word; "" for an empty line. */
const char *args_name(const struct args *args);
/* The number of plain words after the name, and the i-th of them or NULL. */
unsigned args_positionals(const struct args *args);
const char *args_positional(const struct args *args, unsigned i);
/* The value of the first or n-th (from 0) key=value, or NULL. */
const char *args_value(const struct args *args, const char *key);
const char *args_value_nth(const struct args *args, const char *key,
			   unsigned n);

/*
 * Refuses options whose key is not in the blank-separated list (NULL: none),
 * keys given twice unless the list marks them with a '*' ("cpu put* get*"),
 * and fewer or more plain words than min..max. Returns 0 or ERR_INVALID.
 */
int args_check(struct args *args, const char *keys, unsigned min, unsigned max);

/*
 * Options with a type. Each returns 1 and sets the result; 0 and leaves it as
 * it is if the option is not given; ERR_INVALID or ERR_RANGE with args->error
 * set. Hex numbers may begin with 0x. max: the largest value allowed.
 */
int args_hex(struct args *args, const char *key, u64 max, u64 *value);
int args_dec(struct args *args, const char *key, u64 max, u64 *value);
/* SEG:OFF, both hex and of 16 bits. */
int args_far(struct args *args, const char *key, u16 *segment, u16 *offset);
/* One of "first|second|third"; the result is its place, from 0. */
int args_choice(struct args *args, const char *key, const char *choices,
		unsigned *index);

/*
 * Different numbers below count, with ',' between, as in cpu=0,2, or "all".
 * list has room for count; *used is set to how many it holds.
 */
int args_list(struct args *args, const char *key, u32 count, u32 *list,
	      u32 *used);

/*
 * Plain words that must be there: 0, or ERR_INVALID or ERR_RANGE with
 * args->error set. what: the word's name in the message ("address").
 */
int args_positional_hex(struct args *args, unsigned i, const char *what,
			u64 max, u64 *value);
int args_positional_dec(struct args *args, unsigned i, const char *what,
			u64 max, u64 *value);
int args_positional_far(struct args *args, unsigned i, const char *what,
			u16 *segment, u16 *offset);

/*
 * The n-th KEY=HEXADDR:HEXBYTES, as in put=7c00:0102. Returns 1, 0 if there is
 * no n-th, ERR_INVALID, or ERR_RANGE if the address is above max_address or the
 * bytes are more than size.
 */
int args_put(struct args *args, const char *key, unsigned n, u64 max_address,
	     u64 *address, u8 *bytes, size_t size, size_t *count);
/* The same for KEY=HEXADDR,LEN, LEN being decimal and 1..max_length. */
int args_get(struct args *args, const char *key, unsigned n, u64 max_address,
	     u64 *address, u64 max_length, u64 *length);

/* Sets args->error. Returns err, so that a function can return the call. */
int args_fail(struct args *args, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
