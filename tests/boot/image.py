"""Makes the ISO a test boots: our kernel, a GRUB menu of one entry, modules."""

import os
import subprocess
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
BUILD = TOP / "build"
# Nearly all of it a hole in the file. Bochs makes a drive seek for as long as
# the way is, compared with the whole: on a medium of the size of its contents
# GRUB spent half of each boot with that.
MEDIUM_BYTES = 64 << 20
KERNEL = Path(os.environ.get("BIOSPHERE_ELF", BUILD / "biosphere.elf"))


# The BIOS of a virtual PC, where Debian's package is, as on build/biosphere.iso.
ROMS = [(path, name) for path, name in (
    ("/usr/share/seabios/bios-256k.bin", "seabios"),
    ("/usr/share/seabios/vgabios-stdvga.bin", "vgabios"))
    if os.path.exists(path)]


def programs(*names):
    """Modules for machines: programs, ours or those of the tests."""
    found = []
    for name in names:
        paths = [BUILD / folder / f"{name}.bin"
                 for folder in ("programs", "test-programs",
                                "test-programs64")]
        found.append((next(p for p in paths if p.exists()), name))
    return found


def all_programs():
    """The modules of build/biosphere.iso, by the same names."""
    return [*ROMS, *((path, path.stem) for folder in ("programs", "programs64")
                     for path in sorted((BUILD / folder).glob("*.bin")))]


def sector_disk(directory):
    """A disk of a virtual PC, with the boot sector of programs/sector.S."""
    code = (BUILD / "test-programs/sector.bin").read_bytes()
    assert len(code) <= 510
    path = directory / "sector.img"
    path.write_bytes((code.ljust(510, b"\0") + b"\x55\xaa"
                      + b"this is sector 1\r\n\0").ljust(1 << 20, b"\0"))
    return path


def make_iso(directory, cmdline, modules=(), grub_pre=(), files=(),
             kernel=None, efi=False, grub_last=()):
    """An ISO in `directory`; `cmdline` is GRUB's text, quotes and all.

    `modules` are (file, "NAME ARGUMENTS") pairs for module2 lines, and
    `grub_pre` GRUB commands that run before the kernel is loaded, `grub_last`
    those right before it is entered; `files` are (path on the ISO, file) pairs
    for those.
    """
    directory = Path(directory)
    lines = ["set timeout=0"]
    lines += list(grub_pre)
    lines.append(f"multiboot2 /boot/biosphere.elf {cmdline}")
    files = [f"{path}={file}" for path, file in files]
    for number, (path, name) in enumerate(modules):
        lines.append(f"module2 /boot/module{number} {name}")
        files.append(f"/boot/module{number}={path}")
    lines += [*grub_last, "boot"]
    config = directory / "grub.cfg"
    config.write_text("\n".join(lines) + "\n", encoding="ascii")
    iso = directory / "boot.iso"
    subprocess.run(
        ["sh", TOP / "iso" / "mkiso", *([] if efi else ["-b"]), iso,
         BUILD / "grub", kernel or KERNEL, config, *files],
        check=True, stdin=subprocess.DEVNULL)
    os.truncate(iso, MEDIUM_BYTES)
    return iso
