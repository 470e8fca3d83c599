"""The console on screens of pixels: UEFI, and a BIOS that was asked for them.

What QEMU shows is compared, pixel by pixel, with the font and with the text on
the serial line.
"""

import re

import pytest
from image import BUILD
from machine import Qemu
from pixels import (check_screen, drawn_text, read_text, rows_of,
                    wait_for_screen)
from prompt import Prompt
from qmp import Monitor
from screen import checksum

# Some sixty lines, a few of them long or red.
TEXT = 'run="version; cpus; memmap; help; machine"'
SCREEN = re.compile(r"^screen: +(\d+)x(\d+) pixels of (\d) bytes at [0-9a-f]+, \d+"
                    r"\s+bytes\s+a\s+row,\s+write-combining;\s+(\d+)x(\d+)\s+char",
                    re.MULTILINE)
# Bits of page table entries; the PAT's is another in those of large pages.
PRESENT, LARGE, UNCACHEABLE = 0x1, 0x80, 0x18  # PCD and PWT
COMBINING = {0: UNCACHEABLE | 0x80, 1: UNCACHEABLE | 0x1000}
SHIFT_PGUP, SHIFT_PGDN = "\x1b[5;2~", "\x1b[6;2~"


def check_text(monitor, machine, size, pixel_bytes):
    """The text is on the screen, which is what `machine` says that it is."""
    picture, colours = check_screen(monitor, machine)
    assert (picture.width, picture.height) == size
    said = tuple(map(int, SCREEN.search(machine.serial()).groups()))
    assert said == (*size, pixel_bytes, picture.cols, picture.rows)
    assert "panic" not in machine.serial()
    assert set(colours.values()) <= {"red", "yellow"}


def ask(monitor, line):
    """What QEMU's monitor for people answers."""
    return monitor.execute("human-monitor-command", **{"command-line": line})


def mapping(monitor, address):
    """(entry, level) that maps an address of the direct map; 0: a 4 KiB page."""
    virtual = 0xffff800000000000 + address
    registers = ask(monitor, "info registers")
    entry = int(re.search(r"CR3=([0-9a-f]+)", registers)[1], 16)
    for level in (3, 2, 1, 0):
        index = virtual >> (12 + 9 * level) & 511
        table = entry & 0x000ffffffffff000
        said = ask(monitor, f"xp /1gx {table + 8 * index:#x}")
        entry = int(said.split(":")[1], 16)
        assert entry & PRESENT
        if level == 0 or entry & LARGE:
            return entry, level


def check_write_combining(monitor, machine):
    """All of it is mapped by the PAT's last entry, and what is behind is not."""
    at, pitch = re.search(r"at ([0-9a-f]+), (\d+)\s+bytes\s+a\s+row",
                          machine.serial()).groups()
    at, end = int(at, 16), int(at, 16) + 800 * int(pitch)
    for address in (at, at + 0x1ff000, end - 1):
        entry, level = mapping(monitor, address)
        assert entry & COMBINING[level] == COMBINING[level], hex(address)
    assert mapping(monitor, at)[1] == 1
    entry, level = mapping(monitor, end + 0xfff & ~0xfff)
    assert entry & COMBINING[level] == UNCACHEABLE


def check_scrolling(monitor, machine, prompt):
    """Back in the log by half a screen, on again, and to the end by a key."""
    rows = []

    def check(picture):
        seen, _ = read_text(picture, rows=picture.rows - 1)
        text = "\n".join(seen)
        assert text in "\n".join(row.rstrip()
                                 for row in rows_of(log, picture.cols))
        rows.append(text)
        # A bar in the last row, with glyphs in black.
        last = picture.line(picture.rows * 16 * picture.scale - 1)
        assert set(last[:picture.cols * 24]) == {0xaa}
        assert len(set(rows)) == len(rows), "it has not moved"

    log = prompt.ok("log") + "\n"
    check_screen(monitor, machine)
    prompt.type(SHIFT_PGUP)
    wait_for_screen(monitor, machine, check)
    prompt.type(SHIFT_PGUP)
    wait_for_screen(monitor, machine, check)
    prompt.type(SHIFT_PGDN * 2)
    check_screen(monitor, machine)
    prompt.type(SHIFT_PGUP)
    rows.clear()
    wait_for_screen(monitor, machine, check)
    # Any text leads to the newest at once.
    prompt.ok("version")
    check_screen(monitor, machine)


def check_nmi(monitor, machine, prompt):
    """What an NMI's handler says is on the screen."""
    prompt.type("typed")
    prompt.child.expect("typed")
    monitor.execute("inject-nmi")
    prompt.child.expect(r"an NMI from outside: .*\r\n")
    check_screen(monitor, machine)
    prompt.type("\x15")


