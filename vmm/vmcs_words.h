/*
 * What the bits of a VMCS field mean, in the SDM's words: registers, access
 * rights, control words, events, exit qualifications. Pure.
 */
#pragma once

#include "lib/types.h"

/*
 * Writes the meaning of the field's value, "PG NE ET PE" for a CR0; "" where
 * the value says all, as of an address. exit_reason is that of the same VMCS,
 * for the exit qualification. Always terminated, cut short at size; returns the
 * length wanted.
 */
size_t vmcs_field_words(u32 field, u64 value, u32 exit_reason, char *buf,
			size_t size);
