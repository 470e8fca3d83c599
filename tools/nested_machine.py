"""The outer machine of `make nested`: Bochs, and in it Linux with KVM and QEMU.

Debian packages alone, downloaded and unpacked, not installed (suite.py). Linux
gets all it needs in its initramfs: busybox, QEMU with its libraries, the modules
of KVM, the ISOs of the inner machines, and nested_init as the first process.
"""

import lzma
import os
import re
import shutil
import subprocess
from pathlib import Path

import bochs
import suite

TOP = Path(__file__).resolve().parents[1]
# The faster of those tried: Linux 6.1 of Debian 12 takes three times as long to
# come up, and Bochs 3.1 stops Linux by divide errors.
SUITE = "trixie"
EMULATOR = "bochs3.0"
PACKAGES = ["linux-image-cloud-amd64", "qemu-system-x86", "seabios",
            "busybox-static"]
QEMU = "usr/bin/qemu-system-x86_64"
MODULES = ["virt/lib/irqbypass", "arch/x86/kvm/kvm", "arch/x86/kvm/kvm-intel"]
ROMS = ["seabios/bios-256k.bin", "seabios/vgabios-stdvga.bin",
        "qemu/kvmvapic.bin"]
MODEL = "corei7_skylake_x"
MEMORY = 512  # MB; the initramfs has 75 of them
# Instructions in a second of the machine's. Linux must believe the clocks, which
# agree by definition here, and not measure them.
IPS = 200_000_000
LINUX = ("console=ttyS0,115200 quiet nokaslr tsc=reliable hpet=disable "
         f"tsc_early_khz={IPS // 1000} nowatchdog mitigations=off "
         "8250.nr_uarts=1 rdinit=/init")
# A hole behind the contents makes the drive's way short (tests/boot/image.py).
MEDIUM_BYTES = 640 << 20


class NoMachine(Exception):
    """The machine cannot be made; says why."""


def fetch():
    """Has the packages; their folder, and the Bochs."""
    emulator = bochs.fetch(EMULATOR)
    return suite.fetch(SUITE, "kvm", PACKAGES, QEMU), emulator


def put(tree, path, contents):
    """A file or bytes, as an executable file of the initramfs."""
    place = tree / path
    place.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(contents, bytes):
        place.write_bytes(contents)
    else:
        shutil.copyfile(contents, place)
    place.chmod(0o755)


def libraries(root, program):
    """What a program of that folder loads: {name: file}."""
    command = suite.argv(root, program)
    listed = subprocess.run([*command[:-1], "--list", command[-1]],
                            capture_output=True, text=True, check=True).stdout
    return dict(re.findall(r"^\s*(\S+) => (\S+) \(", listed, re.MULTILINE))


def fill(tree, root, plan, isos):
    """All that Linux finds when it is up."""
    shutil.rmtree(tree, ignore_errors=True)
    for folder in ("dev", "proc"):
        (tree / folder).mkdir(parents=True)
    put(tree, "init", TOP / "tools/nested_init")
    put(tree, "plan", plan.encode("ascii"))
    put(tree, "bin/busybox", root / "usr/bin/busybox")
    put(tree, "bin/qemu-system-x86_64", root / QEMU)
    put(tree, "lib64/ld-linux-x86-64.so.2", root / suite.LOADER)
    for name, path in libraries(root, QEMU).items():
        if not name.startswith("/"):
            put(tree, f"lib/{name}", Path(path))
    for rom in ROMS:
        put(tree, f"usr/share/qemu/{Path(rom).name}", root / "usr/share" / rom)
    kernel = next((root / "usr/lib/modules").iterdir()) / "kernel"
    for module in MODULES:
        packed = (kernel / f"{module}.ko.xz").read_bytes()
        put(tree, f"lib/modules/{Path(module).name}.ko",
            lzma.decompress(packed))
    for iso in isos:
        put(tree, iso.name, iso)


def pack(tree, root, image):
    """The initramfs; not compressed, for Bochs would take longer to undo that."""
    names = sorted(str(path.relative_to(tree)) for path in tree.rglob("*"))
    with open(image, "wb") as out:
        subprocess.run([root / "usr/bin/busybox", "cpio", "-o", "-H", "newc"],
                       cwd=tree, input="\n".join(names), text=True, stdout=out,
                       stderr=subprocess.DEVNULL, check=True)


def make_iso(directory, root):
    """The outer ISO: a GRUB that knows but one thing, Linux, the initramfs."""
    medium = directory / "medium"
    config = directory / "grub.cfg"
    config.write_text(f"linux /boot/vmlinuz {LINUX}\ninitrd /boot/initrd\nboot\n",
                      encoding="ascii")
    subprocess.run(
        ["grub-mkimage", "-O", "i386-pc-eltorito", "-p", "/boot", "-c", config,
         "-o", medium / "boot/grub.img", "biosdisk", "iso9660", "linux",
         "minicmd"], check=True)
    shutil.copyfile(next((root / "boot").glob("vmlinuz-*")),
                    medium / "boot/vmlinuz")
    iso = directory / "outer.iso"
    made = subprocess.run(
        ["xorriso", "-as", "mkisofs", "-quiet", "-b", "boot/grub.img",
         "-no-emul-boot", "-boot-load-size", "4", "-boot-info-table", "-r",
         "-o", iso, medium], capture_output=True, text=True)
    if made.returncode != 0:
        raise NoMachine(f"xorriso: {made.stderr.strip()}")
    os.truncate(iso, MEDIUM_BYTES)
    return iso


def make(directory, plan, isos):
    """Makes all of it in that folder: (command, environment, what it is)."""
    root, emulator = fetch()
    tree = directory / "initramfs"
    shutil.rmtree(directory / "medium", ignore_errors=True)
    (directory / "medium/boot").mkdir(parents=True)
    fill(tree, root, plan, isos)
    pack(tree, root, directory / "medium/boot/initrd")
    iso = make_iso(directory, root)
    settings = directory / "bochsrc"
    settings.write_text("\n".join([
        "config_interface: textconfig",
        "display_library: sdl2",
        f"romimage: file={emulator.bios()}, options=fastboot",
        f"vgaromimage: file={emulator.vga_bios()}",
        f"memory: guest={MEMORY}, host={MEMORY}",
        # KVM reads MSRs that Bochs has not.
        f"cpu: model={MODEL}, count=1, ips={IPS}, reset_on_triple_fault=0, "
        "ignore_bad_msrs=1",
        "clock: sync=none, time0=946681200",
        "pci: enabled=1, chipset=i440fx",
        "ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14",
        f"ata0-master: type=cdrom, path={iso}, status=inserted",
        "boot: cdrom",
        f"com1: enabled=1, mode=file, dev={directory / 'serial.log'}",
        f"log: {directory / 'emulator.log'}",
        "panic: action=fatal",
        # Bochs 3.0 can lock itself out when it writes a line of its log while
        # its timer's signal comes.
        "error: action=ignore",
        "info: action=ignore",
        "debug: action=ignore",
        "sound: waveoutdrv=dummy, waveindrv=dummy, midioutdrv=dummy",
        "speaker: enabled=0",
    ]) + "\n", encoding="ascii")
    kernel = next((root / "boot").glob("vmlinuz-*")).name.split("-")[1]
    version = ".".join(map(str, emulator.version))
    return ([*emulator.argv, "-q", "-f", settings],
            {**os.environ, **dict(emulator.environment),
             "SDL_VIDEODRIVER": "dummy"},
            f"Bochs {version}, Linux {kernel}")
