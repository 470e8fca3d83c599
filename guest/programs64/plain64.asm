; Plain NASM, and nothing of Biosphere's: prints a line by the UART, writes to
; an address without memory and reads from it, and halts. Entered at second
; (start=HEX) it prints another line.
;
;	nasm -f bin plain64.asm -o plain64.bin

	bits 64
	org 0x10000

first:
	lea rsi, [rel text]
	jmp print

	times 64 - ($ - $$) db 0x90
second:				; start=40
	lea rsi, [rel other]

print:
	mov dx, 0x3f8
.next:
	lodsb
	test al, al
	jz .done
	out dx, al
	jmp .next
.done:
	mov ebx, 0x1fe000
	mov dword [rbx], 0xcafe
	mov eax, [rbx]
	hlt

text:	db "plain NASM", 10, 0
other:	db "started at 40h", 10, 0
