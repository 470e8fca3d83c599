/*
 * printf-style formatting. Pure. A conversion is read into a struct spec, the
 * digits are made, and one function pads and emits them.
 */
/* build: pure */
#include "lib/fmt.h"

#include "lib/str.h"
#include "lib/string.h"
#include "lib/types.h"

struct out {
	char *buf;
	size_t size;
	u64 length; /* of all text so far, also what was cut */
};

struct spec {
	bool left;
	bool zero;
	bool alternate; /* '#' */
	char plus;	/* '+', ' ' or 0: the sign of numbers >= 0 */
	int width;	/* >= 0 */
	int precision;	/* < 0: none */
	int length;	/* bytes of the integer argument */
};

/* Digits of 64 bits in decimal, the smallest base in use. */
#define DIGITS_MAX 20

static void emit(struct out *out, const char *s, u64 n)
{
	if (out->length < out->size) {
		u64 room = out->size - out->length;

		memcpy(out->buf + out->length, s, MIN(n, room));
	}
	out->length += n;
}

static void emit_fill(struct out *out, char c, u64 n)
{
	if (out->length < out->size) {
		u64 room = out->size - out->length;

		memset(out->buf + out->length, c, MIN(n, room));
	}
	out->length += n;
}

/* Emits prefix, zeros and body, in a field of spec's width. */
static void emit_field(struct out *out, const struct spec *spec,
		       const char *prefix, u64 zeros, const char *body,
		       u64 body_length)
{
	u64 length = strlen(prefix) + zeros + body_length;
	u64 width = (u64)spec->width;
	u64 padding = length < width ? width - length : 0;

	if (!spec->left) {
		emit_fill(out, ' ', padding);
	}
	emit(out, prefix, strlen(prefix));
	emit_fill(out, '0', zeros);
	emit(out, body, body_length);
	if (spec->left) {
		emit_fill(out, ' ', padding);
	}
}

static void emit_number(struct out *out, const struct spec *spec,
			const char *prefix, u64 value, unsigned base,
			bool upper)
{
	const char *set = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	char digits[DIGITS_MAX];
	size_t at = sizeof(digits);
	u64 zeros = 0;
	u64 count;
	u64 wanted;

	/* C's rule: with precision 0, the number 0 has no digit at all. */
	if (value == 0 && spec->precision != 0) {
		digits[--at] = '0';
	}
	for (; value != 0; value /= base) {
		digits[--at] = set[value % base];
	}
	count = sizeof(digits) - at;
	if (spec->precision >= 0) {
		wanted = (u64)spec->precision;
		zeros = wanted > count ? wanted - count : 0;
	} else if (spec->zero && !spec->left) {
		wanted = (u64)spec->width;
		count += strlen(prefix);
		zeros = wanted > count ? wanted - count : 0;
	}
	emit_field(out, spec, prefix, zeros, digits + at, sizeof(digits) - at);
}

static void emit_signed(struct out *out, const struct spec *spec, s64 value)
{
	char prefix[2] = { value < 0 ? '-' : spec->plus, '\0' };
	u64 magnitude = value < 0 ? 0 - (u64)value : (u64)value;

	emit_number(out, spec, prefix, magnitude, 10, false);
}

static void emit_string(struct out *out, const struct spec *spec, const char *s)
{
	size_t max = spec->precision < 0 ? SIZE_MAX : (size_t)spec->precision;

	if (s == NULL) {
		s = "(null)";
	}
	emit_field(out, spec, "", 0, s, str_nlen(s, max));
}

/*
 * Reads a decimal number of the format; it stops growing before it overflows.
 */
static int read_number(const char **fmt)
{
	int n = 0;

	for (; str_is_digit(**fmt); (*fmt)++) {
		if (n < 100000) {
			n = n * 10 + (**fmt - '0');
		}
	}
	return n;
}

static void read_flags(const char **fmt, struct spec *spec)
{
	for (;; (*fmt)++) {
		switch (**fmt) {
		case '-':
			spec->left = true;
			break;
		case '0':
			spec->zero = true;
			break;
		case '#':
			spec->alternate = true;
			break;
		case '+':
			spec->plus = '+';
			break;
		case ' ':
			spec->plus = spec->plus == '+' ? '+' : ' ';
			break;
		default:
			return;
		}
	}
}

static void read_length(const char **fmt, struct spec *spec)
{
	static const struct {
		char name[3];
		int length;
	} lengths[] = {
		{ "hh", sizeof(char) },	     { "h", sizeof(short) },
		{ "ll", sizeof(long long) }, { "l", sizeof(long) },
		{ "z", sizeof(size_t) },
	};

	spec->length = sizeof(int);
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		if (str_starts(*fmt, lengths[i].name)) {
			*fmt += strlen(lengths[i].name);
			spec->length = lengths[i].length;
			return;
		}
	}
}

