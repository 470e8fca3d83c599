/* The host-state area: what a VM exit brings back on the calling core. */
#pragma once

/*
 * Writes all host-state fields of the current VMCS but HOST_RSP (written at
 * each entry) from the calling core's registers, so CR4.VMXE must be set.
 * exit: where VM exits lead, HOST_RIP.
 */
void vmcs_write_host_state(void (*exit)(void));
