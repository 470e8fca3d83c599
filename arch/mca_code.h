/*
 * The error code of a machine-check bank in words (SDM volume 3, "Interpreting
 * the MCA Error Codes"). Pure.
 */
#pragma once

#include "lib/types.h"

/* Room for the text of any code. */
#define MCA_CODE_TEXT_BYTES 80

/*
 * Writes the code, bits 15:0 of IA32_MCi_STATUS, in words. Returns the length.
 */
size_t mca_code_format(u16 code, char *buf, size_t size);

/*
 * Writes "bank N: ...", with IA32_MCi_STATUS and IA32_MCi_ADDR in words and
 * numbers. Returns the length.
 */
size_t mca_code_format_bank(u32 bank, u64 status, u64 address, char *buf,
			    size_t size);
