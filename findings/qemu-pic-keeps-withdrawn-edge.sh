#!/bin/sh
# QEMU's interrupt controller keeps an edge-triggered request whose device has withdrawn it: the
# interrupt comes though its line is low. KVM's does the same.
#
# Package: qemu-system-x86 1:7.2+dfsg-7+deb12u18+b3 (TCG, machine pc, real-time clock on line 8).
# Expected: the request is gone. The 8259A's data sheet wants an input to stay high until the
# falling edge of the first INTA, in edge-triggered mode, too; otherwise interrupt 7 of that
# controller is given, which software knows as a spurious one. Bochs 2.7 clears the request.
# Seen: the slave's IRR bit 0, while the clock requests a periodic interrupt, and after reading
# register C has ended the request:
#	1 1
# Software that counts on a spurious interrupt there never sees one.
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

fetch bookworm qemu-system-x86=1:7.2+dfsg-7+deb12u18+b3 seabios=1.16.2-1 nasm=2.16.01-1
cat >"$work/disk.asm" <<'END'
	org 7c00h
	xor ax, ax
	mov ds, ax
	mov ss, ax
	mov sp, 7c00h
	cli
	mov al, 0ffh			; no line reaches the processor
	out 21h, al
	out 0a1h, al
	mov al, 0ch
	call clock			; register C: no old request
	mov al, 0bh
	call clock
	or al, 40h			; periodic interrupt
	out 71h, al
.wait:	call request
	jz .wait
	call say
	mov al, 0bh
	call clock
	and al, 0bfh
	out 71h, al
	mov al, 0ch
	call clock			; the line is low from here on
	call request
	call say
	out 0f4h, al			; ends QEMU
	jmp $
clock:	out 70h, al
	in al, 71h
	ret
request:				; the slave's IRR, bit 0
	mov al, 0ah
	out 0a0h, al
	in al, 0a0h
	and al, 1
	ret
say:	add al, '0'
	out 0e9h, al
	ret
	times 510 - ($ - $$) db 0
	dw 0aa55h
END
of_root /usr/bin/nasm -f bin -o "$work/disk.img" "$work/disk.asm"
QEMU_MODULE_DIR=$root/usr/lib/x86_64-linux-gnu/qemu \
	timeout -k 2 60 "$loader" --library-path "$libs" "$root/usr/bin/qemu-system-x86_64" \
	-L "$root/usr/share/seabios" -L "$root/usr/share/qemu" -nodefaults -accel tcg -m 32 \
	-display none -no-reboot -drive "file=$work/disk.img,format=raw" -snapshot \
	-device isa-debug-exit,iobase=0xf4,iosize=1 -debugcon "file:$work/said" \
	</dev/null >"$work/out" 2>&1 || :
got=$(sed 's/./& /g' "$work/said")
echo "IRR bit 0, requested and withdrawn: $got"
[ "$got" = "1 1 " ] || changed "1 1 was expected"
echo "$name: as described"
