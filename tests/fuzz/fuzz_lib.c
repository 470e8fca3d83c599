/*
 * lib/: fmt.c against the C library's snprintf, parse.c against its strtoull,
 * ring.c against the bytes written, and histogram.c against a sorted list.
 */
#include <errno.h>

#include "lib/fmt.h"
#include "lib/histogram.h"
#include "lib/parse.h"
#include "lib/ring.h"
#include "tests/fuzz/fuzz.h"

#define FIELD_MAX 300u /* of width and precision */

/* One conversion: flags, width, precision, length modifier and letter. */
static void make_format(struct fuzz_input *in, char *format, size_t size,
			char *letter, unsigned *length)
{
	static const char letters[] = "diuxXcs";
	static const char *const lengths[] = { "hh", "h", "", "l", "ll", "z" };
	u8 flags = (u8)fuzz_take(in, 1);
	unsigned width = (unsigned)fuzz_take(in, 2) % FIELD_MAX;
	unsigned precision = (unsigned)fuzz_take(in, 2) % FIELD_MAX;
	char numbers[16] = "";

	*letter = letters[fuzz_take(in, 1) % (sizeof(letters) - 1)];
	*length = (unsigned)fuzz_take(in, 1) % ARRAY_SIZE(lengths);
	/* The C library leaves these undefined, or has them for wide text. */
	if (*letter == 'c' || *letter == 's') {
		flags &= (u8)~6u;
		*length = 2;
	}
	if (*letter == 'd' || *letter == 'i' || *letter == 'u') {
		flags &= (u8)~4u;
	}
	if (*letter != 'd' && *letter != 'i') {
		flags &= (u8)~24u;
	}
	if (flags & 32) {
		snprintf(numbers, sizeof(numbers), "%u", width);
	}
	if ((flags & 64) && *letter != 'c') {
		snprintf(numbers + strlen(numbers),
			 sizeof(numbers) - strlen(numbers), ".%u", precision);
	}
	snprintf(format, size, "<%%%s%s%s%s%s%s%s%c>", flags & 1 ? "-" : "",
		 flags & 2 ? "0" : "", flags & 4 ? "#" : "",
		 flags & 8 ? "+" : "", flags & 16 ? " " : "", numbers,
		 lengths[*length], *letter);
}

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wformat-nonliteral"

static void check_fmt(struct fuzz_input *in)
{
	char format[64], ours[512], theirs[512], letter;
	char text[9] = "";
	u64 value = fuzz_take(in, 8);
	size_t size = 1 + fuzz_take(in, 2) % sizeof(ours);
	unsigned length;
	int a, b;

	make_format(in, format, sizeof(format), &letter, &length);
	memcpy(text, &value, 8);
	if (letter == 's') {
		a = fmt_snprintf(ours, size, format, text);
		b = snprintf(theirs, size, format, text);
	} else if (length < 3) {
		a = fmt_snprintf(ours, size, format, (int)value);
		b = snprintf(theirs, size, format, (int)value);
	} else {
		a = fmt_snprintf(ours, size, format, value);
		b = snprintf(theirs, size, format, value);
	}
	CHECK(a == b);
	CHECK(memcmp(ours, theirs, MIN((size_t)a + 1, size)) == 0);
}

/* Whatever stands in a format, it ends; 32 bytes want 16 arguments at most. */
static void check_plain(const char *text)
{
	char *format = strndup(text, 32);
	char buf[32];

	CHECK(format != NULL);
	for (char *c = format; *c != '\0'; c++) {
		*c = *c == 's' || *c == '*' ? '!' : *c;
	}
	CHECK(fmt_snprintf(buf, sizeof(buf), format, 1, 2, 3, 4, 5, 6, 7, 8, 9,
			   10, 11, 12, 13, 14, 15, 16) >= 0);
	CHECK(str_nlen(buf, sizeof(buf)) < sizeof(buf));
	free(format);
}

#pragma clang diagnostic pop

static void check_parse(const char *text)
{
	u64 value = 0x5a, expected;
	char *end;
	u8 *bytes = malloc(16);
	size_t count = 0;
	int err;

	CHECK(bytes != NULL);
	errno = 0;
	expected = strtoull(text, &end, 10);
	err = parse_dec(text, &value);
	if (str_is_digit(text[0]) && *end == '\0') {
		CHECK(err == (errno == ERANGE ? ERR_RANGE : 0));
		CHECK(value == (err == 0 ? expected : 0x5a));
	} else {
		CHECK(err == ERR_INVALID);
	}
	errno = 0;
	value = 0x5a;
	expected = strtoull(text, &end, 16);
	err = parse_hex(text, &value);
	if (str_hex_value(text[0]) >= 0 && *end == '\0') {
		CHECK(err == (errno == ERANGE ? ERR_RANGE : 0));
		CHECK(value == (err == 0 ? expected : 0x5a));
	} else {
		CHECK(err == ERR_INVALID);
	}
	err = parse_hex_bytes(text, bytes, 16, &count);
	CHECK(err == ERR_INVALID || err == ERR_RANGE ||
	      (err == 0 && count >= 1 && count <= 16));
	free(bytes);
}

static void check_ring(struct fuzz_input in)
{
	size_t size = 1 + fuzz_take(&in, 1) % 40;
	const u8 *start = in.at;
	u8 *memory = malloc(size);
	struct ring ring = { .data = memory, .size = size };
	u64 pos = 0;
	u8 buf[32];

	CHECK(memory != NULL);
	while (in.left > 0) {
		size_t n = MIN(in.left, (size_t)(1 + *in.at % 63));
		u64 before = pos;
		size_t got;

		ring_write(&ring, in.at, n);
		in.at += n;
		in.left -= n;
		CHECK(ring.written == (u64)(in.at - start));
		got = ring_read(&ring, &pos, buf, n % sizeof(buf));
		CHECK(got <= n % sizeof(buf) && pos >= before + got);
		CHECK(pos <= ring.written);
		CHECK(pos - got >= ring_oldest(&ring) || got == 0);
		CHECK(memcmp(buf, start + (pos - got), got) == 0);
	}
	free(memory);
}

static void check_histogram(struct fuzz_input in)
{
	struct histogram histogram;
	u64 low = UINT64_MAX, high = 0, values = 0, at_most = 0, median;

	memset(&histogram, 0, sizeof(histogram));
	for (struct fuzz_input i = in; i.left > 0; values++) {
		u64 value = fuzz_take_number(&i);

		histogram_add(&histogram, value);
		low = MIN(low, value);
		high = MAX(high, value);
	}
	CHECK(histogram_count(&histogram) == values);
	median = histogram_median(&histogram);
	if (values == 0) {
		CHECK(median == 0);
		return;
	}
	CHECK(histogram_min(&histogram) == low);
	CHECK(histogram_max(&histogram) == high && median <= high);
	for (struct fuzz_input i = in; i.left > 0;) {
		at_most += fuzz_take_number(&i) < median;
	}
	CHECK(at_most <= values / 2);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	struct fuzz_input in = { data, bytes };
	char *text;

	check_fmt(&in);
	check_ring(in);
	check_histogram(in);
	text = fuzz_take_text(&in);
	check_plain(text);
	check_parse(text);
	free(text);
	return 0;
}
