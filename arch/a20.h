/*
 * The A20 gate. VMX operation ignores it, and code that has run without the
 * gate would see other memory afterwards. So it must be open before VMXON.
 */
#pragma once

#include "lib/types.h"

bool a20_is_open(void);

/* Opens it by port 92h if it is closed; false if it stays closed. */
bool a20_open(void);
