/*
 * printf-style formatting into a buffer: %d %i %u %x %X %c %s %p %%, the flags
 * '-' '0' '#' '+' ' ', width and precision as a number or '*', and the lengths
 * hh h l ll z. Anything else after a '%' comes out as it stands and takes no
 * argument. %p is 0x and hex digits; %s of a null pointer is "(null)".
 */
#pragma once

#include <stdarg.h>
#include <stddef.h>

/*
 * Both return the length of the whole text without the terminator; if that is
 * >= size, the text was cut. The terminator is always written, unless size is 0
 * (then buf may be null).
 */
int fmt_vsnprintf(char *buf, size_t size, const char *fmt, va_list args)
	__attribute__((format(printf, 3, 0)));
int fmt_snprintf(char *buf, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Appends to the text in buf, cut to size bytes. */
void fmt_append(char *buf, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
