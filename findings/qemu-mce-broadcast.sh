#!/bin/sh
# QEMU's monitor command "mce -b", given a corrected error for one processor, gives all the others
# an uncorrected one, in another bank, that is not enabled.
#
# Package: qemu-system-x86 1:7.2+dfsg-7+deb12u18+b3 (TCG, model qemu64, 2 processors).
# Expected: the status that was asked for, to all; or at least one that hardware could report: a
# machine check is signalled for an uncorrected error only if its EN bit (60) is 1 (SDM volume 3,
# "Machine-Check Architecture": an error with UC and no EN is not to be handled as one).
# Seen: "mce -b 1 4 0x9000000000000000 0 0 0" (processor 1, bank 4, VAL and EN, corrected) raises a
# machine check on processor 0: IA32_MC1_STATUS A000h in its upper word, VAL and UC without EN, and
# IA32_MCG_STATUS 5, RIPV and MCIP; bank 4 is empty there:
#	A000 0000 0005		(MC1_STATUS 63:48, MC4_STATUS 63:48, MCG_STATUS)
# A handler that goes by the SDM finds nothing to handle.
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
	cpu 586
	xor ax, ax
	mov ds, ax
	mov ss, ax
	mov sp, 7c00h
	cli
	mov word [48h], check		; vector 18
	mov word [4ah], 0
	mov eax, cr4
	or al, 40h			; MCE
	mov cr4, eax
	mov al, '>'			; ready
	out 0e9h, al
	jmp $
check:	mov ecx, 405h
	call upper
	mov ecx, 411h
	call upper
	mov ecx, 17ah
	rdmsr
	call hex
	out 0f4h, al			; ends QEMU
	jmp $
upper:	rdmsr
	shr edx, 16
	mov ax, dx
hex:	mov cx, 4			; AX and a blank to port E9h
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
of_root /usr/bin/nasm -f bin -o "$work/disk.img" "$work/disk.asm"
mkfifo "$work/monitor"
: >"$work/said"
QEMU_MODULE_DIR=$root/usr/lib/x86_64-linux-gnu/qemu \
	timeout -k 2 120 "$loader" --library-path "$libs" "$root/usr/bin/qemu-system-x86_64" \
	-L "$root/usr/share/seabios" -L "$root/usr/share/qemu" -nodefaults -accel tcg -cpu qemu64 \
	-smp 2 -m 32 -display none -no-reboot -drive "file=$work/disk.img,format=raw" \
	-snapshot -device isa-debug-exit,iobase=0xf4,iosize=1 -debugcon "file:$work/said" \
	-monitor stdio <"$work/monitor" >"$work/out" 2>&1 &
emulator=$!
exec 3>"$work/monitor"
while kill -0 $emulator 2>/dev/null && ! grep -q '>' "$work/said"; do sleep 0.1; done
kill -0 $emulator 2>/dev/null || changed "QEMU ended early: $(tail -n 1 "$work/out")"
echo "mce -b 1 4 0x9000000000000000 0 0 0" >&3
wait $emulator || :
got=$(tr -d '>' <"$work/said")
echo "MC1_STATUS, MC4_STATUS, MCG_STATUS of processor 0: $got"
[ "$got" = "A000 0000 0005 " ] || changed "A000 0000 0005 was expected"
echo "$name: as described"
