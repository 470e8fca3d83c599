/* The error codes in words, for reports. Pure. */
/* build: pure */
#include "lib/error.h"

const char *error_text(int err)
{
	switch (err) {
	case 0:
		return "no error";
	case ERR_INVALID:
		return "invalid argument";
	case ERR_RANGE:
		return "out of range";
	case ERR_NO_MEMORY:
		return "no memory left";
	case ERR_NOT_FOUND:
		return "not found";
	case ERR_UNSUPPORTED:
		return "not supported by this machine";
	case ERR_TIMEOUT:
		return "timed out";
	case ERR_CORRUPT:
		return "damaged table";
	case ERR_BUSY:
		return "busy";
	case ERR_FULL:
		return "table is full";
	case ERR_FAULT:
		return "guest fault";
	case ERR_INTERRUPTED:
		return "interrupted";
	default:
		return "unknown error";
	}
}
