/*
 * The 16-bit code that makes a list of BIOS calls, at CALL_LIST_SEGMENT:
 * CALL_LIST_CODE; reached by a far call. It runs inside guests alone.
 *
 * In: CS = SS = CALL_LIST_SEGMENT, SP = CALL_LIST_STACK, where the far return
 * address is; the records are filled in, and the entry of the last one is
 * call_list_end. Out: the records have the registers after each call;
 * CALL_LIST_AT leads to the record behind the last call that was made; every
 * register is changed.
 *
 * Each record is popped into the registers and pushed back after the call.
 * While SP points into the records, interrupts are off: their frames would
 * overwrite the record below. IRET sets FLAGS and goes to the vector's entry,
 * with SP on the real stack.
 */
#include "guest/bios/call_list_layout.h"

	.section .rodata
	.code16
	.globl call_list_code, call_list_code_end
	.globl call_list_back, call_list_turn, call_list_next, call_list_end
call_list_code:
	cli
	movw $CALL_LIST_RECORDS, %sp
call_list_next:
	popal
	popw %es
	popw %ds
	popw %cs:CALL_LIST_FRAME + 4 /* FLAGS */
	movw %sp, %cs:CALL_LIST_AT
	popl %cs:CALL_LIST_FRAME /* IP and CS of the entry */
	movw $CALL_LIST_FRAME, %sp
	iretw

	/* The vector's entry jumps here. */
call_list_back:
	pushfw
	cli
	popw %cs:CALL_LIST_FLAGS /* wherever the handler left SP */
	movw %cs:CALL_LIST_AT, %sp
	pushw %cs:CALL_LIST_FLAGS
	pushw %ds
	pushw %es
	pushal
	addw $CALL_LIST_RECORD_BYTES, %sp
	/* Where carry does not end the list, the host puts a jump here. */
call_list_turn:
	testb $1, %cs:CALL_LIST_FLAGS
	jz call_list_next
	addw $CALL_LIST_RECORD_BYTES, %cs:CALL_LIST_AT
	movw $CALL_LIST_STACK, %sp
call_list_end:
	lretw
call_list_code_end:

	.section .note.GNU-stack, "", @progbits
