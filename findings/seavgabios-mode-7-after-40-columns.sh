#!/bin/sh
# SeaVGABIOS: mode 7 (monochrome text, 80 columns) set after a colour mode of 40 columns has dots
# of double width, 360 of them in a row, and mode 3 set after that has them, too.
#
# Package: seabios 1.16.2-1 (vgabios-stdvga.bin), run by qemu-system-x86 1:7.2+dfsg-7+deb12u18+b3.
# Expected: 720x400 pixels, as INT 10h AX=0007h gives after mode 3, and as the CRTC's and the
# sequencer's values of mode 7 say, whatever mode was there before.
# Seen: the picture's size by QEMU's screendump,
#	3 7     720x400
#	1 7     360x400
#	1 7 3   360x400
#	1 3     720x400
# Probable cause, by the order of its port writes: the sequencer and CRTC are written before the
# miscellaneous output register has chosen between the ports 3B4h and 3D4h.
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
	mov si, modes
.next:	lodsb
	cmp al, 0ffh
	je .done
	mov ah, 0
	push si
	int 10h
	pop si
	jmp .next
.done:	mov al, '>'			; ready
	out 0e9h, al
	jmp $
modes:	db MODES, 0ffh
	times 510 - ($ - $$) db 0
	dw 0aa55h
END

# size_after MODES: what QEMU shows once these modes have been set, one after the other.
size_after() {
	of_root /usr/bin/nasm -f bin -D "MODES=$1" -o "$work/disk.img" "$work/disk.asm"
	rm -f "$work/monitor" "$work/shot"
	mkfifo "$work/monitor"
	: >"$work/said"
	QEMU_MODULE_DIR=$root/usr/lib/x86_64-linux-gnu/qemu \
		timeout -k 2 60 "$loader" --library-path "$libs" \
		"$root/usr/bin/qemu-system-x86_64" -L "$root/usr/share/seabios" \
		-L "$root/usr/share/qemu" -nodefaults -accel tcg -vga std -m 32 -display none \
		-drive "file=$work/disk.img,format=raw" -snapshot \
		-debugcon "file:$work/said" -monitor stdio <"$work/monitor" >"$work/out" 2>&1 &
	emulator=$!
	exec 3>"$work/monitor"
	while kill -0 $emulator 2>/dev/null && ! grep -q '>' "$work/said"; do sleep 0.1; done
	kill -0 $emulator 2>/dev/null || changed "QEMU ended early: $(tail -n 1 "$work/out")"
	printf 'screendump %s\nquit\n' "$work/shot" >&3
	exec 3>&-
	wait $emulator || :
	sed -n '2{s/ /x/p;q}' "$work/shot"
}

expect() {
	got=$(size_after "$1")
	echo "modes $1: $got"
	[ "$got" = "$2" ] || changed "$2 was expected"
}

expect 3,7 720x400
expect 1,7 360x400
expect 1,7,3 360x400
expect 1,3 720x400
echo "$name: as described"
