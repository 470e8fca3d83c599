/*
 * The error code of a machine-check bank in words (SDM volume 3, "Interpreting
 * the MCA Error Codes"). Pure.
 */
#pragma once

#include "lib/types.h"

/* Long enough for every code. */
#define MCA_CODE_TEXT_BYTES 80

/* code: bits 15:0 of IA32_MCi_STATUS. Returns the length. */
size_t mca_code_format(u16 code, char *buf, size_t size);

/*
 * A bank's IA32_MCi_STATUS and IA32_MCi_ADDR as "bank N: ...", in words and
 * numbers. Returns the length.
 */
size_t mca_code_format_bank(u32 bank, u64 status, u64 address, char *buf,
			    size_t size);
