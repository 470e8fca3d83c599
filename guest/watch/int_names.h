/* The BIOS's interrupts and their services by name. Pure. */
#pragma once

#include "lib/types.h"

enum int_selector {
	INT_BY_VECTOR, /* one service, or none that is known */
	INT_BY_AH,
	INT_BY_AX,
};

/*
 * The service that INT vector with this AX asks for: "read sectors" for 13h,
 * 0201h; "" if it is not known. *by: which register selects the service.
 */
const char *int_name(u8 vector, u16 ax, enum int_selector *by);

/*
 * "disk" for 13h, "timer tick" for 08h; "" if the vector has no fixed meaning.
 */
const char *int_names_vector(u8 vector);
