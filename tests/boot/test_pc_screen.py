"""A PC of ours shows its VGA on the machine's screen of pixels, in the middle."""

import re
import subprocess
import time
from pathlib import Path

import pytest
from image import BUILD, ROMS
from prompt import PROMPT, Prompt
from screen import DISPLAY, Screen

VGABIOS = next((path for path, name in ROMS if name == "vgabios"), None)
PICTURES = BUILD / "vga/pictures.img"
MACHINE = BUILD / "native/vga_machine"
NAMES = [name for source in sorted((Path(__file__).parent / "vga").glob("*.S"))
         for name in re.findall(r"^picture (\w+)", source.read_text(), re.MULTILINE)]
WIDTH, HEIGHT = 1024, 768
CTRL_BRACKET = "\x1d"
# By the core that runs the guest: what is plain memory, and planes.
SHOWN = {0: ["text80"], 1: ["vga13", "ega0d"]}
# An emulator on a busy machine draws for a long time.
PATIENCE = 150


def in_the_middle(name):
    """The picture as vga_machine draws it, with black around."""
    run = subprocess.run([MACHINE, VGABIOS, PICTURES, name, "3"], capture_output=True,
                         timeout=60, check=True)
    _, size, _, pixels = run.stdout.split(b"\n", 3)
    width, height = map(int, size.split())
    left, above = (WIDTH - width) // 2, (HEIGHT - height) // 2
    rows = [bytes(3 * left) + pixels[3 * width * y:3 * width * (y + 1)]
            + bytes(3 * (WIDTH - width - left)) for y in range(height)]
    return (bytes(3 * WIDTH * above) + b"".join(rows)
            + bytes(3 * WIDTH * (HEIGHT - height - above)))


def wait_for(screen, wanted):
    """Grabs until the screen shows that; the last grab."""
    end = time.monotonic() + PATIENCE
    while True:
        grabbed = screen.grab()
        if grabbed == wanted or time.monotonic() > end:
            return grabbed
        time.sleep(0.2)


@pytest.mark.parametrize("core", SHOWN)
def test_pictures(bochs, core):
    """Drawn by another core, and by the guest's own; then the console is back."""
    with Screen() as screen, Prompt(bochs(
            memory=256, cpus=2, cmdline="", settings=[DISPLAY],
            kernel=BUILD / "biosphere-pixels.elf",
            grub_last=[f"set gfxpayload={WIDTH}x{HEIGHT}x32"],
            modules=[*ROMS, (PICTURES, "disk")])) as prompt:
        prompt.ok(f"boot disk=disk cpu={core} until=ready")
        for name in SHOWN[core]:
            prompt.ok("keys " + chr(ord("0") + NAMES.index(name)))
            prompt.type("resume timeout=600000\r")
            prompt.child.expect("guest: !")
            wanted = (WIDTH, HEIGHT, in_the_middle(name))
            assert wait_for(screen, wanted) == wanted, name
            prompt.type(CTRL_BRACKET)
            prompt.child.expect("resume: board=pc .*result=stopped")
            prompt.child.expect_exact(PROMPT)
        # The console has its text there again.
        assert screen.wait_for(lambda *grabbed: grabbed != wanted) != wanted
        prompt.ok("stop")
        prompt.poweroff()
        prompt.machine.check_end()
