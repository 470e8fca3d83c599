"""The VGA of the board pc draws as QEMU's does, pixel by pixel.

Each picture of vga/*.S is shown in QEMU, whose screendump is the truth, and by
our device in native/vga_machine.c; both have the same VGA BIOS. Where QEMU draws
what a VGA would not, the picture says so.
"""

import re
import socket
import subprocess
import time
import zlib
from pathlib import Path

import pytest

from image import BUILD
from qmp import Monitor, free_port

SOURCES = sorted((Path(__file__).parent / "vga").glob("*.S"))
IMAGE = BUILD / "vga/pictures.img"
MACHINE = BUILD / "native/vga_machine"
ROM = "/usr/share/seabios/vgabios-stdvga.bin"
# In the order of the image's table, which is that of the files.
NAMES = [name for source in SOURCES
         for name in re.findall(r"^picture (\w+)", source.read_text(), re.MULTILINE)]

# What older QEMUs leave out: from which version on the picture is right, and its
# CRC-32 as QEMU 11.1.2 draws it. Blinking has two.
LATER = {
    "text_blinking": ((11, 0), {"727a49fa", "ccb018cd"}),
    "vga12_pan": ((9, 0), {"d8761a36"}),
    "vga12_pan_split": ((9, 0), {"4f4777fe"}),
    "ega0d_pan": ((9, 0), {"fd45771c"}),
    "vga12_wraps": ((9, 0), {"74865ec6"}),
    "vbe_640x480_15": ((9, 0), {"aa4d252a"}),
}
# What QEMU's cursor and text do by themselves, for as long as it takes to see both.
BLINKING = {"cursor", "cursor_default", "text_blinking"}
BLINK_SECONDS = 5


def wait_for(condition, what, seconds=30):
    """Asks until it is true; returns that."""
    end = time.monotonic() + seconds
    while True:
        try:
            found = condition()
        except ConnectionRefusedError:
            found = None
        if found:
            return found
        assert time.monotonic() < end, what
        time.sleep(0.05)


def read_ppm(data):
    """Width, height, pixels."""
    kind, size, _, pixels = data.split(b"\n", 3)
    assert kind == b"P6"
    return (*map(int, size.split()), pixels)


class Qemu:
    """A PC with the image as its disk, which shows what is asked for on COM1."""

    def __init__(self, folder):
        self.file = folder / "screen.ppm"
        self.monitor = Monitor()
        port = free_port()
        self.process = subprocess.Popen(
            ["qemu-system-x86_64", "-machine", "pc", "-accel", "tcg", "-m", "16",
             "-vga", "std", "-display", "none", "-net", "none",
             "-drive", f"format=raw,file={IMAGE},if=ide,snapshot=on",
             "-serial", f"tcp:127.0.0.1:{port},server=on,wait=off",
             *self.monitor.options],
            stdin=subprocess.DEVNULL)
        self.serial = wait_for(
            lambda: socket.create_connection(("127.0.0.1", port)), "QEMU does not listen")
        self.serial.settimeout(60)
        self.monitor.connect()
        version = self.monitor.execute("query-version")["qemu"]
        self.version = (version["major"], version["minor"])

    def show(self, name):
        """Runs a picture's code to its end."""
        self.serial.send(bytes([NAMES.index(name)]))
        answer = b""
        while not answer.endswith(b"\n"):
            answer += self.serial.recv(2)
        assert answer == b"!\n"

    def grab(self):
        """What is on the screen: width, height, pixels."""
        self.monitor.execute("screendump", filename=str(self.file))
        return read_ppm(self.file.read_bytes())

    def stop(self):
        """Ends the machine."""
        self.process.terminate()
        self.process.wait()


@pytest.fixture(scope="module")
def qemu(tmp_path_factory):
    """One machine for all pictures."""
    machine = Qemu(tmp_path_factory.mktemp("vga"))
    yield machine
    machine.stop()


@pytest.fixture(scope="module")
def ours():
    """Of each picture: width, height, and its CRC-32s with and without blinking."""
    run = subprocess.run([MACHINE, ROM, IMAGE], capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr
    lines = [line.split() for line in run.stdout.splitlines()]
    assert [line[0] for line in lines] == NAMES
    return {name: (int(width), int(height), set(sums))
            for name, width, height, *sums in lines}


def draw(name):
    """Our picture itself, with all that blinks."""
    run = subprocess.run([MACHINE, ROM, IMAGE, name, "3"], capture_output=True, timeout=60)
    return read_ppm(run.stdout)


def crc(pixels):
    """As vga_machine prints it."""
    return f"{zlib.crc32(pixels):08x}"


def difference(name, grabbed):
    """Where the first pixel differs."""
    width, height, pixels = draw(name)
    if grabbed[:2] != (width, height):
        return f"{name}: QEMU has {grabbed[0]}x{grabbed[1]}, we {width}x{height}"
    for at in range(0, len(pixels), 3):
        if pixels[at:at + 3] != grabbed[2][at:at + 3]:
            return (f"{name}: at x={at // 3 % width} y={at // 3 // width} QEMU has "
                    f"{grabbed[2][at:at + 3].hex()}, we {pixels[at:at + 3].hex()}")
    return f"{name}: as QEMU's while it shows all that blinks"


@pytest.mark.parametrize("name", [name for name in NAMES if name not in
                                  BLINKING | {"vga13_pan", "vbe_800x600_4"}])
def test_picture(qemu, ours, name):
    """Every pixel is as QEMU's, or as a newer QEMU's."""
    since, wanted = LATER.get(name, ((0, 0), None))
    if qemu.version < since:
        assert ours[name][2] == wanted
        return
    qemu.show(name)
    grabbed = qemu.grab()
    assert {crc(grabbed[2])} == ours[name][2] and grabbed[:2] == ours[name][:2], \
        difference(name, grabbed)


@pytest.mark.parametrize("name", sorted(BLINKING))
def test_blinking(qemu, ours, name):
    """QEMU shows both of our pictures in turn, and no other."""
    since, wanted = LATER.get(name, ((0, 0), None))
    assert len(ours[name][2]) == 2
    if qemu.version < since:
        assert ours[name][2] == wanted
        return
    qemu.show(name)
    seen = set()
    end = time.monotonic() + BLINK_SECONDS
    while seen != ours[name][2] and time.monotonic() < end:
        seen.add(crc(qemu.grab()[2]))
        time.sleep(0.05)
    assert seen == ours[name][2]


def test_panned_bytes(qemu):
    """256 colours go a pixel for each 2 of the register; in QEMU since 9.0 it is four."""
    qemu.show("vga13_pan")
    width, _, theirs = qemu.grab()
    pixels = draw("vga13_pan")[2]
    panned = 8 if qemu.version >= (9, 0) else 0
    line = width * 3
    for start in range(0, len(pixels), line):
        ahead = (panned - 2) * 2 * 3
        first, second = pixels[start:start + line], theirs[start:start + line]
        if ahead > 0:
            assert first[ahead:] == second[:-ahead]
        else:
            assert first[:ahead] == second[-ahead:]


def test_vbe_planes(ours):
    """VBE's 16 colours have the dots of mode 12h, in longer lines.

    QEMU is no judge: what it writes then goes by the plane mask and the chaining
    of an earlier VBE mode.
    """
    assert ours["vbe_800x600_4"][:2] == (800, 600)
    planes = draw("vga12")[2]
    assert draw("vbe_800x600_4")[2][:len(planes)] == planes


def test_every_picture_is_another(ours):
    """No picture shows by accident what another does."""
    assert len({frozenset(sums) for _, _, sums in ours.values()}) == len(NAMES)
