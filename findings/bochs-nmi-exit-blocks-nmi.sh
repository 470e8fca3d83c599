#!/bin/sh
# In Bochs 2.7 the NMI that causes a VM exit marks the guest as blocking NMIs, and no VM entry, not
# even one with that bit cleared, lets the next NMI through.
#
# Package: bochs 2.7+dfsg-4+deb12u1, model corei7_haswell_4770.
# Expected (SDM volume 3, "Saving Non-Register State" and "VM Entries"; "NMI exiting" is 1, "virtual
# NMIs" 0): the NMI was not delivered, so the saved blocking-by-NMI (interruptibility bit 3) is 0;
# after an entry with the bit 0 NMIs are not blocked, and a second NMI exits as the first.
# Seen: the guest sends itself an NMI, the host clears bit 3 and resumes, the guest sends another
# and then does a VMCALL:
#	0000 0008 0012 0008	(reason and interruptibility of exit 1, the same of exit 2)
# Exit 2 is the VMCALL (12h). NMIs come again only after the host has executed an IRET, too.
set -eu
name=${0##*/}
lost() { echo "$name: CANNOT BE HAD: $*" >&2; exit 2; }
changed() { echo "$name: BEHAVIOUR CHANGED: $*" >&2; exit 1; }
work=$(mktemp -d)
root=$work/root
trap 'rm -rf "$work"' EXIT
trap 'exit 2' INT TERM

# fetch SUITE PACKAGE=VERSION...: unpacks these and what they need in $root; installs nothing.
fetch() {
	mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' \
		'Origin: Debian' | grep -v security | head -n 1)
	[ -n "$mirror" ] || lost "apt's settings name no Debian mirror (try apt-get update)"
	mkdir -p "$work/lists/partial" "$work/archives/partial" "$root"
	key=/usr/share/keyrings/debian-archive-keyring.gpg
	echo "deb [signed-by=$key] $mirror $1 main" >"$work/list"
	: >"$work/status"
	shift
	for step in update "install --no-install-recommends --download-only"; do
		[ "$step" = update ] && what= || what=$*
		apt-get -qq -y -o Dir::Etc::SourceList="$work/list" -o Dir::Etc::SourceParts=- \
			-o Dir::State::Lists="$work/lists" -o Dir::State::status="$work/status" \
			-o Dir::Cache="$work" -o APT::Architecture=amd64 \
			-o APT::Architectures=amd64 -o APT::Sandbox::User= \
			-o Acquire::Languages=none -o Debug::NoLocking=1 \
			$step $what >"$work/apt.out" 2>&1 ||
			lost "$* ($(tail -n 1 "$work/apt.out"))"
	done
	for deb in "$work"/archives/*.deb; do dpkg -x "$deb" "$root"; done
	libs=$root/lib/x86_64-linux-gnu:$root/usr/lib/x86_64-linux-gnu
	loader=$(find "$root" -name ld-linux-x86-64.so.2 | head -n 1)
}

# of_root PROGRAM ARGUMENT...: runs an unpacked program with the libraries of its own suite.
of_root() { program=$root$1; shift; "$loader" --library-path "$libs" "$program" "$@"; }

# boot MODEL ROM VGA-ROM: runs $work/disk.asm from a disk; prints what it says between @ and @.
boot() {
	of_root /usr/bin/nasm -f bin -o "$work/disk.img" "$work/disk.asm"
	truncate -s 1032192 "$work/disk.img"
	printf 'c\nquit\n' >"$work/debugger"
	cat >"$work/bochsrc" <<-END
		display_library: term
		config_interface: textconfig
		romimage: file=$root$2
		vgaromimage: file=$root$3
		memory: guest=32, host=32
		cpu: model=$1, count=1, ips=50000000, reset_on_triple_fault=0
		clock: sync=none, time0=946681200
		ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14
		ata0-master: type=disk, path=$work/disk.img, cylinders=2, heads=16, spt=63
		boot: disk
		port_e9_hack: enabled=1
		speaker: enabled=0
		log: $work/log
		panic: action=fatal
	END
	TERM=vt100 TERMINFO=$root/lib/terminfo \
		LTDL_LIBRARY_PATH=$root/usr/lib/x86_64-linux-gnu/bochs/plugins \
		timeout -k 2 120 "$loader" --library-path "$libs" "$root/usr/bin/bochs-bin" \
		-q -f "$work/bochsrc" -rc "$work/debugger" </dev/null 2>/dev/null |
		tr -d '\r\n' | sed -n 's/[^@]*@\([^@]*\)@[^@]*/\1/gp'
}

fetch bookworm bochs=2.7+dfsg-4+deb12u1 bochs-term=2.7+dfsg-4+deb12u1 \
	bochsbios=2.7+dfsg-4+deb12u1 vgabios=0.8a+ds-2 nasm=2.16.01-1
cat >"$work/disk.asm" <<'END'
PIN		equ 8			; NMI exiting
PROCESSOR	equ 0
	org 7c00h
	bits 16
	xor ax, ax			; BIOS: loads the rest, then long mode with 4 GiB mapped 1:1
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov sp, 7c00h
	mov ax, 208h
	mov bx, 7e00h
	mov cx, 2
	mov dx, 80h
	int 13h
	cli
	mov di, 1000h			; page tables at 1000h, 2000h (4 x 1 GiB)
	xor eax, eax
	mov cx, 2000h / 4
	rep stosd
	mov word [1000h], 2003h
	mov byte [2000h], 83h
	mov dword [2018h], 0xc0000083
	lgdt [gdtr]
	mov eax, cr4
	or eax, 2020h			; PAE, VMXE
	mov cr4, eax
	mov eax, 1000h
	mov cr3, eax
	mov ecx, 0c0000080h
	mov eax, 100h			; LME
	xor edx, edx
	wrmsr
	mov eax, 80000031h
	mov cr0, eax
	jmp 8:wide
gdtr:	dw 31
	dd gdt
gdt:	dq 0, 0x00209b0000000000, 0x00cf93000000ffff, 0x0000890000000067
	times 510 - ($ - $$) db 0
	dw 0aa55h

	bits 64
%macro write 2				; VMCS field, value
	mov ebp, %1
	mov rax, %2
	vmwrite rbp, rax
%endmacro
%macro read 1				; RAX = VMCS field
	mov ebp, %1
	vmread rax, rbp
%endmacro
%macro control 3			; VMCS field, its TRUE capability MSR, wanted bits
	mov ecx, %2
	rdmsr
	or eax, %3
	and eax, edx
	write %1, rax
%endmacro
wide:	mov ax, 16			; VMXON; guest and host share code, paging and segments
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov esp, 7c00h
	mov ecx, 480h
	rdmsr
	mov [0a000h], eax
	mov [0b000h], eax
	mov qword [0c000h], 0a000h
	mov qword [0c008h], 0b000h
	vmxon [0c000h]
	vmclear [0c008h]
	vmptrld [0c008h]
	control 4000h, 48dh, PIN
	control 4002h, 48eh, PROCESSOR
	control 400ch, 48fh, 200h	; 64-bit host
	control 4012h, 490h, 200h	; 64-bit guest
	mov esi, fields
.next:	movzx ebp, word [rsi]
	movsx rax, dword [rsi + 2]
	vmwrite rbp, rax
	add esi, 6
	cmp esi, fields.end
	jb .next
	mov rbx, cr0
	write 6c00h, rbx
	write 6800h, rbx
	mov rbx, cr4
	write 6c04h, rbx
	write 6804h, rbx
	vmlaunch
	mov eax, 0bad0h			; not reached
	call hex
quit:	mov al, '@'
	out 0e9h, al
	mov dx, 8900h			; breaks into the debugger, whose next command is quit
	mov al, 'D'
	out dx, al
	jmp $
hex:	mov ecx, 4			; AX and a blank to port E9h, which Bochs prints
.digit:	rol ax, 4
	mov edx, eax
	and al, 15
	add al, '0'
	cmp al, '9'
	jbe .out
	add al, 7
.out:	out 0e9h, al
	mov eax, edx
	loop .digit
	mov al, ' '
	out 0e9h, al
	ret
%macro field 2
	dw %1
	dd %2
%endmacro
fields:					; host, then guest; segments flat
	field 2800h, -1
	field 6c02h, 1000h
	field 6802h, 1000h
	field 0c00h, 16
	field 0c02h, 8
	field 0c04h, 16
	field 0c06h, 16
	field 0c08h, 16
	field 0c0ah, 16
	field 0c0ch, 24
	field 6c0ch, gdt
	field 6c0eh, 0
	field 6c14h, 7c00h
	field 6c16h, exit
	field 0800h, 16
	field 0802h, 8
	field 0804h, 16
	field 0806h, 16
	field 0808h, 16
	field 080ah, 16
	field 080eh, 24
	field 4800h, -1
	field 4802h, -1
	field 4804h, -1
	field 4806h, -1
	field 4808h, -1
	field 480ah, -1
	field 480eh, 67h
	field 4810h, 31
	field 4812h, 0
	field 4814h, 0c093h
	field 4816h, 0a09bh
	field 4818h, 0c093h
	field 481ah, 0c093h
	field 481ch, 0c093h
	field 481eh, 0c093h
	field 4820h, 10000h
	field 4822h, 8bh
	field 6816h, gdt
	field 6818h, 0
	field 681ah, 400h
	field 681ch, 7000h
	field 681eh, guest
	field 6820h, 2
fields.end:
exit:	mov al, [exits]
	test al, al
	jnz .second
	mov al, '@'
	out 0e9h, al
.second:
	read 4402h			; exit reason
	call hex
	read 4824h			; interruptibility state
	call hex
	inc byte [exits]
	cmp byte [exits], 2
	je quit
	write 4824h, 0
	vmresume
	jmp quit
guest:	mov ebx, 0fee00000h
	mov dword [rbx + 0f0h], 1ffh
	call nmi
	call nmi
	vmcall
nmi:	mov dword [rbx + 310h], 0	; local APIC ID 0
	mov dword [rbx + 300h], 4400h	; delivery mode NMI
	mov ecx, 1000
.wait:	dec ecx
	jnz .wait
	ret
exits:	db 0
END
got=$(boot corei7_haswell_4770 /usr/share/bochs/BIOS-bochs-latest /usr/share/vgabios/vgabios.bin)
echo "reason and interruptibility of two exits: $got"
[ "$got" = "0000 0008 0012 0008 " ] || changed "0000 0008 0012 0008 was expected"
echo "$name: as described"