def check_picture(monitor, machine, prompt):
    """Another takes the screen and draws; the text is back after a key."""
    prompt.type("picture screen\r")
    prompt.child.expect(r"picture: screen width=(\d+) .* checksum=(\w{8})\r\n")
    drawn = int(prompt.child.match[2], 16)

    def check(picture):
        assert checksum(picture.data) == drawn

    wait_for_screen(monitor, machine, check)
    prompt.type(" ")
    prompt.child.expect(r"ok\r\nbiosphere> ")
    check_screen(monitor, machine)


# The cores, QEMU's options, the mode that GRUB is asked for, and what comes.
UEFI = {
    "pc, VGA": (1, ["-vga", "std"], None, (1280, 800)),
    "q35, bochs-display": (
        4, ["-machine", "q35", "-vga", "none", "-device",
            "bochs-display,vgamem=64M,xres=3840,yres=2160"],
        "3840x2160", (3840, 2160)),
    "q35, virtio-vga": (2, ["-machine", "q35", "-vga", "virtio"], "800x600",
                        (800, 600)),
}


@pytest.mark.parametrize("kind", UEFI)
def test_uefi(qemu, kind):
    """The firmware's mode or the one asked for, on one core and several."""
    cpus, options, mode, size = UEFI[kind]
    monitor = Monitor()
    machine = qemu(firmware="ovmf", cpus=cpus, memory=256, cmdline=TEXT,
                   options=[*monitor.options, *options],
                   grub_last=[f"set gfxpayload={mode}"] if mode else [])
    with Prompt(machine, 90) as prompt:
        monitor.connect()
        check_text(monitor, machine, size, 4)
        online = re.findall(r"^cpu (\d+): .*online=yes", machine.serial(),
                            re.MULTILINE)
        assert len(set(online)) == cpus
        if mode is None:
            check_write_combining(monitor, machine)
        if mode == "800x600":
            check_scrolling(monitor, machine, prompt)
            check_picture(monitor, machine, prompt)
            check_nmi(monitor, machine, prompt)
        prompt.poweroff()


def test_uefi_of_32_bits(qemu):
    """The firmware of some machines with 64-bit processors."""
    if not Qemu.OVMF32.exists():
        pytest.skip("no 32-bit OVMF here: Debian 12 and 13 have ovmf-ia32")
    monitor = Monitor()
    machine = qemu(firmware="ovmf32", cpus=2, memory=256, cmdline=TEXT,
                   options=monitor.options)
    with Prompt(machine, 90) as prompt:
        monitor.connect()
        check_text(monitor, machine, (1280, 800), 4)
        assert "UEFI, 32 bits" in machine.serial()
        prompt.poweroff()


@pytest.mark.parametrize("mode,size,pixel_bytes", [
    ("1024x768x16", (1024, 768), 2), ("800x600x24", (800, 600), 3),
    ("1152x864x32", (1152, 864), 4)])
def test_bios(qemu, mode, size, pixel_bytes):
    """The same kernel, but one that asks GRUB for pixels."""
    monitor = Monitor()
    machine = qemu(cmdline=TEXT, kernel=BUILD / "biosphere-pixels.elf",
                   options=monitor.options,
                   grub_last=[f"set gfxpayload={mode}"])
    with Prompt(machine) as prompt:
        monitor.connect()
        check_text(monitor, machine, size, pixel_bytes)
        prompt.poweroff()


@pytest.mark.parametrize("kind", ["panic", "talk"])
def test_panic(qemu, kind):
    """The report is on the screen to its end, no line torn by other cores."""
    monitor = Monitor()
    machine = qemu(cmdline=f'run="help; crash {kind}"', cpus=4,
                   kernel=BUILD / "biosphere-pixels.elf",
                   options=monitor.options,
                   grub_last=["set gfxpayload=800x600x32"])
    machine.start()
    monitor.connect()
    machine.wait_for("^panic: this is a bug of Biosphere; .*\n")
    check_screen(monitor, machine)


@pytest.mark.parametrize("mode", ["640x480x32", "800x600x24", "1024x768x16"])
def test_no_long_mode(qemu, mode):
    """What the first instructions say, white on red, wherever pixels are."""
    monitor = Monitor()
    machine = qemu(model="qemu32", kernel=BUILD / "biosphere-pixels.elf",
                   options=monitor.options,
                   grub_last=[f"set gfxpayload={mode}"])
    machine.start()
    monitor.connect()
    said = machine.wait_for(r"^Biosphere: this processor has no 64-bit mode .*"
                            r"Stopped\.$")[0]

    def check(picture):
        lines = drawn_text(said, picture.width, b"\xff" * 3, b"\xff\0\0")
        assert f"{picture.width}x" in mode
        for y in range(picture.height):
            wanted = lines[y] if y < len(lines) else b""
            wanted += bytes(picture.width * 3 - len(wanted))
            assert picture.line(y) == wanted, f"row {y}"

    wait_for_screen(monitor, machine, check)
