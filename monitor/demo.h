/*
 * The command demo: shows everything that Biosphere is for, in a short time,
 * each result compared with an independent source.
 */
#pragma once

#include "monitor/report.h"

/* Its chapters: each adds its PASS, FAIL and SKIP lines. VMX is on. */
void demo_calls(struct report *report);
void demo_events(struct report *report);
void demo_cycles(struct report *report);
