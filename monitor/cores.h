/* What the cores and their VMX are, in words. */
#pragma once

#include "lib/types.h"

struct vmx_core;

/* "on" or "off". */
const char *cores_state(const struct vmx_core *core);

/* IA32_FEATURE_CONTROL as it is now, not as it was found. */
u64 cores_feature_control(const struct vmx_core *core);

/* A line for each core to the console, as `cpus` and `demo` show them. */
void cores_print(void);

/*
 * To the log, once VMX has been turned on: which cores have none and what to do
 * (a line for each reason, not for each core), which differ from the first.
 */
void cores_report(void);
