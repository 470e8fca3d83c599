/* Tells in words about the cores and their VMX. */
#pragma once

#include "lib/types.h"

struct vmx_core;

/* "on" or "off". */
const char *cores_state(const struct vmx_core *core);

/*
 * The core's IA32_FEATURE_CONTROL as it is now, which may have been changed
 * since the start.
 */
u64 cores_feature_control(const struct vmx_core *core);

/* Prints a line for each core, for `cpus` and `demo`. */
void cores_print(void);

/*
 * Logs, once VMX has been turned on, which cores have none and what to do (a
 * line for each reason), and which cores differ from the first.
 */
void cores_report(void);
