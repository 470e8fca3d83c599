/*
 * Whether the TSCs of all cores count alike: firmware, suspend or a hypervisor
 * may leave one behind.
 */
#pragma once

/*
 * Boot core, once all cores are up and idle: compares each one's TSC with its
 * own, notes the difference in struct cpu's tsc_ahead, and says so.
 */
void clock_sync_measure(void);
