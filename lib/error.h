/*
 * The expected failures, which are no bugs: a function returns 0 or a positive
 * value for success, or one of these negative codes.
 */
#pragma once

enum error {
	ERR_INVALID = -1,      /* an argument or input makes no sense */
	ERR_RANGE = -2,	       /* a number or address is out of bounds */
	ERR_NO_MEMORY = -3,    /* no page left of the kind asked for */
	ERR_NOT_FOUND = -4,    /* what was asked for does not exist */
	ERR_UNSUPPORTED = -5,  /* this machine or processor cannot do it */
	ERR_TIMEOUT = -6,      /* it did not happen in time */
	ERR_CORRUPT = -7,      /* the firmware's or loader's data is damaged */
	ERR_BUSY = -8,	       /* somebody else is using it */
	ERR_FULL = -9,	       /* a fixed-size table has no room left */
	ERR_FAULT = -10,       /* a guest did something unsupported */
	ERR_INTERRUPTED = -11, /* stopped by a person */
};

/*
 * The code in words, without a full stop; "unknown error" for any other number.
 */
const char *error_text(int err);
