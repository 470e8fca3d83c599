#!/bin/sh
# A seek on Bochs's CD drive takes the longer the smaller the disc is.
#
# Package: bochs 2.7+dfsg-4+deb12u1, an ATAPI CD, 50 million ticks a second.
# Expected: a time that follows from the distance in sectors, or none at all.
# Seen: READ(10) of sector 5000 after one of sector 0, from the packet to the data, in 0.1 ms:
#	02C6	71 ms, on a disc of 11 MiB
#	000D	1.3 ms, on a disc of 600 MiB
# The whole medium, however small, is 80 ms: so a boot disc gets slower as its image is made
# smaller, and a timeout or a benchmark of CD reads depends on what else is on the disc.
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

# boot MODEL ROM VGA-ROM SETTING: runs $work/disk.asm from a disk; prints what it says in @...@.
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
		$4
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
	org 7c00h
	cpu 586
	xor ax, ax
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov sp, 7c00h
	mov al, '@'
	out 0e9h, al
	cli
	mov dx, 3f6h			; no interrupts, slave
	mov al, 2
	out dx, al
	mov dx, 1f6h
	mov al, 0b0h
	out dx, al
	call read			; sector 0; the second time it is no seek
	call read
	mov word [packet + 4], 8813h	; sector 5000 = 1388h
	call read
	call hex
	jmp quit
read:	mov dx, 1f7h			; AX = time of a READ(10) in 0.1 ms
.busy:	in al, dx
	test al, 80h
	jnz .busy
	mov dx, 1f1h
	xor ax, ax
	out dx, al
	mov dx, 1f4h
	out dx, al
	inc dx
	mov al, 8			; 2048 bytes at once
	out dx, al
	mov dx, 1f7h
	mov al, 0a0h			; PACKET
	out dx, al
	call ready
	mov si, packet
	mov cx, 6
	mov dx, 1f0h
	rep outsw
	rdtsc
	mov ebx, eax
	call ready
	rdtsc
	sub eax, ebx
	xor edx, edx
	mov ebx, 5000
	div ebx
	mov dx, 1f0h
	mov di, 8400h
	mov cx, 1024
	rep insw
	ret
ready:	mov dx, 1f7h
.wait:	in al, dx
	test al, 80h			; BSY
	jnz .wait
	test al, 9			; DRQ or ERR
	jz .wait
	ret
packet:	db 28h, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0
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
rom=/usr/share/bochs/BIOS-bochs-latest
vga=/usr/share/vgabios/vgabios.bin
slave="ata0-slave: type=cdrom, path=$work/disc, status=inserted"
truncate -s 11M "$work/disc"
small=$(boot corei7_haswell_4770 $rom $vga "$slave")
truncate -s 600M "$work/disc"		# sparse
large=$(boot corei7_haswell_4770 $rom $vga "$slave")
echo "seek to sector 5000, in 0.1 ms: $small(11 MiB), $large(600 MiB)"
[ "$small" = "02C6 " ] || changed "02C6 was expected on 11 MiB"
[ "$large" = "000D " ] || changed "000D was expected on 600 MiB"
echo "$name: as described"
