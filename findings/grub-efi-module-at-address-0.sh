#!/bin/sh
# Under UEFI, GRUB gives a Multiboot2 kernel its first module at physical address 0.
#
# Package: grub-efi-amd64-bin 2.06-13+deb12u2, with ovmf 2022.11-6+deb12u2 in QEMU
# (qemu-system-x86 1:7.2+dfsg-7+deb12u18+b3).
# Expected: above the kernel, as GRUB does on a BIOS; or anywhere, but not at 0, which C calls NULL
# and which a kernel overwrites as the home of the real-mode interrupt table.
# Seen: a kernel at 100000h that asks for nothing special, two modules of one page:
#	00000000 00001000 00002000	(first module, second module, Multiboot2 information)
# A kernel that takes mod_start 0 for "no module" loses it, and one that puts its AP trampoline or
# an IVT into low memory writes over it.
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

fetch bookworm grub-common=2.06-13+deb12u2 grub-efi-amd64-bin=2.06-13+deb12u2 \
	ovmf=2022.11-6+deb12u2 nasm=2.16.01-1 qemu-system-x86=1:7.2+dfsg-7+deb12u18+b3
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
start:	mov al, '@'
	out 0e9h, al
	lea esi, [ebx + 8]		; Multiboot2 information, first tag
tag:	cmp dword [esi], 0
	je quit
	cmp dword [esi], 3		; module
	jne .next
	mov eax, [esi + 8]		; its start
	call hex
.next:	mov eax, [esi + 4]
	add eax, 7
	and eax, ~7
	add esi, eax
	jmp tag
quit:	mov eax, ebx
	call hex
	mov al, '@'
	out 0e9h, al
	out 0f4h, al			; ends QEMU
	jmp $
hex:	mov ecx, 8			; EAX and a blank to port E9h
.digit:	rol eax, 4
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
END
mkdir -p "$work/esp/EFI/BOOT"
of_root /usr/bin/nasm -f bin -o "$work/esp/kernel" "$work/kernel.asm"
echo first >"$work/esp/a"
echo second >"$work/esp/b"
cat >"$work/grub.cfg" <<'END'
multiboot2 /kernel
module2 /a
module2 /b
boot
END
of_root /usr/bin/grub-mkimage -O x86_64-efi -d "$root/usr/lib/grub/x86_64-efi" -p / \
	-c "$work/grub.cfg" -o "$work/esp/EFI/BOOT/BOOTX64.EFI" part_msdos fat multiboot2
: >"$work/said"
QEMU_MODULE_DIR=$root/usr/lib/x86_64-linux-gnu/qemu \
	timeout -k 2 200 "$loader" --library-path "$libs" "$root/usr/bin/qemu-system-x86_64" \
	-L "$root/usr/share/qemu" -nodefaults -accel tcg -m 256 -display none -vga none -no-reboot \
	-drive "if=pflash,format=raw,readonly=on,file=$root/usr/share/OVMF/OVMF_CODE.fd" \
	-drive "format=raw,file=fat:rw:$work/esp" -debugcon "file:$work/said" \
	-device isa-debug-exit,iobase=0xf4,iosize=1 </dev/null >"$work/out" 2>&1 || :
got=$(tr -d '\r\n' <"$work/said" | sed -n 's/.*@\([^@]*\)@.*/\1/p')
echo "first module, second module, Multiboot2 information: $got"
[ "$got" = "00000000 00001000 00002000 " ] || changed "00000000 00001000 00002000 was expected"
echo "$name: as described"
