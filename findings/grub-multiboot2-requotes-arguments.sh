#!/bin/sh
# GRUB's multiboot2 command does not hand its arguments over as they stand in grub.cfg: quotes move
# to the front of the word, and backslashes come in that nobody wrote.
#
# Package: grub-common and grub-pc-bin 2.06-13+deb12u2; the ISO of grub-mkrescue, started in QEMU.
# Expected: a command line that is the text of grub.cfg, or its words with the quotes taken away.
# Seen: grub.cfg says		multiboot2 /boot/kernel run="a b" "it's" back\\slash "quo\"te"
# and the kernel is given	"run=a b" it\'s back\\slash quo\"te
# So a kernel that looks for run= at the start of a word finds none, and one that does not take
# backslashes away sees words that are longer than what was typed.
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

fetch bookworm grub-common=2.06-13+deb12u2 grub-pc-bin=2.06-13+deb12u2 xorriso=1.5.4-4 \
	mtools=4.0.33-1+really4.0.32-1 nasm=2.16.01-1 seabios=1.16.2-1 \
	qemu-system-x86=1:7.2+dfsg-7+deb12u18+b3
cat >"$work/kernel.asm" <<'END'
	bits 32
header:	dd 0xe85250d6, 0, .end - header, 0x100000000 - (0xe85250d6 + .end - header)
	dw 2, 0				; where to load
	dd 24, 100000h, 100000h, 0, 0
	dw 3, 0				; where to start
	dd 12, 100000h + start - header, 0
	dw 0, 0
	dd 8
.end:
start:	lea esi, [ebx + 8]		; Multiboot2 information, first tag
tag:	cmp dword [esi], 1		; command line
	je text
	mov eax, [esi + 4]
	add eax, 7
	and eax, ~7
	add esi, eax
	jmp tag
text:	add esi, 8
.next:	lodsb
	test al, al
	jz .end
	out 0e9h, al
	jmp .next
.end:	out 0f4h, al			; ends QEMU
	jmp $
END
mkdir -p "$work/iso/boot/grub"
of_root /usr/bin/nasm -f bin -o "$work/iso/boot/kernel" "$work/kernel.asm"
cat >"$work/iso/boot/grub/grub.cfg" <<'END'
multiboot2 /boot/kernel run="a b" "it's" back\\slash "quo\"te"
boot
END
cat >"$work/xorriso" <<-END
	#!/bin/sh
	exec "$loader" --library-path "$libs" "$root/usr/bin/xorriso" "\$@"
END
chmod +x "$work/xorriso"
of_root /usr/bin/grub-mkrescue --xorriso="$work/xorriso" -d "$root/usr/lib/grub/i386-pc" \
	-o "$work/grub.iso" "$work/iso" >"$work/out" 2>&1 ||
	changed "grub-mkrescue: $(tail -n 1 "$work/out")"
: >"$work/said"
QEMU_MODULE_DIR=$root/usr/lib/x86_64-linux-gnu/qemu \
	timeout -k 2 120 "$loader" --library-path "$libs" "$root/usr/bin/qemu-system-x86_64" \
	-L "$root/usr/share/seabios" -L "$root/usr/share/qemu" -nodefaults -accel tcg -m 64 \
	-display none -vga none -no-reboot -cdrom "$work/grub.iso" -debugcon "file:$work/said" \
	-device isa-debug-exit,iobase=0xf4,iosize=1 </dev/null >"$work/out" 2>&1 || :
got=$(cat "$work/said")
printf 'command line: %s\n' "$got"
[ "$got" = '"run=a b" it\'"'"'s back\\slash quo\"te' ] || changed "the quotes came otherwise"
echo "$name: as described"
