/* Which keyboards there are. Boot core. */
#pragma once

#include "arch/usb/usb_use.h"

/*
 * Looks for an i8042, and takes the USB controllers if they are for us. If no
 * keyboard is found, now or soon after, a warning says how to go on. When the
 * clock runs and before the other cores do.
 */
void keyboards_start(enum usb_use use);
