#!/bin/sh
# INT 1Ah AX=B10Eh "get PCI interrupt routing options" of the Bochs BIOS says success, hands over no
# table, and returns with another DS.
#
# Package: bochsbios 2.7+dfsg-4+deb12u1 (BIOS-bochs-latest), run by bochs of the same version.
# Expected (PCI BIOS 2.1): ES:DI points to the size of a buffer and a far pointer to it; the table
# is copied there, and DS stays.
# Seen, with a buffer of 512 bytes at 0000:8400 full of 5Ah and DS=0: AH=00h (success), the size in
# the structure becomes 0060h, the buffer still holds 5A5Ah, and DS is F000h:
#	000E F000 0060 5A5A		(AX, DS, size, first word of the buffer)
# So a caller that trusts AH reads 96 bytes of rubbish, and finds its own variables gone with DS.
# SeaBIOS (seabios 1.16.2-1) keeps DS and fills the buffer there: 000E 0000 0060 0800.
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
	bochsbios=2.7+dfsg-4+deb12u1 vgabios=0.8a+ds-2 seabios=1.16.2-1 nasm=2.16.01-1
cat >"$work/disk.asm" <<'END'
	org 7c00h
	cpu 586
	xor ax, ax
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov sp, 7c00h
	mov al, '@'
	out 0e9h, al
	mov di, 8400h
	mov cx, 256
	mov ax, 5a5ah
	rep stosw
	mov di, routes
	xor bx, bx
	mov ax, 0b10eh
	mov bx, 0f000h
	int 1ah
	mov bx, ds
	mov cx, 0
	mov ds, cx
	call hex
	mov ax, bx
	call hex
	mov ax, [routes]
	call hex
	mov ax, [8400h]
	call hex
	jmp quit
routes:	dw 512, 8400h, 0
quit:	mov al, '@'
	out 0e9h, al
	mov dx, 8900h			; breaks into the debugger, whose next command is quit
	mov al, 'D'
	out dx, al
	jmp $
hex:	mov cx, 4			; AX and a blank to port E9h, which Bochs prints
.digit:	rol ax, 4
	push ax
	and al, 15
	cmp al, 10
	sbb al, 69h
	das
	out 0e9h, al
	pop ax
	loop .digit
	push ax
	mov al, ' '
	out 0e9h, al
	pop ax
	ret
	times 510 - ($ - $$) db 0
	dw 0aa55h
END
vga=/usr/share/vgabios/vgabios.bin
bochs=$(boot corei7_haswell_4770 /usr/share/bochs/BIOS-bochs-latest $vga)
sea=$(boot corei7_haswell_4770 /usr/share/seabios/bios.bin $vga)
echo "AX, DS, size, buffer after INT 1Ah AX=B10Eh: $bochs(Bochs BIOS), $sea(SeaBIOS)"
[ "$bochs" = "000E F000 0060 5A5A " ] ||
	changed "Bochs BIOS said otherwise than 000E F000 0060 5A5A"
[ "$sea" = "000E 0000 0060 0800 " ] || changed "SeaBIOS said otherwise than 000E 0000 0060 0800"
echo "$name: as described"
