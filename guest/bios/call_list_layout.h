/*
 * Where a list of BIOS calls lies in the segment of the calls' default stack
 * (guest/bios/bios.h), for C and assembly alike. Offsets, in bytes.
 */
#pragma once

#define CALL_LIST_SEGMENT 0x2000

#define CALL_LIST_CODE 0x0010
#define CALL_LIST_CODE_END 0x0100

/* For each vector, INT n and the jump that follows it. */
#define CALL_LIST_ENTRIES 0x0800
#define CALL_LIST_ENTRY_BYTES 8

/*
 * What the code remembers, behind it a record for each call, and one more that
 * ends the list. A page ends between two records.
 */
#define CALL_LIST_STATE 0x1000
#define CALL_LIST_AT (CALL_LIST_STATE + 0)    /* 2 bytes: ... */
#define CALL_LIST_AT_OFFSET 38		      /* ... so far into its record */
#define CALL_LIST_FLAGS (CALL_LIST_STATE + 2) /* 2 bytes: after a call */
#define CALL_LIST_RECORDS (CALL_LIST_STATE + CALL_LIST_RECORD_BYTES)
#define CALL_LIST_RECORD_BYTES 64
#define CALL_LIST_MAX 254

/* Within the stack: the far return address is above, IRET's frame below. */
#define CALL_LIST_STACK 0xfffa
#define CALL_LIST_FRAME (CALL_LIST_STACK - 6)
