/*
 * The expected failures: what a function returns when the world, not our code,
 * is at fault. Success is 0 or a positive value; each code is negative and has
 * a sentence of its own.
 */
#pragma once

enum error {
	ERR_INVALID = -1,   /* an argument or input makes no sense */
	ERR_RANGE = -2,	    /* a number or address is outside what is allowed */
	ERR_NO_MEMORY = -3, /* no page left of the kind asked for */
	ERR_NOT_FOUND = -4, /* what was named does not exist */
	ERR_UNSUPPORTED = -5, /* this machine or processor cannot do it */
	ERR_TIMEOUT = -6,     /* it did not happen in the time allowed */
	ERR_CORRUPT = -7, /* a table of the firmware's or loader's is damaged */
	ERR_BUSY = -8,	  /* somebody else is using it */
	ERR_FULL = -9,	  /* a fixed-size table has no room left */
	ERR_FAULT = -10,  /* a guest did what is not supported */
	ERR_INTERRUPTED = -11, /* somebody wanted it to stop */
};

/* The code in words, without a full stop; "unknown error" for a strange one. */
const char *error_text(int err);
