/* The names of the processor's exceptions. Pure. */
#pragma once

#include "lib/types.h"

/* "#DE divide error" and so on; NULL where no exception has that vector. */
const char *exception_full_name(u64 vector);
