/*
 * monitor/line/args.c and reg_args.c: any text for a monitor command. A getter
 * succeeds within its limits or says in words what is wrong.
 */
#include <stdarg.h>

#include "arch/console/console.h"
#include "monitor/line/args.h"
#include "monitor/line/reg_args.h"
#include "tests/fuzz/fuzz.h"

/* In place of the console, which reg_args_print() writes to. */
void console_printf(const char *fmt, ...)
{
	(void)fmt;
	abort();
}

/* err is what a getter returned: 0, 1, or an error with its words. */
static void check(struct args *args, int err)
{
	CHECK(err == 0 || err == 1 || err == ERR_INVALID || err == ERR_RANGE);
	CHECK(err >= 0 || args->error[0] != '\0');
	CHECK(err < 0 || args->error[0] == '\0');
	CHECK(str_nlen(args->error, sizeof(args->error)) < sizeof(args->error));
	args->error[0] = '\0';
}

static void check_numbers(struct args *args, u64 max)
{
	u64 value = 0;

	check(args, args_hex(args, "cpu", max, &value));
	CHECK(value <= max);
	value = 0;
	check(args, args_dec(args, "n", max, &value));
	CHECK(value <= max);
	for (unsigned i = 0; i < 3; i++) {
		int err;

		value = 0;
		err = args_positional_hex(args, i, "address", max, &value);
		check(args, err);
		CHECK(err <= 0 && value <= max);
		value = 0;
		err = args_positional_dec(args, i, "count", max, &value);
		check(args, err);
		CHECK(err <= 0 && value <= max);
	}
}

static void check_others(struct args *args, u64 max)
{
	u8 *bytes = malloc(8); /* guarded at its end */
	u16 segment, offset;
	u64 address = 0;
	u64 length = 0;
	size_t count = 0;
	unsigned index = 0;

	CHECK(bytes != NULL);
	check(args, args_far(args, "at", &segment, &offset));
	check(args,
	      args_choice(args, "engine", "auto|v86|v86-ept|real", &index));
	CHECK(index < 4);
	for (unsigned n = 0; n < 3; n++) {
		int err = args_put(args, "put", n, max, &address, bytes, 8,
				   &count);

		check(args, err);
		CHECK(err != 1 || (address <= max && count <= 8 && count > 0));
		err = args_get(args, "get", n, max, &address, 256, &length);
		check(args, err);
		CHECK(err != 1 ||
		      (address <= max && length >= 1 && length <= 256));
	}
	free(bytes);
}

/* The words are in the text, in order, terminated. */
static void check_words(const struct args *args)
{
	unsigned plain = 0;

	CHECK(args->count <= ARGS_WORDS_MAX);
	for (unsigned i = 0; i < args->count; i++) {
		const char *word = args->text + args->word[i];

		CHECK(args->word[i] + strlen(word) < sizeof(args->text));
		CHECK(i == 0 || args->word[i] > args->word[i - 1]);
		CHECK(args->key[i] <= strlen(word));
		CHECK(args->key[i] == 0 || word[args->key[i]] == '=');
		plain += i > 0 && args->key[i] == 0;
	}
	CHECK(args_positionals(args) == plain);
	CHECK(args_positional(args, plain) == NULL);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	struct fuzz_input in = { data, bytes };
	u64 max = fuzz_take_number(&in);
	char *line = fuzz_take_text(&in);
	struct args *args = malloc(sizeof(*args));
	struct bios_regs regs = { 0 };
	int words;

	CHECK(args != NULL);
	words = args_parse(args, line);
	CHECK(words == ERR_INVALID || words == ERR_RANGE ||
	      words == (int)args->count);
	if (words >= 0) {
		CHECK(args->error[0] == '\0');
		check_words(args);
		check(args, args_check(args, NULL, 0, ARGS_WORDS_MAX));
		check(args,
		      args_check(args, "cpu n at put* get* engine", 1, 2));
		check_numbers(args, max);
		check_others(args, max);
		check(args, reg_args_read(args, &regs));
		CHECK(regs.eip == 0 && regs.cs <= 0xffff && regs.gs <= 0xffff);
	} else {
		CHECK(args->error[0] != '\0');
	}
	free(args);
	free(line);
	return 0;
}