/* A va_list that can be passed by address in every ABI. */
struct args {
	va_list list;
};

/* Reads all between the '%' and the conversion's letter. */
static void read_spec(const char **fmt, struct spec *spec, struct args *args)
{
	*spec = (struct spec){ .precision = -1 };
	read_flags(fmt, spec);
	if (**fmt == '*') {
		int width = va_arg(args->list, int);

		(*fmt)++;
		spec->left |= width < 0;
		/* INT32_MIN has no positive value: taken as no width. */
		spec->width = width == INT32_MIN ? 0
			      : width < 0	 ? -width
						 : width;
	} else {
		spec->width = read_number(fmt);
	}
	if (**fmt == '.') {
		(*fmt)++;
		if (**fmt == '*') {
			(*fmt)++;
			spec->precision = va_arg(args->list, int);
		} else {
			spec->precision = read_number(fmt);
		}
	}
	read_length(fmt, spec);
}

static u64 take_unsigned(const struct spec *spec, struct args *args)
{
	switch (spec->length) {
	case sizeof(u64):
		return va_arg(args->list, u64);
	case sizeof(u16):
		return (u16)va_arg(args->list, unsigned);
	case sizeof(u8):
		return (u8)va_arg(args->list, unsigned);
	default:
		return va_arg(args->list, unsigned);
	}
}

static s64 take_signed(const struct spec *spec, struct args *args)
{
	u64 value = take_unsigned(spec, args);
	unsigned unused_bits = 64 - 8 * (unsigned)spec->length;

	return (s64)(value << unused_bits) >> unused_bits;
}

/* Emits a conversion; false, with nothing emitted, if letter is none. */
static bool emit_conversion(struct out *out, char letter,
			    const struct spec *spec, struct args *args)
{
	char c;
	u64 value;

	switch (letter) {
	case 'd':
	case 'i':
		emit_signed(out, spec, take_signed(spec, args));
		return true;
	case 'u':
		emit_number(out, spec, "", take_unsigned(spec, args), 10,
			    false);
		return true;
	case 'x':
	case 'X':
		value = take_unsigned(spec, args);
		emit_number(out, spec,
			    !spec->alternate || value == 0 ? ""
			    : letter == 'X'		   ? "0X"
							   : "0x",
			    value, 16, letter == 'X');
		return true;
	case 'p':
		value = (u64)(uintptr_t)va_arg(args->list, void *);
		emit_number(out, spec, "0x", value, 16, false);
		return true;
	case 'c':
		c = (char)va_arg(args->list, int);
		emit_field(out, spec, "", 0, &c, 1);
		return true;
	case 's':
		emit_string(out, spec, va_arg(args->list, const char *));
		return true;
	case '%':
		emit(out, "%", 1);
		return true;
	default:
		return false;
	}
}

static void format(struct out *out, const char *fmt, struct args *args)
{
	while (*fmt != '\0') {
		const char *percent;
		struct spec spec;

		if (*fmt != '%') {
			const char *end = strchr(fmt, '%');
			u64 n = end ? (u64)(end - fmt) : strlen(fmt);

			emit(out, fmt, n);
			fmt += n;
			continue;
		}
		percent = fmt++;
		read_spec(&fmt, &spec, args);
		if (*fmt == '\0') {
			emit(out, percent, (u64)(fmt - percent));
			return;
		}
		fmt++;
		if (!emit_conversion(out, fmt[-1], &spec, args)) {
			emit(out, percent, (u64)(fmt - percent));
		}
	}
}

int fmt_vsnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
	struct out out = { .buf = buf, .size = size };
	struct args copy;

	va_copy(copy.list, args);
	format(&out, fmt, &copy);
	va_end(copy.list);
	if (size > 0) {
		buf[MIN(out.length, size - 1)] = '\0';
	}
	return out.length > INT32_MAX ? INT32_MAX : (int)out.length;
}

int fmt_snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int length;

	va_start(args, fmt);
	length = fmt_vsnprintf(buf, size, fmt, args);
	va_end(args);
	return length;
}

void fmt_append(char *buf, size_t size, const char *fmt, ...)
{
	size_t length = str_nlen(buf, size);
	va_list args;

	va_start(args, fmt);
	fmt_vsnprintf(buf + length, size - length, fmt, args);
	va_end(args);
}
